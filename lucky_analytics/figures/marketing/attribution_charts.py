"""Charts of credit: each channel's part by three rules, and what withholding it by chance shows."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.marketing.beside_naive import name_axis, plot_beside_naive
from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_added", "plot_shares"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_shares(shares: pd.DataFrame) -> AnyChart:
    """Each channel's part of the credit: shared out with its interval, last touch, removal, an even part.

    ``shares``: ``label`` (in order), ``last``, ``shapley``, ``low``, ``high``, ``removal`` (of 1),
    ``n_people``.
    """
    base = alt.Chart(slim(shares, "label", "last", "shapley", "low", "high", "removal", "n_people"))
    y = alt.Y("label:N", sort=shares["label"].tolist(), axis=name_axis(170))
    axis = alt.Axis(format="%", title="share of orders")
    tooltip = [
        "label:N",
        *(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("shapley", "low", "high", "last", "removal")),
        alt.Tooltip("n_people:Q", format=","),
    ]
    even = alt.Chart(pd.DataFrame({"even": [1 / max(len(shares), 1)]}))
    chart = alt.layer(
        even.mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x="even:Q"),
        base.mark_tick(color=CONTEXT, thickness=4, size=18).encode(x="last:Q", y=y, tooltip=tooltip),
        base.mark_point(color=CONTEXT, size=70, filled=False).encode(x="removal:Q", y=y, tooltip=tooltip),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis), x2="high:Q", y=y
        ),
        base.mark_point(color=ACCENT, size=80).encode(x="shapley:Q", y=y, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_added(added: pd.DataFrame) -> AnyChart:
    """What each channel adds with its interval, beside what last touch credits to it, about a line at nought.

    ``added``: ``label``, ``adds``, ``low``, ``high``, ``credited`` (orders of so many people), ``n`` people.
    """
    title = "orders of 100 people"
    return plot_beside_naive(added, "adds", "credited", title=title, axis="+.1~f", tooltip="+.1f")
