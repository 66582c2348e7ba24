"""Charts of competitors' prices: gaps with intervals, drink by drink, store by store, our own basket."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, apply_theme, slim

__all__ = ["plot_basket", "plot_gaps", "plot_items", "plot_stores"]

AnyChart = alt.LayerChart | alt.FacetChart
_ZERO = pd.DataFrame({"off": [0.0]})


def plot_gaps(gaps: pd.DataFrame) -> AnyChart:
    """Each competitor's prices above our list prices in the accent, above what was paid in grey, with their
    intervals.

    ``gaps``: ``label`` (in order), ``list_off``, ``paid_off`` with ``_low`` and ``_high`` (shares; null ends
    are not drawn), ``n_kinds``.
    """
    parts = [
        gaps.assign(base=base, off=gaps[name], low=gaps[f"{name}_low"], high=gaps[f"{name}_high"])
        for base, name in (("our list prices", "list_off"), ("what our customers pay", "paid_off"))
    ]
    rows = slim(pd.concat(parts), "label", "base", "off", "low", "high", "n_kinds")
    colour = alt.Color(
        "base:N", legend=None,  # on a phone it would not fit: the subtitle says which is which
        scale=alt.Scale(domain=["our list prices", "what our customers pay"], range=[ACCENT, CONTEXT]),
    )  # fmt: skip
    return _draw_ranges(rows, gaps["label"].tolist(), "their menu prices above ours", colour, "base")


def plot_stores(stores: pd.DataFrame) -> AnyChart:
    """List prices of competitors near each store above ours, with their intervals.

    ``stores``: ``store_name`` (in order), ``off``, ``off_low``, ``off_high`` (shares; null is no point),
    ``n_kinds`` stands for the drinks compared (``n_items``).
    """
    rows = stores.rename(columns={"store_name": "label", "off_low": "low", "off_high": "high"})
    rows = slim(rows.assign(n_kinds=rows["n_items"]), "label", "off", "low", "high", "n_kinds")
    names = rows["label"].tolist()
    return _draw_ranges(rows, names, "competitors near it above us", alt.value(ACCENT))


def _draw_ranges(
    rows: pd.DataFrame, order: list[str], title: str, colour: alt.Color | alt.Value, by: str = ""
) -> AnyChart:
    base = alt.Chart(rows).encode(color=colour)
    y = alt.Y("label:N", sort=order, axis=_names(170))
    offset = {"yOffset": alt.YOffset(f"{by}:N")} if by else {}
    tooltip = [
        "label:N",
        *(alt.Tooltip(f"{name}:Q", format="+.1%") for name in ("off", "low", "high")),
        alt.Tooltip("n_kinds:Q", title="drinks compared"),
    ]
    x = alt.X("low:Q", axis=alt.Axis(title=title, format="+%", labelExpr=SIGNED))
    chart = alt.layer(
        alt.Chart(_ZERO).mark_rule(color=CONTEXT, strokeWidth=1.5).encode(x="off:Q"),
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=x, x2="high:Q", y=y, **offset),
        base.mark_point(size=70).encode(x="off:Q", y=y, tooltip=tooltip, **offset),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24 if by else 28)))


def plot_items(items: pd.DataFrame) -> AnyChart:
    """Each drink and size: the span of competitors' prices in grey with a tick at their mean, our list price
    full, what is paid hollow; dollars.

    ``items``: ``item`` (in order), ``cheapest``, ``dearest``, ``theirs``, ``list_price``, ``paid_price``.
    """
    columns = ("cheapest", "dearest", "theirs", "list_price", "paid_price")
    base = alt.Chart(slim(items, "item", *columns)).encode(
        y=alt.Y("item:N", sort=items["item"].tolist(), axis=_names(190))
    )
    tooltip = ["item:N", *(alt.Tooltip(f"{name}:Q", format="$.2f") for name in columns)]
    x = alt.X("cheapest:Q", scale=alt.Scale(zero=False, padding=8), axis=_dollars())
    chart = alt.layer(
        base.mark_rule(color=CONTEXT, strokeWidth=5, opacity=0.5).encode(x=x, x2="dearest:Q"),
        base.mark_tick(color=CONTEXT, thickness=3, size=14).encode(x="theirs:Q", tooltip=tooltip),
        base.mark_point(color=ACCENT, size=70).encode(x="list_price:Q", tooltip=tooltip),
        base.mark_point(color=ACCENT, size=70, filled=False, strokeWidth=2).encode(
            x="paid_price:Q", tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24)))


def plot_basket(items: pd.DataFrame) -> AnyChart:
    """Our own drinks: list price full, what is paid hollow, a line between; dollars.

    ``items``: ``item`` (in order), ``list_price``, ``paid_price``, ``units``.
    """
    base = alt.Chart(slim(items, "item", "list_price", "paid_price", "units")).encode(
        y=alt.Y("item:N", sort=items["item"].tolist(), axis=_names(190))
    )
    tooltip = [
        "item:N",
        *(alt.Tooltip(f"{name}:Q", format="$.2f") for name in ("list_price", "paid_price")),
        alt.Tooltip("units:Q", format=","),
    ]
    x = alt.X("paid_price:Q", scale=alt.Scale(zero=False, padding=8), axis=_dollars())
    chart = alt.layer(
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.4).encode(x=x, x2="list_price:Q"),
        base.mark_point(color=ACCENT, size=70).encode(x="list_price:Q", tooltip=tooltip),
        base.mark_point(color=ACCENT, size=70, filled=False, strokeWidth=2).encode(
            x="paid_price:Q", tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24)))


def _dollars() -> alt.Axis:
    return alt.Axis(format="$.2f", title="dollars, before tax")


def _names(limit: int) -> alt.Axis:
    return alt.Axis(domain=False, ticks=False, title=None, labelLimit=limit)
