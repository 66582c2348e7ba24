"""Charts of what is thrown away: by store and reason, what orders have to do with it, week by week."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, SIGNED, WORSE, apply_theme, slim

__all__ = ["plot_careful", "plot_frontier", "plot_orders", "plot_reasons", "plot_trend"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES: dict[str, Any] = {"title": None, "labelLimit": 130}
_REASONS = {"past use-by": WORSE, "prepared for nobody": ACCENT, "spilled or damaged": "#c99a2e",
            "no reason logged": CONTEXT}  # fmt: skip


def plot_reasons(rows: pd.DataFrame) -> AnyChart:
    """Dollars a week by store, stacked by reason, and beside the bar what share of its use that is.

    ``rows``: ``store_name`` (in order), ``reason``, ``dollars``, ``of_used``.
    """
    shown = slim(rows, "store_name", "reason", "dollars", "of_used")
    order = rows["store_name"].drop_duplicates().tolist()
    named = [name for name in _REASONS if name in set(rows["reason"])]
    total = shown.groupby("store_name", sort=False).agg(
        dollars=("dollars", "sum"), of_used=("of_used", "first")
    )
    total = total.reset_index()
    total["label"] = [f"{100 * share:.1f}\N{NO-BREAK SPACE}%" for share in total["of_used"].fillna(0.0)]
    y = alt.Y("store_name:N", sort=order, axis=alt.Axis(**_NAMES))
    axis = alt.Axis(title="dollars a week", format="$,.0f")
    top = 1.15 * float(total["dollars"].max()) if len(total) else 1.0
    scale = alt.Scale(domain=[0, max(top, 1.0)])
    place = {name: position for position, name in enumerate(named)}
    chart = alt.layer(
        alt.Chart(shown.assign(place=shown["reason"].map(place)))
        .mark_bar(height=16)
        .encode(
            y=y,
            x=alt.X("dollars:Q", axis=axis, scale=scale),
            order="place:Q",
            color=alt.Color(
                "reason:N",
                scale=alt.Scale(domain=named, range=[_REASONS[name] for name in named]),
                legend=alt.Legend(title=None, orient="top", columns=1, labelLimit=180),
            ),
            tooltip=["store_name:N", "reason:N", alt.Tooltip("dollars:Q", format="$,.0f")],
        ),
        alt.Chart(total).mark_text(align="left", dx=5).encode(y=y, x="dollars:Q", text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_orders(table: pd.DataFrame, smallest: float) -> AnyChart:
    """Orders for the need against other stores' (0 is alike), with their range, by how long goods keep; the
    limit from which it counts is dashed.

    ``table``: ``store_name`` (in order), ``keeps``, ``ratio``, ``low``, ``high``, ``is_over``.
    """
    rows = slim(table.dropna(subset="ratio"), "store_name", "keeps", "ratio", "low", "high", "is_over")
    for name in ("ratio", "low", "high"):
        rows[name] -= 1
    order = table["store_name"].drop_duplicates().tolist()
    kinds = list(dict.fromkeys(rows["keeps"]))
    axis = alt.Axis(title="meant to have, against the other stores", format="+.0%", labelExpr=SIGNED)
    base = alt.Chart(rows).encode(
        y=alt.Y("store_name:N", sort=order, axis=alt.Axis(**_NAMES)),
        yOffset=alt.YOffset("keeps:N", sort=kinds),
        color=alt.condition("datum.is_over", alt.value(WORSE), alt.value(ACCENT)),
    )
    shape = alt.Shape(
        "keeps:N",
        scale=alt.Scale(domain=kinds, range=["circle", "square"][: len(kinds)]),
        legend=alt.Legend(title="goods that keep", orient="top"),
    )
    tooltip = [
        "store_name:N",
        "keeps:N",
        *(alt.Tooltip(f"{x}:Q", format="+.1%") for x in ("ratio", "low", "high")),
    ]
    marks = pd.DataFrame({"at": [0.0, smallest]})
    chart = alt.layer(
        alt.Chart(marks).mark_rule(strokeDash=[4, 3], color=CONTEXT).encode(x=alt.X("at:Q", axis=axis)),
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=alt.X("low:Q", axis=axis), x2="high:Q"),
        base.mark_point(size=45, opacity=1.0, filled=True).encode(x="ratio:Q", shape=shape, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(13)))


def plot_careful(rows: pd.DataFrame) -> AnyChart:
    """Dollars a week past their date by store: as it was (filled), and under careful orders (hollow).

    ``rows``: ``store_name`` (in order), ``was``, ``careful``, ``missing``, ``acts``.
    """
    shown = slim(rows, "store_name", "was", "careful", "missing", "acts")
    order = rows["store_name"].tolist()
    base = alt.Chart(shown).encode(
        y=alt.Y("store_name:N", sort=order, axis=alt.Axis(**_NAMES)),
        color=alt.condition("datum.acts", alt.value(WORSE), alt.value(ACCENT)),
    )
    axis = alt.Axis(title="dollars a week past their date", format="$,.0f")
    scale = alt.Scale(domainMin=0)
    tooltip = [
        "store_name:N",
        *(alt.Tooltip(f"{x}:Q", format="$,.1f") for x in ("was", "careful", "missing")),
    ]
    chart = alt.layer(
        base.mark_rule(strokeWidth=2, opacity=0.6).encode(
            x=alt.X("was:Q", axis=axis, scale=scale), x2="careful:Q"
        ),
        base.mark_point(size=80, filled=True, opacity=1.0).encode(x="was:Q", tooltip=tooltip),
        base.mark_point(size=80, filled=False, opacity=1.0, strokeWidth=2).encode(
            x="careful:Q", tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_trend(rows: pd.DataFrame) -> AnyChart:
    """Waste by what was used, week by week: all stores, and those open all the time.

    ``rows``: ``end`` (date), ``stores``, ``share``.
    """
    shown = slim(rows, "end", "stores", "share")
    kinds = list(dict.fromkeys(rows["stores"]))
    colour = alt.Color(
        "stores:N",
        scale=alt.Scale(domain=kinds, range=[CONTEXT, ACCENT][: len(kinds)]),
        legend=alt.Legend(title=None, orient="top"),
    )
    base = alt.Chart(shown).encode(
        x=alt.X("end:T", axis=alt.Axis(title="week to", format="%-d %b", labelAngle=0)),
        y=alt.Y("share:Q", axis=alt.Axis(title="of what was used", format=".1%"), scale=alt.Scale(zero=True)),
        color=colour,
    )
    tooltip = ["stores:N", alt.Tooltip("end:T", format="%-d %b %Y"), alt.Tooltip("share:Q", format=".2%")]
    chart = alt.layer(base.mark_line(), base.mark_point(size=30, filled=True).encode(tooltip=tooltip))
    return apply_theme(chart.properties(width="container", height=240))


def plot_frontier(frontier: pd.DataFrame) -> AnyChart:
    """What expires against what is lacking, as orders aim at other chances to cover demand.

    ``frontier``: ``kind``, ``chance`` (null: as it was), ``expired``, ``missing``.
    """
    shown = slim(frontier, "kind", "chance", "expired", "missing")
    chances = shown["chance"].to_numpy(float)
    said = [f"{100 * chance:.0f}\N{NO-BREAK SPACE}%" for chance in np.nan_to_num(chances)]
    shown["label"] = np.where(np.isnan(chances), shown["kind"], said)
    x = alt.X("missing:Q", axis=alt.Axis(title="goods lacking, dollars a week", format="$,.0f"))
    y = alt.Y("expired:Q", axis=alt.Axis(title="expired, dollars a week", format="$,.0f"))
    own = alt.Chart(shown).encode(x=x, y=y)
    line = own.transform_filter("isValid(datum.chance)")
    tooltip = ["kind:N", *(alt.Tooltip(f"{name}:Q", format="$,.0f") for name in ("expired", "missing"))]
    colour: Any = alt.condition("isValid(datum.chance)", alt.value(ACCENT), alt.value(WORSE))
    chart = alt.layer(
        line.mark_line(color=ACCENT, opacity=BAND_OPACITY + 0.3).encode(order="chance:Q"),
        own.mark_point(size=70, filled=True, opacity=1.0).encode(color=colour, tooltip=tooltip),
        own.mark_text(align="left", dx=8, dy=-6).encode(text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=280))
