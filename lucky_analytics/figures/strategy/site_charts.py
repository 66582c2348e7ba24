"""Charts of sites: what remains after what they take, what they must sell, how they would grow."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, WORSE, apply_theme

__all__ = ["plot_needs", "plot_net", "plot_site_ramps"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_net(sites: pd.DataFrame) -> AnyChart:
    """Gross revenue, what is taken from sister stores, and the net with its interval; highest net first.

    ``sites``: ``site``, ``gross``, ``taken``, ``net``, ``net_low``, ``net_high`` (dollars a month).
    """
    order = sites["site"].tolist()
    y = alt.Y("site:N", sort=order, axis=alt.Axis(title=None, labelLimit=130, domain=False, ticks=False))
    money = alt.Axis(format="$~s", labelExpr=THOUSANDS, title="revenue a month")
    base = alt.Chart(sites[["site", "gross", "taken", "net", "net_low", "net_high"]]).encode(y=y)
    names = {
        "gross": "gross",
        "taken": "taken from sisters",
        "net": "net",
        "net_low": "low",
        "net_high": "high",
    }
    tooltip = ["site:N", *(alt.Tooltip(f"{c}:Q", format="$,.0f", title=t) for c, t in names.items())]
    colour = alt.condition("datum.net >= 0", alt.value(ACCENT), alt.value(WORSE))
    chart = alt.layer(
        base.mark_bar(height=14, color=CONTEXT, opacity=0.35).encode(
            x=alt.X("net:Q", axis=money, scale=alt.Scale(zero=True)), x2="gross:Q"
        ),
        base.mark_bar(height=14, opacity=0.8).encode(x="net:Q", color=colour, tooltip=tooltip),
        base.mark_rule(strokeWidth=2).encode(x="net_low:Q", x2="net_high:Q"),
    )
    return apply_theme(chart.properties(width="container", height=32 * len(order)))


def plot_needs(needs: pd.DataFrame, ours: pd.DataFrame) -> AnyChart:
    """What each site must sell to pay back, with its interval, lowest first, over what our stores sell.

    ``needs``: ``site``, ``needed`` with ``_low`` and ``_high``. ``ours``: ``store_name``, ``dollars_month``
    of our settled stores, ticks in a row of their own. Dollars a month. Orange above our best store, blue
    below.
    """
    columns = ["site", "needed", "needed_low", "needed_high"]
    best = float(ours["dollars_month"].max())
    shown = needs[columns].assign(is_above=needs["needed"] > best).sort_values("needed", ignore_index=True)
    order = ["our stores sell", *shown["site"]]
    y = alt.Y("site:N", sort=order, axis=alt.Axis(title=None, labelLimit=130, domain=False, ticks=False))
    money = alt.Axis(format="$~s", labelExpr=THOUSANDS, title="revenue a month")
    x = alt.X("needed:Q", axis=money, scale=alt.Scale(zero=True))
    base = alt.Chart(shown).encode(y=y)
    colour = alt.condition("datum.is_above", alt.value(WORSE), alt.value(ACCENT))
    titles = {"needed": "must sell", "needed_low": "low", "needed_high": "high"}
    tooltip = ["site:N", *(alt.Tooltip(f"{c}:Q", format="$,.0f", title=t) for c, t in titles.items())]
    stores = ours[["store_name", "dollars_month"]].assign(site=order[0])
    sold = [alt.Tooltip("store_name:N", title="store"), alt.Tooltip("dollars_month:Q", format="$,.0f")]
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("needed_low:Q", axis=money, scale=alt.Scale(zero=True)), x2="needed_high:Q", color=colour
        ),
        base.mark_circle(size=80, opacity=1).encode(x=x, color=colour, tooltip=tooltip),
        alt.Chart(stores)
        .mark_tick(color=CONTEXT, thickness=2, size=20)
        .encode(x=alt.X("dollars_month:Q", axis=money), y=y, tooltip=sold),
    )
    return apply_theme(chart.properties(width="container", height=34 * len(order) + 12))


def plot_site_ramps(ramps: pd.DataFrame, mature: pd.DataFrame) -> AnyChart:
    """Revenue of weeks 1 to 12 at each site with its interval, small multiples on one scale.

    ``ramps``: ``site``, ``week``, ``dollars``, ``dollars_low``, ``dollars_high`` (of the week), in the order
    in which the sites are drawn. ``mature``: ``site`` and ``dollars`` of a week at the plateau, dashed.
    """
    order = mature["site"].tolist()
    columns = ["site", "week", "dollars", "dollars_low", "dollars_high"]
    rows = pd.concat([ramps[columns], mature.assign(plateau=mature["dollars"])[["site", "plateau"]]])
    money = alt.Axis(format="$~s", labelExpr=THOUSANDS, title="a week")
    base = alt.Chart(rows).encode(x=alt.X("week:Q", axis=alt.Axis(title="week", tickMinStep=1)))
    tooltip = [
        "site:N",
        "week:Q",
        *(
            alt.Tooltip(f"{c}:Q", format="$,.0f", title=c.replace("dollars", "revenue").replace("_", ", "))
            for c in columns[2:]
        ),
    ]
    panel = alt.layer(
        base.mark_area(color=ACCENT).encode(y=alt.Y("dollars_low:Q", axis=money), y2="dollars_high:Q"),
        alt.Chart(rows).mark_rule(color=CONTEXT, strokeDash=[4, 3]).encode(y="plateau:Q"),
        base.mark_line(color=ACCENT).encode(y="dollars:Q", tooltip=tooltip),
    ).properties(width=150, height=110)
    return apply_theme(
        panel.facet(alt.Facet("site:N", sort=order, header=alt.Header(labelLimit=170)), columns=4)
    )
