"""Charts of the page on stock: days of supply by good and store, past evenings, paths, use beyond recipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, panel_columns, slim

__all__ = ["plot_grid", "plot_leaks", "plot_paths", "plot_tried"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES: dict[str, Any] = {"title": None, "labelLimit": 170, "domain": False, "ticks": False}
_LOOKS = {
    "ran out": (WORSE, 0.95),
    "may run out": (WORSE, 0.45),
    "order today": (ACCENT, 0.45),
    "enough": (CONTEXT, 0.12),
    "too much": (ACCENT, 0.95),
    "not used": (CONTEXT, 0.45),
}


def plot_grid(grid: pd.DataFrame, goods: Sequence[str], stores: Sequence[str], step: int = 21) -> AnyChart:
    """Goods in rows, stores in columns, days of supply in the cells, coloured by what to do.

    ``grid`` of ``views.show_grid``; ``goods`` and ``stores`` in their order.
    """
    columns = (
        "goods_name",
        "store_name",
        "state",
        "text",
        "days",
        "low",
        "high",
        "stock",
        "on_order",
        "unit",
    )
    rows = slim(grid[grid["goods_name"].isin(list(goods))], *columns)
    states = [state for state in _LOOKS if (rows["state"] == state).any()]
    legend = alt.Legend(title=None, orient="top", columns=2)
    colour = alt.Scale(domain=states, range=[_LOOKS[state][0] for state in states])
    opacity = alt.Scale(type="ordinal", domain=states, range=[_LOOKS[state][1] for state in states])
    heads = alt.Axis(orient="top", labelAngle=-90, title=None, domain=False, ticks=False)
    base = alt.Chart(rows).encode(
        x=alt.X("store_name:N", sort=list(stores), axis=heads),
        y=alt.Y("goods_name:N", sort=list(goods), axis=alt.Axis(**_NAMES)),
    )
    tooltip = [
        "store_name:N", "goods_name:N", "state:N",
        *(alt.Tooltip(f"{name}:Q", format=".1f") for name in ("low", "days", "high")),
        alt.Tooltip("stock:Q", format=",.0f"), alt.Tooltip("on_order:Q", format=",.0f"), "unit:N",
    ]  # fmt: skip
    chart = alt.layer(
        base.mark_rect(stroke="transparent", cornerRadius=2).encode(
            color=alt.Color("state:N", scale=colour, legend=legend),
            opacity=alt.Opacity("state:N", scale=opacity, legend=legend),
            tooltip=tooltip,
        ),
        base.mark_text(fontSize=11).encode(text="text:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(step)))


def plot_tried(groups: pd.DataFrame) -> AnyChart:
    """Share that ran out (with its interval) of those that were given such a chance; the line: equal.

    ``groups`` of ``past_evenings.Tried``: ``chance``, ``outs``, ``n``, ``low``, ``high``.
    """
    rows = groups[groups["n"] > 0].assign(came=groups["outs"] / groups["n"].clip(lower=1))
    rows = slim(rows, "chance", "came", "low", "high", "n")
    axis = alt.Axis(format="%", title="of them ran out")
    base = alt.Chart(rows).encode(
        x=alt.X("chance:Q", axis=alt.Axis(format="%", title="chance told"), scale=alt.Scale(domain=[0, 1]))
    )
    tooltip = [
        *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("chance", "came", "low", "high")),
        alt.Tooltip("n:Q", format=","),
    ]
    equal = alt.Chart(pd.DataFrame({"chance": [0.0, 1.0], "came": [0.0, 1.0]})).mark_line(
        color=CONTEXT, strokeDash=[4, 4]
    )
    chart = alt.layer(
        equal.encode(x="chance:Q", y="came:Q"),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            y=alt.Y("low:Q", axis=axis, scale=alt.Scale(domain=[0, 1])), y2="high:Q"
        ),
        base.mark_point(size=80, color=ACCENT, opacity=1.0).encode(y="came:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=260))


def plot_paths(paths: pd.DataFrame) -> AnyChart:
    """Small multiples: stock of the last days, and what is left in the days ahead with its range.

    ``paths`` of ``views.show_paths``.
    """
    rows = slim(paths, "panel", "day", "stock", "low", "high", "kind")
    n = rows["panel"].nunique()
    x = alt.X("day:Q", axis=alt.Axis(title="days from this evening", format="d", tickMinStep=1))
    base = alt.Chart().encode(x=x)
    y = alt.Y("stock:Q", axis=alt.Axis(title=None, format="~s"), scale=alt.Scale(domainMin=0))
    tooltip = ["panel:N", "day:Q", *(alt.Tooltip(f"{c}:Q", format=",.0f") for c in ("stock", "low", "high"))]
    ahead, was = alt.datum.kind == "ahead", alt.datum.kind == "was"
    chart = alt.layer(
        base.transform_filter(ahead)
        .mark_area(color=ACCENT)
        .encode(y=alt.Y("low:Q", title=None), y2="high:Q"),
        base.transform_filter(ahead).mark_line(color=ACCENT).encode(y=y, tooltip=tooltip),
        base.transform_filter(was)
        .mark_line(color=CONTEXT, interpolate="step-after")
        .encode(y=y, tooltip=tooltip),
    ).properties(height=110, width=210)
    columns = panel_columns(n, 3)
    return apply_theme(
        chart.facet(facet=alt.Facet("panel:N", sort=None), columns=columns, data=rows).resolve_scale(
            y="independent"
        )
    )


def plot_leaks(stores: pd.DataFrame) -> AnyChart:
    """Dollars a week beyond recipes by store, with intervals: on days a good ran out, and on all others.

    ``stores`` of ``unsold_use.Leaks``.
    """
    rows = slim(stores, "store_name", "kind", "value", "low", "high")
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["other days", "days it ran out"], range=[ACCENT, WORSE]),
        legend=alt.Legend(title=None, orient="top"),
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("store_name:N", sort="-x", axis=alt.Axis(**_NAMES)), yOffset="kind:N", color=colour
    )
    axis = alt.Axis(title="dollars a week beyond recipes", format="$,.0f")
    tooltip = [
        "store_name:N", "kind:N", *(alt.Tooltip(f"{c}:Q", format="$,.2f") for c in ("value", "low", "high"))
    ]  # fmt: skip
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=alt.X("low:Q", axis=axis), x2="high:Q"),
        base.mark_point(size=70, opacity=1.0).encode(x="value:Q", tooltip=tooltip),
        alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=CONTEXT).encode(x="zero:Q"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(16)))
