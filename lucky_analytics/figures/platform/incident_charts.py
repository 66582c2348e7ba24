"""Charts of incidents: how long each kind takes, and how often words tell the kind."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_reading", "plot_times"]

AnyChart = alt.LayerChart | alt.FacetChart
_NAMES = alt.Axis(title=None, labelLimit=190, domain=False, ticks=False)


def plot_times(times: pd.DataFrame) -> AnyChart:
    """Hours until half of each kind are solved with their interval, on a scale of times; an interval without
    an upper end runs to the end of the picture. Kinds that are called slower in colour.

    ``times``: ``label``, ``n``, ``hours``, ``low``, ``high``, ``verdict``; rows without hours are left out.
    """
    rows = slim(times[times["hours"].notna()], "label", "n", "hours", "low", "high", "verdict")
    ends = rows[["hours", "low", "high"]].max().max()
    rows["low"] = rows["low"].fillna(rows["hours"]).clip(lower=0.05)
    rows["hours"] = rows["hours"].clip(lower=0.05)
    rows["to"] = rows["high"].fillna(2 * ends if len(rows) else 1.0).clip(lower=0.05)
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=None, axis=_NAMES))
    colour = alt.condition("datum.verdict == 'slower'", alt.value(WORSE), alt.value(ACCENT))
    x = alt.X("low:Q", scale=alt.Scale(type="log"), axis=alt.Axis(title="hours", format="~g", tickCount=5))
    titles = {"hours": "hours", "low": "from", "high": "to"}
    tooltip = ["label:N", alt.Tooltip("n:Q", title="incidents")]
    tooltip += [alt.Tooltip(f"{name}:Q", format=".1f", title=said) for name, said in titles.items()]
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.5).encode(x=x, x2="to:Q", color=colour),
        base.mark_point(size=80, opacity=1.0).encode(x="hours:Q", color=colour, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_reading(by_kind: pd.DataFrame, naive: float | None) -> AnyChart:
    """Share of the texts of each kind that were put under it, with its interval; the line: naming the
    commonest kind always.

    ``by_kind``: ``kind``, ``n``, ``right``, ``low``, ``high``; kinds without a text are left out.
    """
    base = alt.Chart(slim(by_kind[by_kind["n"] > 0], "kind", "n", "right", "low", "high")).encode(
        y=alt.Y("kind:N", sort=None, axis=_NAMES)
    )
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(title=None, format=".0%", tickCount=5))
    tooltip = ["kind:N", *(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("right", "low", "high")),
               alt.Tooltip("n:Q", title="texts")]  # fmt: skip
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.5, color=ACCENT).encode(x=x, x2="high:Q"),
        base.mark_point(size=80, opacity=1.0, color=ACCENT).encode(x="right:Q", tooltip=tooltip),
    ]
    if naive is not None:
        line = alt.Chart(pd.DataFrame({"at": [naive]})).mark_rule(strokeDash=[4, 3], color=CONTEXT)
        layers.insert(0, line.encode(x="at:Q"))
    return apply_theme(alt.layer(*layers).properties(width="container", height=alt.Step(30)))
