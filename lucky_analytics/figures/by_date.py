"""Charts over dates that pages share: forecasts held against what came, two lines, counts by two rules."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, WORSE, apply_theme, slim

__all__ = ["plot_daily_counts", "plot_held_out", "plot_two_lines"]

AnyChart = alt.LayerChart | alt.FacetChart
_LEGEND = alt.Legend(title=None, orient="top")


def plot_held_out(tests: pd.DataFrame, title: str, mark: str = "") -> AnyChart:
    """Forecasts made on dates gone by, with their intervals, and what came (hollow).

    ``tests``: ``cut``, ``predicted``, ``came``, ``low``, ``high``; null where none could be given. ``title``
    names what was forecast; ``mark`` stands before its numbers, a dollar sign for money.

    >>> tests = pd.DataFrame({"predicted": [9.0], "came": 8.0, "low": 7.0, "high": 11.0})
    >>> tests["cut"] = pd.to_datetime(["2026-01-01"])
    >>> len(plot_held_out(tests, "orders").layer)
    3
    """
    base = alt.Chart(slim(tests, "cut", "predicted", "came", "low", "high"))
    # Every second date at most, so that a phone has room for the words.
    days = tests["cut"].iloc[:: 1 if len(tests) <= 4 else 2]
    values = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in days]
    x = alt.X(
        "cut:T",
        scale=alt.Scale(padding=24),
        axis=alt.Axis(format="%-d %b", title="forecast made on", values=values),
    )
    axis = alt.Axis(format=f"{mark}~s", labelExpr=THOUSANDS, title=title)
    tooltip = [
        alt.Tooltip("cut:T", format="%-d %b %Y"),
        *(alt.Tooltip(f"{name}:Q", format=f"{mark},.0f") for name in ("predicted", "came", "low", "high")),
    ]
    chart = alt.layer(
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6)
        .encode(x=x, y=alt.Y("low:Q", axis=axis, scale=alt.Scale(zero=True)), y2="high:Q"),
        base.mark_point(color=ACCENT, filled=True, size=60).encode(x=x, y="predicted:Q", tooltip=tooltip),
        base.mark_point(color=WORSE, size=80).encode(x=x, y="came:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=240))


def plot_two_lines(
    rows: pd.DataFrame, date: str, names: Mapping[str, str], day: str, number: str
) -> alt.Chart:
    """Two measures over time from nought, the first in the accent: a layer, not yet themed.

    ``rows``: ``date`` (a column of days) and the columns of ``names``, which are given their words; nulls are
    left out. ``day`` and ``number``: formats of what a touch shows, ``day`` of the axis, too.

    >>> rows = pd.DataFrame({"month": pd.to_datetime(["2026-01-01"]), "rate": 2.1, "same": 2.0})
    >>> plot_two_lines(rows, "month", {"rate": "as it was", "same": "today's"}, "%b %Y", ".2f").mark.type
    'line'
    """
    long = rows[[date, *names]].melt(date, var_name="which", value_name="value").dropna(subset="value")
    long = slim(long.assign(which=long["which"].map(dict(names))), date, "which", "value")
    long[date] = pd.to_datetime(long[date]).dt.strftime("%Y-%m-%d")
    scale = alt.Scale(domain=list(names.values()), range=[ACCENT, CONTEXT])
    tooltip = [alt.Tooltip(f"{date}:T", format=day), "which:N", alt.Tooltip("value:Q", format=number)]
    return (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=alt.X(f"{date}:T", title=None, axis=alt.Axis(format=day)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=True)),
            color=alt.Color("which:N", scale=scale, legend=_LEGEND),
            tooltip=tooltip,
        )
    )


def plot_daily_counts(counts: pd.DataFrame, many: str, few: str) -> AnyChart:
    """How many there were on each day by two rules, the one that says many in grey.

    ``counts``: ``ds``, ``rule`` (``many`` or ``few``), ``n``.

    >>> counts = pd.DataFrame({"ds": pd.to_datetime(["2026-01-01"]), "rule": "cards", "n": 1})
    >>> len(plot_daily_counts(counts, "odd numbers", "cards").layer)
    1
    """
    rows = slim(counts, "ds", "rule", "n")
    rows["ds"] = rows["ds"].dt.strftime("%Y-%m-%d")
    colour = alt.Scale(domain=[many, few], range=[CONTEXT, WORSE])
    shape = alt.Scale(domain=[many, few], range=["circle", "square"])
    chart = alt.Chart(rows).mark_point(size=60, opacity=1.0).encode(
        x=alt.X("ds:T", title=None, axis=alt.Axis(format="%-d %b")),
        y=alt.Y("n:Q", title=None, axis=alt.Axis(format="d", tickMinStep=1), scale=alt.Scale(zero=True)),
        color=alt.Color("rule:N", scale=colour, legend=_LEGEND),
        shape=alt.Shape("rule:N", scale=shape, legend=None),
        tooltip=[alt.Tooltip("ds:T", format="%a %-d %b"), "rule:N", "n:Q"],
    )  # fmt: skip
    return apply_theme(alt.layer(chart).properties(width="container", height=200))
