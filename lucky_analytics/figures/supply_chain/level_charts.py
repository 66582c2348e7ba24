"""Charts of the page on levels: gain by store, waste against lost sales, levels by delivery, weeks."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, panel_columns, slim

__all__ = ["plot_frontier", "plot_levels", "plot_stores", "plot_weeks"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES: dict[str, Any] = {"title": None, "labelLimit": 170, "domain": False, "ticks": False}


def plot_stores(stores: pd.DataFrame) -> AnyChart:
    """Dollars a week that levels would have saved by store, with intervals; those that surely would
    stand out.

    ``stores``: ``store_name``, ``net``, ``net_low``, ``net_high``, ``saves``.
    """
    rows = slim(stores, "store_name", "net", "net_low", "net_high", "saves")
    order = rows.sort_values("net", ascending=False)["store_name"].tolist()
    colour: Any = alt.condition(alt.datum.saves, alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(rows).encode(y=alt.Y("store_name:N", sort=order, axis=alt.Axis(**_NAMES)), color=colour)
    axis = alt.Axis(title="saved, dollars a week", format="$,.0f")
    tooltip = [
        "store_name:N", *(alt.Tooltip(f"{c}:Q", format="$,.0f") for c in ("net", "net_low", "net_high"))
    ]  # fmt: skip
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=alt.X("net_low:Q", axis=axis), x2="net_high:Q"),
        base.mark_point(size=80, opacity=1.0).encode(x="net:Q", tooltip=tooltip),
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=CONTEXT).encode(x="zero:Q"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_frontier(frontier: pd.DataFrame) -> AnyChart:
    """What expires against what is lost in sales, dollars a week: a line of levels, and what was ordered.

    ``frontier``: ``kind`` ("levels", "these levels", "as it was"), ``expired``, ``lost``, ``scale``.
    """
    rows = slim(frontier, "kind", "expired", "lost", "scale").sort_values("expired")
    line = rows[rows["kind"] != "as it was"]
    dots = rows[rows["kind"] != "levels"]
    zero = alt.Scale(domainMin=0)
    x = alt.X("expired:Q", axis=alt.Axis(title="expired, dollars a week", format="$,.0f"), scale=zero)
    y = alt.Y(
        "lost:Q", axis=alt.Axis(title="margin of lost sales, dollars a week", format="$,.0f"), scale=zero
    )
    tooltip = ["kind:N", *(alt.Tooltip(f"{c}:Q", format="$,.0f") for c in ("expired", "lost"))]
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["these levels", "as it was"], range=[ACCENT, WORSE]),
        legend=None,
    )
    chart = alt.layer(
        alt.Chart(line)
        .mark_line(color=CONTEXT, point={"color": CONTEXT})
        .encode(x=x, y=y, order="expired:Q"),
        alt.Chart(dots).mark_point(size=140, opacity=1.0).encode(x=x, y=y, color=colour, tooltip=tooltip),
        alt.Chart(dots)
        .mark_text(align="right", dx=-10, dy=-12)
        .encode(x=x, y=y, text="kind:N", color=colour),
    )
    return apply_theme(chart.properties(width="container", height=280))


def plot_levels(levels: pd.DataFrame) -> AnyChart:
    """Small multiples by good: from the least to the most after each delivery, and the need, in packs.

    ``levels`` of ``views.show_levels``.
    """
    rows = slim(levels, "goods_name", "delivery", "place", "least", "most", "need")
    order = rows.drop_duplicates("delivery").sort_values("place")["delivery"].tolist()
    base = alt.Chart().encode(
        x=alt.X("delivery:N", sort=order, axis=alt.Axis(title=None, labelAngle=0, domain=False, ticks=False))
    )
    axis, scale = alt.Axis(title=None, format="~s"), alt.Scale(domainMin=0)
    tooltip = [
        "goods_name:N", "delivery:N",
        *(alt.Tooltip(f"{c}:Q", format=".1f") for c in ("least", "most", "need")),
    ]  # fmt: skip
    chart = alt.layer(
        base.mark_bar(width=14, color=ACCENT, opacity=0.6).encode(
            y=alt.Y("least:Q", axis=axis, scale=scale), y2="most:Q", tooltip=tooltip
        ),
        base.mark_tick(thickness=3, color=WORSE, width=20).encode(
            y=alt.Y("need:Q", scale=scale), tooltip=tooltip
        ),
    ).properties(height=100, width=190)
    columns = panel_columns(rows["goods_name"].nunique(), 3)
    return apply_theme(
        chart.facet(facet=alt.Facet("goods_name:N", sort=None), columns=columns, data=rows).resolve_scale(
            y="independent"
        )
    )


def plot_weeks(weeks: pd.DataFrame) -> AnyChart:
    """Dollars that expired by week, and that would have by levels. ``weeks`` of ``views.show_weeks``."""
    names = {"expired": "as it was", "expired_by": "by levels"}
    rows = weeks.melt("week", list(names), "what", "dollars").replace({"what": names})
    colour = alt.Color(
        "what:N", scale=alt.Scale(domain=list(names.values()), range=[WORSE, ACCENT]),
        legend=alt.Legend(title=None, orient="top"),
    )  # fmt: skip
    chart = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("week:N", sort=None, axis=alt.Axis(title="week to", labelAngle=-45)),
            xOffset="what:N",
            y=alt.Y("dollars:Q", axis=alt.Axis(title="dollars expired", format="$,.0f")),
            color=colour,
            tooltip=["week:N", "what:N", alt.Tooltip("dollars:Q", format="$,.0f")],
        )
    )
    return apply_theme(alt.layer(chart).properties(width="container", height=220))
