"""Charts of how customers stay: cohort triangle, recency, second orders, calibration, win-back."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, WORSE, apply_theme

__all__ = [
    "plot_calibration",
    "plot_claim",
    "plot_recency",
    "plot_second_orders",
    "plot_segments",
    "plot_triangle",
]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_triangle(cells: pd.DataFrame) -> AnyChart:
    """Retained share by cohort (row) and 30 days since the first order (column).

    ``cells``: ``cohort_label`` (in order), ``period``, ``retained``, ``n_complete``, ``is_immature``.
    Immature cells are outlined with dashes instead of filled, and their number is marked with ~.
    """
    order = cells["cohort_label"].drop_duplicates().tolist()
    shown = cells.assign(
        days=[f"{30 * p}+" for p in cells["period"]],
        label=[
            f"{'~' if young else ''}{100 * share:.0f}"
            for share, young in zip(cells["retained"], cells["is_immature"], strict=True)
        ],
    )
    columns = shown.sort_values("period")["days"].drop_duplicates().tolist()
    x = alt.X(
        "days:N",
        sort=columns,
        axis=alt.Axis(
            orient="top", labelAngle=0, title="days since the first order, from", domain=False, ticks=False
        ),
    )
    base = alt.Chart(shown).encode(x=x, y=alt.Y("cohort_label:N", sort=order, axis=_names()))
    tooltip = [
        alt.Tooltip("cohort_label:N", title="first order in"),
        alt.Tooltip("days:N", title="days since"),
        alt.Tooltip("retained:Q", title="ordered", format=".1%"),
        alt.Tooltip("n_complete:Q", title="customers", format=","),
    ]
    strength = alt.Opacity("retained:Q", scale=alt.Scale(domainMin=0, range=[0.05, 0.65]), legend=None)
    chart = alt.layer(
        base.transform_filter("!datum.is_immature")
        .mark_rect(color=ACCENT)
        .encode(opacity=strength, tooltip=tooltip),
        base.transform_filter("datum.is_immature")
        .mark_rect(fillOpacity=0, stroke=CONTEXT, strokeDash=[3, 3], strokeWidth=1.5)
        .encode(tooltip=tooltip),
        base.mark_text().encode(text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(32)))


def plot_recency(parts: pd.DataFrame) -> AnyChart:
    """Customers by month of their first order, split by how long they have been silent.

    ``parts``: ``cohort_label`` (in order), ``state`` ("active" or "lapsed"), ``n_customers``, ``share``.
    """
    order = parts["cohort_label"].drop_duplicates().tolist()
    base = alt.Chart(parts).encode(y=alt.Y("cohort_label:N", sort=order, axis=_names()))
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=["lapsed", "active"], range=[WORSE, CONTEXT]), legend=None
    )
    x = alt.X("n_customers:Q", axis=alt.Axis(format="~s", labelExpr=THOUSANDS, title="customers"))
    tooltip = [
        "cohort_label:N",
        "state:N",
        alt.Tooltip("n_customers:Q", format=","),
        alt.Tooltip("share:Q", format=".0%"),
    ]
    lapsed = parts[(parts["state"] == "lapsed") & (parts["n_customers"] > 0)]
    labels = lapsed.assign(label=[f"{100 * share:.0f} % silent" for share in lapsed["share"]])
    chart = alt.layer(
        base.mark_bar(opacity=0.8).encode(
            x=x, color=colour, order=alt.Order("state:N", sort="descending"), tooltip=tooltip
        ),
        alt.Chart(labels)
        .mark_text(align="left", dx=6)
        .encode(x=alt.value(0), y=alt.Y("cohort_label:N", sort=order), text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_second_orders(groups: pd.DataFrame, overall: float) -> AnyChart:
    """Share that orders again, by group with its interval, beside the share of everybody.

    ``groups``: ``label`` (in order), ``again``, ``low``, ``high``, ``n``.
    """
    names = _names(140)
    base = alt.Chart(groups).encode(y=alt.Y("label:N", sort=groups["label"].tolist(), axis=names))
    axis = alt.Axis(format="%", title="ordered again")
    scale = alt.Scale(zero=False, nice=True)
    tooltip = [
        "label:N",
        *(alt.Tooltip(f"{c}:Q", format=".1%") for c in ("again", "low", "high")),
        alt.Tooltip("n:Q", format=","),
    ]
    everybody = alt.Chart(pd.DataFrame({"again": [overall], "label": [f"all: {100 * overall:.0f} %"]}))
    chart = alt.layer(
        everybody.mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x="again:Q"),
        everybody.mark_text(align="left", dx=4, baseline="top").encode(
            x="again:Q", y=alt.value(0), text="label:N"
        ),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q"
        ),
        base.mark_point(color=ACCENT, size=70).encode(x=alt.X("again:Q", scale=scale), tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_calibration(bins: pd.DataFrame) -> AnyChart:
    """What was predicted against what came, by bin with its interval; the diagonal is perfect.

    ``bins``: ``predicted``, ``observed``, ``low``, ``high``, ``n``.
    """
    base = alt.Chart(bins)
    percent = alt.Axis(format="%", title="predicted to leave")
    unit = alt.Scale(domain=[0, 1])
    tooltip = [
        alt.Tooltip("predicted:Q", format=".1%"),
        alt.Tooltip("observed:Q", format=".1%"),
        alt.Tooltip("n:Q", format=","),
    ]
    diagonal = alt.Chart(pd.DataFrame({"x": [0, 1], "y": [0, 1]}))
    chart = alt.layer(
        diagonal.mark_line(color=CONTEXT, strokeDash=[4, 3], strokeWidth=1).encode(
            x=alt.X("x:Q", scale=unit, axis=percent), y=alt.Y("y:Q", scale=unit)
        ),
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(x="predicted:Q", y="low:Q", y2="high:Q"),
        base.mark_point(color=ACCENT, size=60).encode(
            x="predicted:Q",
            y=alt.Y("observed:Q", axis=alt.Axis(format="%", title="did not order again")),
            tooltip=tooltip,
        ),
    )
    return apply_theme(chart.properties(width="container", height=300))


def plot_segments(segments: pd.DataFrame) -> AnyChart:
    """Incremental margin a contact by segment, with its interval; the line is zero.

    ``segments``: ``segment`` (in order), ``dollars_each``, ``low_each``, ``high_each``, ``n``.
    """
    names = _names(230)
    base = alt.Chart(segments).encode(y=alt.Y("segment:N", sort=segments["segment"].tolist(), axis=names))
    money = alt.Axis(format="$.2f", title="incremental margin a contact")
    tooltip = [
        "segment:N",
        *(alt.Tooltip(f"{c}:Q", format="$.2f") for c in ("dollars_each", "low_each", "high_each")),
        alt.Tooltip("n:Q", format=","),
    ]
    zero = alt.Chart(pd.DataFrame({"dollars_each": [0.0]}))
    chart = alt.layer(
        zero.mark_rule(color=CONTEXT).encode(x="dollars_each:Q"),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low_each:Q", axis=money), x2="high_each:Q"
        ),
        base.mark_point(color=ACCENT, size=70).encode(x="dollars_each:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_claim(steps: pd.DataFrame) -> AnyChart:
    """What is left of a claim after each correction. ``steps``: ``step`` (in order), ``dollars``."""
    order = steps["step"].tolist()
    shown = steps.assign(
        is_claim=[place == 0 for place in range(len(steps))],
        label=[f"${dollars / 1e3:,.0f}K" for dollars in steps["dollars"]],
    )
    base = alt.Chart(shown).encode(y=alt.Y("step:N", sort=order, axis=_names(210)))
    colour = alt.condition("datum.is_claim", alt.value(CONTEXT), alt.value(ACCENT))
    x = alt.X("dollars:Q", axis=alt.Axis(format="$~s", labelExpr=THOUSANDS, title="a year"))
    chart = alt.layer(
        base.mark_bar(opacity=0.8, height=16).encode(x=x, color=colour),
        base.mark_text(align="left", dx=6).encode(x=x, text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def _names(limit: int = 180) -> alt.Axis:
    """An axis of names: no line, no ticks, no title."""
    return alt.Axis(domain=False, ticks=False, title=None, labelLimit=limit)
