"""Charts of the page on suppliers: whole and on time, late by month, prices, spend, one history."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, THOUSANDS, WORSE, apply_theme, slim

__all__ = ["plot_history", "plot_late", "plot_prices", "plot_scores", "plot_spend"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES: dict[str, Any] = {"title": None, "labelLimit": 200, "domain": False, "ticks": False}
_SHADES = ["#3b7dd8", "#c4661f", "#858b94", "#7a5fb5", "#3f8f6b", "#b3517d", "#8a7a2f", "#4a9aa8"]


def plot_scores(scores: pd.DataFrame, worse: list[str]) -> AnyChart:
    """Share of orders whole and on time by supplier with its interval, and the plain share as a cross.

    ``scores``: ``supplier_id``, ``name`` in order, ``rate``, ``low``, ``high``, ``raw`` (0 to 1), ``n``,
    ``is_few`` (drawn grey); those of ``worse`` stand out.
    """
    rows = slim(scores, "name", "rate", "low", "high", "raw", "n")
    rows["kind"] = [
        "became worse" if supplier in worse else "few orders" if few else "enough orders"
        for supplier, few in zip(scores["supplier_id"], scores["is_few"], strict=True)
    ]
    rows = rows.dropna(subset=["rate"])
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["enough orders", "few orders", "became worse"], range=[ACCENT, CONTEXT, WORSE]
        ),
        legend=alt.Legend(title=None, orient="top"),
    )
    axis = alt.Axis(title="orders whole and on time", format=".0%")
    scale = alt.Scale(domain=[0, 1])
    base = alt.Chart(rows).encode(y=alt.Y("name:N", sort=None, axis=alt.Axis(**_NAMES)))
    tooltip = [
        "name:N",
        "n:Q",
        *(alt.Tooltip(f"{x}:Q", format=".0%") for x in ("rate", "low", "high", "raw")),
    ]
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q", color=colour
        ),
        base.mark_point(size=60, opacity=1.0).encode(x=alt.X("rate:Q"), color=colour, tooltip=tooltip),
        base.mark_point(shape="cross", size=45, color=CONTEXT, opacity=1.0).encode(
            x="raw:Q", tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(19)))


def plot_late(late: pd.DataFrame, others: str) -> AnyChart:
    """Share of shipments late by month with its interval: suppliers that became worse against ``others``.

    ``late``: ``month``, ``who``, ``share``, ``low``, ``high``, ``n``.
    """
    return _months(late, others, "share", "shipments late", ".0%", None)


def plot_prices(prices: pd.DataFrame, others: str) -> AnyChart:
    """Mean price of each month against the goods' own mean: ``month``, ``who``, ``relative``, ``low``,
    ``high`` (shares), ``n``."""
    return _months(prices, others, "relative", "price against its own mean", "+.0%", SIGNED)


def _months(
    frame: pd.DataFrame, others: str, value: str, title: str, shape: str, label: str | None
) -> AnyChart:
    rows = slim(frame, "who", value, "low", "high", "n")
    rows["month"] = frame["month"].dt.strftime("%Y-%m-%dT00:00:00").to_numpy()
    whose = [name for name in dict.fromkeys(rows["who"]) if name != others]
    colour = alt.Color(
        "who:N",
        scale=alt.Scale(
            domain=[*whose, others], range=[*[WORSE, ACCENT, *_SHADES[3:]][: len(whose)], CONTEXT]
        ),
        legend=alt.Legend(title=None, orient="top", labelLimit=220),
    )
    axis = alt.Axis(title=title, format=shape, labelExpr=label or alt.Undefined)
    x = alt.X("month:T", axis=alt.Axis(title=None, format="%b %Y", labelOverlap=True))
    tooltip = [
        "who:N",
        alt.Tooltip("month:T", format="%b %Y"),
        "n:Q",
        alt.Tooltip(f"{value}:Q", format=".1%"),
    ]
    base = alt.Chart(rows).encode(x=x, color=colour)
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.4).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
        base.mark_line().encode(y=alt.Y(f"{value}:Q", axis=axis)),
        base.mark_point(size=50, opacity=1.0).encode(y=f"{value}:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=260))


def plot_spend(months: pd.DataFrame) -> AnyChart:
    """Dollars received by month, stacked by class of goods, the largest at the bottom; small ones are one.

    ``months``: ``month``, ``goods_class``, ``dollars``.
    """
    total = months.groupby("goods_class")["dollars"].sum().sort_values(ascending=False)
    kept = list(total.index[:5])
    rows = months.assign(kind=months["goods_class"].where(months["goods_class"].isin(kept), "Others"))
    rows = rows.groupby(["month", "kind"])["dollars"].sum().reset_index()
    order = [*kept, *(["Others"] if (rows["kind"] == "Others").any() else [])]
    rows["place"] = rows["kind"].map({name: k for k, name in enumerate(order)})
    rows = slim(rows.assign(month=rows["month"].dt.strftime("%b %Y")), "month", "kind", "dollars", "place")
    bars = alt.Chart(rows).mark_bar().encode(
        x=alt.X("month:N", sort=None, axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True)),
        y=alt.Y("sum(dollars):Q", axis=alt.Axis(title=None, format="$~s", labelExpr=THOUSANDS)),
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=order, range=_SHADES[: len(order)]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        order="place:Q",
        tooltip=["month:N", "kind:N", alt.Tooltip("dollars:Q", format="$,.0f")],
    )  # fmt: skip
    return apply_theme(alt.layer(bars).properties(width="container", height=280))


def plot_history(history: pd.DataFrame) -> AnyChart:
    """Deliveries of one supplier by promised day: ``promised``, ``days_late``, ``state``, ``packs``."""
    rows = slim(history, "days_late", "state", "packs")
    rows["promised"] = history["promised"].dt.strftime("%Y-%m-%dT00:00:00").to_numpy()
    states = ["on time", "late", "not here yet"]
    points = alt.Chart(rows).mark_point(size=45, opacity=0.8).encode(
        x=alt.X("promised:T", axis=alt.Axis(title=None, format="%b %Y", labelOverlap=True)),
        y=alt.Y("days_late:Q", axis=alt.Axis(title="days after the promised one", format="d", tickMinStep=1)),
        color=alt.Color(
            "state:N", scale=alt.Scale(domain=states, range=[CONTEXT, WORSE, ACCENT]),
            legend=alt.Legend(title=None, orient="top"),
        ),
        tooltip=[alt.Tooltip("promised:T", format="%d %b %Y"), "days_late:Q", "state:N", "packs:Q"],
    )  # fmt: skip
    zero = alt.Chart(pd.DataFrame({"at": [0]})).mark_rule(color=CONTEXT).encode(y="at:Q")
    return apply_theme(alt.layer(zero, points).properties(width="container", height=240))
