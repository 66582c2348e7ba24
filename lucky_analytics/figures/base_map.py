"""What every map has below its points: land cut to a frame, and a bar of one kilometre."""

from __future__ import annotations

import json
from collections.abc import Sequence

import altair as alt
import geopandas as gpd
import numpy as np
import pandas as pd

from lucky_analytics.figures.theme import CONTEXT

__all__ = ["KM_EAST", "KM_NORTH", "Bounds", "cut_land", "draw_bar", "find_bounds"]

Bounds = tuple[float, float, float, float]  # west, south, east, north

KM_EAST, KM_NORTH = 84.3, 111.2  # of a degree, in New York
# A map of a few kilometres needs no more than 20 m.
_SIMPLIFY_DEGREES = 2e-4
_MARGIN_DEGREES = 0.012


def find_bounds(points: pd.DataFrame) -> Bounds:
    """West, south, east and north of ``points`` (``latitude``, ``longitude``), about a kilometre wider.

    >>> [round(float(x), 3) for x in find_bounds(pd.DataFrame({"latitude": [40.0], "longitude": [-74.0]}))]
    [-74.012, 39.988, -73.988, 40.012]
    """
    south, north = points["latitude"].min() - _MARGIN_DEGREES, points["latitude"].max() + _MARGIN_DEGREES
    west, east = points["longitude"].min() - _MARGIN_DEGREES, points["longitude"].max() + _MARGIN_DEGREES
    return west, south, east, north


def cut_land(tracts: gpd.GeoDataFrame, bounds: Bounds, columns: Sequence[str]) -> list[dict]:
    """The tracts inside ``bounds`` as features of GeoJSON with ``columns``, drawn as coarsely as a map shows.

    ``density``, where it is among them, is rounded to hundreds.
    """
    west, south, east, north = bounds
    shown = tracts.cx[west:east, south:north][[*columns, "geometry"]].copy()
    shown["geometry"] = shown.geometry.simplify(_SIMPLIFY_DEGREES).clip_by_rect(west, south, east, north)
    shown["geometry"] = shown.geometry.set_precision(1e-4)
    shown = shown[~shown.geometry.is_empty & shown.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    return _wind(json.loads(shown.round({"density": -2}).to_json(drop_id=True))["features"])


def draw_bar(bounds: Bounds) -> list[alt.Chart]:
    """Layers of a bar of one kilometre, with its length, in the south-west of the map."""
    west, south, *_ = bounds
    start = west + 0.004
    bar = pd.DataFrame({"latitude": south + 0.004, "longitude": [start, start + 1 / KM_EAST]})
    place = {"longitude": "longitude:Q", "latitude": "latitude:Q"}
    return [
        alt.Chart(bar).mark_line(color=CONTEXT, strokeWidth=3).encode(**place),
        alt.Chart(bar.head(1).assign(text="1 km"))
        .mark_text(align="left", dy=-7)
        .encode(**place, text="text:N"),
    ]


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
