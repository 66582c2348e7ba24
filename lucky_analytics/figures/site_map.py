"""Maps and charts of sites: where they are, how they score, what remains after what they take."""

from __future__ import annotations

import json

import altair as alt
import geopandas as gpd
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, THOUSANDS, WORSE, apply_theme

__all__ = ["plot_map", "plot_net", "plot_rent"]

AnyChart = alt.LayerChart | alt.FacetChart
# A map of a few kilometres needs no more than 20 m.
_SIMPLIFY_DEGREES = 2e-4
_MARGIN_DEGREES = 0.012
KM_EAST = 84.3


def plot_map(tracts: gpd.GeoDataFrame, stores: pd.DataFrame, sites: pd.DataFrame) -> AnyChart:
    """Tracts shaded by ``density``, open stores as grey points, sites coloured by score and labelled.

    ``tracts``: ``density`` (people per km2), ``area_name``, ``geometry``. ``stores``: ``store_name`` and
    place. ``sites``: ``site``, place, ``score`` (0 to 100), ``label``. The map is cut to stores and sites.
    """
    points = pd.concat([stores[["latitude", "longitude"]], sites[["latitude", "longitude"]]])
    south, north = points["latitude"].min() - _MARGIN_DEGREES, points["latitude"].max() + _MARGIN_DEGREES
    west, east = points["longitude"].min() - _MARGIN_DEGREES, points["longitude"].max() + _MARGIN_DEGREES
    shown = tracts.cx[west:east, south:north][["area_name", "density", "geometry"]].copy()
    shown["geometry"] = shown.geometry.simplify(_SIMPLIFY_DEGREES).clip_by_rect(west, south, east, north)
    shown["geometry"] = shown.geometry.set_precision(1e-4)
    shown = shown[~shown.geometry.is_empty & shown.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    shape = json.loads(shown.round({"density": -2}).to_json(drop_id=True))
    land = alt.Chart(alt.Data(values=_wind(shape["features"])))
    place = {"longitude": "longitude:Q", "latitude": "latitude:Q"}
    shade = alt.Opacity("properties.density:Q", scale=alt.Scale(range=[0.06, 0.45]), legend=None)
    colour = alt.Color(
        "score:Q",
        scale=alt.Scale(domain=[0, 50, 100], range=[WORSE, CONTEXT, ACCENT], interpolate="rgb"),
        legend=alt.Legend(title="score", orient="bottom", gradientLength=160),
    )
    tooltip = [
        alt.Tooltip("site:N"),
        alt.Tooltip("score:Q", format=".0f"),
        alt.Tooltip("label:N", title="net"),
    ]
    start = west + 0.004
    bar = pd.DataFrame({"latitude": south + 0.004, "longitude": [start, start + 1 / KM_EAST]})
    own, spots = alt.Chart(stores[["store_name", "latitude", "longitude"]]), alt.Chart(sites)
    chart = alt.layer(
        land.mark_geoshape(fill=CONTEXT, strokeWidth=0).encode(
            opacity=shade, tooltip=alt.Tooltip("properties.area_name:N", title="area")
        ),
        own.mark_point(shape="square", size=40, color=CONTEXT).encode(
            **place, tooltip=alt.Tooltip("store_name:N", title="open store")
        ),
        own.mark_text(align="right", dx=-6, fontSize=10, opacity=0.8).encode(**place, text="store_name:N"),
        spots.mark_circle(size=190, opacity=0.95).encode(**place, color=colour, tooltip=tooltip),
        spots.mark_text(align="left", dx=10, fontWeight="bold").encode(**place, text="label:N"),
        alt.Chart(bar).mark_line(color=CONTEXT, strokeWidth=3).encode(**place),
        alt.Chart(bar.head(1).assign(text="1 km"))
        .mark_text(align="left", dy=-7)
        .encode(**place, text="text:N"),
    )
    return apply_theme(chart.project(type="mercator").properties(width="container", height=560))


def plot_net(sites: pd.DataFrame) -> AnyChart:
    """Gross revenue, what is taken from sister stores, and the net with its interval; highest net first.

    ``sites``: ``site``, ``gross``, ``taken``, ``net``, ``net_low``, ``net_high`` (dollars a month).
    """
    order = sites["site"].tolist()
    y = alt.Y("site:N", sort=order, axis=alt.Axis(title=None, labelLimit=130, domain=False, ticks=False))
    money = alt.Axis(
        format="$~s", labelExpr=THOUSANDS, title="a month: bar net, grey taken from sister stores"
    )
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


def _wind(features: list[dict]) -> list[dict]:
    """Rings in the direction that map projections expect (clockwise outside); the other fills the globe."""
    for feature in features:
        shape = feature["geometry"]
        parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        for rings in parts:
            for place, ring in enumerate(rings):
                corner = np.array(ring)[:, :2]
                turn = np.sum((corner[1:, 0] - corner[:-1, 0]) * (corner[1:, 1] + corner[:-1, 1]))
                if (turn > 0) != (place == 0):
                    ring.reverse()
    return features
