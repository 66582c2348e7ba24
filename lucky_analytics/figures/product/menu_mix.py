"""Charts of what is sold with what and when: categories by week and by month, pairs."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BETTER, CONTEXT, WORSE, apply_theme, slim
from lucky_analytics.formats import format_change

__all__ = ["plot_categories", "plot_heat", "plot_pairs"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES = alt.Axis(labelLimit=190, domain=False, ticks=False, title=None)


def plot_categories(weeks: pd.DataFrame, growth: pd.DataFrame) -> AnyChart:
    """Share of units by week, one panel per category, fastest growing first; each with its own scale.

    ``weeks``: ``category``, ``week``, ``share``. ``growth``: see ``estimate_category_growth``.
    """
    changes = zip(growth["category"], growth["share_change"], strict=True)
    labels = {category: f"{category}  {format_change(change)}" for category, change in changes}
    rows = weeks[weeks["category"].isin(labels)]
    rows = slim(rows.assign(label=rows["category"].map(labels)), "label", "week", "share")
    base = alt.Chart(rows).encode(x=alt.X("week:T", axis=alt.Axis(title=None, format="%b", tickCount=4)))
    axis = alt.Axis(format=".0%", title=None, tickCount=3)
    line = base.mark_line(color=ACCENT).encode(y=alt.Y("share:Q", axis=axis, scale=alt.Scale(zero=False)))
    last = (
        base.mark_point(color=ACCENT)
        .encode(y="share:Q")
        .transform_filter(alt.datum.week == alt.expr.toDate(str(rows["week"].max().date())))
    )
    facet = alt.Facet("label:N", sort=list(labels.values()), header=alt.Header(labelLimit=190))
    panels = alt.layer(line, last).properties(width=165, height=80).facet(facet, columns=4)
    return apply_theme(panels.resolve_scale(y="independent"))


def plot_heat(months: pd.DataFrame, order: list[str]) -> AnyChart:
    """Category by month: share of units against the category's mean over the months; blue is above it.

    ``months``: ``category``, ``month`` (text, in time order), ``index`` (1 is the mean).
    """
    limit = 2.0
    rows = months.assign(
        shown=months["index"].clip(1 / limit, limit), text=[f"{v:.1f}" for v in months["index"]]
    )
    y = alt.Y("category:N", sort=order, axis=_NAMES)
    x = alt.X(
        "month:O", sort=months["month"].drop_duplicates().tolist(), axis=alt.Axis(title=None, labelAngle=0)
    )
    tone = alt.Color(
        "shown:Q",
        scale=alt.Scale(
            type="log", domain=[1 / limit, 1, limit], range=[WORSE, "#d9dce1", BETTER], interpolate="rgb"
        ),
        legend=None,
    )
    base = alt.Chart(rows).encode(x=x, y=y)
    cells = base.mark_rect(stroke=None).encode(
        color=tone, tooltip=["category:N", "month:O", alt.Tooltip("index:Q", format=".2f")]
    )
    text = base.mark_text(fill="#15151a").encode(text="text:N")
    return apply_theme(alt.layer(cells, text).properties(width="container", height=alt.Step(30)))


def plot_pairs(pairs: pd.DataFrame) -> AnyChart:
    """Lift of each pair with its interval; pairs found within strata in the accent, the others grey.

    ``pairs``: ``pair``, ``lift``, ``lift_low``, ``lift_high``, ``n``, ``verdict``; in the order to be shown.
    """
    y = alt.Y(
        "pair:N",
        sort=pairs["pair"].tolist(),
        axis=alt.Axis(labelLimit=330, domain=False, ticks=False, title=None),
    )
    rows = slim(pairs, "pair", "n", "lift", "lift_low", "lift_high", "verdict")
    base = alt.Chart(rows).encode(y=y)
    tone = alt.condition(alt.datum.verdict == "together", alt.value(ACCENT), alt.value(CONTEXT))
    scale = alt.Scale(type="log", nice=False)
    axis = alt.Axis(values=[0.5, 1, 2, 4, 8, 16, 32], title="times as often as by chance")
    one = (
        alt.Chart(pd.DataFrame({"lift": [1.0]}))
        .mark_rule(color=CONTEXT, strokeDash=[4, 3])
        .encode(x="lift:Q")
    )
    return apply_theme(
        alt.layer(
            one,
            base.mark_rule(strokeWidth=3, opacity=0.6).encode(
                x=alt.X("lift_low:Q", scale=scale, axis=axis), x2="lift_high:Q", color=tone
            ),
            base.mark_point(size=80, filled=True).encode(
                x=alt.X("lift:Q", scale=scale),
                color=tone,
                tooltip=[
                    "pair:N",
                    alt.Tooltip("lift:Q", format=".2f"),
                    alt.Tooltip("n:Q", title="orders", format=","),
                ],
            ),
        ).properties(width="container", height=alt.Step(26))
    )
