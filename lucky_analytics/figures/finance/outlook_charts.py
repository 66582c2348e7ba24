"""Charts of the financial forecast: what is left by month, what moves it, what cash does."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, THOUSANDS, WORSE, apply_theme, slim

__all__ = ["plot_bands", "plot_causes"]

AnyChart = alt.LayerChart | alt.FacetChart
_LEGEND = alt.Legend(
    title=None,
    orient="top",
    columns=1,
    labelLimit=300,
    symbolType="stroke",
    symbolOpacity=1,
    symbolStrokeWidth=3,
)


def plot_bands(bands: pd.DataFrame, past: pd.DataFrame, names: Sequence[str]) -> AnyChart:
    """Dollars by month with their bands, the first of at most two scenarios in the accent, months gone by as
    points.

    ``bands``: ``scenario`` (of ``names``), ``month``, ``value``, ``low``, ``high``; ``past``: ``month``,
    ``value``.

    >>> month = pd.to_datetime(["2026-03-01"])
    >>> bands = pd.DataFrame({"scenario": "none", "month": month, "value": 1.0, "low": 0.0, "high": 2.0})
    >>> len(plot_bands(bands, pd.DataFrame({"month": month, "value": 0.5}), ["none"]).layer)
    4
    """
    rows = slim(bands[bands["scenario"].isin(names)], "scenario", "month", "value", "low", "high")
    seen = slim(past, "month", "value")
    for frame in (rows, seen):
        frame["month"] = frame["month"].dt.strftime("%Y-%m-%d")
    colour = alt.Color("scenario:N", scale=alt.Scale(domain=list(names), range=[ACCENT, WORSE][: len(names)]),
                       legend=_LEGEND)  # fmt: skip
    x = alt.X("month:T", title=None, axis=alt.Axis(format="%b %Y"))
    axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, title=None)
    base = alt.Chart(rows).encode(x=x, color=colour)
    tooltip = [alt.Tooltip("month:T", format="%b %Y"), "scenario:N",
               *(alt.Tooltip(f"{name}:Q", format="$,.0f") for name in ("value", "low", "high"))]  # fmt: skip
    shown = [alt.Tooltip("month:T", format="%b %Y"), alt.Tooltip("value:Q", format="$,.0f", title="counted")]
    chart = alt.layer(
        alt.Chart(rows).mark_rule(color=CONTEXT).encode(y=alt.datum(0.0)),
        base.mark_area(opacity=BAND_OPACITY).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
        base.mark_line().encode(y="value:Q", tooltip=tooltip),
        alt.Chart(seen).mark_point(color=CONTEXT, size=50).encode(x=x, y="value:Q", tooltip=shown),
    )
    return apply_theme(chart.properties(width="container", height=280))


def plot_causes(causes: pd.DataFrame) -> AnyChart:
    """What each cause alone does to what is left a month, the widest first, around the middle.

    ``causes``: ``cause``, ``low``, ``high``, ``middle``.

    >>> rows = pd.DataFrame({"cause": ["sales"], "low": -1.0, "high": 2.0, "middle": 0.5})
    >>> len(plot_causes(rows).layer)
    2
    """
    rows = slim(causes, "cause", "low", "high", "middle")
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=200)
    base = alt.Chart(rows).encode(y=alt.Y("cause:N", sort=None, axis=names))
    axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, title="left, US dollars a month")
    tooltip = ["cause:N", *(alt.Tooltip(f"{name}:Q", format="$,.0f") for name in ("low", "middle", "high"))]
    chart = alt.layer(
        base.mark_bar(height=14, color=ACCENT, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis, scale=alt.Scale(zero=False)), x2="high:Q", tooltip=tooltip
        ),
        base.mark_tick(color=CONTEXT, thickness=2, size=18).encode(x="middle:Q"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))
