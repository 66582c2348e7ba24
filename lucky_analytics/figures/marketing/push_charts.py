"""Charts of notifications: what goes with openings, frequency, and orders around a send."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_frequency", "plot_ratios", "plot_same"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_same(table: pd.DataFrame) -> AnyChart:
    """Points of openings against other sends to the same customer, with intervals; clear ones in the accent.

    ``table``: ``group``, ``label``, ``value``, ``low``, ``high``, ``is_clear``, in the order to be shown.
    """
    names = {"own hour": "", "frequency": "", "after": "", "hour": "sent ", "content": "content: "}
    rows = table.assign(label=table["group"].map(names).fillna("") + table["label"])
    return _forest(rows, 0.0, "points of notifications opened", "is_clear")


def plot_ratios(ratios: pd.DataFrame) -> AnyChart:
    """Orders in hours around sends over those of other hours (1), with intervals; hours in which nothing can
    act in grey.

    ``ratios``: ``label``, ``group``, ``value``, ``low``, ``high``; rows without a value are left out.
    """
    rows = ratios[ratios["value"].notna()]
    rows = rows.assign(is_about=rows["group"] != "where nothing can act")
    return _forest(rows, 1.0, "times as many orders as in the customer's other hours", "is_about")


def _forest(rows: pd.DataFrame, none: float, title: str, lit: str) -> AnyChart:
    """A line for each row, its name above it, so that a phone has room for it."""
    names = rows["label"].tolist()
    data = slim(rows, "label", "value", "low", "high", lit)
    tone = alt.condition(alt.datum[lit], alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(data).encode(y=alt.Y("label:N", sort=names, axis=None))
    scale = alt.Scale(zero=False)
    x = alt.X("low:Q", axis=alt.Axis(title=title), scale=scale)
    tooltip = ["label:N", *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("value", "low", "high"))]
    rule = alt.Chart(pd.DataFrame({"value": [none]})).mark_rule(color=CONTEXT, strokeDash=[4, 3])
    chart = alt.layer(
        rule.encode(x=alt.X("value:Q", scale=scale)),
        base.mark_rule(strokeWidth=3).encode(x=x, x2="high:Q", color=tone),
        base.mark_point(filled=True, size=70).encode(x="value:Q", color=tone, tooltip=tooltip),
        base.mark_text(align="left", dy=-12).encode(x=alt.value(0), text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(36)))


def plot_frequency(steps: pd.DataFrame) -> AnyChart:
    """Points of openings by how many came in the week before, against none.

    ``steps``: ``label`` in order, ``value``, ``low``, ``high``, ``n``.
    """
    rows = slim(steps, "label", "value", "low", "high", "n")
    x = alt.X(
        "label:N", sort=steps["label"].tolist(), axis=alt.Axis(title="in the seven days before", labelAngle=0)
    )
    base = alt.Chart(rows).encode(x=x)
    axis = alt.Axis(title=None)
    tooltip = ["label:N", *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("value", "low", "high")),
               alt.Tooltip("n:Q", format=",")]  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(color=CONTEXT, strokeDash=[4, 3])
    chart = alt.layer(
        zero.encode(y="value:Q"),
        base.mark_rule(color=ACCENT, strokeWidth=3).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=70).encode(y="value:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=240))
