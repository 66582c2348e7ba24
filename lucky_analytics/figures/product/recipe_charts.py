"""Charts of the page on recipes: cost over time, ingredients, cheaper formulas, use beyond recipes."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, THOUSANDS, WORSE, apply_theme, slim

__all__ = ["plot_costs", "plot_dollars", "plot_history"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES: dict[str, Any] = {"title": None, "labelLimit": 190, "domain": False, "ticks": False}
_LINES = [ACCENT, WORSE, "#7a5fb5", "#3f8f6b", CONTEXT]


def plot_history(history: pd.DataFrame, whole: str) -> AnyChart:
    """Cost of a cup against its first date: ``start``, ``who``, ``index`` (1 at the first), ``cents``; the
    line of ``whole`` is thicker."""
    rows = slim(history, "who", "cents").assign(change=history["index"].to_numpy() - 1)
    rows["start"] = history["start"].dt.strftime("%Y-%m-%dT00:00:00").to_numpy()
    names = [whole, *(name for name in dict.fromkeys(rows["who"]) if name != whole)]
    axis = alt.Axis(title="against the first date", format="+.1%", labelExpr=SIGNED)
    base = alt.Chart(rows).encode(
        x=alt.X("start:T", axis=alt.Axis(title=None, format="%b %Y", labelOverlap=True)),
        y=alt.Y("change:Q", axis=axis),
        color=alt.Color(
            "who:N", scale=alt.Scale(domain=names, range=_LINES[: len(names)]),
            legend=alt.Legend(title=None, orient="top", labelLimit=220, columns=2),
        ),
        strokeWidth=alt.condition(alt.datum.who == whole, alt.value(4), alt.value(1.5)),
    )  # fmt: skip
    points = base.mark_point(size=40, opacity=1.0).encode(
        tooltip=["who:N", alt.Tooltip("start:T", format="%b %Y"), alt.Tooltip("cents:Q", format=".1f")]
    )
    return apply_theme(alt.layer(base.mark_line(), points).properties(width="container", height=280))


def plot_costs(shocks: pd.DataFrame, most: int = 14) -> AnyChart:
    """Dollars a month by ingredient, the largest ``most``: ``goods_name``, ``dollars``, ``share``."""
    rows = slim(shocks.head(most), "goods_name", "dollars", "share")
    bars = alt.Chart(rows).mark_bar(color=ACCENT, height=14).encode(
        y=alt.Y("goods_name:N", sort=None, axis=alt.Axis(**_NAMES)),
        x=alt.X("dollars:Q", axis=alt.Axis(title="a month at cost", format="$~s", labelExpr=THOUSANDS)),
        tooltip=[
            "goods_name:N", alt.Tooltip("dollars:Q", format="$,.0f"), alt.Tooltip("share:Q", format=".1%"),
        ],
    )  # fmt: skip
    return apply_theme(alt.layer(bars).properties(width="container", height=alt.Step(24)))


def plot_dollars(frame: pd.DataFrame, name: str, value: str, title: str, most: int = 14) -> AnyChart:
    """Dollars with their range, one row a ``name``, in the order given: ``value``, ``low``, ``high``."""
    rows = slim(frame.head(most), name, value, "low", "high")
    base = alt.Chart(rows).encode(y=alt.Y(f"{name}:N", sort=None, axis=alt.Axis(**_NAMES)))
    axis = alt.Axis(title=title, format="$~s")
    tooltip = [f"{name}:N", *(alt.Tooltip(f"{x}:Q", format="$,.2f") for x in (value, "low", "high"))]
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=CONTEXT).encode(x=alt.X("at:Q", axis=axis)),
        base.mark_rule(strokeWidth=3, opacity=0.6, color=ACCENT).encode(
            x=alt.X("low:Q", axis=axis), x2="high:Q"
        ),
        base.mark_point(size=60, opacity=1.0, color=ACCENT).encode(x=f"{value}:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24)))
