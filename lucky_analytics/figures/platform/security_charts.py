"""Charts of the page on security: whose limits were passed, and days far from the usual."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_odd_days", "plot_rules"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_rules(rows: pd.DataFrame) -> AnyChart:
    """How often each rule's limit was passed, delivery accounts apart.

    ``rows``: ``rule_name``, ``who`` ("delivery accounts" or "everyone else"), ``hits``.
    """
    drawn = slim(rows, "rule_name", "who", "hits")
    order = rows.groupby("rule_name")["hits"].sum().sort_values(ascending=False, kind="stable").index.tolist()
    scale = alt.Scale(domain=["delivery accounts", "everyone else"], range=[CONTEXT, ACCENT])
    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=230)
    chart = alt.Chart(drawn).mark_bar(height=16).encode(
        x=alt.X("hits:Q", title="times the limit was passed", axis=alt.Axis(format="~s", tickCount=4)),
        y=alt.Y("rule_name:N", sort=order, axis=axis),
        color=alt.Color("who:N", scale=scale, legend=alt.Legend(title=None, orient="top", columns=1)),
        tooltip=["rule_name:N", "who:N", alt.Tooltip("hits:Q", format=",.0f")],
    )  # fmt: skip
    return apply_theme(alt.layer(chart).properties(width="container", height=alt.Step(26)))


def plot_odd_days(rows: pd.DataFrame) -> AnyChart:
    """Each series by day, shaded what 95 of 100 days lie in, alarms marked.

    ``rows``: ``name``, ``ds``, ``y``, ``low``, ``high``, ``is_alarm``.
    """
    drawn = slim(rows, "name", "ds", "y", "low", "high", "is_alarm")
    drawn["ds"] = pd.to_datetime(drawn["ds"]).dt.strftime("%Y-%m-%d")
    drawn["alarm"] = drawn["y"].where(drawn["is_alarm"].astype(bool))
    x = alt.X("ds:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=4))
    axis = alt.Axis(format="~s", title=None, tickCount=4)
    base = alt.Chart().encode(x=x)
    tooltip = ["name:N", alt.Tooltip("ds:T", format="%-d %b %Y"), alt.Tooltip("y:Q", format=",.0f")]
    chart = alt.layer(
        base.mark_area(color=CONTEXT, opacity=BAND_OPACITY).encode(y=alt.Y("low:Q", axis=axis), y2="high:Q"),
        base.mark_line(color=ACCENT, strokeWidth=1.5).encode(y="y:Q", tooltip=tooltip),
        base.mark_point(color=WORSE, filled=True, size=70).encode(y="alarm:Q", tooltip=tooltip),
        data=drawn,
    ).properties(width=290, height=120)
    order = rows["name"].drop_duplicates().tolist()
    panels = alt.Facet("name:N", sort=order, title=None, header=alt.Header(labelLimit=270))
    return apply_theme(chart.facet(panels, columns=2).resolve_scale(y="independent"))
