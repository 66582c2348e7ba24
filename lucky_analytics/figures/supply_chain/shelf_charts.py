"""Charts of batches: what will expire by store and day, whether chances came as told, hours open."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_calibration", "plot_evenings", "plot_expiring", "plot_hours"]

AnyChart = alt.LayerChart | alt.FacetChart


def _names() -> alt.Axis:
    return alt.Axis(title=None, labelLimit=130)


def plot_expiring(rows: pd.DataFrame) -> AnyChart:
    """Dollars expected to expire by store, stacked by their last day, the next one darkest.

    ``rows``: ``store_name`` (in order), ``use_by``, ``ahead`` (days), ``dollars``.
    """
    shown = slim(rows, "store_name", "use_by", "ahead", "dollars")
    order = rows["store_name"].drop_duplicates().tolist()
    days = rows.sort_values("ahead")["use_by"].drop_duplicates().tolist()
    shades = [WORSE, "#c99a2e", ACCENT, CONTEXT]
    colours = [shades[min(k, 3)] for k in range(len(days))]
    axis = alt.Axis(title="dollars expected to expire", format="$,.0f")
    chart = alt.layer(
        alt.Chart(shown)
        .mark_bar(height=16)
        .encode(
            y=alt.Y("store_name:N", sort=order, axis=_names()),
            x=alt.X("dollars:Q", axis=axis),
            order="ahead:Q",
            color=alt.Color(
                "use_by:N",
                scale=alt.Scale(domain=days, range=colours),
                legend=alt.Legend(title="last day", orient="top", columns=2, symbolSize=80),
            ),
            tooltip=["store_name:N", "use_by:N", alt.Tooltip("dollars:Q", format="$,.2f")],
        )
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_calibration(cells: pd.DataFrame) -> AnyChart:
    """Share of batches that expired against the chance told; on the line both are alike.

    ``cells``: ``told``, ``came``, ``low``, ``high``, ``n``.
    """
    shown = slim(cells, "told", "came", "low", "high", "n")
    line = alt.Chart(pd.DataFrame({"told": [0.0, 1.0], "came": [0.0, 1.0]}))
    x = alt.X("told:Q", axis=alt.Axis(title="chance told", format=".0%"), scale=alt.Scale(domain=[0, 1]))
    y = alt.Axis(title="share that expired", format=".0%")
    base = alt.Chart(shown).encode(x=x)
    tooltip = [*(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("told", "came")), "n:Q"]
    chart = alt.layer(
        line.mark_line(strokeDash=[4, 3], color=CONTEXT).encode(x=x, y=alt.Y("came:Q", axis=y)),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            y=alt.Y("low:Q", axis=y), y2="high:Q"
        ),
        base.mark_point(color=ACCENT, size=70, filled=True, opacity=1.0).encode(y="came:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=260))


def plot_evenings(rows: pd.DataFrame) -> AnyChart:
    """Dollars expected to expire on evenings gone by, and what did. ``rows``: ``date``, ``kind``,
    ``dollars``."""
    shown = slim(rows, "date", "kind", "dollars")
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=["expected", "came"], range=[ACCENT, CONTEXT]),
        legend=alt.Legend(title=None, orient="top"),
    )
    base = alt.Chart(shown).encode(
        x=alt.X("date:T", axis=alt.Axis(title="evening", format="%-d %b", labelAngle=0)),
        y=alt.Y("dollars:Q", axis=alt.Axis(title="dollars", format="$,.0f"), scale=alt.Scale(zero=True)),
        color=colour,
    )
    tooltip = [alt.Tooltip("date:T", format="%-d %b %Y"), "kind:N", alt.Tooltip("dollars:Q", format="$,.0f")]
    chart = alt.layer(base.mark_line(), base.mark_point(size=30, filled=True).encode(tooltip=tooltip))
    return apply_theme(chart.properties(width="container", height=230))


def plot_hours(hours: pd.DataFrame, limit: float, most: int = 15) -> AnyChart:
    """Hours that containers stand open by good: as a rule (point) and 95 of 100 (bar); the label rule dashed
    where it is near.

    ``hours``: ``goods_name`` in order, ``median``, ``most``, ``n``; the first ``most`` are drawn.
    """
    rows = slim(hours.head(most), "goods_name", "median", "most", "n").rename(columns={"most": "longest"})
    base = alt.Chart(rows).encode(y=alt.Y("goods_name:N", sort=None, axis=_names()))
    axis = alt.Axis(title="hours open", format=".0f")
    tooltip = ["goods_name:N", *(alt.Tooltip(f"{name}:Q", format=".1f") for name in ("median", "longest"))]
    layers: list[alt.Chart] = [
        base.mark_bar(height=10, color=ACCENT, opacity=BAND_OPACITY + 0.1).encode(
            x=alt.X("longest:Q", axis=axis), tooltip=tooltip
        ),
        base.mark_point(color=ACCENT, size=60, filled=True, opacity=1.0).encode(
            x="median:Q", tooltip=tooltip
        ),
    ]
    if len(rows) and limit <= 1.5 * float(rows["longest"].max()):
        mark = alt.Chart(pd.DataFrame({"at": [limit]}))
        layers.append(mark.mark_rule(strokeDash=[4, 3], color=WORSE).encode(x="at:Q"))
    return apply_theme(alt.layer(*layers).properties(width="container", height=alt.Step(22)))
