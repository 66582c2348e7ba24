"""Charts of how good forecasts are: by store, category, lead and week, drift, predicted against actual."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import (
    ACCENT,
    BETTER,
    CONTEXT,
    SIGNED,
    THOUSANDS,
    WORSE,
    apply_theme,
    panel_columns,
    slim,
)
from lucky_analytics.formats import format_change

__all__ = [
    "plot_bias_map",
    "plot_drift",
    "plot_error_map",
    "plot_leads",
    "plot_panels",
    "plot_store_errors",
    "plot_weeks",
]

AnyChart = alt.LayerChart | alt.FacetChart
_KINDS = alt.Scale(domain=["forecast", "same weekday"], range=[ACCENT, CONTEXT])


def plot_store_errors(stores: pd.DataFrame, limit: float) -> AnyChart:
    """Error by store with its interval; the tick is the naive forecast's error; best store first.

    ``stores``: ``store_name`` (in order), ``value``, ``low``, ``high``, ``naive``. ``limit``: alert line.
    """
    rows = slim(stores, "store_name", "value", "low", "high", "naive")
    base = alt.Chart(rows).encode(y=alt.Y("store_name:N", sort=stores["store_name"].tolist(), axis=_names()))
    axis = alt.Axis(format="%", title="error as a share of what was used")
    tooltip = [
        "store_name:N",
        *(alt.Tooltip(f"{c}:Q", format=".1%") for c in ("value", "low", "high", "naive")),
    ]
    line = alt.Chart(pd.DataFrame({"value": [limit], "label": [f"alert: {100 * limit:g} %"]}))
    chart = alt.layer(
        line.mark_rule(color=WORSE, strokeDash=[4, 3]).encode(x="value:Q"),
        line.mark_text(align="left", dx=4, baseline="top").encode(
            x="value:Q", y=alt.value(0), text="label:N"
        ),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("low:Q", axis=axis, scale=alt.Scale(zero=True)), x2="high:Q"
        ),
        base.mark_point(color=ACCENT, size=80).encode(x="value:Q", tooltip=tooltip),
        base.mark_tick(color=CONTEXT, thickness=3, size=16).encode(x="naive:Q", tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


# All names stand, upright where a phone's columns are too narrow for them.
_IS_NARROW = "width < 480"
_HEADS = alt.Axis(
    orient="top",
    labelAngle=alt.ExprRef(f"{_IS_NARROW} ? -90 : 0"),
    labelAlign=alt.ExprRef(f"{_IS_NARROW} ? 'left' : 'center'"),
    labelBaseline=alt.ExprRef(f"{_IS_NARROW} ? 'middle' : 'bottom'"),
    labelLimit=90,
    labelOverlap=False,
    title=None,
    domain=False,
    ticks=False,
)


def plot_bias_map(cells: pd.DataFrame) -> AnyChart:
    """Bias by store (row) and category (column) in percent: orange predicts too much, blue too little.

    ``cells``: ``store_name`` (in order), ``category``, ``bias``, ``wape``, ``n``.
    """
    shown = slim(cells, "store_name", "category", "bias", "wape", "n")
    shown = shown.assign(
        label=[format_change(bias).removesuffix(" %") for bias in cells["bias"]],
        size=cells["bias"].abs().clip(upper=0.3),
        side=["too much" if bias > 0 else "too little" for bias in cells["bias"]],
    )
    x = alt.X(
        "category:N",
        axis=_HEADS,
    )
    y = alt.Y("store_name:N", sort=cells["store_name"].drop_duplicates().tolist(), axis=_names(110))
    base = alt.Chart(shown).encode(x=x, y=y)
    colour = alt.Color(
        "side:N", scale=alt.Scale(domain=["too much", "too little"], range=[WORSE, BETTER]), legend=None
    )
    strength = alt.Opacity("size:Q", scale=alt.Scale(domain=[0, 0.3], range=[0.03, 0.8]), legend=None)
    tooltip = [
        "store_name:N",
        "category:N",
        *(alt.Tooltip(f"{c}:Q", format=".1%") for c in ("bias", "wape")),
        alt.Tooltip("n:Q", format=","),
    ]
    chart = alt.layer(
        base.mark_rect().encode(color=colour, opacity=strength, tooltip=tooltip),
        base.mark_text(fontSize=11).encode(text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_error_map(cells: pd.DataFrame, limit: float) -> AnyChart:
    """MAPE by store (row) and category (column) in percent; orange beyond ``limit``, darker is worse.

    ``cells``: ``store_name`` (in order), ``category``, ``mape``, ``wape``, ``n``.
    """
    shown = slim(cells, "store_name", "category", "mape", "wape", "n").dropna(subset="mape")
    shown = shown.assign(label=[f"{100 * mape:.0f}" for mape in shown["mape"]], is_over=shown["mape"] > limit)
    x = alt.X(
        "category:N",
        axis=_HEADS,
    )
    y = alt.Y("store_name:N", sort=cells["store_name"].drop_duplicates().tolist(), axis=_names(110))
    base = alt.Chart(shown).encode(x=x, y=y)
    strength = alt.Opacity(
        "mape:Q", scale=alt.Scale(domain=[0, 2 * limit], range=[0.03, 0.8], clamp=True), legend=None
    )
    tooltip = [
        *("store_name:N", "category:N"),
        *(alt.Tooltip(f"{c}:Q", format=".1%") for c in ("mape", "wape")),
        alt.Tooltip("n:Q", format=","),
    ]
    chart = alt.layer(
        base.mark_rect().encode(
            color=alt.condition("datum.is_over", alt.value(WORSE), alt.value(ACCENT)),
            opacity=strength,
            tooltip=tooltip,
        ),
        base.mark_text(fontSize=11).encode(text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_leads(leads: pd.DataFrame) -> AnyChart:
    """Error by days of lead, forecast against naive. ``leads``: ``lead_days``, ``prediction``, ``wape``."""
    x = alt.X("lead_days:Q", axis=alt.Axis(title="days between forecast and demand", tickMinStep=1))
    y = alt.Y("wape:Q", axis=alt.Axis(format="%", title="error"), scale=alt.Scale(zero=True))
    return apply_theme(_two_lines(leads, x, y, "lead_days").properties(width="container", height=230))


def plot_weeks(weeks: pd.DataFrame) -> AnyChart:
    """Error by week, forecast against naive. ``weeks``: ``week``, ``prediction``, ``wape``."""
    x = alt.X("week:T", axis=alt.Axis(format="%-d %b", title=None))
    y = alt.Y("wape:Q", axis=alt.Axis(format="%", title="error"), scale=alt.Scale(zero=True))
    return apply_theme(_two_lines(weeks, x, y, "week").properties(width="container", height=230))


def plot_drift(days: pd.DataFrame, since: pd.Timestamp | None, reference_end: pd.Timestamp) -> AnyChart:
    """Bias by day against the usual one: reference in grey, later days in colour, start of the drift marked.

    ``days``: ``demand_date``, ``ratio`` (0.1: ten percent more than usual).
    """
    shown = days.assign(
        part=["reference" if day < reference_end else "watched" for day in days["demand_date"]]
    )
    x = alt.X("demand_date:T", axis=alt.Axis(format="%-d %b", title=None))
    y = alt.Y(
        "ratio:Q", axis=alt.Axis(format="+%", labelExpr=SIGNED, title="forecast above use, against usual")
    )
    colour = alt.Color(
        "part:N", scale=alt.Scale(domain=["reference", "watched"], range=[CONTEXT, ACCENT]), legend=None
    )
    tooltip = [alt.Tooltip("demand_date:T", format="%-d %b %Y"), alt.Tooltip("ratio:Q", format="+.1%")]
    layers = [
        alt.Chart(pd.DataFrame({"ratio": [0.0]})).mark_rule(color=CONTEXT).encode(y="ratio:Q"),
        alt.Chart(shown).mark_point(size=30).encode(x=x, y=y, color=colour, tooltip=tooltip),
    ]
    if since is not None:
        mark = alt.Chart(pd.DataFrame({"demand_date": [since], "label": [f"since {since:%-d %b}"]}))
        layers.append(mark.mark_rule(color=WORSE, strokeDash=[4, 3]).encode(x="demand_date:T"))
        layers.append(
            mark.mark_text(align="right", dx=-4, baseline="top").encode(
                x="demand_date:T", y=alt.value(0), text="label:N"
            )
        )
    return apply_theme(alt.layer(*layers).properties(width="container", height=240))


def plot_panels(panels: pd.DataFrame) -> AnyChart:
    """Predicted (colour) against actual (grey) by day, one panel a store on one scale.

    ``panels``: ``store_name``, ``demand_date``, ``kind``, ``amount``.
    """
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=["actual", "predicted"], range=[CONTEXT, ACCENT]), legend=None
    )
    axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, title=None, tickCount=3)
    # One row a day holds both lines: half of the page's weight.
    wide = panels.pivot(index=["store_name", "demand_date"], columns="kind", values="amount").reset_index()
    panel = (
        alt.Chart(slim(wide, "store_name", "demand_date", "actual", "predicted"))
        .transform_fold(["actual", "predicted"], as_=["kind", "amount"])
        .mark_line(strokeWidth=1.5)
        .encode(
            x=alt.X("demand_date:T", axis=alt.Axis(format="%b", title=None, tickCount=2)),
            y=alt.Y("amount:Q", axis=axis, scale=alt.Scale(zero=True)),
            color=colour,
        )
        .properties(width=150, height=100)
    )
    order = panels.groupby("store_name")["amount"].sum().sort_values(ascending=False).index.tolist()
    facet = alt.Facet("store_name:N", sort=order, header=alt.Header(labelLimit=170))
    return apply_theme(panel.facet(facet, columns=panel_columns(len(order))))


def _two_lines(rows: pd.DataFrame, x: alt.X, y: alt.Y, key: str) -> AnyChart:
    rows = slim(rows, key, "prediction", "wape")
    base = alt.Chart(rows).encode(x=x, y=y, color=alt.Color("prediction:N", scale=_KINDS, legend=None))
    # Names stand at the end at which the lines are further apart.
    ends = rows.pivot(index=key, columns="prediction", values="wape").iloc[[0, -1]]
    gaps = (ends.max(axis=1) - ends.min(axis=1)).to_numpy()
    at_start = bool(gaps[0] > gaps[-1])
    named = rows[rows[key] == (rows[key].min() if at_start else rows[key].max())]
    labels = alt.Chart(named).encode(x=x, y=y, color=alt.Color("prediction:N", scale=_KINDS, legend=None))
    tooltip = ["prediction:N", alt.Tooltip("wape:Q", format=".1%")]
    return alt.layer(
        base.mark_line(point=True).encode(tooltip=tooltip),
        labels.mark_text(align="left" if at_start else "right", dy=-10).encode(text="prediction:N"),
    )


def _names(limit: int = 150) -> alt.Axis:
    """An axis of names: no line, no ticks, no title."""
    return alt.Axis(domain=False, ticks=False, title=None, labelLimit=limit)
