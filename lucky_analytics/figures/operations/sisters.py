"""Charts of what stores take from each other, and of why a store fell."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme
from lucky_analytics.formats import format_change

__all__ = ["plot_fall", "plot_losses"]

AnyChart = alt.LayerChart | alt.FacetChart
_LABEL_ROOM = 0.3
_MOST_STORES, _LEAST_SHOWN = 30, 0.02  # of a matrix that can be read
_ENDS = {"change": "log_change", "low": "low", "high": "high"}


def plot_losses(losses: pd.DataFrame) -> AnyChart:
    """Who takes orders from whom: a matrix, the losing store in the row, shaded and labelled by the loss.

    ``losses``: ``store_name``, ``neighbour_name``, ``loss`` (0 to 1), ``low``, ``high``, ``km``. Losses below
    two percent carry no label. Of many stores those that lose most are shown, each with whom it loses to.
    """
    if losses["store_name"].nunique() > _MOST_STORES:
        worst = losses.groupby("store_name")["loss"].max().nlargest(_MOST_STORES).index
        losses = losses[losses["store_name"].isin(worst) & (losses["loss"] >= _LEAST_SHOWN)]
    order = losses["store_name"].drop_duplicates().tolist()
    side: dict[str, Any] = {"sort": order, "title": None}
    names: dict[str, Any] = {"labelLimit": 110, "domain": False, "ticks": False}
    x = alt.X("neighbour_name:N", **side, axis=alt.Axis(orient="top", labelAngle=-50, **names))
    base = alt.Chart(losses).encode(x=x, y=alt.Y("store_name:N", **side, axis=alt.Axis(**names)))
    strength = alt.Opacity("loss:Q", scale=alt.Scale(domainMin=0, range=[0.02, 0.85]), legend=None)
    tooltip = [
        alt.Tooltip("store_name:N", title="store"),
        alt.Tooltip("neighbour_name:N", title="loses to"),
        *(alt.Tooltip(f"{column}:Q", format=".1%") for column in ("loss", "low", "high")),
        alt.Tooltip("km:Q", format=".1f"),
    ]
    chart = alt.layer(
        base.mark_rect(color=WORSE).encode(opacity=strength, tooltip=tooltip),
        base.transform_filter("datum.loss >= 0.02")
        .transform_calculate(percent="round(100 * datum.loss)")
        .mark_text(fontSize=11)
        .encode(text="percent:Q"),
    )
    return apply_theme(chart.properties(width="container", height=30 * len(order)))


def plot_fall(causes: pd.DataFrame) -> AnyChart:
    """Change of a store's orders by cause, with intervals; the whole fall in grey below.

    ``causes``: ``cause``, ``log_change``, ``low``, ``high`` (null where not estimated), as from
    ``decompose_decline``. Shown as percent; percents of causes multiply, they do not add.
    """
    order = causes["cause"].tolist()
    shown = causes[["cause"]].assign(**{name: np.expm1(causes[source]) for name, source in _ENDS.items()})
    shown["label_at"] = shown[["change", "high"]].max(axis=1).clip(lower=0)
    shown["label"] = [format_change(change) for change in shown["change"]]
    axis = alt.Axis(labelLimit=140, domain=False, ticks=False, title=None)
    base = alt.Chart(shown).encode(y=alt.Y("cause:N", sort=order, axis=axis))
    colour = alt.condition("datum.cause == 'all'", alt.value(CONTEXT), alt.value(ACCENT))
    left = min(0.0, *shown[["change", "low"]].min())
    right = shown["label_at"].max()
    span = right - left  # on a phone a label takes a fifth of all
    domain = [left - 0.03 * span, right + _LABEL_ROOM * span]
    x = alt.X(
        "change:Q",
        axis=alt.Axis(format="%", title="change of orders a week"),
        scale=alt.Scale(domain=domain, nice=False),
    )
    chart = alt.layer(
        base.mark_bar(height=14, opacity=0.75).encode(x=x, color=colour, tooltip=["cause:N", "label:N"]),
        base.mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q"),
        base.mark_text(align="left", dx=6).encode(x="label_at:Q", text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=28 * len(order)))
