"""Charts of the production page: levers, quotes kept, hours, spreads by product, open tickets, weeks."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.by_date import plot_two_lines
from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_cells", "plot_curves", "plot_kept", "plot_levers", "plot_load", "plot_weeks"]

AnyChart = alt.LayerChart | alt.FacetChart
_MOST_PRODUCTS = 12


def plot_levers(shown: pd.DataFrame, target: float) -> AnyChart:
    """From today down to what is left, a bar for each lever; the target dashed.

    ``shown`` of ``views.show_levers``: ``lever``, ``start``, ``end`` (minutes), ``gain``, ``low``, ``high``
    (seconds; null: none seen).
    """
    rows = slim(shown, "lever", "start", "end", "gain", "low", "high")
    is_level = rows["lever"].isin(["today", "with all of them"])
    rows["kind"] = ["level" if level else "lever" for level in is_level]
    rows["shown"] = [
        f"{end:.1f} min" if level else _say(*gain)
        for level, end, *gain in zip(
            is_level, *(rows[name] for name in ("end", "gain", "low", "high")), strict=True
        )
    ]
    rows["at"] = rows[["start", "end"]].max(axis=1)
    top = float(rows["at"].max()) if len(rows) else target
    names = alt.Axis(title=None, labelLimit=150, domain=False, ticks=False)
    x = alt.Axis(title="minutes", format="d", tickMinStep=1)
    base = alt.Chart(rows).encode(y=alt.Y("lever:N", sort=None, axis=names))
    scale = alt.Scale(domain=[0, 2.4 * max(top, target)])  # room for words on a phone
    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["level", "lever"], range=[CONTEXT, ACCENT])
    )
    goal = alt.Chart(pd.DataFrame({"at": [target]})).mark_rule(strokeDash=[4, 3], color=WORSE, strokeWidth=2)
    chart = alt.layer(
        base.mark_bar(height=18).encode(
            x=alt.X("start:Q", axis=x, scale=scale), x2="end:Q", color=colour, tooltip=["lever:N", "shown:N"]
        ),
        base.mark_text(align="left", dx=5).encode(x=alt.X("at:Q", scale=scale), text="shown:N"),
        goal.encode(x=alt.X("at:Q", scale=scale)),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(34)))


def plot_kept(kept: pd.DataFrame, promise: float) -> AnyChart:
    """The share of quotes kept in each hour and in the products ordered most; the promise dashed.

    ``kept`` of ``views.show_kept``: ``kind``, ``name``, ``share``, ``kept_low``, ``kept_high``, ``n``.
    """
    parts = [kept[kept["kind"] == "hour"], kept[kept["kind"] == "product"].head(_MOST_PRODUCTS)]
    rows = slim(pd.concat(parts), "kind", "name", "share", "kept_low", "kept_high", "n")
    rows["is_below"] = rows["kept_high"] < promise
    names = alt.Axis(title=None, labelLimit=150, domain=False, ticks=False)
    base = alt.Chart(rows).encode(y=alt.Y("name:N", sort=None, axis=names))
    low = min(float(rows["kept_low"].min()) if len(rows) else promise, promise) - 0.01
    scale = alt.Scale(domain=[max(low, 0), 1], zero=False)
    axis = alt.Axis(format=".0%", title=None)
    colour = alt.condition(alt.datum.is_below, alt.value(WORSE), alt.value(ACCENT))
    tooltip = [
        "name:N",
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("kept_low:Q", format=".1%"),
        alt.Tooltip("kept_high:Q", format=".1%"),
        "n:Q",
    ]
    promised = alt.Chart(pd.DataFrame({"at": [promise]})).mark_rule(strokeDash=[4, 3], color=CONTEXT)
    chart = alt.layer(
        promised.encode(x=alt.X("at:Q", axis=axis, scale=scale)),
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("kept_low:Q", axis=axis, scale=scale), x2="kept_high:Q", color=colour
        ),
        base.mark_point(size=60, opacity=1.0).encode(
            x=alt.X("share:Q", scale=scale), color=colour, tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(22)))


def plot_cells(cells: pd.DataFrame) -> AnyChart:
    """Stores by hour, the stronger the longer making takes. ``cells``: ``store``, ``hour``, ``minutes``,
    ``n``."""
    rows = slim(cells, "store", "hour", "minutes", "n")
    names = alt.Axis(title=None, labelLimit=130, domain=False, ticks=False)
    base = alt.Chart(rows).encode(
        x=alt.X(
            "hour:O",
            title="from hour",
            axis=alt.Axis(labelAngle=0, labelOverlap=True, domain=False, ticks=False),
        ),
        y=alt.Y("store:N", axis=names),
    )
    strength = alt.Opacity(
        "minutes:Q",
        scale=alt.Scale(zero=False, range=[0.12, 1]),
        legend=alt.Legend(title="minutes", orient="bottom", tickCount=4),
    )
    tooltip = ["store:N", "hour:O", alt.Tooltip("minutes:Q", format=".1f"), "n:Q"]
    mark = base.mark_rect(color=ACCENT, stroke=None).encode(opacity=strength, tooltip=tooltip)
    return apply_theme(alt.layer(mark).properties(width="container", height=alt.Step(26)))


def plot_curves(curves: pd.DataFrame) -> AnyChart:
    """A violin for each product. ``curves``: ``product``, ``minutes``, ``width`` (0 to 1), in order."""
    rows = slim(curves, "product", "minutes", "width")
    names = list(dict.fromkeys(rows["product"]))
    place = {name: -float(number) for number, name in enumerate(names)}
    middle = rows["product"].map(place).astype(float)
    rows["top"], rows["bottom"] = middle + 0.36 * rows["width"], middle - 0.36 * rows["width"]
    ends = pd.DataFrame({"product": names, "at": [place[name] + 0.4 for name in names], "x": 0.0})
    y = alt.Y("top:Q", axis=None, scale=alt.Scale(domain=[-len(names) + 0.4, 0.9]))
    violins = (
        alt.Chart(rows)
        .mark_area(opacity=0.55, color=ACCENT, line=False)
        .encode(
            x=alt.X("minutes:Q", title="minutes", scale=alt.Scale(domainMin=0)),
            y=y,
            y2="bottom:Q",
            detail="product:N",
        )
    )
    labels = (
        alt.Chart(ends)
        .mark_text(align="left", baseline="bottom", fontSize=11)
        .encode(x="x:Q", y="at:Q", text="product:N")
    )
    return apply_theme(
        alt.layer(violins, labels).properties(width="container", height=max(52 * len(names), 90))
    )


def plot_load(shown: pd.DataFrame) -> AnyChart:
    """Mean minutes by open tickets as they were, and as the slope has it. ``shown`` of
    ``views.show_load``."""
    rows = slim(shown, "load", "n", "minutes", "expected")
    base = alt.Chart(rows).encode(
        x=alt.X("load:Q", title="tickets open when it was accepted", axis=alt.Axis(format="d"))
    )
    y = alt.Y("minutes:Q", title=None, scale=alt.Scale(zero=True))
    chart = alt.layer(
        base.transform_filter("datum.expected != null")
        .mark_line(color=CONTEXT)
        .encode(y=alt.Y("expected:Q", scale=alt.Scale(zero=True))),
        base.mark_point(size=70, opacity=1.0, color=ACCENT).encode(
            y=y, tooltip=["load:Q", alt.Tooltip("minutes:Q", format=".2f"), "n:Q"]
        ),
    )
    return apply_theme(chart.properties(width="container", height=220))


def plot_weeks(weeks: pd.DataFrame, target: float) -> AnyChart:
    """Mean minutes of each window of seven days, all tickets and without those over; the target dashed.

    ``weeks`` of ``making_week.measure_weeks``: ``ds``, ``y``, ``trimmed`` (seconds).
    """
    minutes = weeks.assign(y=weeks["y"] / 60, trimmed=weeks["trimmed"] / 60)
    words = {"y": "all tickets", "trimmed": "without the longest"}
    line = plot_two_lines(minutes, "ds", words, "%-d %b", ".2f")
    goal = alt.Chart(pd.DataFrame({"at": [target]})).mark_rule(strokeDash=[4, 3], color=WORSE)
    return apply_theme(alt.layer(line, goal.encode(y="at:Q")).properties(width="container", height=240))


def _say(gain: float, low: float, high: float) -> str:
    """What a lever takes off, in seconds."""
    if gain != gain:  # null
        return "none seen"
    return f"\N{MINUS SIGN}{gain:.1f} s" + (f" ({low:.1f} to {high:.1f})" if low == low else "")
