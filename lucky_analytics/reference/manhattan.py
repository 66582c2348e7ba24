"""The shipped Manhattan layers: tracts with residents and jobs, walk-shed counts, subway stations.

Outside the layers a value is null, never zero.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree
from shapely import Point

from lucky_analytics import settings
from lucky_analytics.reference.layer_files import require_layers

__all__ = [
    "Layers",
    "count_within",
    "find_area",
    "load_layers",
    "load_tracts",
    "name_borough",
    "name_places",
    "read_competitors",
]

# What the map says about each shipped layer.
_VINTAGES = {
    "residents": "residents: 2020 count by tax lot",
    "jobs": "jobs: CTPP 2012-16, before Hudson Yards",
    "stations": "subway: MTA static feed",
    "tracts": "outlines: census tracts of 2020",
    "income": "income: ACS 2019-23 by neighbourhood, median interpolated",
    "areas": "age: ACS 2019-23 by neighbourhood, median interpolated",
}
_WATER = (("Hudson River", 40.7420, -74.0200), ("East River", 40.7300, -73.9680))
FEET_CRS, FEET_IN_KM = 2263, 3280.84  # New York Long Island, US survey feet
KM_NORTH, KM_EAST = 111.2, 84.3  # kilometres in a degree at 40.75 degrees north; within 0.2 % on the island


@dataclass(frozen=True)
class Layers:
    """The layers, read once.

    ``tracts``: ``geoid``, ``area_id``, ``area_name``, ``geometry``, ``latitude``, ``longitude`` (of a point
    inside), ``residents``, ``jobs`` (null outside the jobs layer), ``median_income`` of households (dollars;
    null where nobody lives). ``areas``: the neighbourhoods' profile.
    ``lots``: ``latitude``, ``longitude``, ``residents``. ``stations``: ``station_name`` and place.
    ``competitors``: ``name`` and place, null without an official refresh. ``vintages``: what the map says
    about each layer. ``land``: outlines of the other boroughs (``borough``), for the map and for refusals.
    """

    tracts: gpd.GeoDataFrame
    areas: pd.DataFrame
    lots: pd.DataFrame
    stations: pd.DataFrame
    competitors: pd.DataFrame | None
    vintages: dict[str, str]
    land: gpd.GeoDataFrame

    @functools.cached_property
    def job_land(self) -> gpd.GeoDataFrame:
        """Tracts with jobs in feet, with ``density`` of jobs and an index: projected once, asked often."""
        tracts = self.tracts[self.tracts["jobs"] > 0].to_crs(FEET_CRS)
        tracts["density"] = tracts["jobs"] / tracts.area
        return tracts

    @functools.cached_property
    def lot_tree(self) -> tuple[KDTree, np.ndarray]:
        """Where residents live, to be asked for those near a point."""
        return _plant(self.lots, self.lots["residents"].to_numpy(float))

    @functools.cached_property
    def station_tree(self) -> tuple[KDTree, np.ndarray]:
        return _plant(self.stations, np.ones(len(self.stations)))

    @functools.cached_property
    def land_km2(self) -> pd.Series:
        """Square kilometres of each tract, by its row."""
        return self.tracts.to_crs(6933).area / 1e6


@functools.cache
def load_tracts(folder: Path | None = None) -> gpd.GeoDataFrame:
    """The census tracts of Manhattan alone, as a map needs them: ``area_name``, ``geometry``.

    >>> len(load_tracts())                                                # doctest: +SKIP
    310
    """
    folder = folder or settings.load().external_dir
    require_layers(folder)
    tracts = gpd.read_file(folder / "manhattan_tracts.geojson")
    return tracts[["nta_name", "geometry"]].rename(columns={"nta_name": "area_name"})


def load_layers(folder: Path | None = None) -> Layers:
    """Read the layers of ``folder`` (by default those that ship) once.

    A neighbourhood's jobs are spread over its tracts by land area, and each tract has its neighbourhood's
    median income. Where ``lucky reference refresh`` has brought them, jobs and income by tract and
    competitors of the official services take the place of the shipped layer.
    Raises ``LuckyError`` when a shipped file is missing.

    >>> round(load_layers().tracts["residents"].sum(), -3)                # doctest: +SKIP
    1694000.0
    """
    folder = folder or settings.load().external_dir
    require_layers(folder)
    tracts = gpd.read_file(folder / "manhattan_tracts.geojson")
    areas = pd.read_csv(folder / "manhattan_areas.csv")
    areas = areas.merge(pd.read_csv(folder / "manhattan_jobs.csv"), on="area_id", how="left")
    lots = pd.read_parquet(folder / "manhattan_lots.parquet").astype(float)
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
    tracts["median_income"] = tracts["area_id"].map(areas.set_index("area_id")["median_income_interpolated"])
    vintages, jobs_file = dict(_VINTAGES), folder / "official_jobs.csv"
    if jobs_file.is_file():
        jobs = pd.read_csv(jobs_file, dtype={"geoid": str}).set_index("geoid")["jobs"]
        tracts["jobs"] = tracts["geoid"].map(jobs).fillna(0.0)
        vintages["jobs"] = "jobs: LODES8 by tract, official refresh"
    census_file = folder / "official_tracts.csv"
    if census_file.is_file():
        census = pd.read_csv(census_file, dtype={"geoid": str}).set_index("geoid")
        tracts["median_income"] = tracts["geoid"].map(census["median_income"])
        vintages["income"] = "income: ACS 5-year median by tract, official refresh"
    tracts = tracts.rename(columns={"nta_name": "area_name"})
    rivals = read_competitors(folder)
    if rivals is not None:
        vintages["competitors"] = "competitors: coffee and tea shops inspected, official refresh"
    stations = pd.read_csv(folder / "manhattan_subway.csv")
    land = gpd.read_file(folder / "new_york_land.geojson")
    return Layers(tracts, areas, lots, stations, rivals, vintages, land)


def read_competitors(folder: Path | None = None) -> pd.DataFrame | None:
    """Coffee shops of the official list, ``name`` and place; null before ``lucky reference refresh``."""
    path = (folder or settings.load().external_dir) / "official_competitors.csv"
    return pd.read_csv(path) if path.is_file() else None


def find_area(layers: Layers, latitude: pd.Series, longitude: pd.Series) -> pd.DataFrame:
    """``area_id``, ``area_name``, ``median_income`` of each point; null outside: other boroughs, the
    water."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(longitude, latitude), crs=4326)
    told = ["area_id", "area_name", "median_income"]
    covered = layers.tracts.loc[layers.tracts["jobs"].notna(), [*told, "geometry"]]
    found = gpd.sjoin(points, covered, how="left", predicate="within")
    found = found[~found.index.duplicated()]
    return pd.DataFrame(found[told]).set_index(latitude.index)


