"""Charts of the page on servers: what fills up, the grid of all of them, unusual hours, hours of one."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_alarms", "plot_detail", "plot_outlook", "plot_servers"]

AnyChart = alt.LayerChart | alt.FacetChart
# Colour, how opaque, and the mark in the cell: what is wrong is told without colour, too.
_STATES = {
    "needs work today": (WORSE, 0.95, "✗"),
    "fills up soon": (WORSE, 0.4, "!"),
    "unusual hour lately": (ACCENT, 0.8, "?"),
    "nothing found": (ACCENT, 0.18, ""),
    "nothing heard of it": (CONTEXT, 0.5, "–"),
    "counted, not named": (CONTEXT, 0.15, "–"),
}
_PANELS: dict[str, Any] = {"title": None, "header": alt.Header(labelLimit=260)}


def plot_outlook(rows: pd.DataFrame, lines: dict[str, float]) -> AnyChart:
    """Each panel's share of its limit by day, and ahead what a day may show; dashed the line of its limit.

    ``rows``: ``panel``, ``day``, ``share`` (0 to 1), ``middle``, ``low``, ``high``; ``lines``: by panel.
    """
    drawn = slim(rows, "panel", "day", "share", "middle", "low", "high")
    drawn["day"] = pd.to_datetime(drawn["day"]).dt.strftime("%Y-%m-%d")
    drawn["line"] = drawn["panel"].map(lines)
    for name in ("share", "middle", "low", "high", "line"):
        drawn[name] = drawn[name].clip(upper=1.5)
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=3))
    scale = alt.Scale(domainMin=0)
    axis = alt.Axis(format="%", title=None)
    base = alt.Chart().encode(x=x)
    tooltip = ["panel:N", alt.Tooltip("day:T", format="%-d %b %Y")]
    tooltip += [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("share", "middle", "low", "high")]
    chart = alt.layer(
        base.mark_area(color=ACCENT).encode(y=alt.Y("low:Q", axis=axis, scale=scale), y2="high:Q"),
        base.mark_line(color=ACCENT, strokeDash=[4, 3]).encode(y="middle:Q", tooltip=tooltip),
        base.mark_line(color=CONTEXT).encode(y="share:Q", tooltip=tooltip),
        base.mark_line(color=WORSE, strokeDash=[2, 3], strokeWidth=1).encode(y="line:Q"),
        data=drawn,
    ).properties(width=280, height=120)
    panels = alt.Facet("panel:N", sort=rows["panel"].drop_duplicates().tolist(), **_PANELS)
    return apply_theme(chart.facet(panels, columns=2))


def plot_servers(cells: pd.DataFrame) -> AnyChart:
    """One square for each server, kinds in rows, what is wrong first.

    ``cells``: ``across``, ``row`` in order, ``name``, ``kind``, ``state``, ``issues``.
    """
    there = {state: look for state, look in _STATES.items() if (cells["state"] == state).any()}
    rows = cells.assign(mark=cells["state"].map({state: mark for state, (_, _, mark) in there.items()}))
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=200)
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=list(there), range=[look[0] for look in there.values()]),
        legend=legend,
    )
    opacity = alt.Opacity(
        "state:N",
        scale=alt.Scale(type="ordinal", domain=list(there), range=[look[1] for look in there.values()]),
        legend=legend,
    )
    first = "split(datum.label, ' ')[1] == '1' ? split(datum.label, ' ')[0] : ''"  # a kind is named once
    axis = alt.Axis(title=None, domain=False, ticks=False, labelExpr=first)
    y = alt.Y("row:N", sort=rows["row"].drop_duplicates().tolist(), axis=axis)
    base = alt.Chart(rows).encode(x=alt.X("across:O", axis=None, scale=alt.Scale(paddingInner=0.12)), y=y)
    chart = alt.layer(
        base.mark_rect(cornerRadius=2, height=20).encode(
            color=colour, opacity=opacity, tooltip=["name:N", "kind:N", "state:N", "issues:N"]
        ),
        base.mark_text().encode(text="mark:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24)))


def plot_alarms(alarms: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> AnyChart:
    """Unusual hours of each server in time: up where there was more than usual, down where less.

    ``alarms``: ``at``, ``name``, ``label``, ``value``, ``expected``; ``start``, ``end`` of what was judged.
    """
    rows = slim(alarms, "name", "label", "at", "value", "expected")
    rows["than usual"] = (rows["value"] > rows["expected"]).map({True: "more", False: "less"})
    rows["place"] = rows["name"] + ": " + rows["label"]
    rows["at"] = pd.to_datetime(rows["at"]).dt.strftime("%Y-%m-%dT%H:%M:%S")
    domain = [f"{at:%Y-%m-%dT%H:%M:%S}" for at in (start, end)]
    x = alt.X("at:T", title=None, axis=alt.Axis(format="%-d %b"), scale=alt.Scale(domain=domain))
    shapes = alt.Scale(domain=["more", "less"], range=["triangle-up", "triangle-down"])
    shape = alt.Shape("than usual:N", scale=shapes, legend=alt.Legend(title="than usual", orient="top"))
    names = alt.Axis(title=None, domain=False, ticks=False, labelLimit=220)
    tooltip = ["name:N", "label:N", alt.Tooltip("at:T", format="%-d %b %H:%M")]
    tooltip += [
        alt.Tooltip("value:Q", format=",.3~s"),
        alt.Tooltip("expected:Q", format=",.3~s", title="usual"),
    ]
    chart = alt.Chart(rows).mark_point(color=WORSE, size=50, opacity=0.9).encode(
        x=x, y=alt.Y("place:N", sort=None, axis=names), shape=shape, tooltip=tooltip
    )  # fmt: skip
    return apply_theme(alt.layer(chart).properties(width="container", height=alt.Step(26)))


def plot_detail(rows: pd.DataFrame) -> AnyChart:
    """One server's hours, grey the range that is usual at that hour of the week; alarms marked.

    ``rows``: ``panel``, ``at``, ``value``, ``low``, ``high``, ``is_alarm``.
    """
    drawn = slim(rows, "panel", "at", "value", "low", "high", "is_alarm")
    drawn["at"] = pd.to_datetime(drawn["at"]).dt.strftime("%Y-%m-%dT%H:%M:%S")
    drawn["alarm"] = drawn["value"].where(drawn["is_alarm"].astype(bool))
    x = alt.X("at:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=4))
    axis = alt.Axis(format="~s", title=None)
    base = alt.Chart().encode(x=x)
    tooltip = [alt.Tooltip("at:T", format="%-d %b %H:%M")]
    tooltip += [alt.Tooltip(f"{name}:Q", format=",.3~s") for name in ("value", "low", "high")]
    chart = alt.layer(
        base.mark_area(color=CONTEXT).encode(
            y=alt.Y("low:Q", axis=axis, scale=alt.Scale(zero=False)), y2="high:Q"
        ),
        base.mark_line(color=ACCENT, strokeWidth=1.5).encode(y="value:Q", tooltip=tooltip),
        base.mark_point(color=WORSE, size=40, opacity=1.0).encode(y="alarm:Q", tooltip=tooltip),
        data=drawn,
    ).properties(width=280, height=110)
    panels = alt.Facet("panel:N", sort=rows["panel"].drop_duplicates().tolist(), **_PANELS)
    return apply_theme(chart.facet(panels, columns=2).resolve_scale(y="independent"))
