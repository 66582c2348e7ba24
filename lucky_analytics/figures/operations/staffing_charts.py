"""Charts of the staffing page: heads over the day, under-staffed half-hours, hours by store, past weeks."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, panel_columns, slim

__all__ = ["plot_hours", "plot_lights", "plot_profile", "plot_trial"]

AnyChart = alt.LayerChart | alt.FacetChart
_LINES = {"last week's roster": WORSE, "the plan": ACCENT}
_HOURS = alt.Axis(title="hour of the day", values=[8, 12, 16, 20], format="d")


def plot_profile(profile: pd.DataFrame) -> AnyChart:
    """Heads needed (grey), rostered and, where ``profile`` has a ``plan``, planned over the day, a panel for
    each store.

    ``profile`` of ``views.show_profile``: ``store_name``, ``hour``, ``need``, ``today``, ``plan``.
    """
    names = {"today": "last week's roster", "plan": "the plan"}
    names = {key: name for key, name in names.items() if key in profile}
    rows = slim(profile, "store_name", "hour", "need", *names)
    long = rows.melt(["store_name", "hour", "need"], list(names), "which", "heads")
    long["which"] = long["which"].map(names)
    order = list(dict.fromkeys(rows["store_name"]))
    most = int(np.ceil(rows[["need", *names]].max().max())) if len(rows) else 1
    y = alt.Axis(title="heads", values=list(range(0, most + 1, max(1, most // 4))), format="d")
    base = alt.Chart(long).encode(x=alt.X("hour:Q", axis=_HOURS, scale=alt.Scale(zero=False, nice=False)))
    scale = alt.Scale(domain=list(names.values()), range=[_LINES[name] for name in names.values()])
    colour = alt.Color("which:N", scale=scale,
                       legend=alt.Legend(title=None, orient="top"))  # fmt: skip
    tooltip = [
        "store_name:N",
        alt.Tooltip("hour:Q", format=".1f"),
        "which:N",
        alt.Tooltip("heads:Q", format=".1f"),
        alt.Tooltip("need:Q", title="needed", format=".1f"),
    ]
    panel = alt.layer(
        base.transform_filter(alt.datum.which == "last week's roster")
        .mark_area(interpolate="step-after", color=CONTEXT, opacity=0.35)
        .encode(y=alt.Y("need:Q", axis=y)),
        base.mark_line(interpolate="step-after").encode(
            y=alt.Y("heads:Q", axis=y), color=colour, tooltip=tooltip
        ),
    ).properties(width=150, height=110)
    header = alt.Header(labelLimit=170)
    return apply_theme(
        panel.facet(alt.Facet("store_name:N", sort=order, header=header), columns=panel_columns(len(order)))
    )


def plot_lights(lights: pd.DataFrame) -> AnyChart:
    """On how many of seven days each half-hour is under-staffed, by roster and by plan.

    ``lights`` of ``views.show_lights``: ``which``, ``store_name``, ``hour``, ``days``.
    """
    rows = slim(lights, "which", "store_name", "hour", "days")
    rows["until"] = rows["hour"] + 0.5
    names = alt.Axis(title=None, labelLimit=120, domain=False, ticks=False)
    strength = alt.Opacity(
        "days:Q",
        scale=alt.Scale(domain=[0, 7], range=[0.06, 1]),
        legend=alt.Legend(title="days of seven", orient="bottom", tickCount=4),
    )
    mark = alt.Chart(rows).mark_rect(color=WORSE, stroke=None).encode(
        x=alt.X("hour:Q", axis=_HOURS, scale=alt.Scale(zero=False, nice=False)), x2="until:Q",
        y=alt.Y("store_name:N", sort=None, axis=names), opacity=strength,
        tooltip=["which:N", "store_name:N", alt.Tooltip("hour:Q", format=".1f"), "days:Q"],
    )  # fmt: skip
    panel = alt.layer(mark).properties(width=280, height=alt.Step(20))
    kinds = list(dict.fromkeys(rows["which"]))
    return apply_theme(
        panel.facet(alt.Facet("which:N", sort=kinds, header=alt.Header(labelLimit=250)), columns=2)
    )


def plot_hours(hours: pd.DataFrame) -> AnyChart:
    """Paid hours of each store: the fewest that can be, the same service, the plan, last week's roster.

    ``hours`` of ``views.show_hours``: ``store_name``, ``kind``, ``hours``.
    """
    rows = slim(hours, "store_name", "kind", "hours")
    kinds = list(dict.fromkeys(rows["kind"]))
    names = alt.Axis(title=None, labelLimit=150, domain=False, ticks=False)
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=200)
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=kinds, range=[CONTEXT, "#8d6cc2", ACCENT, WORSE]), legend=legend
    )
    shape = alt.Shape(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=["cross", "triangle-up", "circle", "square"]),
        legend=legend,
    )
    base = alt.Chart(rows).encode(y=alt.Y("store_name:N", sort=None, axis=names))
    chart = alt.layer(
        base.mark_rule(strokeWidth=2, opacity=0.4, color=CONTEXT).encode(
            x=alt.X("min(hours):Q", title="paid hours a week", scale=alt.Scale(zero=False)), x2="max(hours):Q"
        ),
        base.mark_point(size=80, opacity=1.0).encode(
            x="hours:Q",
            color=colour,
            shape=shape,
            tooltip=["store_name:N", "kind:N", alt.Tooltip("hours:Q", format=".0f")],
        ),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_trial(weeks: pd.DataFrame) -> AnyChart:
    """Late orders of past weeks with the roster and with a plan made of what was foretold then.

    ``weeks`` of ``views.show_trial``: ``first_day``, ``late_today_share``, ``late_plan_share``.
    """
    names = {"late_today_share": "last week's roster", "late_plan_share": "the plan"}
    words = {"last week's roster": "the roster", "the plan": "the plan"}
    long = slim(weeks, "first_day", *names).melt("first_day", list(names), "which", "late")
    long["which"] = long["which"].map(names).map(words)
    long["first_day"] = pd.to_datetime(long["first_day"]).dt.strftime("%-d %b")
    colour = alt.Color("which:N", scale=alt.Scale(domain=list(words.values()), range=list(_LINES.values())),
                       legend=alt.Legend(title=None, orient="top"))  # fmt: skip
    base = alt.Chart(long).encode(
        x=alt.X("first_day:N", sort=None, title="week from", axis=alt.Axis(labelAngle=0))
    )
    mark = base.mark_point(size=110, opacity=1.0).encode(
        y=alt.Y("late:Q", title="late orders", axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=True)),
        color=colour,
        shape=alt.Shape(
            "which:N", scale=alt.Scale(domain=list(words.values()), range=["square", "circle"]), legend=None
        ),
        tooltip=["first_day:N", "which:N", alt.Tooltip("late:Q", format=".1%")],
    )
    return apply_theme(alt.layer(mark).properties(width="container", height=220))
