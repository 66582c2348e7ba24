"""A row for each group: what it differs by, with its interval, beside what a dashboard would credit to it."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, apply_theme, slim

__all__ = ["name_axis", "plot_beside_naive"]


def plot_beside_naive(
    frame: pd.DataFrame, value: str, naive: str, *, title: str, axis: str, tooltip: str
) -> alt.LayerChart | alt.FacetChart:
    """What each group differs by, its interval and what a dashboard says (a grey tick), about nought.

    ``frame``: ``label`` (in order), the ``value`` with ``low`` and ``high``, the ``naive`` one, ``n``.
    ``title`` stands under the axis; ``axis`` and ``tooltip`` are number formats.
    """
    base = alt.Chart(slim(frame, "label", value, "low", "high", naive, "n"))
    y = alt.Y("label:N", sort=frame["label"].tolist(), axis=name_axis(190))
    x_axis = alt.Axis(format=axis, labelExpr=SIGNED, title=title)
    told = [
        "label:N",
        *(alt.Tooltip(f"{name}:Q", format=tooltip) for name in (value, "low", "high", naive)),
        alt.Tooltip("n:Q", format=","),
    ]
    nought = alt.Chart(pd.DataFrame({value: [0.0]})).mark_rule(color=CONTEXT, strokeWidth=1.5)
    chart = alt.layer(
        nought.encode(x=f"{value}:Q"),
        base.mark_tick(color=CONTEXT, thickness=3, size=16).encode(x=f"{naive}:Q", y=y, tooltip=told),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=x_axis), x2="high:Q", y=y
        ),
        base.mark_point(color=ACCENT, size=70).encode(x=f"{value}:Q", y=y, tooltip=told),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def name_axis(limit: int) -> alt.Axis:
    """Names of groups at the left, cut at ``limit`` pixels."""
    return alt.Axis(domain=False, ticks=False, title=None, labelLimit=limit)
