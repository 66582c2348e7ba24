"""Charts of the next action: policies against today's rule, depths by group, what a rule gave."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, apply_theme, slim

__all__ = ["plot_at_face", "plot_depths", "plot_policies"]

AnyChart = alt.LayerChart | alt.FacetChart
_MONEY = "$,.2f"


def plot_policies(policies: pd.DataFrame, best: str) -> AnyChart:
    """Gain of each policy over today's rule (0) with its interval; ``best`` in the accent.

    ``policies``: ``policy``, ``gain``, ``gain_low``, ``gain_high``, in the order to be shown. The name stands
    above its line, so that a phone has room for it.
    """
    rows = slim(policies, "policy", "gain", "gain_low", "gain_high")
    names = policies["policy"].tolist()
    tone = alt.condition(alt.datum.policy == best, alt.value(ACCENT), alt.value(CONTEXT))
    base = alt.Chart(rows).encode(y=alt.Y("policy:N", sort=names, axis=None))
    axis = alt.Axis(format="$.0f", title="dollars a week for 100 customers, against today's rule")
    tooltip = [
        "policy:N",
        *(alt.Tooltip(f"{name}:Q", format=_MONEY) for name in ("gain", "gain_low", "gain_high")),
    ]
    zero = base.mark_tick(color=CONTEXT, thickness=1, size=14).encode(x=alt.datum(0.0))  # not through names
    chart = alt.layer(
        zero,
        base.mark_rule(strokeWidth=3).encode(x=alt.X("gain_low:Q", axis=axis), x2="gain_high:Q", color=tone),
        base.mark_point(filled=True, size=80).encode(x="gain:Q", color=tone, tooltip=tooltip),
        base.mark_text(align="left", dy=-12).encode(x=alt.value(0), text="policy:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(38)))


def plot_depths(by_depth: pd.DataFrame, n_columns: int = 2) -> AnyChart:
    """What each depth adds to nothing off, by group, each on a scale of its own.

    ``by_depth``: ``segment``, ``depth`` (0-1), ``gain`` (dollars for 100 coupons), ``gain_low``,
    ``gain_high``.
    """
    rows = slim(by_depth, "segment", "depth", "gain", "gain_low", "gain_high")
    order = by_depth["segment"].drop_duplicates().tolist()
    base = alt.Chart().encode(
        x=alt.X("depth:Q", axis=alt.Axis(format="%", title="off", values=[0, 0.25, 0.5]))
    )
    axis = alt.Axis(format="$.2~f", title=None, tickCount=4)
    tooltip = ["segment:N", alt.Tooltip("depth:Q", format=".0%"), alt.Tooltip("gain:Q", format=_MONEY)]
    layers = alt.layer(
        alt.Chart().mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(y=alt.datum(0.0)),
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(
            y=alt.Y("gain_low:Q", axis=axis), y2="gain_high:Q"
        ),
        base.mark_point(color=ACCENT, filled=True, size=50).encode(y="gain:Q", tooltip=tooltip),
        data=rows,
    ).properties(width=140, height=120)
    panels = layers.facet(alt.Facet("segment:N", sort=order, title=None), columns=n_columns)
    return apply_theme(panels.resolve_scale(y="independent"))


def plot_at_face(face: pd.DataFrame) -> AnyChart:
    """What coupons left by their depth: drawn at random (accent), and given by a rule (grey), with intervals.

    ``face``: ``depth`` (0-1), ``of``, ``value``, ``low``, ``high`` (dollars for 100 coupons).
    """
    rows = slim(face, "depth", "of", "value", "low", "high")
    tone = alt.Color(
        "of:N",
        scale=alt.Scale(domain=["drawn at random", "given by rule"], range=[ACCENT, CONTEXT]),
        legend=alt.Legend(title=None, orient="top"),
    )
    base = alt.Chart(rows).encode(
        x=alt.X("depth:Q", axis=alt.Axis(format="%", title="off the list price")), color=tone
    )
    axis = alt.Axis(format="$.0f", title=None)
    tooltip = ["of:N", alt.Tooltip("depth:Q", format=".0%"), alt.Tooltip("value:Q", format=_MONEY)]
    return apply_theme(
        alt.layer(
            base.mark_line(opacity=0.5).encode(y="value:Q"),
            base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
            base.mark_point(filled=True, size=60).encode(y="value:Q", tooltip=tooltip),
        ).properties(width="container", height=240)
    )
