"""Charts of the tenant audit: figures that move, databases by rule, what each filter lets in."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.state_grid import plot_grid
from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_cells", "plot_filters", "plot_moves"]

AnyChart = alt.LayerChart | alt.FacetChart
_KINDS = ["as published", "if nothing were left out"]
_STATES = {
    "pass": (ACCENT, ""),
    "pass, in part": (ACCENT, "½"),
    "fail": (WORSE, "✗"),
    "not tested": (CONTEXT, "–"),
}


def plot_moves(bars: pd.DataFrame) -> AnyChart:
    """By how many percent figures are off. ``bars``: ``label``, ``kind``, ``percent`` (signed)."""
    rows = slim(bars, "label", "kind", "percent")
    rows["shown"] = [_say_percent(percent) for percent in bars["percent"]]
    rows["row"] = bars["label"] + bars["kind"].map({_KINDS[0]: "", _KINDS[1]: ", unfiltered"})
    largest = float(bars["percent"].abs().max()) if len(bars) else 1.0
    low = min(0.0, float(bars["percent"].min()) if len(bars) else 0.0)
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=190)
    base = alt.Chart(rows).encode(y=alt.Y("row:N", sort=None, axis=names))
    scale = alt.Scale(domain=[low - (1.1 * largest if low < 0 else 0.0), 1.9 * largest])
    x = alt.X("percent:Q", axis=None, scale=scale)
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=_KINDS, range=[WORSE, CONTEXT]),
        legend=alt.Legend(title=None, orient="top", columns=1),
    )
    tooltip = ["label:N", "kind:N", alt.Tooltip("percent:Q", format="+.3f")]
    high, lows = alt.datum.percent >= 0, alt.datum.percent < 0
    chart = alt.layer(
        base.mark_bar(height=14).encode(x=x, color=colour, tooltip=tooltip),
        base.transform_filter(high).mark_text(align="left", dx=5).encode(x=x, text="shown:N"),
        base.transform_filter(lows).mark_text(align="right", dx=-5).encode(x=x, text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(24)))


def _say_percent(percent: float) -> str:
    """
    >>> _say_percent(-4.41), _say_percent(0.02)
    ('−4.4 %', '0.0 %')
    """
    text = f"{percent:+.1f} %".replace("-", "\N{MINUS SIGN}")
    return text if text.strip("+\N{MINUS SIGN}") != "0.0 %" else "0.0 %"


def plot_cells(cells: pd.DataFrame) -> AnyChart:
    """Databases by rule. ``cells``: ``short`` (the database), ``label`` (the rule), ``result``, ``shown``."""
    rows = slim(cells, "short", "label", "result", "shown", "n").rename(columns={"result": "state"})
    tooltip = ["short:N", "label:N", alt.Tooltip("state:N", title="result")]
    tooltip += [alt.Tooltip("n:Q", format=","), "shown:N"]
    return plot_grid(
        rows,
        "label",
        "short",
        _STATES,
        across=rows["label"].drop_duplicates().tolist(),
        down=rows["short"].drop_duplicates().tolist(),
        pale={"pass": 0.25, "pass, in part": 0.25, "not tested": 0.15},
        step=20,
        tooltip=tooltip,
    )


def plot_filters(filters: pd.DataFrame) -> AnyChart:
    """Orders of other markets, or in doubt, that each filter lets in. ``filter``, ``n_let_in``."""
    rows = slim(filters, "filter", "n_let_in")
    rows["shown"] = [f"{n:,}" for n in filters["n_let_in"]]
    rows["kind"] = ["reports" if name.startswith("As reports") else "other" for name in filters["filter"]]
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=190)
    base = alt.Chart(rows).encode(y=alt.Y("filter:N", sort=None, axis=names))
    top = float(filters["n_let_in"].max()) if len(filters) else 1.0
    x = alt.X("n_let_in:Q", axis=None, scale=alt.Scale(domain=[0, 1.6 * (top or 1.0)]))
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=["reports", "other"], range=[ACCENT, CONTEXT]), legend=None
    )
    chart = alt.layer(
        base.mark_bar(height=16).encode(
            x=x, color=colour, tooltip=["filter:N", alt.Tooltip("n_let_in:Q", format=",")]
        ),
        base.mark_text(align="left", dx=5).encode(x=x, text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))
