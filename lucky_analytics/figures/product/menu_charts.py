"""Charts of the menu: the quadrant, what new prices bring, the margin ladder."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from lucky_analytics.figures.labels import SIDES, find_free
from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_gains", "plot_ladder", "plot_quadrant"]

AnyChart = alt.LayerChart | alt.FacetChart
# The quadrant is this high, and on a phone this wide between its axes; names in pixels of that size.
_HEIGHT, _PHONE_WIDTH, _LETTER, _LINE, _CORNER = 440, 250, 6.2, 12, 24
_NAME_SIDES = {
    side: (right, down)
    for side, (_, right, down) in SIDES.items()
    if right in (-1, 0, 1) and abs(right) + abs(down) == 1
}
_NAMES = alt.Axis(labelLimit=190, domain=False, ticks=False, title=None)


def plot_quadrant(classes: pd.DataFrame, n_labels: int = 10) -> AnyChart:
    """Popularity against margin, each relative to its category's cut; borderline products hollow.

    ``classes``: ``product_name``, ``category``, ``menu_class``, ``probability``, ``popularity`` (share of the
    category over the cut: 1 is at it) and ``advantage`` (dollars of margin above the cut), both with
    ``_low``, ``_high``; ``margin`` (dollars a month). ``n_labels`` of those with the most
    margin are named, where on a phone a name meets neither another one nor a point.
    """
    reach = 1.05 * float(classes[["popularity_low", "popularity_high"]].max().max())
    floor = 0.95 * float(classes["popularity_low"].clip(lower=0.05).min())
    x_scale = alt.Scale(type="log", domain=[floor, reach], nice=False)
    ticks = alt.Axis(values=[0.125, 0.25, 0.5, 1, 2, 4, 8], format="~g")
    x = alt.X("popularity:Q", scale=x_scale, axis=ticks, title="units, times what counts as popular")
    low, high = classes["advantage_low"].min(), classes["advantage_high"].max()
    room = 0.09 * (float(high - low) or 1.0)  # for the names of the corners
    y_scale = alt.Scale(domain=[low - room, high + room], nice=False)
    y_axis = alt.Axis(format="+$.2f", title="margin a unit, against the category's mean")
    y = alt.Y("advantage:Q", scale=y_scale, axis=y_axis)
    columns = ["product_name", "category", "menu_class", "probability", "margin"]
    ends = [f"{name}{end}" for name in ("popularity", "advantage") for end in ("", "_low", "_high")]
    rows = slim(classes, *columns, *ends)
    rows["is_sure"] = ~rows["menu_class"].isin(["borderline", "too new"])
    base = alt.Chart(rows).encode(x=x, y=y)
    tone = alt.condition("datum.is_sure", alt.value(ACCENT), alt.value(CONTEXT))
    fill = alt.condition("datum.is_sure", alt.value(ACCENT), alt.value("transparent"))
    tooltip = [
        alt.Tooltip("product_name:N", title="product"),
        alt.Tooltip("category:N"),
        alt.Tooltip("menu_class:N", title="class"),
        alt.Tooltip("probability:Q", title="probability", format=".0%"),
        alt.Tooltip("margin:Q", title="margin a month", format="$,.0f"),
    ]
    named = _find_named(rows, n_labels, (floor, reach), (low - room, high + room))
    cuts = [
        alt.Chart(pd.DataFrame({"popularity": [1.0]})).mark_rule(color=CONTEXT).encode(x=x),
        alt.Chart(pd.DataFrame({"advantage": [0.0]})).mark_rule(color=CONTEXT).encode(y=y),
    ]
    corners = [
        _corner("EARN WELL, SELL LESS", left=True, top=True),
        _corner("SELL AND EARN WELL", left=False, top=True),
        _corner("SELL AND EARN LESS", left=True, top=False),
        _corner("SELL WELL, EARN LESS", left=False, top=False),
    ]
    chart = alt.layer(
        *cuts,
        *corners,
        base.mark_rule(opacity=0.45).encode(x="popularity_low:Q", x2="popularity_high:Q", color=tone),
        base.mark_rule(opacity=0.45).encode(y="advantage_low:Q", y2="advantage_high:Q", color=tone),
        base.mark_point(size=55, filled=True, strokeWidth=1.5).encode(
            stroke=tone, fill=fill, tooltip=tooltip
        ),
        *_name_layers(named, x, y),
    )
    return apply_theme(chart.properties(width="container", height=_HEIGHT))


def _find_named(
    rows: pd.DataFrame, n_labels: int, across: tuple[float, float], up: tuple[float, float]
) -> pd.DataFrame:
    """The points that get a name, most margin first, with ``label`` and its ``side``, as they fit a phone.

    ``across`` and ``up``: the ends of both axes. Names of two words and more take two lines.
    """
    x = np.log(rows["popularity"] / across[0]) / np.log(across[1] / across[0]) * _PHONE_WIDTH
    y = (up[1] - rows["advantage"]) / (up[1] - up[0]) * _HEIGHT
    points = pd.DataFrame({"x": x, "y": y, "radius": 4.0, "width": 0.0, "height": 0.0})
    frame = (0.0, _CORNER, float(_PHONE_WIDTH), _HEIGHT - _CORNER)
    names = [_in_two_lines(name) for name in rows["product_name"]]
    boxes = pd.DataFrame(columns=["x", "y", "width", "height"], dtype=float)
    kept: list[tuple[int, str, str]] = []
    for place in rows["margin"].to_numpy().argsort()[::-1]:
        lines = names[place].split("\n")
        width, height = max(map(len, lines)) * _LETTER, len(lines) * _LINE
        own = [
            (x.iloc[place] + right * (7 + width / 2), y.iloc[place] + down * (6 + height / 2), width, height)
            for right, down in _NAME_SIDES.values()
        ]
        tried = pd.concat([boxes, pd.DataFrame(own, columns=boxes.columns)], ignore_index=True)
        free = find_free(tried, points, ["right"] * len(points), frame)[len(boxes) :]
        if any(free) and len(kept) < n_labels:
            boxes = pd.concat([boxes, tried.iloc[[len(boxes) + free.index(True)]]], ignore_index=True)
            kept.append((place, names[place], list(_NAME_SIDES)[free.index(True)]))
    found = rows.iloc[[place for place, *_ in kept]][["popularity", "advantage"]]
    return found.assign(label=[label for _, label, _ in kept], side=[side for *_, side in kept])


def _in_two_lines(name: str) -> str:
    """A long name broken at the space nearest to its middle."""
    spaces = [place for place, letter in enumerate(name) if letter == " "]
    if len(name) <= 12 or not spaces:
        return name
    middle = min(spaces, key=lambda place: abs(place - len(name) / 2))
    return f"{name[:middle]}\n{name[middle + 1 :]}"


def _name_layers(named: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """One layer of names for each side that is used: a mark has one alignment for all its rows."""
    layers, base = [], alt.Chart(named).encode(x=x, y=y, text="label:N")
    for side, (right, down) in _NAME_SIDES.items():
        if side in set(named["side"]):
            baseline = {-1: "bottom", 0: "middle", 1: "top"}[down]
            style: dict[str, Any] = {
                "align": SIDES[side][0],
                "baseline": baseline,
                "dx": 7 * right,
                "dy": 6 * down,
            }
            own = base.transform_filter(f"datum.side == '{side}'")
            layers.append(own.mark_text(fontSize=11, lineBreak="\n", lineHeight=_LINE, **style))
    return layers


def _corner(label: str, *, left: bool, top: bool) -> alt.Chart:
    mark = alt.Chart(pd.DataFrame({"label": [label]})).mark_text(
        align="left" if left else "right",
        baseline="top" if top else "bottom",
        dx=6 if left else -6,
        dy=6 if top else -6,
        fontWeight=600,
        opacity=0.7,
    )
    return mark.encode(
        x=alt.value(0 if left else "width"), y=alt.value(0 if top else "height"), text="label:N"
    )


def plot_gains(actions: pd.DataFrame) -> AnyChart:
    """Margin a month to be gained, with its interval, largest first.

    ``actions``: ``label`` (product and its new price), ``gain``, ``gain_low``, ``gain_high``.
    """
    y = alt.Y(
        "label:N",
        sort=actions["label"].tolist(),
        axis=alt.Axis(labelLimit=300, domain=False, ticks=False, title=None),
    )
    base = alt.Chart(slim(actions, "label", "gain", "gain_low", "gain_high")).encode(y=y)
    axis = alt.Axis(format="$,.0f", title="margin a month")
    return apply_theme(
        alt.layer(
            base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
                x=alt.X("gain_low:Q", axis=axis, scale=alt.Scale(zero=True)), x2="gain_high:Q"
            ),
            base.mark_point(size=80, color=ACCENT).encode(
                x="gain:Q", tooltip=[alt.Tooltip("label:N"), alt.Tooltip("gain:Q", format="$,.0f")]
            ),
        ).properties(width="container", height=alt.Step(26))
    )


def plot_ladder(ladder: pd.DataFrame) -> AnyChart:
    """Where the list price goes, one bar per category, the margin in the accent; dollars a unit.

    ``ladder``: ``category`` and the steps of ``aggregate_ladder``, most margin first.
    """
    steps = {
        "margin": "margin",
        "ingredients": "ingredients",
        "other": "packaging and fee",
        "discount": "discount",
    }
    parts = ladder.assign(other=ladder["packaging"] + ladder["fee"]).melt(
        "category", value_vars=list(steps), var_name="step", value_name="dollars"
    )
    parts["place"] = parts["step"].map(list(steps).index)
    parts["step"] = parts["step"].map(steps)
    parts = parts.sort_values(["category", "place"])
    parts["end"] = parts.groupby("category")["dollars"].cumsum()
    parts["middle"] = parts["end"] - parts["dollars"] / 2
    parts["text"] = [f"${value:.2f}" for value in parts["dollars"]]
    y = alt.Y("category:N", sort=ladder["category"].tolist(), axis=_NAMES)
    tone = alt.Color(
        "step:N",
        sort=list(steps.values()),
        scale=alt.Scale(domain=list(steps.values()), range=[ACCENT, WORSE, CONTEXT, "#c3c8d0"]),
        legend=alt.Legend(orient="top", title=None),
    )
    bars = (
        alt.Chart(parts)
        .mark_bar()
        .encode(
            y=y,
            x=alt.X(
                "dollars:Q", stack=True, axis=alt.Axis(format="$.0f", title="of the list price of a unit")
            ),
            order="place:Q",
            color=tone,
            tooltip=["category:N", "step:N", alt.Tooltip("dollars:Q", format="$.2f")],
        )
    )
    shown = alt.Chart(parts[parts["step"] == "margin"])
    text = shown.mark_text(fill="#ffffff", fontWeight=600).encode(y=y, x="middle:Q", text="text:N")
    return apply_theme(alt.layer(bars, text).properties(width="container", height=alt.Step(30)))
