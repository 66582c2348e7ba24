"""The map of sites: where they are, how they score, and where our stores and their customers are."""

from __future__ import annotations

from typing import Any

import altair as alt
import geopandas as gpd
import pandas as pd

from lucky_analytics.figures.base_map import (
    KM_EAST,
    KM_NORTH,
    Bounds,
    cut_land,
    draw_bar,
    find_bounds,
)
from lucky_analytics.figures.labels import SIDES, find_free, place_labels
from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme

__all__ = ["plot_map"]

AnyChart = alt.LayerChart | alt.FacetChart
# The map is this high; on a phone it is as wide as this, and then the width sets the scale.
_HEIGHT, _PHONE_WIDTH = 560, 350
_SITE_RADIUS, _STORE_RADIUS = 8, 4
# Pixels a letter: bold at 12 and plain at 10 points, on the wide side.
_SITE_LETTER, _STORE_LETTER = 7.6, 5.9
_PLACE_SIZE, _PLACE_LETTER = 9, 5.0


def plot_map(
    tracts: gpd.GeoDataFrame, stores: pd.DataFrame, sites: pd.DataFrame, places: pd.DataFrame
) -> AnyChart:
    """Tracts shaded by ``density``, open stores as grey squares, sites coloured by score; all labelled.

    ``tracts``: ``density`` (orders a week per km2), ``area_name``, ``geometry``. ``stores``: ``store_name``,
    place and ``label``. ``sites``: ``site``, place, ``score`` (0 to 100, null where there is none: grey),
    ``label``. ``places``: names of areas and water as from ``name_places``, shown where they hide nothing.
    The map is cut to stores and sites; a store without a place is left out; labels stand where they hide
    each other least, also at the width of a phone.
    """
    stores = stores.dropna(subset=["latitude", "longitude"])
    points = pd.concat([stores[["latitude", "longitude"]], sites[["latitude", "longitude"]]])
    bounds = find_bounds(points)
    land = alt.Chart(alt.Data(values=cut_land(tracts, bounds, ["area_name", "density"])))
    place = {"longitude": "longitude:Q", "latitude": "latitude:Q"}
    shade = alt.Opacity("properties.density:Q", scale=alt.Scale(range=[0.12, 0.6]), legend=None)
    is_scored = sites["score"].notna().any()
    colour = alt.Color(
        "score:Q",
        scale=alt.Scale(domain=[0, 50, 100], range=[WORSE, CONTEXT, ACCENT], interpolate="rgb"),
        legend=alt.Legend(title="score", orient="bottom", gradientLength=160),
    )
    grey = alt.value(CONTEXT)
    shown_colour = alt.condition("isValid(datum.score)", colour, grey) if is_scored else grey
    tooltip = [alt.Tooltip("site:N"), *([alt.Tooltip("score:Q", format=".0f")] if is_scored else [])]
    sites, stores, named = _give_sides(sites, stores, places, bounds)
    own = alt.Chart(stores[["store_name", "latitude", "longitude", "label", "side"]])
    spots = alt.Chart(sites[["site", "latitude", "longitude", "score", "label", "side"]])
    chart = alt.layer(
        land.mark_geoshape(fill=CONTEXT, strokeWidth=0).encode(
            opacity=shade, tooltip=alt.Tooltip("properties.area_name:N", title="area")
        ),
        spots.mark_circle(size=190, opacity=0.95).encode(**place, color=shown_colour, tooltip=tooltip),
        # Over the circles: a site beside a store would hide it.
        own.mark_point(shape="square", size=40, color=CONTEXT).encode(
            **place, tooltip=alt.Tooltip("store_name:N", title="open store")
        ),
        alt.Chart(named[["name", "latitude", "longitude"]])
        .mark_text(fontSize=_PLACE_SIZE, fontStyle="italic", opacity=0.6)
        .encode(**place, text="name:N"),
        *_label(own, stores, _STORE_RADIUS + 2, fontSize=10, opacity=0.85),
        *_label(spots, sites, _SITE_RADIUS + 2, fontWeight="bold"),
        *draw_bar(bounds),
    )
    return apply_theme(chart.project(type="mercator").properties(width="container", height=_HEIGHT))


def _give_sides(
    sites: pd.DataFrame,
    stores: pd.DataFrame,
    places: pd.DataFrame,
    bounds: Bounds,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Sites and stores with ``side``, where each label stands at the smallest scale at which the map is
    drawn; and those of the places whose names fit in between."""
    west, south, east, north = bounds
    high, wide = (north - south) * KM_NORTH, (east - west) * KM_EAST
    scale = min(_HEIGHT / high, _PHONE_WIDTH / wide)
    both = pd.concat(
        [
            sites.assign(radius=_SITE_RADIUS, width=sites["label"].str.len() * _SITE_LETTER, height=13),
            stores.assign(radius=_STORE_RADIUS, width=stores["label"].str.len() * _STORE_LETTER, height=11),
        ]
    )
    names = places.assign(width=places["name"].str.len() * _PLACE_LETTER, height=_PLACE_SIZE + 1)
    for points in (both, names):
        points["x"] = (points["longitude"] - (west + east) / 2) * KM_EAST * scale
        points["y"] = (north - points["latitude"]) * KM_NORTH * scale
    frame = (-_PHONE_WIDTH / 2, 0.0, _PHONE_WIDTH / 2, high * scale)
    sides = place_labels(both, frame)
    named = places[find_free(names, both, sides, frame)]
    return sites.assign(side=sides[: len(sites)]), stores.assign(side=sides[len(sites) :]), named


def _label(base: alt.Chart, rows: pd.DataFrame, distance: float, **style: Any) -> list[alt.Chart]:
    """One layer of text for each side that is used: a mark has one alignment for all its rows."""
    layers = []
    for side, (align, right, down) in SIDES.items():
        if side in set(rows["side"]):
            style |= {"align": align, "dx": right * distance, "dy": down * (distance + 5)}
            text = base.transform_filter(f"datum.side == '{side}'").mark_text(**style)
            layers.append(text.encode(longitude="longitude:Q", latitude="latitude:Q", text="label:N"))
    return layers
