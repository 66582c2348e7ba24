"""Charts of the page on caches: the fleet by how full it is, savings, lives of keys, hits, one by day."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_cache", "plot_grid", "plot_hits", "plot_lives", "plot_savings"]

AnyChart = alt.LayerChart | alt.FacetChart
_STATES = {
    "too small": (WORSE, 0.9),
    "serves nobody": (CONTEXT, 0.75),
    "larger than it needs": (ACCENT, 0.4),
    "fits": (ACCENT, 0.12),
    "nothing heard of it": (WORSE, 0.25),
    "counted, not named": (CONTEXT, 0.15),
}
_PANELS: dict[str, Any] = {"title": None, "header": alt.Header(labelLimit=260)}


def plot_grid(cells: pd.DataFrame) -> AnyChart:
    """A square for each cache, fullest first, with the percent of its memory that is used.

    ``cells``: ``across``, ``row``, ``name``, ``state``, ``filled`` (0 to 1), ``label``.
    """
    there = {state: look for state, look in _STATES.items() if (cells["state"] == state).any()}
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=200)
    names, looks = list(there), list(there.values())
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=names, range=[look[0] for look in looks]), legend=legend
    )
    shades = alt.Scale(type="ordinal", domain=names, range=[look[1] for look in looks])
    opacity = alt.Opacity("state:N", scale=shades, legend=legend)
    tooltip = ["name:N", "state:N", alt.Tooltip("filled:Q", format=".1%", title="memory used")]
    x = alt.X("across:O", axis=None, scale=alt.Scale(paddingInner=0.1))
    base = alt.Chart(cells).encode(x=x, y=alt.Y("row:O", axis=None))
    chart = alt.layer(
        base.mark_rect(cornerRadius=2, height=24).encode(color=colour, opacity=opacity, tooltip=tooltip),
        base.mark_text(fontSize=11).encode(text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_savings(rows: pd.DataFrame, promised: tuple[float, float]) -> AnyChart:
    """Share of the bill that each action saves, with its range; grey behind it what is promised.

    ``rows``: ``what``, ``value``, ``low``, ``high`` (shares; below 0 it costs more).
    """
    drawn = slim(rows, "what", "value", "low", "high")
    y = alt.Y("what:N", sort=None, axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=150))
    axis = alt.Axis(format="%", title=None, tickCount=5)
    tooltip = ["what:N", *(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("value", "low", "high"))]
    base = alt.Chart(drawn).encode(y=y)
    band = alt.Chart(pd.DataFrame({"from": [promised[0]], "to": [promised[1]]}))
    chart = alt.layer(
        band.mark_rect(color=CONTEXT, opacity=BAND_OPACITY).encode(x=alt.X("from:Q", axis=axis), x2="to:Q"),
        base.mark_bar(color=ACCENT, height=16, opacity=0.8).encode(x="value:Q", tooltip=tooltip),
        base.mark_rule(color=CONTEXT, strokeWidth=2).encode(x="low:Q", x2="high:Q"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_lives(rows: pd.DataFrame) -> AnyChart:
    """Keys of the fleet by the life that is left to them.

    ``rows``: ``life`` in order, ``keys``, ``share`` (0 to 1), ``mib``.
    """
    first = str(rows["life"].iloc[0])
    drawn = rows.assign(shown=[f"{100 * share:.0f} %" for share in rows["share"]])
    y = alt.Y("life:N", sort=None, axis=alt.Axis(title=None, domain=False, ticks=False))
    x = alt.X("share:Q", axis=None, scale=alt.Scale(domain=[0, max(0.05, 1.15 * float(rows["share"].max()))]))
    colour = alt.condition(alt.datum.life == first, alt.value(ACCENT), alt.value(CONTEXT))
    tooltip = ["life:N", alt.Tooltip("keys:Q", format=",.3~s"), alt.Tooltip("mib:Q", format=",.0f")]
    base = alt.Chart(drawn).encode(y=y, x=x)
    chart = alt.layer(
        base.mark_bar(height=18).encode(color=colour, tooltip=tooltip),
        base.mark_text(align="left", dx=4).encode(text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_hits(rows: pd.DataFrame) -> AnyChart:
    """A point for each cache: what it finds of what it is asked for, by how often it is asked.

    ``rows``: ``name``, ``hits`` (0 to 1), ``asked`` (reads a second), ``label`` (empty but for the lowest).
    """
    drawn = rows.assign(asked=rows["asked"].clip(lower=1e-3))
    y = alt.Y(
        "asked:Q", scale=alt.Scale(type="log"), axis=alt.Axis(title="keys asked for a second", format="~g")
    )
    x = alt.X("hits:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", title=None))
    tooltip = ["name:N", alt.Tooltip("hits:Q", format=".1%"), alt.Tooltip("asked:Q", format=",.1f")]
    base = alt.Chart(drawn).encode(x=x, y=y)
    chart = alt.layer(
        base.mark_point(color=ACCENT, opacity=0.8, size=45).encode(tooltip=tooltip),
        base.mark_text(align="left", dx=7).encode(text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=220))


def plot_cache(rows: pd.DataFrame) -> AnyChart:
    """One cache by day. ``rows``: ``panel``, ``day``, ``value``."""
    drawn = slim(rows, "panel", "day", "value")
    drawn["day"] = pd.to_datetime(drawn["day"]).dt.strftime("%Y-%m-%d")
    x = alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=4))
    y = alt.Y("value:Q", axis=alt.Axis(format="~g", title=None), scale=alt.Scale(domainMin=0))
    tooltip = [alt.Tooltip("day:T", format="%-d %b %Y"), alt.Tooltip("value:Q", format=",.3~g")]
    line = alt.Chart().mark_line(color=ACCENT, strokeWidth=1.5).encode(x=x, y=y, tooltip=tooltip)
    chart = alt.layer(line, data=drawn).properties(width=280, height=110)
    panels = alt.Facet("panel:N", sort=rows["panel"].drop_duplicates().tolist(), **_PANELS)
    return apply_theme(chart.facet(panels, columns=2).resolve_scale(y="independent"))
