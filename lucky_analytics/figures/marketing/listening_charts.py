"""Charts of what people post: negative posts by week and store, and what they are about."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_shares", "plot_weeks"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_weeks(weeks: pd.DataFrame) -> AnyChart:
    """Share of negative posts week by week with its interval; weeks that are compared with are grey.

    ``weeks``: ``last_date``, ``share``, ``low``, ``high``, ``n`` (0: no point), ``n_negative``,
    ``is_late``.
    """
    known = weeks[weeks["n"] > 0]
    base = alt.Chart(slim(known, "last_date", "share", "low", "high", "n", "n_negative", "is_late"))
    x = alt.X("last_date:T", axis=alt.Axis(format="%-d %b", title="week to", tickCount=5))
    axis = alt.Axis(format=".0%", title=None, tickCount=4)
    colour = alt.condition("datum.is_late", alt.value(ACCENT), alt.value(CONTEXT))
    tooltip = [alt.Tooltip("last_date:T", format="%-d %b %Y", title="week to"),
               alt.Tooltip("share:Q", format=".0%"), alt.Tooltip("n_negative:Q", title="negative"),
               alt.Tooltip("n:Q", title="of")]  # fmt: skip
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.5).encode(
            x=x, y=alt.Y("low:Q", axis=axis, scale=alt.Scale(domainMin=0)), y2="high:Q", color=colour
        ),
        base.mark_point(size=60, opacity=1.0).encode(x=x, y="share:Q", color=colour, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=240))


def plot_shares(rows: pd.DataFrame, name: str, value: str, line: float | None = None) -> AnyChart:
    """One share for each row of ``name``, in order, with ``low`` and ``high``; those ``is_called`` in colour,
    and ``line`` what they are compared with."""
    shown = slim(rows, name, value, "low", "high", "n", "is_called")
    base = alt.Chart(shown).encode(
        y=alt.Y(f"{name}:N", sort=None, axis=alt.Axis(title=None, labelLimit=170, domain=False, ticks=False))
    )
    axis = alt.Axis(format=".0%", title=None)
    colour = alt.condition("datum.is_called", alt.value(ACCENT), alt.value(CONTEXT))
    tooltip = [f"{name}:N", *(alt.Tooltip(f"{each}:Q", format=".1%") for each in (value, "low", "high")),
               alt.Tooltip("n:Q", title="posts", format=",")]  # fmt: skip
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis, scale=alt.Scale(domainMin=0)), x2="high:Q", color=colour
        ),
        base.mark_point(size=80, opacity=1.0).encode(x=f"{value}:Q", color=colour, tooltip=tooltip),
    ]
    if line is not None:
        mean = alt.Chart(pd.DataFrame({"at": [line]})).mark_rule(strokeDash=[4, 3], color=CONTEXT)
        layers.insert(0, mean.encode(x="at:Q"))
    return apply_theme(alt.layer(*layers).properties(width="container", height=alt.Step(28)))
