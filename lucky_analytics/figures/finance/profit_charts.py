"""Charts of the stores' profit: each store's, beside the month before, and week by week."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import BETTER, CONTEXT, THOUSANDS, WORSE, apply_theme, slim

__all__ = ["plot_profits", "plot_weeks"]

AnyChart = alt.LayerChart | alt.FacetChart
_SIGN = alt.Scale(domain=[True, False], range=[BETTER, WORSE])


def plot_profits(stores: pd.DataFrame) -> AnyChart:
    """Profit a week of each store as a bar, that of the month before as a tick.

    ``stores``: ``store_name``, ``a_week``, ``a_week_before`` (dollars, null without one), the most first.

    >>> rows = pd.DataFrame({"store_name": ["A", "B"], "a_week": [5.0, -2.0], "a_week_before": [4.0, None]})
    >>> len(plot_profits(rows).layer)
    3
    """
    rows = slim(stores, "store_name", "a_week", "a_week_before")
    rows["earns"] = rows["a_week"] > 0
    names = alt.Axis(title=None, domain=False, ticks=False, labelLimit=160)
    base = alt.Chart(rows).encode(alt.Y("store_name:N", sort=None, axis=names))
    axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, title=None)
    tooltip = [
        alt.Tooltip("store_name:N", title="Store"),
        alt.Tooltip("a_week:Q", title="Profit a week", format="$,.0f"),
        alt.Tooltip("a_week_before:Q", title="the month before", format="$,.0f"),
    ]
    chart = alt.layer(
        base.mark_bar(height=14).encode(
            alt.X("a_week:Q", axis=axis),
            color=alt.Color("earns:N", scale=_SIGN, legend=None),
            tooltip=tooltip,
        ),
        base.transform_filter("isValid(datum.a_week_before)")
        .mark_tick(thickness=2, size=20, color=CONTEXT)
        .encode(alt.X("a_week_before:Q"), tooltip=tooltip),
        alt.Chart(rows).mark_rule(color=CONTEXT).encode(x=alt.datum(0.0)),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_weeks(weeks: pd.DataFrame) -> AnyChart:
    """Profit by week of each store, a panel each on one scale.

    ``weeks``: ``store_name``, ``week_end``, ``profit`` (dollars); panels in the order of their first rows.

    >>> day = pd.to_datetime(["2026-02-01"])
    >>> plot_weeks(pd.DataFrame({"store_name": "A", "week_end": day, "profit": 1.0})).to_dict()["columns"]
    2
    """
    rows = slim(weeks, "store_name", "week_end", "profit")
    rows["week_end"] = rows["week_end"].dt.strftime("%Y-%m-%d")
    rows["earns"] = rows["profit"] > 0
    order = list(dict.fromkeys(rows["store_name"]))
    bars = (
        alt.Chart()
        .mark_bar(width=3)
        .encode(
            alt.X("week_end:T", title=None, axis=alt.Axis(format="%b", tickCount=3)),
            alt.Y("profit:Q", title=None, axis=alt.Axis(format="$~s", labelExpr=THOUSANDS, tickCount=3)),
            color=alt.Color("earns:N", scale=_SIGN, legend=None),
            tooltip=[
                alt.Tooltip("store_name:N", title="Store"),
                alt.Tooltip("week_end:T", title="Week to", format="%-d %b %Y"),
                alt.Tooltip("profit:Q", title="Profit", format="$,.0f"),
            ],
        )
        .properties(width=130, height=80)
    )
    panel = alt.Facet("store_name:N", title=None, sort=order)
    return apply_theme(bars.facet(panel, columns=2, data=rows))
