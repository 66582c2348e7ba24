"""Charts of sites: what remains after what they take, the rent they can bear, how they would grow."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, WORSE, apply_theme

__all__ = ["plot_net", "plot_rent", "plot_site_ramps"]

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


def plot_rent(payback: pd.DataFrame) -> AnyChart:
    """The rent that each site can bear with its interval, highest first; a tick marks the rent it is held to.

    ``payback``: ``site``, ``bearable_rent`` with ``_low`` and ``_high``, ``rent``, ``is_rent_imported``
    (dollars a month). Blue where the rent is below what the site can bear, orange where it is above.
    """
    columns = ["site", "bearable_rent", "bearable_rent_low", "bearable_rent_high", "rent"]
    shown = payback[columns].sort_values("bearable_rent", ascending=False, ignore_index=True)
    names = alt.Axis(title=None, labelLimit=130, domain=False, ticks=False)
    y = alt.Y("site:N", sort=shown["site"].tolist(), axis=names)
    money = alt.Axis(format="$~s", labelExpr=THOUSANDS, title="rent a month")
    base = alt.Chart(shown).encode(y=y)
    colour = alt.condition("datum.bearable_rent >= datum.rent", alt.value(ACCENT), alt.value(WORSE))
    titles = {"bearable_rent": "can bear", "bearable_rent_low": "low", "bearable_rent_high": "high"}
    tooltip = [
        "site:N",
        *(alt.Tooltip(f"{c}:Q", format="$,.0f", title=t) for c, t in (titles | {"rent": "rent"}).items()),
    ]
    word = "rent" if payback["is_rent_imported"].any() else "assumed rent"
    first = alt.Chart(shown.head(1).assign(label=word)).encode(y=y)
    chart = alt.layer(
        base.mark_rule(strokeWidth=3, opacity=0.6).encode(
            x=alt.X("bearable_rent_low:Q", axis=money, scale=alt.Scale(zero=True)),
            x2="bearable_rent_high:Q",
            color=colour,
        ),
        base.mark_circle(size=80, opacity=1).encode(x="bearable_rent:Q", color=colour, tooltip=tooltip),
        base.mark_tick(color=CONTEXT, thickness=2, size=24).encode(x="rent:Q"),
        first.mark_text(align="left", dx=3, dy=-15).encode(x="rent:Q", text="label:N"),
    )
    return apply_theme(chart.properties(width="container", height=34 * len(shown) + 12))


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
