"""Charts of the stores' page: lights, growth, standing among peers, alarms by rule."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.by_date import plot_daily_counts
from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, WORSE, apply_theme, slim

__all__ = ["plot_changes", "plot_lights", "plot_rules"]

AnyChart = alt.LayerChart | alt.FacetChart
_STATES = ["as usual", "look again", "off", "not known"]


def plot_lights(cells: pd.DataFrame) -> AnyChart:
    """Stores by number, a mark for its light: shape and colour say the same.

    ``cells`` of ``views.show_cells``: ``store_name`` and ``short`` in order, ``label``, ``state``, ``value``,
    ``low``, ``high``, ``unit``.
    """
    rows = slim(cells, "store_name", "short", "label", "state", "value", "low", "high")
    names = alt.Axis(title=None, labelLimit=130, labelOverlap=False, domain=False, ticks=False)
    heads = alt.Axis(title=None, orient="top", labelAngle=-90, labelOverlap=False, domain=False, ticks=False)
    base = alt.Chart(rows).encode(
        x=alt.X("short:N", sort=None, axis=heads), y=alt.Y("store_name:N", sort=None, axis=names)
    )
    legend = alt.Legend(title=None, orient="bottom", columns=2, symbolStrokeWidth=0)
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=_STATES, range=[ACCENT, "#c99a2e", WORSE, CONTEXT]), legend=legend
    )
    shape = alt.Shape(
        "state:N",
        scale=alt.Scale(domain=_STATES, range=["circle", "triangle-up", "square", "cross"]),
        legend=legend,
    )
    size = alt.Size("state:N", scale=alt.Scale(domain=_STATES, range=[70, 130, 220, 40]), legend=None)
    tooltip: list[Any] = ["store_name:N", "label:N", "state:N"]
    tooltip += [alt.Tooltip(f"{name}:Q", format=".4~g") for name in ("value", "low", "high")]
    mark = base.mark_point(filled=True, opacity=1.0).encode(
        color=colour, shape=shape, size=size, tooltip=tooltip
    )
    return apply_theme(alt.layer(mark).properties(width="container", height=alt.Step(26)))


def plot_changes(rows: pd.DataFrame, value: str, low: str, high: str, accent: str, title: str) -> AnyChart:
    """One share for each store with its interval, 0 marked; the store ``accent`` in colour.

    ``rows``: ``store_name`` in order, and the three columns named (shares; null ends have no bar).
    """
    shown = slim(rows, "store_name", value, low, high)
    names = alt.Axis(title=None, labelLimit=150, domain=False, ticks=False)
    base = alt.Chart(shown).encode(y=alt.Y("store_name:N", sort=None, axis=names))
    axis = alt.Axis(format="+.0%", labelExpr=SIGNED, title=title)
    colour: Any = alt.condition(alt.datum.store_name == accent, alt.value(ACCENT), alt.value(CONTEXT))
    tooltip: list[Any] = ["store_name:N"]
    tooltip += [alt.Tooltip(f"{name}:Q", format="+.0%") for name in (value, low, high)]
    nought = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(strokeDash=[4, 3], color=CONTEXT)
    chart = alt.layer(
        nought.encode(x="at:Q"),
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X(f"{low}:Q", axis=axis), x2=f"{high}:Q", color=colour
        ),
        base.mark_point(size=80, opacity=1.0).encode(x=f"{value}:Q", color=colour, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_rules(counts: pd.DataFrame) -> AnyChart:
    """Alarms a day by both rules. ``counts`` of ``views.count_by_day``: ``ds``, ``rule``, ``alarms``."""
    return plot_daily_counts(counts.rename(columns={"alarms": "n"}), "two deviations", "this page")
