"""Charts of the page on machines: states by store, capacity, drops, types, lives, forecasts tried."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.operations.fleet_map import encode_state
from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, WORSE, apply_theme, slim

__all__ = ["plot_capacity", "plot_drops", "plot_lives", "plot_tried", "plot_types", "plot_units"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES: dict[str, Any] = {"title": None, "labelLimit": 150, "domain": False, "ticks": False}


def plot_units(units: pd.DataFrame) -> AnyChart:
    """One mark for each machine that stands, stores in rows: what wants looking at comes first.

    ``units`` of ``views.show_units``: ``place`` in order, ``nth``, ``state``, ``serial``, ``machine_type``.
    """
    rows = units[["place", "nth", "state", "serial", "machine_type"]]
    mark = alt.Chart(rows).mark_point(filled=True, opacity=1.0)
    chart = mark.encode(
        x=alt.X("nth:Q", axis=None, scale=alt.Scale(domain=[-0.5, max(float(rows["nth"].max()), 9) + 0.5])),
        y=alt.Y("place:N", sort=None, axis=alt.Axis(**_NAMES)),
        tooltip=["place:N", "serial:N", "machine_type:N", "state:N"],
        **encode_state(rows["state"].unique().tolist(), 90),
    )
    return apply_theme(alt.layer(chart).properties(width="container", height=alt.Step(28)))


def plot_capacity(stores: pd.DataFrame) -> AnyChart:
    """Machines that the busiest hour needs, and those at work. ``stores``: ``place``, ``needed``,
    ``working``, ``machines``."""
    rows = slim(stores, "place", "needed", "working", "machines").sort_values("place")
    rows["is_short"] = rows["working"] < rows["needed"]
    base = alt.Chart(rows).encode(y=alt.Y("place:N", sort=None, axis=alt.Axis(**_NAMES)))
    axis = alt.Axis(title="machines", format="d", tickMinStep=1)
    colour: Any = alt.condition(alt.datum.is_short, alt.value(WORSE), alt.value(ACCENT))
    tooltip = ["place:N", "machines:Q", "working:Q", "needed:Q"]
    scale = alt.Scale(domainMin=0)
    chart = alt.layer(
        base.mark_bar(height=14, color=CONTEXT, opacity=0.5).encode(
            x=alt.X("needed:Q", axis=axis, scale=scale), tooltip=tooltip
        ),
        base.mark_point(size=90, opacity=1.0).encode(
            x=alt.X("working:Q", scale=scale), color=colour, tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_drops(drops: pd.DataFrame, limit: float, most: int = 24) -> AnyChart:
    """Cups of each machine against its part of its store's, those that fell most; the limit dashed.

    ``drops``: ``name``, ``ratio``, ``low``, ``high`` (1: as before), ``raw`` (as a dashboard compares),
    ``is_drop``; the lowest ``most`` are drawn.
    """
    rows = slim(drops.nsmallest(most, "ratio"), "name", "ratio", "low", "high", "raw", "is_drop")
    for name in ("ratio", "low", "high", "raw"):
        rows[name] -= 1
    names = alt.Axis(**_NAMES | {"labelLimit": 190})
    base = alt.Chart(rows).encode(y=alt.Y("name:N", sort=None, axis=names))
    axis = alt.Axis(title="against its part before", format="+.0%", labelExpr=SIGNED)
    colour: Any = alt.condition(alt.datum.is_drop, alt.value(WORSE), alt.value(ACCENT))
    tooltip = ["name:N", *(alt.Tooltip(f"{x}:Q", format="+.0%") for x in ("ratio", "low", "high", "raw"))]
    marks = pd.DataFrame({"at": [-limit, 0.0]})
    chart = alt.layer(
        alt.Chart(marks).mark_rule(strokeDash=[4, 3], color=CONTEXT).encode(x=alt.X("at:Q", axis=axis)),
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis), x2="high:Q", color=colour
        ),
        base.mark_point(size=60, opacity=1.0).encode(x="ratio:Q", color=colour, tooltip=tooltip),
        base.mark_point(shape="cross", size=50, color=CONTEXT, opacity=1.0).encode(
            x="raw:Q", tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(20)))


def plot_types(types: pd.DataFrame) -> AnyChart:
    """Days at work between two failures by type with their interval, and the plain ratio as a cross.

    ``types``: ``machine_type`` in order, ``days``, ``low``, ``high``, ``raw`` (null: none failed) and
    ``is_odd``.
    """
    rows = slim(types, "machine_type", "days", "low", "high", "raw", "is_odd")
    base = alt.Chart(rows).encode(y=alt.Y("machine_type:N", sort=None, axis=alt.Axis(**_NAMES)))
    axis = alt.Axis(title="days at work between failures", format="d")
    colour: Any = alt.condition(alt.datum.is_odd, alt.value(WORSE), alt.value(ACCENT))
    tooltip = [
        "machine_type:N",
        *(alt.Tooltip(f"{x}:Q", format=".0f") for x in ("days", "low", "high", "raw")),
    ]
    scale = alt.Scale(domainMin=0)
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q", color=colour
        ),
        base.mark_point(size=70, opacity=1.0).encode(x=alt.X("days:Q"), color=colour, tooltip=tooltip),
        base.transform_filter("isValid(datum.raw)")
        .mark_point(shape="cross", size=50, color=CONTEXT, opacity=1.0)
        .encode(x="raw:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24)))


def plot_lives(curves: pd.DataFrame) -> AnyChart:
    """Share of spells at work that ended by each day, by what ended them; the naive curve dashed.

    ``curves``: ``cause``, ``duration`` (days), ``share``, ``low``, ``high``, ``naive``.
    """
    rows = slim(curves, "cause", "duration", "share", "low", "high", "naive")
    x = alt.X("duration:Q", axis=alt.Axis(title="days at work since installed or repaired", format="d"))
    y = alt.Axis(title=None, format=".0%")
    colour = alt.Color(
        "cause:N",
        scale=alt.Scale(domain=["failed", "decommissioned"], range=[ACCENT, WORSE]),
        legend=alt.Legend(title=None, orient="top"),
    )
    base = alt.Chart(rows).encode(x=x, color=colour)
    chart = alt.layer(
        base.mark_area(interpolate="step-after").encode(y=alt.Y("low:Q", axis=y), y2="high:Q"),
        base.mark_line(interpolate="step-after").encode(y=alt.Y("share:Q", axis=y)),
        base.mark_line(interpolate="step-after", strokeDash=[4, 3], strokeWidth=1).encode(y="naive:Q"),
    )
    return apply_theme(chart.properties(width="container", height=260))


def plot_tried(tried: pd.DataFrame) -> AnyChart:
    """Failures foretold from days gone by with their interval, and how many came (a cross).

    ``tried`` of ``failures_ahead.try_back``.
    """
    rows = slim(tried, "expected", "low", "high", "came", "is_held").assign(
        day=tried["origin"].dt.strftime("%-d %b %Y")
    )
    base = alt.Chart(rows).encode(y=alt.Y("day:N", sort=None, axis=alt.Axis(**_NAMES)))
    axis = alt.Axis(title="failures in the days after", format="d")
    scale = alt.Scale(domainMin=0)
    tooltip = ["day:N", *(alt.Tooltip(f"{x}:Q", format=".0f") for x in ("expected", "low", "high", "came"))]
    missed: Any = alt.condition(alt.datum.is_held, alt.value(CONTEXT), alt.value(WORSE))
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6, color=ACCENT).encode(
            x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q"
        ),
        base.mark_point(size=70, color=ACCENT, opacity=1.0).encode(x=alt.X("expected:Q"), tooltip=tooltip),
        base.mark_point(shape="cross", size=90, opacity=1.0).encode(
            x="came:Q", color=missed, tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))
