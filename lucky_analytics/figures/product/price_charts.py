"""Charts of prices: elasticities side by side, responses by depth, margin curves, withdrawn depths."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, apply_theme, slim

__all__ = [
    "plot_charges",
    "plot_elasticities",
    "plot_margins",
    "plot_responses",
    "plot_scenario",
    "plot_segments",
    "plot_withdrawals",
]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES = alt.Axis(labelLimit=190, domain=False, ticks=False, title=None)
_PERCENT = alt.Axis(values=[0.5, 0.7, 0.9], format=".0%")


def plot_charges(steps: pd.DataFrame) -> AnyChart:
    """What to charge in each category: today's mean price in grey, the next price in the accent, dollars.

    ``steps``: ``category``, ``lowest`` (dollars, the lowest price tried), ``list_price``, ``paid_price``,
    ``next_price`` (null where today's price stays), ``label`` (what to do and what it brings), in the order
    to be shown. The thin line reaches from the lowest price tried to the list price.
    """
    rows = slim(steps, "category", "lowest", "list_price", "paid_price", "next_price", "label")
    y = alt.Y("category:N", sort=rows["category"].tolist(), axis=_NAMES)
    x_axis = alt.Axis(format="$.0f", title="price of a unit")
    scale = alt.Scale(zero=False, padding=8)
    base = alt.Chart(rows).encode(y=y)
    moved = base.transform_filter("isValid(datum.next_price)")
    tooltip = [
        alt.Tooltip("category:N"),
        *(
            alt.Tooltip(f"{name}:Q", title=title, format="$.2f")
            for name, title in (("paid_price", "paid today"), ("next_price", "next"), ("list_price", "list"))
        ),
    ]
    text = base.mark_text(align="left", dy=-13, fontSize=11).encode(x=alt.value(0), text="label:N")
    return apply_theme(
        alt.layer(
            base.mark_rule(color=CONTEXT, strokeWidth=1.5, opacity=0.5).encode(
                x=alt.X("lowest:Q", axis=x_axis, scale=scale), x2="list_price:Q"
            ),
            moved.mark_rule(color=ACCENT, strokeWidth=4).encode(x="paid_price:Q", x2="next_price:Q"),
            base.mark_point(color=CONTEXT, size=80, filled=False, strokeWidth=2).encode(
                x="paid_price:Q", tooltip=tooltip
            ),
            moved.mark_point(color=ACCENT, size=100).encode(x="next_price:Q", tooltip=tooltip),
            text,
        ).properties(width="container", height=alt.Step(46))
    )


def plot_scenario(curve: pd.DataFrame, marks: dict[str, float]) -> AnyChart:
    """What each discount changes, with its band, and words at the depths of ``marks``.

    ``curve``: ``depth`` (0-1), ``margin``, ``low``, ``high`` (dollars a month).
    """
    x = alt.X("depth:Q", axis=alt.Axis(format="%", title="discount off the list price"))
    money = alt.Axis(format="$,.0f", title=None)
    base = alt.Chart(slim(curve, "depth", "margin", "low", "high")).encode(x=x)
    tooltip = [alt.Tooltip("depth:Q", format=".0%"), alt.Tooltip("margin:Q", format="$,.0f")]
    curves = [
        base.mark_rule(color=CONTEXT).encode(y=alt.datum(0.0)),
        base.mark_area(color=ACCENT, opacity=BAND_OPACITY).encode(
            alt.Y("low:Q", axis=money), alt.Y2("high:Q")
        ),
        base.mark_line(color=ACCENT).encode(y="margin:Q", tooltip=tooltip),
    ]
    at = pd.DataFrame({"depth": list(marks.values()), "text": list(marks)}).sort_values("depth")
    at["row"] = [12.0 + 15 * place for place in range(len(at))]
    beside = alt.Chart(at).encode(x="depth:Q")
    right = at["depth"] > curve["depth"].max() / 2
    text = {"y": alt.Y("row:Q", axis=None, scale=None), "text": "text:N", "x": "depth:Q"}
    words = [
        alt.Chart(at[right]).mark_text(align="right", dx=-5).encode(**text),
        alt.Chart(at[~right]).mark_text(align="left", dx=5).encode(**text),
    ]
    return apply_theme(
        alt.layer(alt.layer(*curves), beside.mark_rule(color=CONTEXT, strokeDash=[4, 3]), *words)
        .resolve_scale(y="independent")
        .properties(width="container", height=260)
    )


def plot_elasticities(estimates: pd.DataFrame) -> AnyChart:
    """Each category's elasticity with its interval, and what targeted coupons say at face value in grey.

    ``estimates``: ``category``, ``kind`` (``drawn`` or ``targeted``), ``estimate``, ``low``, ``high``; in the
    order to be shown.
    """
    rows = slim(estimates, "category", "kind", "estimate", "low", "high")
    rows = rows.assign(offset=estimates["kind"].map({"drawn": "a", "targeted": "b"}))
    tone = alt.condition(alt.datum.kind == "drawn", alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(rows).encode(
        y=alt.Y("category:N", sort=estimates["category"].drop_duplicates().tolist(), axis=_NAMES),
        yOffset=alt.YOffset("offset:N"),
        color=tone,
    )
    axis = alt.Axis(title="price elasticity", format=".1f")
    first = (
        rows.groupby("kind")
        .head(1)
        .assign(label=lambda frame: frame["kind"].map({"drawn": "drawn", "targeted": "targeted"}))
    )
    zero = alt.Chart(pd.DataFrame({"estimate": [0.0]})).mark_rule(color=CONTEXT).encode(x="estimate:Q")
    tooltip = ["category:N", "kind:N", alt.Tooltip("estimate:Q", format=".2f"),
               alt.Tooltip("low:Q", format=".2f"), alt.Tooltip("high:Q", format=".2f")]  # fmt: skip
    names = (
        alt.Chart(first)
        .mark_text(align="left", dx=8)
        .encode(
            y=alt.Y("category:N", sort=estimates["category"].drop_duplicates().tolist(), axis=_NAMES),
            yOffset="offset:N",
            x="high:Q",
            text="label:N",
        )
    )
    return apply_theme(
        alt.layer(
            zero,
            base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=alt.X("low:Q", axis=axis), x2="high:Q"),
            base.mark_point(size=70, filled=True).encode(x="estimate:Q", tooltip=tooltip),
            names,
        ).properties(width="container", height=alt.Step(17))
    )


def plot_segments(cells: pd.DataFrame, order: list[str]) -> AnyChart:
    """Elasticity by segment in each category, pooled, with intervals; own data alone as a hollow grey point.

    ``cells``: ``category``, ``segment``, ``estimate``, ``low``, ``high``, ``raw``. ``order``: segments.
    """
    y = alt.Y("segment:N", sort=order, axis=alt.Axis(domain=False, ticks=False, title=None))
    base = alt.Chart(slim(cells, "category", "segment", "estimate", "low", "high", "raw")).encode(y=y)
    axis = alt.Axis(title=None, format=".0f", tickMinStep=1)
    layers = alt.layer(
        base.mark_point(shape="circle", filled=False, size=35, color=CONTEXT).encode(
            x=alt.X("raw:Q", axis=axis)
        ),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis), x2="high:Q"
        ),
        base.mark_point(color=ACCENT, size=55).encode(
            x="estimate:Q",
            tooltip=["category:N", "segment:N", alt.Tooltip("estimate:Q", format=".2f")],
        ),
    ).properties(width=130, height=85)
    facet = alt.Facet("category:N", header=alt.Header(labelLimit=170))
    return apply_theme(layers.facet(facet, columns=4))


def plot_responses(responses: pd.DataFrame, order: list[str]) -> AnyChart:
    """Units per coupon shown against its price, relative to no discount: observed points, fitted curve.

    ``responses``: see ``assemble_responses``. ``order``: categories.
    """
    x = alt.X("price:Q", axis=_PERCENT.copy(), title=None, scale=alt.Scale(domain=[0.48, 1.02]))
    ends = ("observed", "observed_low", "observed_high", "fitted")
    base = alt.Chart(slim(responses, "category", "price", "depth", "n", "y", *ends)).encode(x=x)
    scale = alt.Scale(type="log", nice=False)
    axis = alt.Axis(values=[0.5, 1, 2, 4, 8], title=None, format="~g")
    y = alt.Y("observed:Q", scale=scale, axis=axis)
    layers = alt.layer(
        base.mark_line(color=ACCENT).encode(y=alt.Y("fitted:Q", scale=scale, axis=axis)),
        base.mark_rule(color=CONTEXT, strokeWidth=2).encode(
            y=alt.Y("observed_low:Q", scale=scale, axis=axis), y2="observed_high:Q"
        ),
        base.mark_point(color=CONTEXT, size=40).encode(
            y=y,
            tooltip=[
                "category:N",
                alt.Tooltip("depth:Q", format=".0%"),
                alt.Tooltip("observed:Q", format=".2f"),
                alt.Tooltip("y:Q", title="units bought", format=","),
                alt.Tooltip("n:Q", title="coupons shown", format=","),
            ],
        ),
    ).properties(width=150, height=110)
    facet = alt.Facet("category:N", sort=order, header=alt.Header(labelLimit=170))
    return apply_theme(layers.facet(facet, columns=4))


def plot_margins(curves: pd.DataFrame, best: pd.DataFrame) -> AnyChart:
    """Margin at each price relative to that at list price; best price with interval, today's price dashed.

    ``curves``: ``category``, ``price`` (dollars), ``margin``, ``margin_low``, ``margin_high``. ``best``:
    ``category``, ``best``, ``best_low``, ``best_high``, ``paid_price``; in the order to be shown.
    """
    rows = curves.merge(best[["category", "best_low", "best_high", "paid_price"]], on="category")
    # Every second price draws the same line.
    rows = slim(rows[rows.groupby("category").cumcount() % 2 == 0], *rows.columns)
    base = alt.Chart(rows)
    x = alt.X("price:Q", axis=alt.Axis(format="$.0f", title=None, tickCount=4), scale=alt.Scale(zero=False))
    y_axis = alt.Axis(title=None, format=".1f", tickCount=3)
    one = base.transform_aggregate(
        best_low="min(best_low)",
        best_high="min(best_high)",
        paid_price="min(paid_price)",
        groupby=["category"],
    )
    layers = alt.layer(
        one.mark_rect(color=ACCENT, opacity=0.15).encode(x=alt.X("best_low:Q"), x2="best_high:Q"),
        one.mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x="paid_price:Q"),
        base.mark_area(color=ACCENT).encode(
            x=x, y=alt.Y("margin_low:Q", axis=y_axis, scale=alt.Scale(zero=False)), y2="margin_high:Q"
        ),
        base.mark_line(color=ACCENT).encode(x=x, y=alt.Y("margin:Q", axis=y_axis)),
    ).properties(width=150, height=110)
    facet = alt.Facet("category:N", sort=best["category"].tolist(), header=alt.Header(labelLimit=170))
    return apply_theme(layers.facet(facet, columns=4).resolve_scale(x="independent"))


def plot_withdrawals(withdrawals: pd.DataFrame) -> AnyChart:
    """Margin a month gained (or lost) by withdrawing each depth, with intervals.

    ``withdrawals``: ``depth``, ``gain``, ``gain_low``, ``gain_high``, ``margin_now``.
    """
    rows = withdrawals.assign(label=[f"{100 * depth:.0f} % off" for depth in withdrawals["depth"]])
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=rows["label"].tolist(), axis=_NAMES))
    axis = alt.Axis(format="$,.0f", title="margin a month")
    # No line without a point: a chart without rows says that it has none.
    nought = pd.DataFrame({"gain": [0.0]}).head(len(rows))
    zero = alt.Chart(nought).mark_rule(color=CONTEXT).encode(x="gain:Q")
    return apply_theme(
        alt.layer(
            zero,
            base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
                x=alt.X("gain_low:Q", axis=axis), x2="gain_high:Q"
            ),
            base.mark_point(color=ACCENT, size=80).encode(
                x="gain:Q", tooltip=["label:N", alt.Tooltip("gain:Q", format="$,.0f")]
            ),
        ).properties(width="container", height=alt.Step(28))
    )