def name_places(layers: Layers) -> pd.DataFrame:
    """Names that a map bears: ``name``, ``latitude``, ``longitude`` (where it is written), ``kind``.

    Of ``kind`` "water" first, then "area": neighbourhoods, at a place well inside each.

    >>> name_places(load_layers()).head(2)["name"].tolist()               # doctest: +SKIP
    ['Hudson River', 'East River']
    """
    inside = layers.tracts.dissolve("area_name").representative_point()
    water = pd.DataFrame(_WATER, columns=["name", "latitude", "longitude"]).assign(kind="water")
    areas = pd.DataFrame({"name": inside.index, "latitude": inside.y, "longitude": inside.x, "kind": "area"})
    return pd.concat([water, areas], ignore_index=True)


def name_borough(layers: Layers, latitude: float, longitude: float) -> str | None:
    """The other borough a point lies in; none for Manhattan, the water and the rest of the world.

    >>> name_borough(load_layers(), 40.7170, -73.9566)                    # doctest: +SKIP
    'Brooklyn'
    """
    point = Point(longitude, latitude)
    found = layers.land.loc[layers.land.contains(point), "borough"]
    return str(found.iloc[0]).title() if len(found) else None


def count_within(
    layers: Layers, latitude: pd.Series, longitude: pd.Series, km: float, covered: pd.Series | None = None
) -> pd.DataFrame:
    """Residents, jobs and stations within ``km`` of each point, in a straight line.

    ``residents`` by tax lot; ``jobs`` by the part of each tract's land inside the circle; ``stations`` a
    count. Null for a point outside the layers, and the count is too low where the circle leaves the island.
    ``covered`` says which points lie inside, where that is known already.

    >>> here = pd.Series([40.7359]), pd.Series([-73.9906])
    >>> count_within(load_layers(), *here, 0.4).round(-2)["residents"].tolist()
    [17000.0]
    """
    if covered is None:
        covered = find_area(layers, latitude, longitude)["area_id"].notna()
    points = gpd.GeoSeries(gpd.points_from_xy(longitude, latitude), crs=4326).to_crs(FEET_CRS)
    counts = pd.DataFrame(
        {
            "residents": _sum_near(*layers.lot_tree, latitude, longitude, km),
            "jobs": _jobs_inside(layers.job_land, points.buffer(km * FEET_IN_KM)),
            "stations": _sum_near(*layers.station_tree, latitude, longitude, km),
        },
        index=latitude.index,
    )
    return counts.where(covered)


def _jobs_inside(tracts: gpd.GeoDataFrame, circles: gpd.GeoSeries) -> np.ndarray:
    """Jobs in each circle; a tract that lies inside as a whole is not cut."""
    circle, tract = tracts.sindex.query(circles, predicate="intersects")
    shapes, round_shapes = tracts.geometry.to_numpy(), circles.to_numpy()
    whole = set(zip(*tracts.sindex.query(circles, predicate="contains"), strict=True))
    is_cut = np.array([pair not in whole for pair in zip(circle, tract, strict=True)], bool)
    area = shapely.area(shapes)[tract]
    area[is_cut] = shapely.area(shapely.intersection(shapes[tract[is_cut]], round_shapes[circle[is_cut]]))
    return np.bincount(circle, area * tracts["density"].to_numpy()[tract], minlength=len(circles))


def _plant(frame: pd.DataFrame, size: np.ndarray) -> tuple[KDTree, np.ndarray]:
    place = [frame["latitude"].to_numpy(float) * KM_NORTH, frame["longitude"].to_numpy(float) * KM_EAST]
    return KDTree(np.column_stack(place)), size


def _sum_near(
    tree: KDTree, size: np.ndarray, latitude: pd.Series, longitude: pd.Series, km: float
) -> np.ndarray:
    """The sizes within ``km`` of each point, added up."""
    # a point without a place is looked for where nothing is near
    places = np.nan_to_num(np.column_stack([latitude * KM_NORTH, longitude * KM_EAST]))
    near = tree.query_ball_point(places, km)
    return np.array([size[rows].sum() for rows in near], float)
