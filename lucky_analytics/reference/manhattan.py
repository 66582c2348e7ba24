"""The shipped Manhattan layers: tracts with residents and jobs, walk-shed counts, subway stations.

Outside the layers a value is null, never zero.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from lucky_analytics import settings
from lucky_analytics.errors import LuckyError

__all__ = ["Layers", "count_within", "find_area", "load_layers"]

# What the map says about each shipped layer.
_VINTAGES = {
    "residents": "residents: 2020 count by tax lot",
    "jobs": "jobs: CTPP 2012-16, before Hudson Yards",
    "stations": "subway: MTA static feed",
    "tracts": "outlines: census tracts of 2020",
}
FEET_CRS, FEET_IN_KM = 2263, 3280.84  # New York Long Island, US survey feet
KM_NORTH, KM_EAST = 111.2, 84.3  # kilometres in a degree at 40.75 degrees north; within 0.2 % on the island


@dataclass(frozen=True)
class Layers:
    """The layers, read once.

    ``tracts``: ``geoid``, ``area_id``, ``area_name``, ``geometry``, ``latitude``, ``longitude`` (of a point
    inside), ``residents``, ``jobs`` (null outside the jobs layer). ``areas``: the neighbourhoods' profile.
    ``lots``: ``latitude``, ``longitude``, ``residents``. ``stations``: ``station_name`` and place.
    ``competitors``: ``name`` and place, null without an official refresh. ``vintages``: what the map says
    about each layer.
    """

    tracts: gpd.GeoDataFrame
    areas: pd.DataFrame
    lots: pd.DataFrame
    stations: pd.DataFrame
    competitors: pd.DataFrame | None
    vintages: dict[str, str]


@functools.cache
def load_layers(folder: Path | None = None) -> Layers:
    """Read the layers of ``folder`` (by default those that ship) once.

    A neighbourhood's jobs are spread over its tracts by land area. Where ``lucky reference refresh`` has
    brought them, jobs by tract and competitors of the official services take the place of the shipped layer.
    Raises ``LuckyError`` when a shipped file is missing.

    >>> round(load_layers().tracts["residents"].sum(), -3)                # doctest: +SKIP
    1694000.0
    """
    folder = folder or settings.load().external_dir
    needed = [
        "manhattan_tracts.geojson",
        "manhattan_areas.csv",
        "manhattan_jobs.csv",
        "manhattan_lots.parquet",
    ]
    for name in [*needed, "manhattan_subway.csv"]:
        if not (folder / name).is_file():
            raise LuckyError(f"reference layer {name}", expected=f"a file in {folder}", got="none")
    tracts = gpd.read_file(folder / needed[0])
    areas = pd.read_csv(folder / needed[1]).merge(pd.read_csv(folder / needed[2]), on="area_id", how="left")
    lots = pd.read_parquet(folder / needed[3]).astype(float)
    inside = tracts.geometry.representative_point()
    tracts["latitude"], tracts["longitude"] = inside.y, inside.x
    points = gpd.GeoDataFrame(
        lots, geometry=gpd.points_from_xy(lots["longitude"], lots["latitude"]), crs=4326
    )
    placed = gpd.sjoin_nearest(points.to_crs(FEET_CRS), tracts[["geoid", "geometry"]].to_crs(FEET_CRS))
    tracts["residents"] = tracts["geoid"].map(placed.groupby("geoid")["residents"].sum()).fillna(0.0)
    land = tracts.to_crs(FEET_CRS).area
    share = land / land.groupby(tracts["area_id"]).transform("sum")
    tracts["jobs"] = tracts["area_id"].map(areas.set_index("area_id")["jobs"]) * share
    vintages, jobs_file = dict(_VINTAGES), folder / "official_jobs.csv"
    if jobs_file.is_file():
        jobs = pd.read_csv(jobs_file, dtype={"geoid": str}).set_index("geoid")["jobs"]
        tracts["jobs"] = tracts["geoid"].map(jobs).fillna(0.0)
        vintages["jobs"] = "jobs: LODES8 by tract, official refresh"
    tracts = tracts.rename(columns={"nta_name": "area_name"})
    rivals_file = folder / "official_competitors.csv"
    rivals = pd.read_csv(rivals_file) if rivals_file.is_file() else None
    stations = pd.read_csv(folder / "manhattan_subway.csv")
    return Layers(tracts, areas, lots, stations, rivals, vintages)


def find_area(layers: Layers, latitude: pd.Series, longitude: pd.Series) -> pd.DataFrame:
    """``area_id`` and ``area_name`` of each point; null outside the layers: other boroughs, the water."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(longitude, latitude), crs=4326)
    covered = layers.tracts.loc[layers.tracts["jobs"].notna(), ["area_id", "area_name", "geometry"]]
    found = gpd.sjoin(points, covered, how="left", predicate="within")
    found = found[~found.index.duplicated()]
    return pd.DataFrame(found[["area_id", "area_name"]]).set_index(latitude.index)


def count_within(layers: Layers, latitude: pd.Series, longitude: pd.Series, km: float) -> pd.DataFrame:
    """Residents, jobs and stations within ``km`` of each point, in a straight line.

    ``residents`` by tax lot; ``jobs`` by the part of each tract's land inside the circle; ``stations`` a
    count. Null for a point outside the layers, and the count is too low where the circle leaves the island.

    >>> here = pd.Series([40.7359]), pd.Series([-73.9906])
    >>> count_within(load_layers(), *here, 0.4).round(-2)["residents"].tolist()
    [17000.0]
    """
    covered = find_area(layers, latitude, longitude)["area_id"].notna()
    tracts = layers.tracts[layers.tracts["jobs"] > 0].to_crs(FEET_CRS)
    tracts["density"] = tracts["jobs"] / tracts.area
    points = gpd.GeoSeries(gpd.points_from_xy(longitude, latitude), crs=4326).to_crs(FEET_CRS)
    rows = []
    for point, lat, lon in zip(points, latitude, longitude, strict=True):
        circle = point.buffer(km * FEET_IN_KM)
        near = tracts.iloc[tracts.sindex.query(circle)]
        jobs = float((near.intersection(circle).area * near["density"]).sum())
        residents = layers.lots.loc[_is_near(layers.lots, lat, lon, km), "residents"].sum()
        rows.append((float(residents), jobs, float(_is_near(layers.stations, lat, lon, km).sum())))
    counts = pd.DataFrame(rows, columns=["residents", "jobs", "stations"], index=latitude.index)
    return counts.where(covered)


def _is_near(frame: pd.DataFrame, latitude: float, longitude: float, km: float) -> pd.Series:
    north = (frame["latitude"] - latitude) * KM_NORTH
    east = (frame["longitude"] - longitude) * KM_EAST
    return north**2 + east**2 <= km**2
