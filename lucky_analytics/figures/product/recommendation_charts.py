"""Charts of recommendations: gains of one rule over another, what each rule finds, what one store sells."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_favourites", "plot_gains", "plot_rules"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES = alt.Axis(domain=False, ticks=False, title=None, labelLimit=210, labelExpr="split(datum.label, '|')")


def plot_gains(gains: pd.DataFrame, least: float) -> AnyChart:
    """Gains in points with their intervals, in the order of the rows; the accent where one is worth having.

    ``gains``: ``label`` (breaks at ``|``), ``points``, ``points_low``, ``points_high``, ``is_worth``. The
    full rule is nought, the dashed one ``least``, in points.
    """
    rows = slim(gains, "label", "points", "points_low", "points_high", "is_worth")
    marks = [
        _rule(0.0, "points", []),
        _rule(least, "points", [4, 3]),
    ]
    return _intervals(rows, "points", "points gained", marks, alt.Scale(nice=True))


def plot_rules(rules: pd.DataFrame) -> AnyChart:
    """Share of what was bought that each rule has among its places, with intervals; best first.

    ``rules``: ``label``, ``recall``, ``recall_low``, ``recall_high`` (0 to 1), ``is_worth`` (in the accent).
    """
    rows = slim(rules, "label", "recall", "recall_low", "recall_high", "is_worth")
    return _intervals(rows, "recall", "share of what was bought then", [], alt.Scale(zero=True), ".0%")


def plot_favourites(found: pd.DataFrame) -> AnyChart:
    """Products that one store sells more or less of than the others lead to expect.

    ``found``: ``label`` (product and store), ``ratio``, ``low``, ``high``, in the order to be shown.
    """
    rows = slim(found, "label", "ratio", "low", "high").rename(
        columns={"low": "ratio_low", "high": "ratio_high"}
    )
    scale = alt.Scale(type="log", nice=False, padding=12)
    axis = [0.25, 0.5, 0.7, 1, 1.5, 2, 3, 4, 6, 8]
    title = "times as many as expected"
    return _intervals(
        rows.assign(is_worth=True), "ratio", title, [_rule(1.0, "ratio", [])], scale, ".1f", axis
    )


def _rule(at: float, name: str, dash: list[int]) -> alt.Chart:
    one = alt.Chart(pd.DataFrame({name: [at]}))
    return one.mark_rule(color=CONTEXT, strokeDash=dash).encode(x=f"{name}:Q")


def _intervals(
    rows: pd.DataFrame,
    name: str,
    title: str,
    marks: list[alt.Chart],
    scale: alt.Scale,
    number: str = "+.1~f",
    values: list[float] | None = None,
) -> AnyChart:
    """A point with its interval for each row; a row without an interval is a point alone."""
    tone = alt.condition(alt.datum.is_worth, alt.value(ACCENT), alt.value(CONTEXT))
    axis = alt.Axis(title=title, format=number, values=values or alt.Undefined)
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=None, axis=_NAMES))
    ends = base.transform_filter(f"isValid(datum.{name}_low)").mark_rule(strokeWidth=3, opacity=0.6)
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        *(
            alt.Tooltip(f"{name}{end}:Q", title=words, format=number)
            for end, words in (("", "value"), ("_low", "from"), ("_high", "to"))
        ),
    ]
    return apply_theme(
        alt.layer(
            *marks,
            ends.encode(x=alt.X(f"{name}_low:Q", scale=scale, axis=axis), x2=f"{name}_high:Q", color=tone),
            base.mark_point(size=80, filled=True).encode(
                x=alt.X(f"{name}:Q", scale=scale, axis=axis), color=tone, tooltip=tooltip
            ),
        ).properties(width="container", height=alt.Step(34))
    )
