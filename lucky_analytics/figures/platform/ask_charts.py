"""Charts of the page on Ask Lucky: what became of questions."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_outcomes"]

_OUTCOMES = ["right", "asked back", "not answered", "wrong"]


def plot_outcomes(bars: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Shares of outcomes by group, one bar of 100 % each. ``bars``: of ``show_bars``."""
    rows = slim(bars, "group", "outcome", "k", "share")
    rows["place"] = rows["outcome"].map({name: i for i, name in enumerate(_OUTCOMES)})
    rows["shown"] = [f"{share:.0%}".replace("%", " %") if share >= 0.12 else "" for share in rows["share"]]
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=190)
    base = alt.Chart(rows).encode(
        y=alt.Y("group:N", sort=None, axis=names),
        x=alt.X("share:Q", axis=None, stack="zero", scale=alt.Scale(domain=[0, 1])),
        order=alt.Order("place:Q"),
    )
    colour = alt.Color(
        "outcome:N",
        scale=alt.Scale(domain=_OUTCOMES, range=[ACCENT, "#8fb4dd", CONTEXT, WORSE]),
        legend=alt.Legend(title=None, orient="top", columns=2),
    )
    tooltip = [
        "group:N",
        "outcome:N",
        alt.Tooltip("k:Q", title="questions"),
        alt.Tooltip("share:Q", format=".1%"),
    ]
    right = base.transform_filter(alt.datum.outcome == "right")
    chart = alt.layer(
        base.mark_bar(height=18).encode(color=colour, tooltip=tooltip),
        right.mark_text(align="left", dx=4, color="white", xOffset=0).encode(x=alt.value(4), text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))
