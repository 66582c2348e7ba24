"""Charts of what coupons change: by depth, by whom, by the share given, by policy; the voucher by group."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_curves", "plot_depths", "plot_fifths", "plot_policies", "plot_voucher"]

AnyChart = alt.LayerChart | alt.FacetChart | alt.VConcatChart


def plot_depths(depths: pd.DataFrame) -> AnyChart:
    """Orders above margin, by depth, each on a scale of its own, with intervals.

    ``depths``: ``panel``, ``depth`` (0-1), ``value``, ``low``, ``high``.
    """
    rows = slim(depths, "panel", "depth", "value", "low", "high")
    order = depths["panel"].drop_duplicates().tolist()
    base = alt.Chart().encode(
        x=alt.X("depth:Q", axis=alt.Axis(format="%", title="off the list price"), scale=alt.Scale(zero=True))
    )
    axis = alt.Axis(format=".2~f", title=None)
    tooltip = [
        alt.Tooltip("depth:Q", format=".0%"),
        *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("value", "low", "high")),
    ]
    layers = alt.layer(
        alt.Chart().mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(y=alt.datum(0.0)),
        base.mark_rule(color=ACCENT, strokeWidth=3).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=80).encode(y="value:Q", tooltip=tooltip),
        data=rows,
    ).properties(width=280, height=170)
    panels = layers.facet(alt.Facet("panel:N", sort=order, title=None), columns=1)
    return apply_theme(panels.resolve_scale(y="independent"))


def plot_fifths(fifths: pd.DataFrame) -> AnyChart:
    """Extra orders and margin of coupons by fifth of predicted extra orders, the highest first.

    ``fifths``: ``panel``, ``fifth``, ``value``, ``low``, ``high``, in the order to be shown.
    """
    rows = slim(fifths, "panel", "fifth", "value", "low", "high")
    order = fifths["fifth"].drop_duplicates().tolist()
    panels = fifths["panel"].drop_duplicates().tolist()
    base = alt.Chart().encode(y=alt.Y("fifth:N", sort=order, title=None))
    axis = alt.Axis(format=".2~f", title=None)
    tooltip = ["fifth:N", *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("value", "low", "high"))]
    layers = alt.layer(
        alt.Chart().mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x=alt.datum(0.0)),
        base.mark_rule(color=ACCENT, strokeWidth=3).encode(x=alt.X("low:Q", axis=axis), x2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=80).encode(x="value:Q", tooltip=tooltip),
        data=rows,
    ).properties(width=220, height=alt.Step(24))
    made = layers.facet(alt.Facet("panel:N", sort=panels, title=None), columns=1)
    return apply_theme(made.resolve_scale(x="independent"))


def plot_curves(curves: pd.DataFrame) -> AnyChart:
    """Extra orders by the share of coupons given, by order of giving; the straight line is a lot.

    ``curves``: ``order``, ``share`` (0-1), ``value``, ``low``, ``high``; the first order in the accent.
    """
    rows = slim(curves, "order", "share", "value", "low", "high")
    orders = curves["order"].drop_duplicates().tolist()
    tone = alt.Color(
        "order:N",
        scale=alt.Scale(domain=orders, range=[ACCENT, CONTEXT]),
        legend=alt.Legend(title=None, orient="top", labelLimit=260, columns=1),
    )
    base = alt.Chart(rows).encode(
        x=alt.X("share:Q", axis=alt.Axis(format="%", title="share of coupons with something off"))
    )
    first = base.transform_filter(alt.datum.order == orders[0])
    end = curves[(curves["order"] == orders[0]) & (curves["share"] == 1)]["value"]
    lot = pd.DataFrame({"share": [0.0, 1.0], "value": [0.0, float(end.iloc[0])]})
    tooltip = ["order:N", alt.Tooltip("share:Q", format=".0%"), alt.Tooltip("value:Q", format=".2f")]
    return apply_theme(
        alt.layer(
            first.mark_area(color=ACCENT).encode(y=alt.Y("low:Q", title=None), y2="high:Q"),
            alt.Chart(lot).mark_line(color=CONTEXT, strokeDash=[4, 3]).encode(x="share:Q", y="value:Q"),
            base.mark_line().encode(y="value:Q", color=tone, tooltip=tooltip),
        ).properties(width="container", height=260)
    )


def plot_policies(policies: pd.DataFrame, main: str) -> AnyChart:
    """What each policy brings over nothing off (0), with its interval; ``main`` in the accent.

    ``policies``: ``policy``, ``over``, ``over_low``, ``over_high``, in the order to be shown. The name stands
    above its line, so that a phone has room for it.
    """
    rows = slim(policies, "policy", "over", "over_low", "over_high")
    axis = alt.Axis(format="$.0f", title="dollars a week for 100 customers, against no discount")
    return _plot_named(rows, "policy", "over", axis, "$,.2f", alt.datum.policy == main)


def plot_voucher(groups: pd.DataFrame) -> AnyChart:
    """How many more order again with the voucher, by group, with intervals; what is sure in the accent.

    ``groups``: ``name``, ``again``, ``again_low``, ``again_high`` (points), ``is_clear``.
    """
    rows = slim(groups, "name", "again", "again_low", "again_high", "is_clear")
    axis = alt.Axis(format=".2~f", title="percentage points more who order again")
    return _plot_named(rows, "name", "again", axis, ".1f", alt.datum.is_clear)


def _plot_named(
    rows: pd.DataFrame, name: str, value: str, axis: alt.Axis, number: str, is_main: Any
) -> AnyChart:
    tone = alt.condition(is_main, alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(rows).encode(y=alt.Y(f"{name}:N", sort=rows[name].tolist(), axis=None))
    low, high = f"{value}_low", f"{value}_high"
    tooltip = [f"{name}:N", *(alt.Tooltip(f"{each}:Q", format=number) for each in (value, low, high))]
    zero = base.mark_tick(color=CONTEXT, thickness=1, size=14).encode(x=alt.datum(0.0))  # not through names
    chart = alt.layer(
        zero,
        base.mark_rule(strokeWidth=3).encode(x=alt.X(f"{low}:Q", axis=axis), x2=f"{high}:Q", color=tone),
        base.mark_point(filled=True, size=80).encode(x=f"{value}:Q", color=tone, tooltip=tooltip),
        base.mark_text(align="left", dy=-12).encode(x=alt.value(0), text=f"{name}:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(38)))
