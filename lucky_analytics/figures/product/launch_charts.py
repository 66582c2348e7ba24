"""Charts of the page on launches: months foretold and come, weeks after a launch, sisters, days known."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_days", "plot_past", "plot_sisters", "plot_weeks"]

AnyChart = alt.LayerChart | alt.FacetChart
_SHARE = alt.Axis(format=".0%")


def plot_past(past: pd.DataFrame) -> AnyChart:
    """Each past launch: the range it was foretold with, what came, and its first days carried on.

    ``past`` of ``views.show_past``: ``product_name``, ``month``, ``value``, ``low``, ``high``, ``naive``.
    """
    rows = slim(past, "product_name", "month", "value", "low", "high", "naive")
    names = alt.Axis(title=None, labelLimit=170, domain=False, ticks=False)
    base = alt.Chart(rows).encode(y=alt.Y("product_name:N", sort=None, axis=names))
    x = alt.Scale(type="log", nice=False)
    kinds = {"month": "what came", "naive": "first days simply continued"}
    long = rows.melt("product_name", list(kinds), "kind", "units")
    long["kind"] = long["kind"].map(kinds)
    tone = alt.Color("kind:N", scale=alt.Scale(domain=list(kinds.values()), range=[ACCENT, WORSE]),
                     legend=alt.Legend(title=None, orient="top", columns=1))  # fmt: skip
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(kinds.values()), range=["circle", "triangle-up"]))
    chart = alt.layer(
        base.mark_rule(strokeWidth=7, opacity=0.45, color=CONTEXT).encode(
            x=alt.X("low:Q", title="units in the first 28 days", scale=x, axis=alt.Axis(format="~s")),
            x2="high:Q", tooltip=["product_name:N", *(alt.Tooltip(f"{name}:Q", format=",.0f") for name in
            ("value", "low", "high"))], ),
        alt.Chart(long).mark_point(filled=True, size=70, opacity=1.0).encode(
            x=alt.X("units:Q", scale=x), y=alt.Y("product_name:N", sort=None, axis=names), color=tone,
            shape=shape, tooltip=["product_name:N", "kind:N", alt.Tooltip("units:Q", format=",.0f")],
        ),
    )  # fmt: skip
    return apply_theme(chart.properties(width="container", height=alt.Step(20)))


def plot_weeks(followed: pd.DataFrame, weeks: pd.DataFrame) -> AnyChart:
    """Units an order after a launch, each launch thin, the mean with its interval; the first week is 100 %.

    ``followed``: ``product_name``, ``week`` (from 0), ``change`` (ln); ``weeks``: ``week`` (from 1),
    ``value``, ``low``, ``high``.
    """
    each = slim(followed.assign(week=followed["week"] + 1, value=np.exp(followed["change"])),
                "product_name", "week", "value")  # fmt: skip
    mean = slim(weeks, "week", "value", "low", "high")
    x = alt.X("week:Q", title="week after the launch", axis=alt.Axis(tickMinStep=1, format="d"))
    y = alt.Y("value:Q", title="of the first week", axis=_SHARE, scale=alt.Scale(zero=False))
    lines = alt.Chart(each).mark_line(color=CONTEXT, opacity=0.4, strokeWidth=1).encode(
        x=x, y=y, detail="product_name:N", tooltip=["product_name:N", "week:Q", alt.Tooltip("value:Q",
        format=".0%")] )  # fmt: skip
    base = alt.Chart(mean).encode(x=x)
    band = base.mark_area(color=ACCENT, opacity=BAND_OPACITY).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(color=ACCENT, strokeWidth=2.5, point=True).encode(
        y=y,
        tooltip=["week:Q", *(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("value", "low", "high"))],
    )
    return apply_theme(alt.layer(lines, band, line).properties(width="container", height=260))


def plot_sisters(sisters: pd.DataFrame) -> AnyChart:
    """What sisters of each launch lost, with its range, beside what the launch sold: units in 28 days.

    ``sisters`` of ``views.show_sisters``: ``product_name``, ``units``, ``lost``, ``low``, ``high``.
    """
    kinds = {"units": "sold of the launch", "lost": "lost by the rest of its category"}
    wide = slim(sisters, "product_name", *kinds, "low", "high")
    rows = wide.melt(["product_name", "low", "high"], list(kinds), "kind", "n")
    rows["kind"] = rows["kind"].map(kinds)
    names = alt.Axis(title=None, labelLimit=200, domain=False, ticks=False)
    y = alt.Y("product_name:N", sort=None, axis=names)
    tone = alt.Color("kind:N", scale=alt.Scale(domain=list(kinds.values()), range=[CONTEXT, ACCENT]),
                     legend=alt.Legend(title=None, orient="top", columns=1))  # fmt: skip
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(kinds.values()), range=["square", "circle"]))
    reach = alt.Chart(wide).mark_rule(color=ACCENT, opacity=0.6).encode(x="low:Q", x2="high:Q", y=y)
    mark = alt.Chart(rows).mark_point(filled=True, size=80, opacity=1.0).encode(
        x=alt.X("n:Q", title="units in 28 days", axis=alt.Axis(format="~s")), y=y, color=tone, shape=shape,
        tooltip=["product_name:N", "kind:N", alt.Tooltip("n:Q", format=",.0f")],
    )  # fmt: skip
    none = alt.Chart(pd.DataFrame({"n": [0]})).mark_rule(color=CONTEXT, strokeDash=[4, 4]).encode(x="n:Q")
    return apply_theme(alt.layer(none, reach, mark).properties(width="container", height=alt.Step(22)))


def plot_days(days: pd.DataFrame) -> AnyChart:
    """By how much a month is off when so many of its days are known, and were these carried on.

    ``days`` of ``launch_months.score_days``: ``days``, ``value``, ``low``, ``high``, ``naive``.
    """
    rows = slim(days, "days", "value", "low", "high", "naive")
    x = alt.X("days:Q", title="days known", axis=alt.Axis(format="d"))
    y = alt.Y("value:Q", title="off by", axis=_SHARE, scale=alt.Scale(zero=True))
    base = alt.Chart(rows).encode(x=x)
    naive = base.mark_line(color=WORSE, point=True, strokeDash=[5, 3]).encode(
        y=alt.Y("naive:Q"),
        tooltip=["days:Q", alt.Tooltip("naive:Q", title="first days continued", format=".1%")],
    )
    bars = base.mark_rule(color=ACCENT).encode(y="low:Q", y2="high:Q")
    line = base.mark_line(color=ACCENT, point=True).encode(
        y=y, tooltip=["days:Q", alt.Tooltip("value:Q", format=".1%")]
    )
    ends = rows.head(1).melt("days", ["value", "naive"], "label", "at")
    ends["label"] = ends["label"].map({"value": "the forecast", "naive": "first days continued"})
    text = alt.Chart(ends).mark_text(align="left", dx=8, dy=-6).encode(x="days:Q", y="at:Q", text="label:N")
    return apply_theme(alt.layer(naive, bars, line, text).properties(width="container", height=220))
