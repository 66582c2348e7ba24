"""Charts of payment methods: what the same order costs, what take-up brings, ways to pay less, the trend."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.by_date import plot_two_lines
from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_levers", "plot_rate_trend", "plot_same_order", "plot_take_up"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_same_order(bars: pd.DataFrame) -> AnyChart:
    """What the same order costs by method, the dearest first, its fixed part and its rate stacked.

    ``bars``: ``label``, ``part``, ``cents``, ``same`` (both parts), ``is_usual`` (others are pale).
    """
    rows = slim(bars, "label", "part", "cents", "is_usual")
    rows["place"] = [0 if part.startswith("fixed") else 1 for part in rows["part"]]
    totals = bars.drop_duplicates("label")
    text = pd.DataFrame({"label": totals["label"], "cents": totals["same"].round(4)})
    text["shown"] = [f"{cents:.1f} cents" for cents in totals["same"]]
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=190)
    y = alt.Y("label:N", sort=totals["label"].tolist(), axis=names)
    x = alt.X("cents:Q", axis=None, scale=alt.Scale(domain=[0, 1.5 * float(totals["same"].max())]))
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=["fixed part", "rate on the amount"], range=[ACCENT, CONTEXT]),
        legend=alt.Legend(title=None, orient="top"),
    )
    tooltip = ["label:N", "part:N", alt.Tooltip("cents:Q", format=".2f")]
    bar = (
        alt.Chart(rows)
        .mark_bar(height=16)
        .encode(
            x=x,
            y=y,
            color=colour,
            order="place:Q",
            tooltip=tooltip,
            opacity=alt.condition("datum.is_usual", alt.value(1.0), alt.value(0.35)),
        )
    )
    written = alt.Chart(text).mark_text(align="left", dx=5).encode(x=x, y=y, text="shown:N")
    return apply_theme(alt.layer(bar, written).properties(width="container", height=alt.Step(26)))


def plot_take_up(
    curve: pd.DataFrame, take_up: float, with_discount: str, reach: float | None = None
) -> AnyChart:
    """What is saved a year by the share that switches: without a discount, and with the one asked about.

    ``curve``: ``take_up`` (0-1), ``net`` with ``low`` and ``high``, ``free`` (dollars). ``with_discount``:
    its words, empty where none is asked about. Rules stand at ``take_up`` and at ``reach``, the share of
    those who keep the other method on file (null where no table says).
    """
    rows = slim(curve, "take_up", "net", "low", "high", "free")
    x = alt.X("take_up:Q", axis=alt.Axis(format="%", title="share of the payments that switches"))
    money = alt.Axis(format="$,.0f", title=None)
    base = alt.Chart(rows).encode(x=x)
    tooltip = [
        alt.Tooltip("take_up:Q", format=".1%", title="switch"),
        alt.Tooltip("net:Q", format="$,.0f", title="saved, discounts taken off"),
        alt.Tooltip("free:Q", format="$,.0f", title="saved without a discount"),
    ]
    main = WORSE if with_discount else ACCENT
    layers = [
        alt.Chart(rows).mark_rule(color=CONTEXT).encode(y=alt.datum(0.0)),
        *_mark_shares(take_up, reach),
        base.mark_area(color=main, opacity=BAND_OPACITY).encode(alt.Y("low:Q", axis=money), alt.Y2("high:Q")),
        base.mark_line(color=main).encode(y="net:Q", tooltip=tooltip),
    ]
    said = [("net", with_discount or "without a discount", main)]
    if with_discount:
        layers.append(base.mark_line(color=ACCENT).encode(y="free:Q", tooltip=tooltip))
        said.append(("free", "without a discount", ACCENT))
    last = base.transform_filter(alt.datum.take_up == float(rows["take_up"].max()))
    layers += [
        last.mark_text(align="right", dy=14 if name == "net" and with_discount else -9, color=colour).encode(
            y=f"{name}:Q", text=alt.value(words)
        )
        for name, words, colour in said
    ]
    return apply_theme(alt.layer(*layers).properties(width="container", height=260))


def _mark_shares(take_up: float, reach: float | None) -> list[alt.Chart]:
    marked = [(take_up, f"asked about: {100 * take_up:.3g} %")]
    if reach is not None and reach < take_up:
        marked.append((reach, f"on file: {100 * reach:.2g} %"))
    shares = pd.DataFrame(marked, columns=["at", "said"])
    base = alt.Chart(shares).encode(x="at:Q")
    rules = base.mark_rule(color=CONTEXT, strokeDash=[4, 3])
    texts = [
        alt.Chart(shares.iloc[[place]]).mark_text(align="left", dx=4).encode(
            x="at:Q", y=alt.value(8 + 16 * place), text="said:N"
        )
        for place in range(len(shares))
    ]  # fmt: skip
    return [rules, *texts]


def plot_levers(levers: pd.DataFrame) -> AnyChart:
    """What each way would save a year with its interval; ``levers``: ``lever``, ``saving`` with its ends,
    ``kind``; losses in the colour of what is worse."""
    rows = slim(levers, "lever", "saving", "saving_low", "saving_high", "kind")
    rows["side"] = ["saves" if value >= 0 else "costs" for value in rows["saving"]]
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=230)
    base = alt.Chart(rows).encode(y=alt.Y("lever:N", sort=None, axis=names))
    axis = alt.Axis(format="$,.0f", title="US dollars a year")
    colour = alt.Color(
        "side:N", scale=alt.Scale(domain=["saves", "costs"], range=[ACCENT, WORSE]), legend=None
    )
    tooltip = [
        "lever:N",
        *(alt.Tooltip(f"{name}:Q", format="$,.0f") for name in ("saving", "saving_low", "saving_high")),
    ]
    chart = alt.layer(
        alt.Chart(rows).mark_rule(color=CONTEXT).encode(x=alt.datum(0.0)),
        base.mark_bar(height=14, opacity=0.55).encode(
            x=alt.X("saving:Q", axis=axis), color=colour, tooltip=tooltip
        ),
        base.mark_rule(color=CONTEXT, strokeWidth=2).encode(x="saving_low:Q", x2="saving_high:Q"),
        base.mark_point(size=60).encode(x="saving:Q", color=colour, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def plot_rate_trend(trend: pd.DataFrame) -> AnyChart:
    """The fee rate by month, and what today's payments would have cost at that month's schedules.

    ``trend``: ``period``, ``percent``, ``same_percent``.
    """
    words = {"percent": "as it was", "same_percent": "today's payments"}
    chart = plot_two_lines(trend, "period", words, "%b %Y", ".3f")
    return apply_theme(alt.layer(chart).properties(width="container", height=240))
