"""Charts of invitations: what those brought do, how many come so, how unequally customers bring."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, apply_theme, slim

__all__ = ["plot_counts", "plot_coupons", "plot_differences", "plot_months"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_coupons(rows: pd.DataFrame) -> AnyChart:
    """Who used referral coupons, by dollars taken off; the first kind stands out.

    ``rows``: ``who``, ``dollars``.
    """
    color = alt.condition(alt.datum.who == rows["who"].iloc[0], alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(rows).encode(y=alt.Y("who:N", sort=rows["who"].tolist(), axis=_names(180)))
    scale = alt.Scale(zero=True, padding=40, nice=False)
    chart = alt.layer(
        base.mark_bar(height=16).encode(x=alt.X("dollars:Q", axis=None, scale=scale), color=color),
        base.mark_text(align="left", dx=4).encode(x="dollars:Q", text=alt.Text("dollars:Q", format="$,.0f")),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_differences(shown: pd.DataFrame) -> AnyChart:
    """Each measure's difference with its interval, about a line at nought.

    ``shown``: ``label`` (in order), ``change``, ``low``, ``high`` (shares), ``n``.
    """
    base = alt.Chart(slim(shown, "label", "change", "low", "high", "n"))
    axis = alt.Axis(format="+.0%", labelExpr=SIGNED, title="against comparable customers")
    y = alt.Y("label:N", sort=shown["label"].tolist(), axis=_names(260))
    tooltip = [
        "label:N",
        *(alt.Tooltip(f"{name}:Q", format="+.1%") for name in ("change", "low", "high")),
        alt.Tooltip("n:Q", format=","),
    ]
    nought = pd.DataFrame({"change": [0.0]})
    chart = alt.layer(
        alt.Chart(nought).mark_rule(color=CONTEXT, strokeWidth=1.5).encode(x="change:Q"),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis), x2="high:Q", y=y
        ),
        base.mark_point(color=ACCENT, size=70).encode(x="change:Q", y=y, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(34)))


def plot_months(months: pd.DataFrame) -> AnyChart:
    """Share of new customers who were brought, month by month; a month that goes on is hollow.

    ``months``: ``month``, ``month_label``, ``share`` (null: no point), ``is_whole``, ``n_brought``,
    ``n_new``.
    """
    base = alt.Chart(slim(months, "month", "month_label", "share", "is_whole", "n_brought", "n_new"))
    x = alt.X("month:T", axis=alt.Axis(format="%b %Y", title=None, tickCount=4))
    y = alt.Y("share:Q", axis=alt.Axis(format=".1%", title=None, tickCount=4), scale=alt.Scale(domainMin=0))
    tooltip = ["month_label:N", alt.Tooltip("share:Q", format=".1%"), alt.Tooltip("n_brought:Q", format=","),
               alt.Tooltip("n_new:Q", format=",")]  # fmt: skip
    fill = alt.condition("datum.is_whole", alt.value(ACCENT), alt.value("transparent"))
    chart = alt.layer(
        base.mark_line(color=ACCENT).encode(x=x, y=y),
        base.mark_point(color=ACCENT, stroke=ACCENT, size=60).encode(x=x, y=y, fill=fill, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=220))


def plot_counts(counts: pd.DataFrame) -> AnyChart:
    """Customers by how many they brought, beside what chance alone would make, on steps of ten.

    ``counts``: ``label`` (in order), ``n``, ``by_chance``.
    """
    base = alt.Chart(slim(counts, "label", "n", "by_chance"))
    y = alt.Y("label:N", sort=counts["label"].tolist(), axis=_names(120))
    steps = [0, 10, 100, 1_000, 10_000, 100_000]
    axis = alt.Axis(labelExpr="format(datum.value, ',')", title="customers", values=steps)
    scale = alt.Scale(type="symlog", domainMin=0)
    tooltip = ["label:N", alt.Tooltip("n:Q", format=","), alt.Tooltip("by_chance:Q", format=",.1f")]
    chart = alt.layer(
        base.mark_tick(color=CONTEXT, thickness=4, size=22).encode(
            x=alt.X("by_chance:Q", axis=axis, scale=scale), y=y, tooltip=tooltip
        ),
        base.mark_point(color=ACCENT, filled=True, size=90).encode(
            x=alt.X("n:Q", axis=axis, scale=scale), y=y, tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(34)))


def _names(limit: int) -> alt.Axis:
    return alt.Axis(domain=False, ticks=False, title=None, labelLimit=limit)
