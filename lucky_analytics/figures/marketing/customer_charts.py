"""Charts of customers as systems know them: price bands, overlapping groups, registrations, first orders."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, WORSE, apply_theme

__all__ = ["plot_bands", "plot_first_orders", "plot_overlap", "plot_registrations"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_bands(bands: pd.DataFrame, least: float) -> AnyChart:
    """Each band's mean against everybody's, with its interval; dashed: a difference of ``least`` (0 to 1).

    ``bands``: ``reading`` and ``band`` (in order), ``against``, ``against_low``, ``against_high`` (1 is as
    all), ``n``.
    """
    shown = bands.assign(label=bands["reading"] + ": " + bands["band"])
    order = shown["label"].tolist()
    base = alt.Chart(shown).encode(y=alt.Y("label:N", sort=order, axis=_names(260)))
    lines = pd.DataFrame({"against": [1 / (1 + least), 1.0, 1 + least], "kind": ["least", "all", "least"]})
    axis = alt.Axis(format="%", title="against all customers with a band")
    scale = alt.Scale(zero=False, nice=True, padding=10)
    tooltip = [
        "reading:N",
        "band:N",
        *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("against", "against_low", "against_high")),
        alt.Tooltip("n:Q", format=","),
    ]
    rules = alt.Chart(lines)
    chart = alt.layer(
        rules.transform_filter("datum.kind == 'least'")
        .mark_rule(color=CONTEXT, strokeDash=[4, 3])
        .encode(x=alt.X("against:Q", scale=scale, axis=axis)),
        rules.transform_filter("datum.kind == 'all'").mark_rule(color=CONTEXT).encode(x="against:Q"),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("against_low:Q", scale=scale, axis=axis), x2="against_high:Q"
        ),
        base.mark_point(color=ACCENT, size=60).encode(x=alt.X("against:Q", scale=scale), tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(22)))


def plot_overlap(cells: pd.DataFrame) -> AnyChart:
    """How groups overlap: ``down`` in rows, ``across`` in columns (both in order).

    ``n`` is a number in its cell, ``share`` of the row its colour.
    """
    shown = cells.assign(label=[f"{n:,}" if n < 10_000 else f"{n / 1000:.1f}K" for n in cells["n"]])
    rows, columns = (shown[name].drop_duplicates().tolist() for name in ("down", "across"))
    heads = alt.Axis(orient="top", labelAngle=-90, title=None, domain=False, ticks=False, labelLimit=180)
    base = alt.Chart(shown).encode(
        x=alt.X("across:N", sort=columns, axis=heads), y=alt.Y("down:N", sort=rows, axis=_names(130))
    )
    strength = alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.04, 0.75]), legend=None)
    tooltip = [
        alt.Tooltip("down:N", title="group"),
        alt.Tooltip("across:N", title="and"),
        alt.Tooltip("n:Q", title="customers", format=","),
        alt.Tooltip("share:Q", title="of the group", format=".1%"),
    ]
    chart = alt.layer(
        base.mark_rect(color=ACCENT).encode(opacity=strength, tooltip=tooltip),
        base.mark_text().encode(text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_registrations(months: pd.DataFrame) -> AnyChart:
    """People who registered a day by month, and of them those who never ordered (orange).

    ``months``: ``month`` (named, in order), ``a_day``, ``never_share``.
    """
    order = months["month"].tolist()
    shown = months.assign(
        never=months["a_day"] * months["never_share"],
        label=[
            f"{day:,.0f}, {100 * share:.0f} % never"
            for day, share in zip(months["a_day"], months["never_share"], strict=True)
        ],
    )
    base = alt.Chart(shown).encode(y=alt.Y("month:N", sort=order, axis=_names(90)))
    # Room for the words behind the longest bar, on a phone too.
    most = 1.6 * float(shown["a_day"].max())
    axis = alt.Axis(format="~s", labelExpr=THOUSANDS, title="people a day")
    x = alt.X("a_day:Q", axis=axis, scale=alt.Scale(domain=[0, most]))
    chart = alt.layer(
        base.mark_bar(color=CONTEXT, opacity=0.6).encode(x=x),
        base.mark_bar(color=WORSE, opacity=0.75).encode(x="never:Q"),
        base.mark_text(align="left", dx=6).encode(x=x, text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_first_orders(months: pd.DataFrame, overall: float | None) -> AnyChart:
    """Share with a first order within 30 days of registering, by month, with its interval.

    ``months``: ``month`` (named, in order), ``within_30``, ``within_30_low``, ``within_30_high``, ``n``.
    """
    known = months[months["within_30"].notna()]
    base = alt.Chart(known).encode(y=alt.Y("month:N", sort=known["month"].tolist(), axis=_names(90)))
    axis = alt.Axis(format="%", title="ordered within 30 days of registering")
    scale = alt.Scale(zero=False, nice=True)
    tooltip = [
        "month:N",
        *(alt.Tooltip(f"within_30{end}:Q", format=".1%") for end in ("", "_low", "_high")),
        alt.Tooltip("n:Q", format=","),
    ]
    line = alt.Chart(pd.DataFrame({"within_30": [] if overall is None else [overall]}))
    chart = alt.layer(
        line.mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x="within_30:Q"),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("within_30_low:Q", axis=axis, scale=scale), x2="within_30_high:Q"
        ),
        base.mark_point(color=ACCENT, size=60).encode(
            x=alt.X("within_30:Q", axis=axis, scale=scale), tooltip=tooltip
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def _names(limit: int) -> alt.Axis:
    """An axis of names: no line, no ticks, no title."""
    return alt.Axis(domain=False, ticks=False, title=None, labelLimit=limit)
