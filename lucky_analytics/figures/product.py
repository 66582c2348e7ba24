"""Charts of single products: 30-day trends, price history, one product's days, stores and seconds."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme

__all__ = ["plot_days", "plot_prices", "plot_seconds", "plot_stores", "plot_trends"]

AnyChart = alt.LayerChart | alt.FacetChart
_TIME = alt.Axis(title=None, format="%b", tickCount=5)
_QUARTERS = alt.Axis(title=None, format="%b", tickCount=alt.TimeIntervalStep(interval="month", step=3))


def plot_trends(days: pd.DataFrame, order: list[str]) -> AnyChart:
    """Units a day averaged over 30 days, one panel per product in ``order``; each with its own scale.

    ``days``: ``label``, ``ds``, ``y``.
    """
    line = (
        alt.Chart(days)
        .mark_line(color=ACCENT)
        .encode(
            x=alt.X("ds:T", axis=_QUARTERS),
            y=alt.Y("y:Q", axis=alt.Axis(title=None, tickCount=3, format="~s"), scale=alt.Scale(zero=True)),
            tooltip=["label:N", alt.Tooltip("ds:T", title="day"), alt.Tooltip("y:Q", format=".1f")],
        )
    )
    facet = alt.Facet(
        "label:N", sort=order, header=alt.Header(labelLimit=190, labelExpr="split(datum.label, '  ')")
    )
    panels = line.properties(width=165, height=80).facet(facet, columns=4)
    return apply_theme(panels.resolve_scale(y="independent"))


def plot_days(days: pd.DataFrame) -> AnyChart:
    """Units by day as points, their 30-day average as a line. ``days``: ``ds``, ``n_units``, ``y``."""
    base = alt.Chart(days).encode(x=alt.X("ds:T", axis=_TIME))
    title = "units a day"
    return apply_theme(
        alt.layer(
            base.mark_point(color=CONTEXT, size=12, opacity=0.7).encode(
                y=alt.Y("n_units:Q", title=title, scale=alt.Scale(zero=True)),
                tooltip=[alt.Tooltip("ds:T", title="day"), alt.Tooltip("n_units:Q", title=title)],
            ),
            base.mark_line(color=ACCENT).encode(y=alt.Y("y:Q", title=title)),
        ).properties(width="container", height=200)
    )


def plot_prices(months: pd.DataFrame) -> AnyChart:
    """Two prices by month, named at their ends. ``months``: ``month``, ``list_price``, ``net_price``."""
    long = months.melt("month", value_vars=["list_price", "net_price"], value_name="dollars")
    long["price"] = long["variable"].map({"list_price": "list", "net_price": "paid"})
    tone = alt.condition(alt.datum.price == "paid", alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(long).encode(
        x=alt.X("month:T", axis=_TIME),
        y=alt.Y("dollars:Q", axis=alt.Axis(format="$.2f", title="a unit"), scale=alt.Scale(zero=True)),
        detail="price:N",
        color=tone,
    )
    last = long[long["month"] == long["month"].max()]
    last = last.assign(label=[f"{row.price} ${row.dollars:.2f}" for row in last.itertuples()])
    names = (
        alt.Chart(last).mark_text(align="right", dy=-10).encode(x="month:T", y="dollars:Q", text="label:N")
    )
    line = base.mark_line(point={"filled": True, "size": 30}).encode(
        tooltip=["price:N", alt.Tooltip("month:T", format="%b %Y"), alt.Tooltip("dollars:Q", format="$.2f")]
    )
    return apply_theme(alt.layer(line, names).properties(width="container", height=200))


def plot_stores(detail: pd.DataFrame) -> AnyChart:
    """One product by store, most units first. ``detail``: ``store_name``, ``units_a_day``, ``share``."""
    names = alt.Axis(labelLimit=130, domain=False, ticks=False, title=None)
    pairs = zip(detail["units_a_day"], detail["share"], strict=True)
    rows = detail.assign(text=[f"{units:.0f}, {100 * share:.1f} %" for units, share in pairs])
    base = alt.Chart(rows).encode(y=alt.Y("store_name:N", sort=detail["store_name"].tolist(), axis=names))
    x = alt.X("units_a_day:Q", axis=alt.Axis(title="units a day, and share of the store's units"))
    bars = base.mark_bar(color=ACCENT).encode(x=x)
    text = base.mark_text(align="left", dx=4).encode(x=x, text="text:N")
    return apply_theme(alt.layer(bars, text).properties(width="container", height=alt.Step(24)))


def plot_seconds(bins: pd.DataFrame, median: float) -> AnyChart:
    """Distribution of the time to make one unit, its median marked. ``bins``: ``seconds``, ``n``."""
    width = int(bins["seconds"].diff().min()) if len(bins) > 1 else 15
    rows = bins.assign(end=bins["seconds"] + width)
    x = alt.X("seconds:Q", axis=alt.Axis(title="seconds; 600 and more in the last bar"))
    bars = (
        alt.Chart(rows)
        .mark_bar(color=CONTEXT)
        .encode(x=x, x2="end:Q", y=alt.Y("n:Q", title="units"), y2=alt.datum(0))
    )
    middle = pd.DataFrame({"seconds": [median], "label": [f"median {median:.0f} s"]})
    mark = alt.Chart(middle).mark_rule(color=ACCENT, strokeWidth=2).encode(x="seconds:Q")
    text = (
        alt.Chart(middle)
        .mark_text(align="left", dx=5, dy=6, baseline="top")
        .encode(x="seconds:Q", y=alt.value(0), text="label:N")
    )
    return apply_theme(alt.layer(bars, mark, text).properties(width="container", height=180))
