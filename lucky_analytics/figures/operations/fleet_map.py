"""The map of machines: every store with a mark for each machine, its colour and shape the machine's state."""

from __future__ import annotations

from typing import Any

import altair as alt
import geopandas as gpd
import numpy as np
import pandas as pd

from lucky_analytics.figures.base_map import KM_EAST, KM_NORTH, cut_land, draw_bar, find_bounds
from lucky_analytics.figures.labels import SIDES, place_labels
from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme

__all__ = ["STATES", "encode_state", "plot_fleet_map"]

AnyChart = alt.LayerChart | alt.FacetChart
# What each state looks like: colour and shape say the same.
STATES = {
    "at work": (ACCENT, "circle"),
    "out of touch": ("#c99a2e", "triangle-up"),
    "pours less": ("#c99a2e", "diamond"),
    "pours nothing": (WORSE, "cross"),
    "waits for repair": (WORSE, "square"),
}
_HEIGHT, _PHONE_WIDTH = 620, 350
_SIDE, _APART = 4, 7.0  # machines in a row of a store's block, and pixels between them
_LETTER = 6.2


def encode_state(states: list[str], size: int) -> dict[str, Any]:
    """Colour and shape by ``state``, with one legend of those of ``states`` that occur."""
    shown = [name for name in STATES if name in states]
    legend = alt.Legend(title=None, orient="top", columns=2, symbolStrokeWidth=0, labelLimit=180)
    parts = [[STATES[name][k] for name in shown] for k in (0, 1)]
    return {
        "color": alt.Color("state:N", scale=alt.Scale(domain=shown, range=parts[0]), legend=legend),
        "shape": alt.Shape("state:N", scale=alt.Scale(domain=shown, range=parts[1]), legend=legend),
        "size": alt.value(size),
    }


def plot_fleet_map(tracts: gpd.GeoDataFrame, stores: pd.DataFrame, units: pd.DataFrame) -> AnyChart:
    """Land, and beside the place of each store a block with one mark a machine.

    ``tracts``: ``area_name``, ``geometry``. ``stores``: ``place``, ``latitude``, ``longitude``, ``label``.
    ``units``: ``place``, ``nth`` (from 0), ``state`` (of ``STATES``), ``serial``, ``machine_type``. A store
    without a position is left out. Marks stand beside each other at the scale of the page, over the store's
    place; they are no floor plan.
    """
    stores = stores.dropna(subset=["latitude", "longitude"])
    bounds = find_bounds(stores)
    west, south, east, north = bounds
    high, wide = (north - south) * KM_NORTH, (east - west) * KM_EAST
    scale = min(_HEIGHT / high, _PHONE_WIDTH / wide)  # pixels a kilometre at the width of a phone
    step = _APART / scale
    own = units.merge(stores, on="place")
    n = own.groupby("place")["nth"].transform("max") + 1
    rows = np.ceil(n / _SIDE)
    own["longitude"] += (own["nth"] % _SIDE - (np.minimum(n, _SIDE) - 1) / 2) * step / KM_EAST
    own["latitude"] += ((rows - 1) / 2 - own["nth"] // _SIDE) * step / KM_NORTH
    place = {"longitude": "longitude:Q", "latitude": "latitude:Q"}
    tooltip = ["place:N", "serial:N", "machine_type:N", "state:N"]
    points = stores.assign(
        x=(stores["longitude"] - (west + east) / 2) * KM_EAST * scale,
        y=(north - stores["latitude"]) * KM_NORTH * scale,
        radius=_SIDE * _APART / 2 + 1,
        width=stores["label"].str.len() * _LETTER,
        height=12,
    )
    frame = (-_PHONE_WIDTH / 2, 0.0, _PHONE_WIDTH / 2, high * scale)
    points["side"] = place_labels(points, frame)
    chart = alt.layer(
        alt.Chart(alt.Data(values=cut_land(tracts, bounds, ["area_name"])))
        .mark_geoshape(fill=CONTEXT, opacity=0.18, strokeWidth=0)
        .encode(tooltip=alt.Tooltip("properties.area_name:N", title="area")),
        *_label(points),
        alt.Chart(own[["longitude", "latitude", "place", "serial", "machine_type", "state"]])
        .mark_point(filled=True, opacity=1.0)
        .encode(**place, tooltip=tooltip, **encode_state(own["state"].unique().tolist(), 34)),
        *draw_bar(bounds),
    )
    return apply_theme(chart.project(type="mercator").properties(width="container", height=_HEIGHT))


def _label(points: pd.DataFrame) -> list[alt.Chart]:
    """One layer of text for each side that is used."""
    distance, layers = _SIDE * _APART / 2 + 3, []
    for side, (align, right, down) in SIDES.items():
        here = points.loc[points["side"] == side, ["longitude", "latitude", "label"]]
        if len(here):
            style: dict[str, Any] = {"align": align, "dx": right * distance, "dy": down * (distance + 5)}
            text = alt.Chart(here).mark_text(fontSize=11, **style)
            layers.append(text.encode(longitude="longitude:Q", latitude="latitude:Q", text="label:N"))
    return layers
