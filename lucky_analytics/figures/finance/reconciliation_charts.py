"""Charts of the reconciliation: money at risk by what is done about it, weeks, daily totals."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim
from lucky_analytics.formats import format_value

__all__ = ["plot_daily_totals", "plot_money", "plot_weeks"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_money(bars: pd.DataFrame) -> AnyChart:
    """Money at risk by what is done about it, most first. ``bars``: ``label``, ``n``, ``at_risk`` (USD)."""
    rows = slim(bars, "label", "n", "at_risk")
    rows["shown"] = [
        f"{format_value(money, 'USD')} ({n:,})" for money, n in zip(bars["at_risk"], bars["n"], strict=True)
    ]
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=190)
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=rows["label"].tolist(), axis=names))
    top = float(rows["at_risk"].max()) if len(rows) else 1.0
    x = alt.X("at_risk:Q", axis=None, scale=alt.Scale(domain=[0, 1.7 * (top or 1.0)]))
    tooltip = ["label:N", alt.Tooltip("at_risk:Q", format="$,.2f"), alt.Tooltip("n:Q", format=",")]
    chart = alt.layer(
        base.mark_bar(color=ACCENT, height=16).encode(x=x, tooltip=tooltip),
        base.mark_text(align="left", dx=5).encode(x=x, text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_weeks(weeks: pd.DataFrame) -> AnyChart:
    """Exceptions for 10,000 orders by week with their intervals. ``weeks``: ``end``, ``n``, ``rate``,
    ``low``, ``high``."""
    rows = slim(weeks.dropna(subset="rate"), "end", "n", "rate", "low", "high")
    rows["end"] = pd.to_datetime(rows["end"]).dt.strftime("%Y-%m-%d")
    x = alt.X("end:T", title=None, axis=alt.Axis(format="%b %Y"))
    base = alt.Chart(rows).encode(x)
    tooltip = [
        alt.Tooltip("end:T", title="Seven days up to", format="%d %b %Y"),
        alt.Tooltip("n:Q", title="Exceptions"),
        alt.Tooltip("rate:Q", title="for 10,000 orders", format=".1f"),
    ]
    y = alt.Y("rate:Q", title=None, scale=alt.Scale(zero=True))
    chart = alt.layer(
        base.mark_rule(color=CONTEXT, strokeWidth=3, opacity=0.5).encode(alt.Y("low:Q"), alt.Y2("high:Q")),
        base.mark_point(color=ACCENT, size=50).encode(y, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=220))


def plot_daily_totals(days: pd.DataFrame) -> AnyChart:
    """Accounting less orders by day: in colour where a day has an exception, grey where it has none.

    ``days``: ``date``, ``paid_off``, ``booked_off`` (whole units, null without accounting), ``n_paid``,
    ``n_booked``.
    """
    rows = pd.DataFrame(
        {
            "date": days["date"].dt.strftime("%Y-%m-%d"),
            "off": days["paid_off"] + days["booked_off"].fillna(0.0),
            "what": ["has an exception" if n else "no exception" for n in days["n_paid"] + days["n_booked"]],
        }
    )
    rows = slim(rows, "date", "off", "what")
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=["has an exception", "no exception"], range=[WORSE, CONTEXT]),
        legend=alt.Legend(title=None, orient="top"),
    )
    chart = alt.Chart(rows).mark_point(size=26).encode(
        x=alt.X("date:T", title=None, axis=alt.Axis(format="%b %Y")),
        y=alt.Y("off:Q", title=None, axis=alt.Axis(format="$,.0f")),
        color=colour,
        tooltip=[alt.Tooltip("date:T", format="%d %b %Y"), alt.Tooltip("off:Q", format="$,.2f"), "what:N"],
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"off": [0.0]})).mark_rule(color=CONTEXT).encode(y="off:Q")
    return apply_theme(alt.layer(zero, chart).properties(width="container", height=240))
