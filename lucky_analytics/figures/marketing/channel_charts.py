"""Charts of channels: customers against others alike, the mix of orders, the steps to a loyal customer."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.marketing.beside_naive import name_axis, plot_beside_naive
from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_funnel", "plot_gaps", "plot_mix"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_gaps(gaps: pd.DataFrame) -> AnyChart:
    """Each channel's difference with its interval, and the naive one in grey, about a line at nought.

    ``gaps``: ``label`` (in order), ``gap``, ``low``, ``high``, ``naive``, dollars; ``n`` customers.
    """
    title = "dollars a customer"
    return plot_beside_naive(gaps, "gap", "naive", title=title, axis="+$.2f", tooltip="+$.2f")


def plot_mix(mix: pd.DataFrame) -> AnyChart:
    """Share of each month's orders by channel: a panel each with a scale of its own from 0, largest first.

    ``mix``: ``month``, ``label``, ``share`` (a null one is no point), ``is_whole``; the number stands at the
    last whole month, or at the last where none is whole.
    """
    order = mix.groupby("label")["share"].mean().sort_values(ascending=False).index.tolist()
    whole = mix.loc[mix["is_whole"].astype(bool), "month"]
    last = (whole if len(whole) else mix["month"]).max()
    shown = mix.assign(
        text=[
            f"{100 * share:.1f} %" if month == last else ""
            for month, share in zip(mix["month"], mix["share"], strict=True)
        ]
    )
    base = alt.Chart(slim(shown, "month", "label", "share", "text"))
    x = alt.X("month:T", axis=alt.Axis(format="%b %Y", title=None, tickCount=2))
    y = alt.Y("share:Q", axis=alt.Axis(format="%", title=None, tickCount=3), scale=alt.Scale(domainMin=0))
    tooltip = ["label:N", alt.Tooltip("month:T", format="%b %Y"), alt.Tooltip("share:Q", format=".1%")]
    panel = alt.layer(
        base.mark_line(color=ACCENT, point=True).encode(x=x, y=y, tooltip=tooltip),
        base.mark_text(align="right", dy=14).encode(x=x, y=y, text="text:N"),
    )
    facet = alt.Facet("label:N", sort=order)
    chart = panel.properties(width=165, height=90).facet(facet, columns=max(len(order), 1))
    return apply_theme(chart.resolve_scale(y="independent"))


def plot_funnel(funnel: pd.DataFrame) -> AnyChart:
    """Share that makes each step, a panel a step, a row a channel.

    ``funnel``: ``label`` of the channel, ``step_label`` (both in order), ``share``, ``low``, ``high``, ``n``.
    """
    steps = funnel["step_label"].drop_duplicates().tolist()
    base = alt.Chart(slim(funnel, "step_label", "label", "share", "low", "high", "n"))
    y = alt.Y("label:N", sort=funnel["label"].drop_duplicates().tolist(), axis=name_axis(90))
    tooltip = [
        "step_label:N",
        "label:N",
        *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("share", "low", "high")),
        alt.Tooltip("n:Q", format=","),
    ]
    axis = alt.Axis(format="%", title=None)
    scale = alt.Scale(domainMin=0)
    colour = alt.condition("datum.label == 'all'", alt.value(CONTEXT), alt.value(ACCENT))
    panel = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q", y=y, color=colour
        ),
        base.mark_point(size=60).encode(x=alt.X("share:Q", scale=scale), y=y, color=colour, tooltip=tooltip),
    ).properties(width=165, height=alt.Step(22))
    return apply_theme(panel.facet(alt.Facet("step_label:N", sort=steps), columns=max(len(steps), 1)))
