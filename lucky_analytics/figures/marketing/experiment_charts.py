"""Charts of experiments: differences with intervals, each as it stood day by day, sizes of branches."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, SIGNED, WORSE, apply_theme, panel_columns, slim

__all__ = ["plot_gaps", "plot_looks", "plot_ratios"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_gaps(gaps: pd.DataFrame, least: float) -> AnyChart:
    """Each experiment's difference with its interval and the usual one; lines at 0 and at the ``least`` gain.

    ``gaps``: ``experiment`` (in order), ``label`` of the verdict, ``gap``, ``gap_low``, ``gap_high``,
    ``usual_low``, ``usual_high``, all in points as ``least``.
    """
    columns = ("experiment", "label", "gap", "gap_low", "gap_high", "usual_low", "usual_high")
    base = alt.Chart(slim(gaps, *columns))
    y = alt.Y("experiment:N", sort=gaps["experiment"].tolist(), axis=_names(180))
    axis = alt.Axis(format="+.0f", labelExpr=SIGNED, title="points")
    won = alt.when("substring(datum.label, 0, 3) == 'won'").then(alt.value(ACCENT))
    colour = won.when("datum.label == 'lost'").then(alt.value(WORSE)).otherwise(alt.value(CONTEXT))
    tooltip = ["experiment:N", "label:N", *(alt.Tooltip(f"{name}:Q", format="+.2f") for name in columns[2:])]
    lines = alt.Chart(pd.DataFrame({"at": [0.0, least], "dash": ["0", "least"]}))
    chart = alt.layer(
        lines.mark_rule(color=CONTEXT, strokeWidth=1.5).encode(
            x="at:Q",
            strokeDash=alt.StrokeDash("dash:N", scale=alt.Scale(range=[[1, 0], [5, 4]]), legend=None),
        ),
        base.mark_rule(strokeWidth=3, opacity=0.65).encode(
            x=alt.X("gap_low:Q", axis=axis), x2="gap_high:Q", y=y, color=colour
        ),
        base.mark_rule(strokeWidth=8, opacity=0.35, color=CONTEXT).encode(
            x="usual_low:Q", x2="usual_high:Q", y=y
        ),
        base.mark_point(size=80, filled=True, opacity=1).encode(
            x="gap:Q", y=y, color=colour, tooltip=tooltip
        ),
        base.mark_text(align="left", dx=3, dy=-12).encode(x=alt.value(0), y=y, text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(40)))


def plot_looks(looks: pd.DataFrame) -> AnyChart:
    """A panel an experiment: the difference day by day in its band, the usual interval, the first early call.

    ``looks``: ``experiment`` (in order), ``seen``, ``value``, ``low``, ``high``, ``usual_low``,
    ``usual_high``, ``call`` (null but for one day); points. Panels share one scale, cut where the first days
    reach beyond it.
    """
    columns = ("experiment", "seen", "value", "low", "high", "usual_low", "usual_high", "call")
    last = looks.groupby("experiment")[["low", "high"]].last().abs().to_numpy(float)
    limit = float(np.ceil(1.5 * last.max(initial=1.0)))
    order = looks["experiment"].drop_duplicates().tolist()
    base = alt.Chart(slim(looks, *columns))
    x = alt.X("seen:T", axis=alt.Axis(format="%b", title=None, tickCount=3))
    scale = alt.Scale(domain=[-limit, limit])
    y = alt.Y("low:Q", scale=scale, axis=alt.Axis(format="+.0f", labelExpr=SIGNED, title=None, tickCount=5))
    panel = alt.layer(
        base.mark_rule(color=CONTEXT).encode(y=alt.datum(0.0)),
        base.mark_area(color=ACCENT, opacity=0.22, clip=True).encode(x=x, y=y, y2="high:Q"),
        base.mark_line(color=CONTEXT, clip=True, strokeWidth=1).encode(x=x, y="usual_low:Q"),
        base.mark_line(color=CONTEXT, clip=True, strokeWidth=1).encode(x=x, y="usual_high:Q"),
        base.mark_line(color=ACCENT, clip=True).encode(x=x, y="value:Q"),
        base.mark_point(color=WORSE, size=70, filled=True, opacity=1, clip=True).encode(
            x=x,
            y="call:Q",
            tooltip=[
                "experiment:N",
                alt.Tooltip("seen:T", format="%d %b %Y"),
                alt.Tooltip("call:Q", format="+.1f"),
            ],
        ),
    ).properties(width=165, height=110)
    facet = alt.Facet("experiment:N", sort=order)
    return apply_theme(panel.facet(facet, columns=panel_columns(max(len(order), 1), 4)))


def plot_ratios(ratios: pd.DataFrame) -> AnyChart:
    """How far each treatment's share is off the plan, in the range of chance.

    ``ratios``: ``experiment``, ``off``, ``low``, ``high`` (points), ``ratio_label``.
    """
    base = alt.Chart(slim(ratios, "experiment", "off", "low", "high", "ratio_label"))
    y = alt.Y("experiment:N", sort=ratios["experiment"].tolist(), axis=_names(180))
    axis = alt.Axis(format="+.1f", labelExpr=SIGNED, title="points off the plan")
    colour = alt.condition("datum.ratio_label == 'broken'", alt.value(WORSE), alt.value(ACCENT))
    tooltip = ["experiment:N", alt.Tooltip("off:Q", format="+.2f")]
    chart = alt.layer(
        base.mark_rule(strokeWidth=8, opacity=0.4, color=CONTEXT).encode(
            x=alt.X("low:Q", axis=axis), x2="high:Q", y=y
        ),
        base.mark_rule(color=CONTEXT).encode(x=alt.datum(0.0)),
        base.mark_point(size=80, filled=True, opacity=1).encode(
            x="off:Q", y=y, color=colour, tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def _names(limit: int) -> alt.Axis:
    return alt.Axis(domain=False, ticks=False, title=None, labelLimit=limit)
