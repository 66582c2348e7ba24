"""Charts of what customers are worth: classes, new customers, forecasts of margin against what came."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_new", "plot_shares", "plot_tenths"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_shares(shares: pd.DataFrame) -> AnyChart:
    """Each class's share of customers (grey) above its share of the margin to come, with its interval.

    ``shares``: ``segment`` (in order), ``of`` ("customers" or "margin"), ``share``, ``low``, ``high``.
    """
    order = shares["segment"].drop_duplicates().tolist()
    shown = shares.assign(
        label=[f"{100 * share:.0f} %" for share in shares["share"]], end=shares[["share", "high"]].max(axis=1)
    )
    colour = alt.Color(
        "of:N", scale=alt.Scale(domain=["customers", "margin"], range=[CONTEXT, ACCENT]), legend=None
    )
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=220)
    base = alt.Chart(shown).encode(
        y=alt.Y("segment:N", sort=order, axis=names),
        yOffset=alt.YOffset("of:N", sort=["customers", "margin"]),
    )
    # Room for "100 %" behind the longest bar, on a phone too.
    most = 1.3 * float(shown["end"].max())
    x = alt.X("share:Q", scale=alt.Scale(domain=[0, most]), axis=alt.Axis(format="%", title="share"))
    chart = alt.layer(
        base.mark_bar(opacity=0.85).encode(x=x, color=colour, tooltip=["segment:N", "of:N", "label:N"]),
        base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        base.mark_text(align="left", dx=8).encode(x="end:Q", text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(18)))


def plot_new(steps: pd.DataFrame, cap: float, cost: float | None) -> AnyChart:
    """Margin of a new customer by days since the first order: expected with its interval, and seen (orange).

    ``steps``: ``days``, ``value``, ``low``, ``high``, ``seen`` (null where nobody was here that long), in
    dollars; ``cap``: the most that one may cost; ``cost``: what one costs now, null where not known.
    """
    base = alt.Chart(slim(steps, "days", "value", "low", "high", "seen"))
    axis = alt.Axis(values=steps["days"].tolist(), title="days since the first order")
    x = alt.X("days:Q", axis=axis, scale=alt.Scale(domain=[0, 1.05 * float(steps["days"].max())]))
    money = alt.Axis(format="$.0f", title="margin of a new customer")
    tooltip = [
        "days:Q",
        *(alt.Tooltip(f"{name}:Q", format="$.2f") for name in ("value", "low", "high", "seen")),
    ]
    known = {"at most": cap} | ({} if cost is None else {"costs now": cost})
    # Between the last two dots, where a phone has room for the words.
    middle = float(steps["days"].iloc[-2:].mean())
    lines = pd.DataFrame(
        [(value, f"{name} ${value:.2f}", middle) for name, value in known.items()],
        columns=["value", "label", "days"],
    )
    rules = alt.Chart(lines)
    chart = alt.layer(
        rules.mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(y="value:Q"),
        rules.mark_text(baseline="bottom", dy=-2).encode(x=x, y="value:Q", text="label:N"),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=x, y=alt.Y("low:Q", axis=money, scale=alt.Scale(zero=True)), y2="high:Q"
        ),
        base.mark_point(color=ACCENT, filled=True, size=60).encode(x=x, y="value:Q", tooltip=tooltip),
        base.transform_filter("isValid(datum.seen)")
        .mark_point(color=WORSE, size=90)
        .encode(x=x, y="seen:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=280))


def plot_tenths(tenths: pd.DataFrame) -> AnyChart:
    """Margin a customer by tenths of what was foretold: foretold (dot) and what came, with its interval.

    ``tenths``: ``tenth`` (1 is the lowest), ``predicted``, ``came``, ``low``, ``high``, dollars. The scale is
    of roots, because the highest tenth has a hundred times the lowest.
    """
    base = alt.Chart(tenths)
    x = alt.X("tenth:O", axis=alt.Axis(labelAngle=0, title="tenth of customers, by what was foretold"))
    scale = alt.Scale(type="sqrt")
    axis = alt.Axis(format="$.2~f", title="margin a customer")
    tooltip = ["tenth:O", *(alt.Tooltip(f"{name}:Q", format="$.2f") for name in ("predicted", "came")), "n:Q"]
    chart = alt.layer(
        base.mark_rule(color=WORSE, strokeWidth=2).encode(x=x, y="low:Q", y2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=60).encode(
            x=x, y=alt.Y("predicted:Q", axis=axis, scale=scale), tooltip=tooltip
        ),
        base.mark_point(color=WORSE, size=90).encode(x=x, y=alt.Y("came:Q", scale=scale), tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=240))
