"""Charts of the data readiness page: use cases by department, and what each of them has."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.state_grid import plot_grid
from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_departments", "plot_steps"]

AnyChart = alt.LayerChart | alt.FacetChart
_MEASURES = ["ready", "in part", "blocked"]
_STATES = {"all": (ACCENT, ""), "not all": (WORSE, "✗"), "nothing to test": (CONTEXT, "–")}
_STEPS = {"there": "n_there", "filled": "n_filled", "not late": "n_new"}


def plot_departments(departments: pd.DataFrame) -> AnyChart:
    """Use cases by department (rows), stacked: ready, in part, blocked.

    ``departments``: ``department``, ``measure``, ``n``, ``names``.
    """
    rows = slim(departments[departments["n"] > 0], "department", "measure", "n", "names")
    rows["place"] = rows["measure"].map(_MEASURES.index)
    order = departments["department"].drop_duplicates().tolist()
    colour = alt.Color(
        "measure:N",
        scale=alt.Scale(domain=_MEASURES, range=[ACCENT, CONTEXT, WORSE]),
        legend=alt.Legend(title=None, orient="top"),
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("department:N", sort=order, axis=alt.Axis(title=None, domain=False, ticks=False)),
        x=alt.X("n:Q", stack="zero", title="use cases", axis=alt.Axis(tickMinStep=1, format="d")),
        order="place:O",
    )
    tooltip = [
        "department:N",
        "measure:N",
        alt.Tooltip("n:Q", title="use cases"),
        alt.Tooltip("names:N", title="which"),
    ]
    chart = alt.layer(base.mark_bar(stroke="transparent").encode(color=colour, tooltip=tooltip))
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_steps(cases: pd.DataFrame) -> AnyChart:
    """Each use case (row): are all its tables there, filled, not late, do its joins hold, is no gap known.

    ``cases``: of ``judge_cases``, in the order in which they are to stand.
    """
    rows = []
    for row in cases.to_dict("records"):
        for step, name in _STEPS.items():
            rows.append((row["name"], step, row[name], row["n_needs"]))
        rows.append((row["name"], "joined", row["n_joined"], row["n_joins"]))
        rows.append((row["name"], "no other gap", int(not row["gap"]), 1))
    found = pd.DataFrame(rows, columns=["name", "step", "n", "of"])
    found["state"] = [
        "nothing to test" if not of else "all" if n == of else "not all"
        for n, of in zip(found["n"], found["of"], strict=True)
    ]
    tooltip = [
        "name:N",
        "step:N",
        alt.Tooltip("n:Q", title="of what it needs"),
        alt.Tooltip("of:Q", title="needed"),
    ]
    return plot_grid(
        found,
        "step",
        "name",
        _STATES,
        across=[*_STEPS, "joined", "no other gap"],
        down=found["name"].drop_duplicates().tolist(),
        pale={"all": 0.25, "nothing to test": 0.15},
        step=20,
        tooltip=tooltip,
    )
