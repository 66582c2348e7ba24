"""Charts of the page on waits: one more barista by model, half-hours, models against what was seen."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, BAND_OPACITY, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_cells", "plot_chain", "plot_fifths", "plot_gains", "plot_models", "plot_rules"]

AnyChart = alt.LayerChart | alt.FacetChart
_LEGEND = alt.Legend(title=None, orient="top", columns=2)
_NAMES = alt.Axis(title=None, labelLimit=140, domain=False, ticks=False)
_COLOURS = (ACCENT, WORSE, CONTEXT, "#2a9d6f")


def plot_gains(
    gains: pd.DataFrame, models: Sequence[str], shifts: tuple[float | None, float | None]
) -> AnyChart:
    """What one more barista takes off in each store's busiest half-hour, a point with its interval for each
    model; the band is what worked shifts show.

    ``gains``: ``store``, ``model``, ``gain``, ``low``, ``high`` (seconds an order); ``shifts``: the ends of
    the band, null where there are no rosters.
    """
    rows = slim(gains, "store", "model", "gain", "low", "high", "from")
    order = list(dict.fromkeys(rows["store"]))
    y = alt.Y("store:N", sort=order, axis=_NAMES)
    offset = alt.YOffset("model:N", sort=list(models))
    colour = alt.Color(
        "model:N",
        sort=list(models),
        legend=_LEGEND,
        scale=alt.Scale(domain=list(models), range=list(_COLOURS)),
    )
    x = alt.Axis(title="seconds an order; right of 0 is shorter", tickCount=6)
    tooltip = ["store:N", "from:N", "model:N",
               *(alt.Tooltip(f"{name}:Q", format=".1f") for name in ("gain", "low", "high"))]  # fmt: skip
    base = alt.Chart(rows).encode(y=y, yOffset=offset, color=colour)
    layers: list[alt.Chart] = []
    if shifts[0] is not None and shifts[1] is not None:
        band = pd.DataFrame({"low": [shifts[0]], "high": [shifts[1]]})
        layers.append(
            alt.Chart(band)
            .mark_rect(color=CONTEXT, opacity=2 * BAND_OPACITY)
            .encode(x=alt.X("low:Q", axis=x), x2="high:Q")
        )
    layers += [
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=2, opacity=0.7)
        .encode(x=alt.X("low:Q", axis=x), x2="high:Q"),
        base.mark_point(size=36, opacity=1.0, filled=True).encode(x="gain:Q", tooltip=tooltip),
    ]
    return apply_theme(alt.layer(*layers).properties(width="container", height=alt.Step(11)))


def plot_cells(cells: pd.DataFrame) -> AnyChart:
    """Stores by half-hour of weekdays, the stronger the longer the wait. ``cells``: ``store``, ``from``,
    ``slot``, ``wait`` (minutes), ``orders``."""
    rows = slim(cells, "store", "from", "slot", "wait", "orders")
    names = rows.sort_values("slot")["from"].drop_duplicates().tolist()
    hours = alt.Axis(
        title="from", labelAngle=0, labelOverlap=True, domain=False, ticks=False,
        values=[name for name in names if name.endswith(":00")],
    )  # fmt: skip
    strength = alt.Opacity(
        "wait:Q", scale=alt.Scale(zero=False, range=[0.1, 1]),
        legend=alt.Legend(title="minutes", orient="bottom", tickCount=4),
    )  # fmt: skip
    tooltip = [
        "store:N",
        "from:N",
        alt.Tooltip("wait:Q", format=".1f"),
        alt.Tooltip("orders:Q", format=".1f"),
    ]
    mark = (
        alt.Chart(rows)
        .mark_rect(color=ACCENT, stroke=None)
        .encode(
            x=alt.X("from:O", sort=names, axis=hours),
            y=alt.Y("store:N", axis=_NAMES),
            opacity=strength,
            tooltip=tooltip,
        )
    )
    return apply_theme(alt.layer(mark).properties(width="container", height=alt.Step(26)))


def plot_chain(chain: pd.DataFrame) -> AnyChart:
    """The wait of all trading stores by half-hour with its interval, weekdays and weekends. ``chain``:
    ``kind``, ``slot``, ``wait``, ``low``, ``high`` (minutes)."""
    rows = slim(chain, "kind", "slot", "wait", "low", "high")
    rows["hour"] = rows.pop("slot") / 2
    kinds = ["weekday", "weekend"]
    colour = alt.Color("kind:N", legend=_LEGEND, scale=alt.Scale(domain=kinds, range=[ACCENT, WORSE]))
    x = alt.X(
        "hour:Q",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(title="from hour", format="d", tickMinStep=1),
    )
    y = alt.Y("wait:Q", title="minutes", scale=alt.Scale(zero=True))
    base = alt.Chart(rows).encode(x=x, color=colour)
    tooltip = [
        "kind:N",
        "hour:Q",
        *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("wait", "low", "high")),
    ]
    chart = alt.layer(
        base.transform_filter("isValid(datum.low)")
        .mark_area(opacity=BAND_OPACITY, line=False)
        .encode(y=alt.Y("low:Q", scale=alt.Scale(zero=True)), y2="high:Q"),
        base.mark_line(point=True).encode(y=y, tooltip=tooltip),
    )
    return apply_theme(chart.properties(width="container", height=240))


def plot_models(compared: pd.DataFrame) -> AnyChart:
    """How much longer busy half-hours take than quiet ones, as seen and by each model. ``compared``:
    ``model``, ``rise`` (seconds; null: not drawn)."""
    rows = slim(compared.dropna(subset=["rise"]), "model", "rise")
    rows["kind"] = ["seen" if model == "seen" else "model" for model in rows["model"]]
    rows["shown"] = [f"{rise:.1f} s".replace("-", "\N{MINUS SIGN}") for rise in rows["rise"]]
    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["seen", "model"], range=[ACCENT, CONTEXT])
    )
    least, most = (float(rows["rise"].min()), float(rows["rise"].max())) if len(rows) else (0.0, 1.0)
    scale = alt.Scale(domain=[min(least, 0.0), 1.3 * max(most, 0.1)])
    names = alt.Axis(title=None, labelLimit=170, domain=False, ticks=False)
    base = alt.Chart(rows).encode(
        x=alt.X("rise:Q", title="seconds an order", scale=scale), y=alt.Y("model:N", sort=None, axis=names)
    )
    chart = alt.layer(
        base.mark_bar(height=16).encode(color=colour, tooltip=["model:N", "shown:N"]),
        base.mark_text(align="left", dx=4).encode(text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_rules(rules: pd.DataFrame, most_open: int) -> AnyChart:
    """Orders a week that each limit on open tickets would refuse, with what it saves the others in words.

    ``rules`` of ``throttle.try_rules``: ``most_open``, ``refused``, ``low``, ``high``, ``saved``.
    """
    rows = slim(rules, "most_open", "refused", "low", "high", "saved")
    rows["is_asked"] = rows["most_open"] == most_open
    rows["shown"] = [f"others {saved:.1f} s shorter" if saved == saved else "" for saved in rows["saved"]]
    x = alt.Axis(title="orders a week refused", tickCount=5)
    top = float(rows["high"].fillna(rows["refused"]).max()) if len(rows) else 1.0
    scale = alt.Scale(domain=[0, 1.7 * max(top, 1.0)])  # room for words on a phone
    base = alt.Chart(rows).encode(
        y=alt.Y("most_open:O", title="limit, open tickets", axis=alt.Axis(domain=False, ticks=False))
    )
    tooltip = ["most_open:O", alt.Tooltip("refused:Q", format=",.0f"), "shown:N"]
    colour = alt.condition(alt.datum.is_asked, alt.value(ACCENT), alt.value(CONTEXT))
    chart = alt.layer(
        base.mark_bar(height=16).encode(
            x=alt.X("refused:Q", axis=x, scale=scale), color=colour, tooltip=tooltip
        ),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(strokeWidth=2)
        .encode(x=alt.X("low:Q", scale=scale), x2="high:Q"),
        base.transform_calculate(end="max(datum.refused, isValid(datum.high) ? datum.high : 0)")
        .mark_text(align="left", dx=5)
        .encode(x=alt.X("end:Q", scale=scale), text="shown:N"),
    )  # fmt: skip
    return apply_theme(chart.properties(width="container", height=alt.Step(28)))


def plot_fifths(fifths: pd.DataFrame) -> AnyChart:
    """Orders in the days after, by fifths of how long customers waited. ``fifths``: ``fifth``, ``minutes``,
    ``later``."""
    rows = slim(fifths, "fifth", "minutes", "later")
    rows["name"] = [f"{minutes:.1f} minutes" for minutes in rows["minutes"]]
    base = alt.Chart(rows).encode(
        x=alt.X("later:Q", title="orders after, each", scale=alt.Scale(zero=True)),
        y=alt.Y("name:N", sort=None, axis=_NAMES),
        tooltip=["name:N", alt.Tooltip("later:Q", format=".2f")],
    )
    chart = alt.layer(base.mark_bar(height=16, color=CONTEXT))
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))
