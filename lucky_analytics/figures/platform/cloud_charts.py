"""Charts of the page on the cloud's bill: services, savings against what was promised, machines at work."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, WORSE, apply_theme, slim

__all__ = ["plot_machines", "plot_services", "plot_tests", "plot_unit_cost"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_services(rows: pd.DataFrame) -> AnyChart:
    """Dollars a month by service, what is bought ahead first.

    ``rows``: ``service``, ``ahead``, ``free``, ``total`` (dollars), dearest first.
    """
    drawn = rows.melt(id_vars=["service", "total"], value_vars=["ahead", "free"], value_name="dollars")
    drawn["paid"] = drawn["variable"].map({"ahead": "bought ahead", "free": "on demand"})
    order = rows["service"].tolist()
    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=160)
    x_axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, title=None, tickCount=3)
    colour = alt.Color(
        "paid:N",
        scale=alt.Scale(domain=["bought ahead", "on demand"], range=[CONTEXT, ACCENT]),
        legend=alt.Legend(title=None, orient="top"),
    )
    bars = alt.Chart(drawn).mark_bar(height=16).encode(
        y=alt.Y("service:N", sort=order, axis=axis), x=alt.X("sum(dollars):Q", axis=x_axis), color=colour,
        order=alt.Order("paid:N"),
        tooltip=["service:N", "paid:N", alt.Tooltip("dollars:Q", format="$,.0f")],
    )  # fmt: skip
    return apply_theme(alt.layer(bars).properties(width="container", height=alt.Step(26)))


def plot_tests(rows: pd.DataFrame) -> AnyChart:
    """Dollars a year: bars from least to most of what is found, a mark where documents say.

    ``rows``: ``what``, ``low``, ``high``, ``said`` (dollars).
    """
    axis = alt.Axis(title=None, domain=False, ticks=False, labelLimit=120)
    y = alt.Y("what:N", sort=None, axis=axis)
    x_axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, title=None)
    tooltip = ["what:N", *(alt.Tooltip(f"{name}:Q", format="$,.0f") for name in ("low", "high", "said"))]
    base = alt.Chart(rows).encode(y=y)
    scale = alt.Scale(domainMin=0)
    chart = alt.layer(
        base.mark_bar(color=ACCENT, height=16, opacity=0.8).encode(
            x=alt.X("low:Q", axis=x_axis, scale=scale), x2="high:Q", tooltip=tooltip
        ),
        base.mark_tick(color=WORSE, thickness=3, height=26).encode(x="said:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(38)))


def plot_machines(rows: pd.DataFrame) -> AnyChart:
    """A point for each machine: its mean against its busiest five minutes.

    ``rows``: ``name``, ``mean``, ``most`` (shares), ``state``.
    """
    drawn = slim(rows, "name", "state", "mean", "most")
    states = ["idle at every hour", "busy for a while", "at work"]
    there = [state for state in states if (rows["state"] == state).any()]
    look = dict(zip(states, (ACCENT, WORSE, CONTEXT), strict=True))
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=there, range=[look[state] for state in there]),
        legend=alt.Legend(title=None, orient="top", columns=1, labelLimit=220),
    )
    x = alt.X("mean:Q", axis=alt.Axis(format="%", title="mean of all days"))
    y = alt.Y("most:Q", axis=alt.Axis(format="%", title="busiest five minutes"))
    tooltip = ["name:N", "state:N", *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("mean", "most"))]
    points = alt.Chart(drawn).mark_point(opacity=0.7, size=36).encode(x=x, y=y, color=colour, tooltip=tooltip)
    return apply_theme(alt.layer(points).properties(width="container", height=240))


def plot_unit_cost(rows: pd.DataFrame) -> AnyChart:
    """Dollars of the cloud an order, by month. ``rows``: ``label`` in order, ``per_order``."""
    drawn = rows.assign(shown=[f"${cost:.2f}" for cost in rows["per_order"]])
    y = alt.Y("per_order:Q", axis=alt.Axis(format="$.2f", title=None), scale=alt.Scale(domainMin=0))
    base = alt.Chart(drawn).encode(
        x=alt.X("label:N", sort=None, axis=alt.Axis(title=None, labelAngle=0)), y=y
    )
    chart = alt.layer(
        base.mark_bar(color=ACCENT, size=36, opacity=0.8),
        base.mark_text(dy=-8).encode(text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=160))
