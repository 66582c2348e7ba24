"""A grid of states: things in rows, what is asked of them in columns, colour and mark saying the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import apply_theme

__all__ = ["State", "plot_grid"]

State = tuple[str, str]  # colour, and the mark in its cell; a state without a mark is what is usual
_SHOWN = 0.75


def plot_grid(
    rows: pd.DataFrame,
    x: str,
    y: str,
    states: Mapping[str, State],
    *,
    across: Sequence[str],
    down: Sequence[str],
    pale: Mapping[str, float],
    step: int,
    tooltip: Sequence[Any],
) -> alt.LayerChart | alt.FacetChart:
    """``rows``: one a cell, with ``x``, ``y`` and ``state``, a name of ``states``, which stand in the legend
    with their marks. ``across`` and ``down``: the names of columns and rows in order. ``pale``: how opaque
    the cells of some states are (0 to 1), so that what is wrong stands out. ``step``: pixels a row.

    >>> cells = pd.DataFrame({"what": ["tax"], "month": ["Jan"], "state": ["failed"]})
    >>> chart = plot_grid(cells, "month", "what", {"failed": ("#c4661f", "x")}, across=["Jan"], down=["tax"],
    ...     pale={}, step=20, tooltip=["what:N"])
    >>> len(chart.layer)
    2
    """
    rows = rows.assign(mark=rows["state"].map({name: mark for name, (_, mark) in states.items()}))
    scale = alt.Scale(domain=list(states), range=[colour for colour, _ in states.values()])
    # One legend for both: what is pale in the grid is as pale beside its name.
    legend = alt.Legend(title=None, orient="top", columns=2, labelExpr=_name_marks(states), labelLimit=200)
    opaque = alt.Scale(type="ordinal", domain=list(states), range=[pale.get(name, _SHOWN) for name in states])
    heads = alt.Axis(orient="top", labelAngle=-90, title=None, domain=False, ticks=False)
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=300)
    base = alt.Chart(rows).encode(
        x=alt.X(f"{x}:N", sort=list(across), axis=heads), y=alt.Y(f"{y}:N", sort=list(down), axis=names)
    )
    colour = alt.Color("state:N", scale=scale, legend=legend)
    opacity = alt.Opacity("state:N", scale=opaque, legend=legend)
    chart = alt.layer(
        base.mark_rect(stroke="transparent", cornerRadius=2).encode(
            color=colour, opacity=opacity, tooltip=list(tooltip)
        ),
        base.mark_text().encode(text="mark:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(step)))


def _name_marks(states: Mapping[str, State]) -> str:
    """A Vega expression: the name of a state in the legend, with its mark where it has one."""
    text = "datum.label"
    for name, (_, mark) in states.items():
        if mark:
            text = f"datum.label == '{name}' ? '{name} ({mark})' : {text}"
    return text
