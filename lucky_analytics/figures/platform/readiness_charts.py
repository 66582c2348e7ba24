"""The chart of the data readiness page: questions by department."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_departments"]

AnyChart = alt.LayerChart | alt.FacetChart
_MEASURES = {"ready": "all its data", "in part": "most of it", "blocked": "lacks its own data"}


def plot_departments(departments: pd.DataFrame) -> AnyChart:
    """Use cases by department (rows), stacked: ready, in part, blocked.

    ``departments``: ``department``, ``measure``, ``n``, ``names``.
    """
    rows = slim(departments[departments["n"] > 0], "department", "measure", "n", "names")
    rows["place"] = rows["measure"].map(list(_MEASURES).index)
    rows["measure"] = rows["measure"].map(_MEASURES)
    order = departments["department"].drop_duplicates().tolist()
    colour = alt.Color(
        "measure:N",
        scale=alt.Scale(domain=list(_MEASURES.values()), range=[ACCENT, CONTEXT, WORSE]),
        legend=alt.Legend(title=None, orient="top"),
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("department:N", sort=order, axis=alt.Axis(title=None, domain=False, ticks=False)),
        x=alt.X("n:Q", stack="zero", title="questions", axis=alt.Axis(tickMinStep=1, format="d")),
        order="place:O",
    )
    tooltip = [
        "department:N",
        "measure:N",
        alt.Tooltip("n:Q", title="questions"),
        alt.Tooltip("names:N", title="which"),
    ]
    chart = alt.layer(base.mark_bar(stroke="transparent").encode(color=colour, tooltip=tooltip))
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))
