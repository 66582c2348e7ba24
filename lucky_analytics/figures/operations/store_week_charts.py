"""A store's weekly revenue, each week over the range that its weeks before led to expect; its day by hour."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, THOUSANDS, apply_theme, slim

__all__ = ["plot_hours", "plot_weeks"]


def plot_weeks(weeks: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Weekly revenue, the newest week in the accent, over bars from ``low`` to ``high`` of what was expected.

    ``weeks``: ``end`` (last day), ``dollars``, ``low``, ``high`` (null for a week without a range, which has
    no bar), the oldest first.
    """
    frame = slim(weeks, "end", "dollars", "low", "high")
    frame["end"] = frame["end"].dt.strftime("%Y-%m-%d")
    frame["is_newest"] = frame["end"] == frame["end"].iloc[-1]
    axis = alt.Axis(format="$~s", labelExpr=THOUSANDS)
    dollars = alt.Y("dollars:Q", title=None, axis=axis, scale=alt.Scale(zero=True))
    base = alt.Chart(frame).encode(alt.X("end:T", title=None, axis=alt.Axis(format="%-d %b")))
    band = base.transform_filter("datum.low != null").mark_rule(strokeWidth=7, opacity=2 * BAND_OPACITY)
    tooltip = [
        alt.Tooltip("end:T", title="Seven days up to", format="%d %b %Y"),
        alt.Tooltip("dollars:Q", title="Revenue", format="$,.0f"),
        alt.Tooltip("low:Q", title="Expected from", format="$,.0f"),
        alt.Tooltip("high:Q", title="to", format="$,.0f"),
    ]
    colour = alt.condition(alt.datum.is_newest, alt.value(ACCENT), alt.value(CONTEXT))
    layers = alt.layer(
        band.encode(alt.Y("low:Q"), alt.Y2("high:Q"), color=alt.value(CONTEXT)),
        base.mark_line(strokeWidth=1).encode(dollars, color=alt.value(CONTEXT)),
        base.mark_point(size=50).encode(dollars, color=colour, tooltip=tooltip),
    )
    return apply_theme(layers.properties(width="container", height=260))


def plot_hours(hours: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Orders of one day by hour, over bars from the least to the most of the same weekdays before.

    ``hours``: ``hour``, ``orders``, ``usual``, ``low``, ``high`` (null without a weekday before).
    """
    frame = slim(hours, "hour", "orders", "usual", "low", "high")
    frame["at"] = [f"{hour:.0f}:00" for hour in hours["hour"]]
    base = alt.Chart(frame).encode(alt.X("at:O", sort=None, title=None, axis=alt.Axis(labelAngle=0)))
    orders = alt.Y("orders:Q", title=None, axis=alt.Axis(format="d"), scale=alt.Scale(zero=True))
    tooltip = [alt.Tooltip("at:O", title="From"), "orders:Q", "usual:Q", "low:Q", "high:Q"]
    layers = alt.layer(
        base.transform_filter("datum.low != null")
        .mark_rule(strokeWidth=9, opacity=2 * BAND_OPACITY)
        .encode(alt.Y("low:Q"), alt.Y2("high:Q"), color=alt.value(CONTEXT)),
        base.transform_filter("datum.usual != null")
        .mark_tick(thickness=2, size=14)
        .encode(alt.Y("usual:Q"), color=alt.value(CONTEXT)),
        base.mark_point(size=60, opacity=1.0).encode(orders, color=alt.value(ACCENT), tooltip=tooltip),
    )
    return apply_theme(layers.properties(width="container", height=200))
