"""Charts of coupon campaigns: discounts of a week, what depths add, uses by day, share used by age."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, panel_columns, slim

__all__ = ["plot_campaigns", "plot_days", "plot_depths", "plot_use"]

AnyChart = alt.LayerChart | alt.FacetChart
_MONEY = "$,.2f"


def plot_depths(by_depth: pd.DataFrame) -> AnyChart:
    """What each depth adds to nothing off (0), with its interval.

    ``by_depth``: ``depth`` (0-1), ``margin`` (dollars a week for 100 customers), ``margin_low``,
    ``margin_high``.
    """
    rows = slim(by_depth, "depth", "margin", "margin_low", "margin_high")
    rows["name"] = [f"{100 * depth:.0f} % off" for depth in by_depth["depth"]]
    base = alt.Chart(rows).encode(y=alt.Y("name:N", sort=rows["name"].tolist(), title=None))
    axis = alt.Axis(format="$.0f", title="dollars, against no discount")
    tooltip = [
        "name:N",
        *(alt.Tooltip(f"{name}:Q", format=_MONEY) for name in ("margin", "margin_low", "margin_high")),
    ]
    zero = alt.Chart(pd.DataFrame({"margin": [0.0]})).mark_rule(color=CONTEXT, strokeDash=[4, 3])
    chart = alt.layer(
        zero.encode(x="margin:Q"),
        base.mark_rule(strokeWidth=3, color=ACCENT).encode(
            x=alt.X("margin_low:Q", axis=axis), x2="margin_high:Q"
        ),
        base.mark_point(filled=True, size=80, color=ACCENT).encode(x="margin:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(34)))


def plot_campaigns(campaigns: pd.DataFrame) -> AnyChart:
    """What each campaign's coupons took off in a week; what was tested is grey.

    ``campaigns``: ``campaign``, ``discount`` (dollars), ``is_tested``, in their order.
    """
    rows = slim(campaigns, "discount")
    said = campaigns["is_tested"].map({True: "drawn by chance", False: "not drawn"})
    rows["name"] = campaigns["campaign"] + ", " + said
    rows["color"] = campaigns["is_tested"].map({True: CONTEXT, False: ACCENT})
    names = alt.Axis(labelLimit=200)
    base = alt.Chart(rows).encode(y=alt.Y("name:N", sort=rows["name"].tolist(), title=None, axis=names))
    value = alt.X("discount:Q", axis=None, scale=alt.Scale(zero=True, padding=40, nice=False))
    chart = alt.layer(
        base.mark_bar(height=16).encode(x=value, color=alt.Color("color:N", scale=None)),
        base.mark_text(align="left", dx=4).encode(
            x="discount:Q", text=alt.Text("discount:Q", format="$,.0f")
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_days(days: pd.DataFrame) -> AnyChart:
    """Uses by day, a panel a campaign on one scale.

    ``days``: ``campaign``, ``ds``, ``n_redeemed``.
    """
    rows = slim(days, "campaign", "ds", "n_redeemed")
    rows["ds"] = rows["ds"].dt.strftime("%Y-%m-%d")
    names = days.groupby("campaign")["n_redeemed"].sum().sort_values(ascending=False).index.tolist()
    tooltip = [alt.Tooltip("ds:T", format="%a %-d %b"), alt.Tooltip("n_redeemed:Q", format=",")]
    chart = (
        alt.Chart(rows)
        .mark_line(color=ACCENT)
        .encode(
            x=alt.X("ds:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=3)),
            y=alt.Y("n_redeemed:Q", title=None, scale=alt.Scale(zero=True)),
            tooltip=tooltip,
        )
        .properties(width=140, height=90)
        .facet(alt.Facet("campaign:N", sort=names, title=None), columns=min(2, panel_columns(len(names))))
    )
    return apply_theme(chart)


def plot_use(curves: pd.DataFrame) -> AnyChart:
    """Share of coupons used by days since the gift, a panel a campaign on one scale, with its band.

    ``curves``: ``campaign``, ``day``, ``used``, ``low``, ``high`` (null where nothing bounds it).
    """
    rows = slim(curves, "campaign", "day", "used", "low", "high")
    names = curves["campaign"].drop_duplicates().tolist()
    base = alt.Chart().encode(x=alt.X("day:Q", axis=alt.Axis(title="days since the gift", tickCount=4)))
    axis = alt.Axis(format=".1%", title=None)
    tooltip = [
        "campaign:N",
        "day:Q",
        *(alt.Tooltip(f"{name}:Q", format=".2%") for name in ("used", "low", "high")),
    ]
    layers = alt.layer(
        base.transform_filter("isValid(datum.low)")
        .mark_area(color=ACCENT, opacity=0.25)
        .encode(y=alt.Y("low:Q", axis=axis, scale=alt.Scale(zero=True)), y2="high:Q"),
        base.mark_line(color=ACCENT, interpolate="step-after").encode(y="used:Q", tooltip=tooltip),
        data=rows,
    ).properties(width=140, height=100)
    return apply_theme(
        layers.facet(
            alt.Facet("campaign:N", sort=names, title=None), columns=min(2, panel_columns(len(names)))
        )
    )
