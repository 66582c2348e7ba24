"""Charts of how stores grow: each store's weeks, the common curve, plateaus, a store not yet opened."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, apply_theme, panel_columns

__all__ = ["plot_next_store", "plot_plateaus", "plot_share", "plot_store_panels"]

AnyChart = alt.LayerChart | alt.FacetChart
_WEEKS = alt.Axis(title="weeks since opening", tickMinStep=1)


def plot_store_panels(panels: pd.DataFrame) -> AnyChart:
    """Small multiples, one per ``label``, in the order of ``position``; shared scales, counts from 0.

    ``panels``: ``label``, ``position``, ``age_weeks``, ``kind``, ``y``, ``low``, ``high``. ``kind`` is
    ``week`` (an observed week), ``path`` (fitted, with its interval), ``ahead`` (fitted, beyond what was
    observed: dashed) or ``censored`` (the last week of a store whose plateau is not reached yet: a cross).
    What lies above all that was observed or fitted to it is cut off: a store of one week may become anything.
    """
    order = panels.sort_values("position")["label"].unique().tolist()
    base = alt.Chart(panels).encode(x=alt.X("age_weeks:Q", axis=_WEEKS))
    # Room for the highest point below the name of its store.
    top = 1.1 * panels.loc[panels["kind"] != "ahead", "y"].max()
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(format="~s", labelExpr=THOUSANDS, title="orders a week", tickCount=4)
    y = alt.Y("y:Q", scale=scale, axis=axis)
    tooltip = [
        alt.Tooltip("label:N", title="store"),
        alt.Tooltip("age_weeks:Q", title="weeks since opening", format=".1f"),
        alt.Tooltip("y:Q", title="orders a week", format=",.0f"),
    ]

    def only(*kinds: str) -> alt.Chart:
        return base.transform_filter(alt.FieldOneOfPredicate(field="kind", oneOf=list(kinds)))

    band = only("path", "ahead").mark_area(color=ACCENT, clip=True)
    layers = alt.layer(
        band.encode(y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"),
        only("week", "censored").mark_point(color=CONTEXT, opacity=0.9).encode(y=y, tooltip=tooltip),
        only("path").mark_line(color=ACCENT).encode(y=y),
        only("ahead").mark_line(color=ACCENT, strokeDash=[4, 3], clip=True).encode(y=y),
        only("censored").mark_point(shape="cross", size=90, color=ACCENT).encode(y=y, tooltip=tooltip),
    )
    header = alt.Header(labelLimit=170)
    panel = layers.properties(width=150, height=120)
    return apply_theme(
        panel.facet(alt.Facet("label:N", sort=order, header=header), columns=panel_columns(len(order)))
    )


def plot_share(curve: pd.DataFrame, times: pd.DataFrame, claimed_weeks: float) -> AnyChart:
    """The common curve: share of the plateau by age with its interval, times to shares, and a claim.

    ``curve``: ``age_weeks``, ``share``, ``low``, ``high``. ``times``: ``share``, ``weeks``, ``low``,
    ``high``.
    """
    x = alt.X("age_weeks:Q", axis=_WEEKS)
    axis = alt.Axis(format="%", title="share of plateau")
    y = alt.Y("share:Q", axis=axis, scale=alt.Scale(domain=[0, 1]))
    times = times.assign(
        label=[f"{100 * s:.0f} % in {w:.1f} weeks" for s, w in zip(times.share, times.weeks, strict=True)]
    )
    base, marked = alt.Chart(curve).encode(x=x), alt.Chart(times)
    claim = alt.Chart(
        pd.DataFrame({"age_weeks": [claimed_weeks], "label": [f"claim: {claimed_weeks:g} weeks"]})
    )
    chart = alt.layer(
        claim.mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x="age_weeks:Q"),
        claim.mark_text(align="left", dx=4).encode(x="age_weeks:Q", y=alt.value(212), text="label:N"),
        base.mark_area(color=ACCENT).encode(y=alt.Y("low:Q").title("share of plateau"), y2="high:Q"),
        base.mark_line(color=ACCENT).encode(y=y),
        marked.mark_rule(color=ACCENT, strokeWidth=3).encode(x=alt.X("low:Q"), x2="high:Q", y="share:Q"),
        marked.mark_point(color=ACCENT, size=70).encode(x="weeks:Q", y="share:Q"),
        marked.mark_text(align="left", dx=6, dy=18).encode(x="weeks:Q", y="share:Q", text="label:N"),
    )
    return apply_theme(_fit_width(chart, 230))


def plot_plateaus(plateaus: pd.DataFrame, needed_dollars: float) -> AnyChart:
    """Revenue a month at the plateau with its interval, highest first; hollow where it is not reached yet.

    ``plateaus``: ``store_name``, ``dollars``, ``dollars_low``, ``dollars_high``, ``is_reached``.
    """
    names = alt.Axis(labelLimit=130, domain=False, ticks=False, title=None)
    y = alt.Y("store_name:N", sort=plateaus["store_name"].tolist(), axis=names)
    money = alt.Axis(format="$~s", labelExpr=THOUSANDS, title="revenue a month at the plateau")
    base = alt.Chart(plateaus).encode(y=y)
    fill = alt.condition("datum.is_reached", alt.value(ACCENT), alt.value("transparent"))
    needed = alt.Chart(
        pd.DataFrame(
            {"dollars": [needed_dollars], "label": [f"pays the bills: ${needed_dollars / 1e3:.3g}K"]}
        )
    )
    tooltip = [
        alt.Tooltip("store_name:N", title="store"),
        *(
            alt.Tooltip(f"{name}:Q", title=title, format="$,.0f")
            for name, title in (("dollars", "a month"), ("dollars_low", "low"), ("dollars_high", "high"))
        ),
    ]
    chart = alt.layer(
        needed.mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(x="dollars:Q"),
        needed.mark_text(align="left", dx=4, baseline="top").encode(
            x="dollars:Q", y=alt.value(0), text="label:N"
        ),
        base.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.6).encode(
            x=alt.X("dollars_low:Q", axis=money, scale=alt.Scale(zero=True)), x2="dollars_high:Q"
        ),
        base.mark_point(size=80, filled=True, stroke=ACCENT, strokeWidth=2).encode(
            x="dollars:Q", fill=fill, tooltip=tooltip
        ),
    )
    return apply_theme(_fit_width(chart, 28 * len(plateaus)))


def plot_next_store(forecast: pd.DataFrame, n_weeks: int) -> AnyChart:
    """Revenue of weeks 1 to ``n_weeks`` of a store not yet opened, with the prediction interval.

    ``forecast``: ``week``, ``dollars``, ``dollars_low``, ``dollars_high`` (of the week).
    """
    names = ["dollars", "dollars_low", "dollars_high"]
    rows = forecast.loc[forecast["week"] <= n_weeks, ["week", *names]]
    last = rows.tail(1).melt("week", value_vars=names, value_name="end")
    last["label"] = [f"${end / 1e3:.1f}K" for end in last["end"]]
    base = alt.Chart(rows).encode(x=alt.X("week:Q", axis=alt.Axis(title="week since opening", tickMinStep=1)))
    titles = dict(zip(names, ("revenue", "low", "high"), strict=True))
    tooltip = [
        alt.Tooltip("week:Q"),
        *(alt.Tooltip(f"{c}:Q", format="$,.0f", title=t) for c, t in titles.items()),
    ]
    chart = alt.layer(
        base.mark_area(color=ACCENT).encode(
            y=alt.Y("dollars_low:Q", title="a week", axis=alt.Axis(format="$~s", labelExpr=THOUSANDS)),
            y2="dollars_high:Q",
        ),
        base.mark_line(color=ACCENT, point={"filled": True, "color": ACCENT}).encode(
            y="dollars:Q", tooltip=tooltip
        ),
        alt.Chart(last).mark_text(align="right", dy=-8).encode(x="week:Q", y="end:Q", text="label:N"),
    )
    return apply_theme(_fit_width(chart, 230))


def _fit_width(chart: AnyChart, height: float) -> AnyChart:
    return chart.properties(width="container", height=height)
