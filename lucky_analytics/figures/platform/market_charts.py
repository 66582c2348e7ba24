"""Charts of the markets: one date on all clocks, hours apart, holidays, weeks, hours of the day."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, WORSE, apply_theme, slim

__all__ = ["plot_apart", "plot_day", "plot_holidays", "plot_hours", "plot_weeks"]

AnyChart = alt.LayerChart | alt.FacetChart
_COLOURS = (ACCENT, WORSE, CONTEXT)  # blue against orange, then grey


def plot_day(bars: pd.DataFrame, ticks: dict[float, str], at: float, home: str) -> AnyChart:
    """One date for every market: its day in grey, its open hours in the accent, and the moment ``at``.

    ``bars``: ``market``, ``kind`` ("open" or the day), ``start``, ``end`` (hours after home's midnight),
    ``shown`` (of open hours: from and to on home's clock). ``ticks``: home's clock by hours; ``at``:
    hours of the moment, drawn where it is inside.
    """
    middle = (bars["start"] + bars["end"]) / 2
    rows = slim(bars.assign(middle=middle), "market", "kind", "start", "end", "middle", "shown")
    low, high = float(bars["start"].min()), float(bars["end"].max())
    names = ", ".join(f"'{text}'" for text in ticks.values())
    values = ", ".join(f"{value:g}" for value in ticks)
    axis = alt.Axis(
        values=list(ticks), title=f"clock in {home}",
        labelExpr=f"[{names}][indexof([{values}], datum.value)]",
        labelOverlap="greedy",
    )  # fmt: skip
    x = alt.X("start:Q", axis=axis, scale=alt.Scale(domain=[low, high], nice=False))
    y = alt.Y("market:N", sort=None, axis=alt.Axis(title=None, labelLimit=150))
    base = alt.Chart(rows).encode(y=y)
    tooltip = [alt.Tooltip("market:N"), alt.Tooltip("kind:N"), alt.Tooltip("shown:N", title="clock")]
    day = base.transform_filter("datum.kind != 'open'")
    opened = base.transform_filter("datum.kind == 'open'")
    layers = [
        day.mark_bar(height=34, color=CONTEXT, opacity=0.3).encode(x=x, x2="end:Q", tooltip=tooltip),
        opened.mark_bar(height=20, color=ACCENT).encode(x=x, x2="end:Q", tooltip=tooltip),
        opened.mark_text(dy=27).encode(x=alt.X("middle:Q", axis=axis), text="shown:N"),
    ]
    if low <= at <= high:
        now = alt.Chart(pd.DataFrame({"start": [at], "shown": ["data read"]}))
        layers += [
            now.mark_rule(color=WORSE, strokeWidth=2).encode(x=x),
            now.mark_text(align="left", dx=4, color=WORSE).encode(x=x, y=alt.value(4), text="shown:N"),
        ]
    return apply_theme(alt.layer(*layers).properties(width="container", height=alt.Step(76)))


def plot_apart(steps: pd.DataFrame, labels: Sequence[str], home: str) -> AnyChart:
    """Hours that other clocks show more than home's, as steps.

    ``steps``: ``label``, ``at`` (UTC), ``hours``. ``labels``: those in colour first, the last
    one, a zone that no shop states, in grey.
    """
    rows = steps[["label", "hours"]].assign(at=steps["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    last = rows.groupby("label", sort=False).tail(1)
    scale = alt.Scale(domain=list(labels), range=[*[ACCENT] * (len(labels) - 1), CONTEXT])
    colour = alt.Color("label:N", scale=scale, legend=None)
    x = alt.X("at:T", title=None, axis=alt.Axis(format="%b %Y"))
    scale_y = alt.Scale(zero=True, nice=True, padding=12)
    y = alt.Y("hours:Q", scale=scale_y, axis=alt.Axis(title=f"hours ahead of {home}", tickMinStep=1))
    tooltip = [
        alt.Tooltip("label:N", title="clocks of"),
        alt.Tooltip("at:T", title="from", format="%-d %b %Y"),
        alt.Tooltip("hours:Q", title="hours ahead"),
    ]
    base = alt.Chart(rows).encode(x=x, y=y, color=colour)
    ends = alt.Chart(last).encode(x=x, y=y, color=colour)
    layers = alt.layer(
        base.mark_line(interpolate="step-after"),
        base.mark_point(size=40).encode(tooltip=tooltip),
        ends.mark_text(align="right", dy=-10).encode(text="label:N"),
    )
    return apply_theme(layers.properties(width="container", height=240))


def plot_holidays(days: pd.DataFrame, names: Sequence[str]) -> AnyChart:
    """Each measured holiday with the range of its change, by market. ``days``: ``date``, ``market``,
    ``holiday``, ``change``, ``low``, ``high``; ``names``: the markets in their order."""
    rows = slim(days, "market", "holiday", "change", "low", "high")
    rows["key"] = [
        f"{market}|{date:%-d %b}|{holiday}"
        for market, date, holiday in zip(days["market"], days["date"], days["holiday"], strict=True)
    ]
    rows = rows.sort_values("market", key=lambda own: own.map(list(names).index), kind="stable")
    axis = alt.Axis(title=None, labelLimit=300, labelExpr="slice(split(datum.label, '|'), 1)")
    y = alt.Y("key:N", sort=None, axis=axis)
    change = alt.Axis(format="+%", title="change of orders", labelExpr=SIGNED)
    scale = alt.Scale(domain=list(names), range=list(_COLOURS[: len(names)]))
    legend = alt.Legend(title=None, orient="top", columns=1, symbolOpacity=1) if len(names) > 1 else None
    colour = alt.Color("market:N", scale=scale, legend=legend)
    tooltip = [alt.Tooltip("market:N"), alt.Tooltip("holiday:N"),
               *(alt.Tooltip(f"{name}:Q", format="+.0%") for name in ("change", "low", "high"))]  # fmt: skip
    base = alt.Chart(rows).encode(y=y, color=colour)
    room = alt.Scale(padding=16)  # for the last tick on a phone
    zero = alt.Chart(pd.DataFrame({"change": [0.0]})).mark_rule(color=CONTEXT)
    layers = alt.layer(
        zero.encode(x="change:Q"),
        base.mark_rule(strokeWidth=3, opacity=0.5).encode(
            x=alt.X("low:Q", axis=change, scale=room), x2="high:Q"
        ),
        base.mark_point(size=60).encode(x=alt.X("change:Q", axis=change, scale=room), tooltip=tooltip),
    )
    return apply_theme(layers.properties(width="container", height=alt.Step(32)))


def plot_weeks(weeks: pd.DataFrame, names: Sequence[str]) -> AnyChart:
    """Orders of the same weeks, each market over its own mean, so that no currency meets another.

    ``weeks``: ``week`` (Monday), ``market``, ``orders``, ``index``.
    """
    rows = slim(weeks, "market", "orders", "index")
    rows["week"] = weeks["week"].dt.strftime("%Y-%m-%d")
    return _lines(
        rows, names, alt.X("week:T", title=None, axis=alt.Axis(format="%-d %b")),
        alt.Y("index:Q", axis=alt.Axis(format=".0%", title="of the market's own mean")),
        [alt.Tooltip("week:T", title="week from", format="%-d %b %Y"), alt.Tooltip("index:Q", format=".0%")],
    )  # fmt: skip


def plot_hours(shares: pd.DataFrame, names: Sequence[str]) -> AnyChart:
    """Share of a market's orders by the hour on its own clock. ``shares``: ``market``, ``hour``, ``orders``,
    ``share``."""
    rows = slim(shares, "market", "hour", "orders", "share")
    return _lines(
        rows, names, alt.X("hour:Q", axis=alt.Axis(title="hour on the shop's own clock", tickMinStep=1)),
        alt.Y("share:Q", axis=alt.Axis(format=".0%", title="of the market's orders")),
        [alt.Tooltip("hour:Q"), alt.Tooltip("share:Q", format=".1%")],
    )  # fmt: skip


def _lines(
    rows: pd.DataFrame, names: Sequence[str], x: alt.X, y: alt.Y, tooltip: list[alt.Tooltip]
) -> AnyChart:
    """A line with points for each market, in the order of ``names``."""
    scale = alt.Scale(domain=list(names), range=list(_COLOURS[: len(names)]))
    legend = alt.Legend(title=None, orient="top", columns=1) if len(names) > 1 else None
    base = alt.Chart(rows).encode(x=x, y=y, color=alt.Color("market:N", scale=scale, legend=legend))
    whose = [alt.Tooltip("market:N"), *tooltip, alt.Tooltip("orders:Q", format=",")]
    layers = alt.layer(base.mark_line(), base.mark_point(size=40).encode(tooltip=whose))
    return apply_theme(layers.properties(width="container", height=240))
