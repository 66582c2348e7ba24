"""The map of sites: where they are, how they score, and where our stores and their customers are."""

from __future__ import annotations

import json

import altair as alt
import geopandas as gpd
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme

__all__ = ["plot_map"]

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
