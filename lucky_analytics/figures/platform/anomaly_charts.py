"""The chart of unusual things: days by system."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_strip"]

AnyChart = alt.LayerChart | alt.FacetChart

_STATES = ["as usual", "Info", "Warning", "Critical"]
_COLOURS = [CONTEXT, ACCENT, "#c99a2e", WORSE]
_SHAPES = ["circle", "circle", "triangle-up", "square"]


def plot_strip(strip: pd.DataFrame) -> AnyChart:
    """Systems by day, a mark for the most serious event: shape, size and colour say the same.

    ``strip`` of ``views.show_strip``: ``label`` in order, ``ds``, ``state``, ``events``.
    """
    rows = slim(strip, "label", "ds", "state", "events")
    rows["ds"] = rows["ds"].dt.strftime("%Y-%m-%d")
    legend = alt.Legend(title=None, orient="bottom", columns=2, symbolStrokeWidth=0)
    names = alt.Axis(title=None, labelLimit=150, labelOverlap=False, domain=False, ticks=False)
    mark = alt.Chart(rows).mark_point(filled=True, opacity=1.0).encode(
        x=alt.X("ds:T", title=None, axis=alt.Axis(format="%-d %b")),
        y=alt.Y("label:N", sort=None, axis=names),
        color=alt.Color("state:N", scale=alt.Scale(domain=_STATES, range=_COLOURS), legend=legend),
        shape=alt.Shape("state:N", scale=alt.Scale(domain=_STATES, range=_SHAPES), legend=legend),
        size=alt.Size("state:N", scale=alt.Scale(domain=_STATES, range=[8, 90, 150, 190]), legend=None),
        tooltip=[alt.Tooltip("ds:T", format="%a %-d %b"), "label:N", "state:N", "events:N"],
    )  # fmt: skip
    return apply_theme(alt.layer(mark).properties(width="container", height=alt.Step(26)))
