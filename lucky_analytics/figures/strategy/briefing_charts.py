"""Charts of the briefing: why revenue changed, the last weeks, the stores, the next seven days."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import (
    ACCENT,
    BAND_OPACITY,
    BETTER,
    CONTEXT,
    THOUSANDS,
    WORSE,
    apply_theme,
    slim,
)
from lucky_analytics.formats import format_value

__all__ = ["plot_days", "plot_outlook", "plot_steps", "plot_stores"]

AnyChart = alt.LayerChart | alt.FacetChart
_DOLLARS = alt.Axis(format="$~s", labelExpr=THOUSANDS)


def plot_steps(bars: pd.DataFrame) -> AnyChart:
    """From one day's revenue to another's, step by step. ``bars`` as ``views.show_bars``.

    The axis begins near the smaller day, so that the steps are seen: the two days are marks, not bars.
    """
    rows = slim(bars, "label", "start", "end", "amount", "kind")
    rows["shown"] = [
        format_value(amount, "USD")
        if kind == "day"
        else f"{'+' if amount > 0 else ''}{format_value(amount, 'USD')}"
        for amount, kind in zip(bars["amount"], bars["kind"], strict=True)
    ]
    rows["right"] = rows[["start", "end"]].max(axis=1).where(rows["kind"] != "day", rows["end"])
    ends = pd.concat([bars["end"], bars.loc[bars["kind"] != "day", "start"]])
    room = max(float(ends.max() - ends.min()), 0.02 * float(ends.max()), 1.0)
    scale = alt.Scale(domain=[float(ends.min()) - 0.15 * room, float(ends.max()) + 0.45 * room], nice=False)
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=170)
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=rows["label"].tolist(), axis=names))
    colours = alt.Scale(domain=["day", "up", "down"], range=[CONTEXT, BETTER, WORSE])
    colour = alt.Color("kind:N", scale=colours, legend=None)
    tooltip = ["label:N", alt.Tooltip("amount:Q", title="USD", format="$,.2f")]
    steps = base.transform_filter("datum.kind != 'day'").mark_bar(height=16)
    days = base.transform_filter("datum.kind == 'day'").mark_point(shape="diamond", size=110)
    axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, title=None)
    chart = alt.layer(
        steps.encode(
            alt.X("start:Q", scale=scale, axis=axis), alt.X2("end:Q"), color=colour, tooltip=tooltip
        ),
        days.encode(alt.X("end:Q", scale=scale, axis=axis), color=colour, tooltip=tooltip),
        base.mark_text(align="left", dx=8).encode(alt.X("right:Q", scale=scale), text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_days(days: pd.DataFrame) -> AnyChart:
    """Daily revenue over what was expected of each day, unusual days in the accent. ``days`` as
    ``views.show_days``."""
    rows = slim(days, "ds", "y", "low", "high", "is_alarm")
    rows["ds"] = rows["ds"].dt.strftime("%Y-%m-%d")
    rows["is_newest"] = rows["ds"] == rows["ds"].iloc[-1]
    base = alt.Chart(rows).encode(alt.X("ds:T", title=None, axis=alt.Axis(format="%-d %b")))
    tooltip = [
        alt.Tooltip("ds:T", title="Day", format="%a %d %b %Y"),
        alt.Tooltip("y:Q", title="Revenue", format="$,.0f"),
        alt.Tooltip("low:Q", title="Usual from", format="$,.0f"),
        alt.Tooltip("high:Q", title="to", format="$,.0f"),
    ]
    y = alt.Y("y:Q", title=None, axis=_DOLLARS, scale=alt.Scale(zero=True))
    colour = alt.condition("datum.is_alarm || datum.is_newest", alt.value(ACCENT), alt.value(CONTEXT))
    band = base.transform_filter("datum.low != null").mark_rule(strokeWidth=4, opacity=2 * BAND_OPACITY)
    chart = alt.layer(
        band.encode(alt.Y("low:Q"), alt.Y2("high:Q"), color=alt.value(CONTEXT)),
        base.mark_point(size=34).encode(y, color=colour, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=240))


def plot_stores(stores: pd.DataFrame) -> AnyChart:
    """Each store's revenue over what is usual for it, with the range of usual days. ``stores`` as
    ``views.show_stores``."""
    rows = slim(
        stores.dropna(subset="ratio"), "store", "ratio", "ratio_low", "ratio_high", "revenue", "is_alarm"
    )
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=150)
    base = alt.Chart(rows).encode(y=alt.Y("store:N", sort=rows["store"].tolist(), axis=names))
    x = alt.X("ratio:Q", title=None, axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False))
    tooltip = ["store:N", alt.Tooltip("revenue:Q", format="$,.0f"), alt.Tooltip("ratio:Q", format=".0%")]
    colour = alt.condition(alt.datum.is_alarm, alt.value(WORSE), alt.value(ACCENT))
    chart = alt.layer(
        alt.Chart(pd.DataFrame({"ratio": [1.0]}))
        .mark_rule(color=CONTEXT, strokeDash=[3, 3])
        .encode(x="ratio:Q"),
        base.mark_rule(strokeWidth=7, opacity=2 * BAND_OPACITY, color=CONTEXT).encode(
            alt.X("ratio_low:Q"), alt.X2("ratio_high:Q")
        ),
        base.mark_point(size=60).encode(x, color=colour, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24)))


def plot_outlook(days: pd.DataFrame) -> AnyChart:
    """The next seven days with their ranges, beside the same weekdays before. ``days``: ``ds``, ``expected``,
    ``low``, ``high`` (null where not known), ``last_week``."""
    rows = slim(days, "expected", "low", "high", "last_week")
    rows["day"] = days["ds"].dt.strftime("%a %-d %b")
    base = alt.Chart(rows).encode(
        x=alt.X("day:N", sort=rows["day"].tolist(), title=None, axis=alt.Axis(labelAngle=0))
    )
    y = alt.Y("expected:Q", title=None, axis=_DOLLARS, scale=alt.Scale(zero=True))
    tooltip = [
        "day:N",
        *(alt.Tooltip(f"{name}:Q", format="$,.0f") for name in ("expected", "low", "high", "last_week")),
    ]
    chart = alt.layer(
        base.mark_rule(strokeWidth=7, opacity=2 * BAND_OPACITY, color=ACCENT).encode(
            alt.Y("low:Q"), alt.Y2("high:Q")
        ),
        base.mark_tick(color=CONTEXT, thickness=2).encode(alt.Y("last_week:Q")),
        base.mark_point(color=ACCENT, size=60).encode(y, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=220))
