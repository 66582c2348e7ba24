"""Charts of the capacity plan: servers by number of stores, which run out first, who notices orders, the
bill."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_bill", "plot_ends", "plot_notice", "plot_steps"]

AnyChart = alt.LayerChart | alt.FacetChart
_WAYS = ["by the busiest hour", "as many a store as today"]


def plot_steps(steps: pd.DataFrame) -> AnyChart:
    """Servers by number of stores, two ways to count; the first with its band.

    ``steps``: ``n_stores``, ``way``, ``servers``, ``low``, ``high`` (null: no range).

    >>> rows = pd.DataFrame({"n_stores": [10], "way": _WAYS[0], "servers": 1, "low": 1, "high": 2})
    >>> len(plot_steps(rows).layer)
    3
    """
    rows = slim(steps, "n_stores", "way", "servers", "low", "high")
    legend = alt.Legend(
        title=None, orient="top", columns=1, symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=3
    )
    colour = alt.Color("way:N", scale=alt.Scale(domain=_WAYS, range=[ACCENT, CONTEXT]), legend=legend)
    x = alt.X(
        "n_stores:Q", title="stores", axis=alt.Axis(values=sorted(set(rows["n_stores"])), labelOverlap=True)
    )
    scale = alt.Scale(type="log", nice=False)
    y = alt.Y(
        "servers:Q",
        title=None,
        scale=scale,
        axis=alt.Axis(values=[100, 200, 500, 1000, 2000, 5000], format=",d"),
    )
    base = alt.Chart(rows).encode(x=x, color=colour)
    tooltip = [
        "n_stores:Q",
        "way:N",
        *(alt.Tooltip(f"{name}:Q", format=",.0f") for name in ("servers", "low", "high")),
    ]
    chart = alt.layer(
        base.transform_filter("isValid(datum.low)").mark_area(opacity=BAND_OPACITY).encode(
            y=alt.Y("low:Q", scale=scale), y2="high:Q"
        ),
        base.mark_line().encode(y=y),
        base.mark_point(size=60).encode(y=y, tooltip=tooltip),
    )  # fmt: skip
    return apply_theme(chart.properties(width="container", height=260))


def plot_ends(ends: pd.DataFrame, n_now: int) -> AnyChart:
    """At how many stores each server runs out, with its range; dashed: today's stores.

    ``ends``: ``label``, ``stores``, ``stores_low``, ``stores_high``, ``is_short`` (short today).

    >>> rows = pd.DataFrame({"label": ["a"], "stores": 20, "stores_low": 10, "stores_high": 30})
    >>> rows["is_short"] = False
    >>> len(plot_ends(rows, 10).layer)
    3
    """
    rows = slim(ends, "label", "stores", "stores_low", "stores_high", "is_short")
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=210)
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=None, axis=names))
    colour = alt.condition("datum.is_short", alt.value(WORSE), alt.value(ACCENT))
    tooltip = [
        "label:N",
        *(alt.Tooltip(f"{name}:Q", format=".0f") for name in ("stores", "stores_low", "stores_high")),
    ]
    chart = alt.layer(
        alt.Chart(rows).mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x=alt.datum(n_now)),
        base.mark_rule(strokeWidth=4, opacity=0.5).encode(
            x=alt.X("stores_low:Q", title="stores"), x2="stores_high:Q", color=colour
        ),
        base.mark_point(size=60, opacity=1).encode(x="stores:Q", color=colour, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_notice(counts: pd.DataFrame) -> AnyChart:
    """How many servers of each kind notice orders. ``counts``: ``kind``, ``class``, ``n``.

    >>> len(plot_notice(pd.DataFrame({"kind": ["Redis"], "class": "follows orders", "n": 3})).layer)
    1
    """
    classes = ["follows orders", "hardly notices them", "cannot be told"]
    scale = alt.Scale(domain=classes, range=[ACCENT, CONTEXT, WORSE])
    bars = alt.Chart(slim(counts, "kind", "class", "n")).mark_bar(height=22).encode(
        y=alt.Y("kind:N", title=None, axis=alt.Axis(domain=False, ticks=False)),
        x=alt.X("n:Q", title="servers", stack=True),
        color=alt.Color("class:N", scale=scale, legend=alt.Legend(title=None, orient="top", columns=1)),
        tooltip=["kind:N", "class:N", "n:Q"],
    )  # fmt: skip
    return apply_theme(alt.layer(bars).properties(width="container", height=alt.Step(36)))


def plot_bill(days: pd.DataFrame) -> AnyChart:
    """The bill of each day over its orders. ``days``: ``day``, ``orders``, ``cost``.

    >>> len(plot_bill(pd.DataFrame({"day": pd.to_datetime(["2026-01-01"]), "orders": 1, "cost": 2.0})).layer)
    1
    """
    rows = slim(days, "day", "orders", "cost")
    rows["day"] = rows["day"].dt.strftime("%Y-%m-%d")
    points = alt.Chart(rows).mark_point(color=ACCENT).encode(
        x=alt.X("orders:Q", title="orders of the day", axis=alt.Axis(format=",d")),
        y=alt.Y("cost:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(format="$,d")),
        tooltip=[alt.Tooltip("day:T", format="%-d %b %Y"), "orders:Q", alt.Tooltip("cost:Q", format="$,.0f")],
    )  # fmt: skip
    return apply_theme(alt.layer(points).properties(width="container", height=220))
