"""Charts of single products: 30-day trends, price history, one product's days, stores and seconds."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_product", "plot_stores", "plot_trends"]

AnyChart = alt.LayerChart | alt.FacetChart | alt.HConcatChart
_TIME = alt.Axis(title=None, format="%b", tickCount=5)
_QUARTERS = alt.Axis(title=None, format="%b", tickCount=alt.TimeIntervalStep(interval="month", step=3))


def plot_trends(days: pd.DataFrame, order: list[str]) -> AnyChart:
    """Units a day averaged over 30 days, one panel per product in ``order``; each with its own scale.

    ``days``: ``label``, ``ds``, ``y``. One point a week: a mean of 30 days hides nothing between them.
    """
    weekly = days[(days["ds"].max() - days["ds"]).dt.days % 7 == 0]
    line = (
        alt.Chart(slim(weekly, "label", "ds", "y"))
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


def plot_product(days: pd.DataFrame, months: pd.DataFrame) -> AnyChart:
    """One product over time: units by day with their 30-day mean, and list price and price paid by month.

    ``days``: ``ds``, ``n_units``, ``y``. ``months``: ``month``, ``list_price``, ``net_price`` (dollars).
    """
    return apply_theme(alt.hconcat(_days(days), _prices(months)))


def plot_stores(detail: pd.DataFrame, bins: pd.DataFrame, median: float) -> AnyChart:
    """One product by store, most units first, and how long one takes to make, its median marked.

    ``detail``: ``store_name``, ``units_a_day``, ``share``. ``bins``: ``seconds``, ``n``; without any, the
    stores stand alone.
    """
    panels = [_stores(detail), *([_seconds(bins, median)] if len(bins) else [])]
    return apply_theme(alt.hconcat(*panels))


def _days(days: pd.DataFrame) -> AnyChart:
    base = alt.Chart(slim(days, "ds", "n_units", "y")).encode(x=alt.X("ds:T", axis=_TIME))
    points = base.mark_point(color=CONTEXT, size=12, opacity=0.7).encode(
        y=alt.Y("n_units:Q", title=None, scale=alt.Scale(zero=True)),
        tooltip=[alt.Tooltip("ds:T", title="day"), alt.Tooltip("n_units:Q", title="units a day")],
    )
    line = base.mark_line(color=ACCENT).encode(y=alt.Y("y:Q", title=None))
    return alt.layer(points, line).properties(width=300, height=200, title=_title("Units a day"))


def _prices(months: pd.DataFrame) -> AnyChart:
    long = months.melt("month", value_vars=["list_price", "net_price"], value_name="dollars")
    long["price"] = long["variable"].map({"list_price": "list", "net_price": "paid"})
    long = slim(long, "month", "price", "dollars")
    tone = alt.condition(alt.datum.price == "paid", alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(long).encode(
        x=alt.X("month:T", axis=_TIME),
        y=alt.Y("dollars:Q", axis=alt.Axis(format="$.2f", title=None), scale=alt.Scale(zero=True)),
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
    return alt.layer(line, names).properties(width=300, height=200, title=_title("Price of a unit"))


def _stores(detail: pd.DataFrame) -> AnyChart:
    names = alt.Axis(labelLimit=130, domain=False, ticks=False, title=None)
    pairs = zip(detail["units_a_day"], detail["share"], strict=True)
    rows = slim(detail, "store_name", "units_a_day", "share")
    rows["text"] = [f"{units:.0f}, {100 * share:.1f} %" for units, share in pairs]
    base = alt.Chart(rows).encode(y=alt.Y("store_name:N", sort=detail["store_name"].tolist(), axis=names))
    reach = 1.45 * float(detail["units_a_day"].max())  # room for the text beside the longest bar
    x = alt.X("units_a_day:Q", axis=None, scale=alt.Scale(domain=[0, reach]))
    bars = base.mark_bar(color=ACCENT).encode(x=x)
    text = base.mark_text(align="left", dx=4).encode(x=x, text="text:N")
    title = _title("Units a day, share of the store's units")
    return alt.layer(bars, text).properties(width=300, height=alt.Step(22), title=title)


def _seconds(bins: pd.DataFrame, median: float) -> AnyChart:
    width = int(bins["seconds"].diff().min()) if len(bins) > 1 else 15
    rows = bins.assign(end=bins["seconds"] + width)
    x = alt.X("seconds:Q", axis=alt.Axis(title="seconds; 600 and more in the last bar"))
    bars = (
        alt.Chart(rows)
        .mark_bar(color=CONTEXT)
        .encode(x=x, x2="end:Q", y=alt.Y("n:Q", title=None), y2=alt.datum(0))
    )
    middle = pd.DataFrame({"seconds": [median], "label": [f"median {median:.0f} s"]})
    mark = alt.Chart(middle).mark_rule(color=ACCENT, strokeWidth=2).encode(x="seconds:Q")
    text = (
        alt.Chart(middle)
        .mark_text(align="left", dx=5, dy=6, baseline="top")
        .encode(x="seconds:Q", y=alt.value(0), text="label:N")
    )
    title = _title("Units by seconds from start to done")
    return alt.layer(bars, mark, text).properties(width=300, height=200, title=title)


def _title(text: str) -> alt.TitleParams:
    return alt.TitleParams(text, anchor="start", fontSize=12, fontWeight=600)
