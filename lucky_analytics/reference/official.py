"""The official layers, from the services that publish them, for a machine with internet access.

| file | service |
| --- | --- |
| ``official_tracts.csv`` | Census Bureau, American Community Survey 5-year, tracts of New York County |
| ``official_jobs.csv`` | Census Bureau, LODES8 workplace characteristics, 2020 blocks added up to tracts |
| ``official_competitors.csv`` | NYC Health, restaurant inspections 43nn-pn8j, cuisine Coffee/Tea |
"""

from __future__ import annotations

import gzip
import io
import json
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from lucky_analytics.errors import LuckyError

__all__ = ["ACS_COLUMNS", "download", "parse_acs", "parse_inspections", "parse_lodes", "refresh"]

STATE, COUNTY = "36", "061"  # New York, New York County (Manhattan)
ACS_COLUMNS = {
    "residents": "B01003_001E",
    "median_income": "B19013_001E",
    "households": "B11001_001E",
    "renter_households": "B25003_003E",
    "commute_transit": "B08301_010E",
    "commute_walk": "B08301_019E",
    "work_at_home": "B08301_021E",
}
# The survey writes "not available" as large negative numbers.
_ACS_LOWEST_VALUE = 0
_TIMEOUT_SECONDS = 120

Fetch = Callable[[str], bytes]


def refresh(
    out: Path, census_key: str | None, *, year: int = 2023, jobs_year: int = 2022, fetch: Fetch | None = None
) -> list[Path]:
    """Fetch the three layers and write them to ``out``; the files written, all or none.

    ``census_key``: the Census Bureau's free API key. Raises ``LuckyError`` without one, when a service does
    not answer, or when its answer has another form than documented.
    """
    if not census_key:
        raise LuckyError(
            "reference refresh", expected="CENSUS_API_KEY in the environment", got="none",
            remedy="Ask for a free key at api.census.gov/data/key_signup.html",
        )  # fmt: skip
    get = fetch or download
    layers = {
        "official_tracts.csv": parse_acs(get(acs_url(year, census_key))),
        "official_jobs.csv": parse_lodes(get(lodes_url(jobs_year))),
        "official_competitors.csv": parse_inspections(get(inspections_url())),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, layer in layers.items():
        layer.to_csv(out / name, index=False)
    return [out / name for name in layers]


def acs_url(year: int, key: str) -> str:
    query = {"get": ",".join(ACS_COLUMNS.values()), "for": "tract:*", "in": f"state:{STATE} county:{COUNTY}"}
    return f"https://api.census.gov/data/{year}/acs/acs5?{urllib.parse.urlencode(query | {'key': key})}"


def lodes_url(year: int) -> str:
    return f"https://lehd.ces.census.gov/data/lodes/LODES8/ny/wac/ny_wac_S000_JT00_{year}.csv.gz"


def inspections_url() -> str:
    query = {
        "$select": "camis,dba,latitude,longitude",
        "$where": "cuisine_description='Coffee/Tea' AND boro='Manhattan'",
        "$limit": "50000",
    }
    return "https://data.cityofnewyork.us/resource/43nn-pn8j.json?" + urllib.parse.urlencode(query)


def parse_acs(answer: bytes) -> pd.DataFrame:
    """``geoid`` (11 digits, text) and ``ACS_COLUMNS``; null where the survey gives no value.

    >>> names = [*ACS_COLUMNS.values(), "state", "county", "tract"]
    >>> row = ["5000", "-666666666", "2000", "1500", "900", "400", "300", "36", "061", "000100"]
    >>> parse_acs(json.dumps([names, row]).encode())[["geoid", "residents", "median_income"]].values.tolist()
    [['36061000100', 5000, nan]]
    """
    table = _json(answer, "American Community Survey")
    if not table or not isinstance(table[0], list):
        raise LuckyError("American Community Survey", expected="a header and rows", got=str(table)[:80])
    rows = pd.DataFrame(table[1:], columns=table[0])
    needed = [*ACS_COLUMNS.values(), "state", "county", "tract"]
    _require(rows, needed, "American Community Survey")
    values = {name: pd.to_numeric(rows[code], errors="coerce") for name, code in ACS_COLUMNS.items()}
    tracts = pd.DataFrame({"geoid": rows["state"] + rows["county"] + rows["tract"], **values})
    numbers = list(ACS_COLUMNS)
    tracts[numbers] = tracts[numbers].where(tracts[numbers] >= _ACS_LOWEST_VALUE)
    return tracts.sort_values("geoid", ignore_index=True)


def parse_lodes(answer: bytes) -> pd.DataFrame:
    """``geoid`` (11 digits, text) and ``jobs``: all jobs (C000) of the county's blocks, by tract."""
    try:
        text = gzip.decompress(answer)
        rows = pd.read_csv(io.BytesIO(text), dtype={"w_geocode": str})
    except (OSError, ValueError) as error:
        raise LuckyError("LODES", expected="a gzipped CSV", got=str(error)) from error
    _require(rows, ["w_geocode", "C000"], "LODES")
    rows = rows[rows["w_geocode"].str.startswith(STATE + COUNTY)]
    jobs = rows.groupby(rows["w_geocode"].str[:11].rename("geoid"))["C000"].sum().rename("jobs")
    return jobs.reset_index()


def parse_inspections(answer: bytes) -> pd.DataFrame:
    """``name``, ``latitude``, ``longitude`` of each coffee shop once; shops without a place are left out."""
    rows = pd.DataFrame(_json(answer, "restaurant inspections"))
    _require(rows, ["camis", "dba", "latitude", "longitude"], "restaurant inspections")
    rows = rows.drop_duplicates("camis").rename(columns={"dba": "name"})
    for name in ("latitude", "longitude"):
        rows[name] = pd.to_numeric(rows[name], errors="coerce")
    placed = rows[(rows["latitude"] > 40) & (rows["longitude"] < -73)]
    return placed.sort_values("camis")[["name", "latitude", "longitude"]].reset_index(drop=True)


def download(url: str) -> bytes:
    """The body of an https address. Raises ``LuckyError``, without the key, when nobody answers."""
    shown = url.partition("key=")[0]
    request = urllib.request.Request(url, headers={"User-Agent": "lucky-analytics"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read()
            return body
    except OSError as error:
        raise LuckyError(f"service {shown}", expected="an answer", got=type(error).__name__) from error


def _json(answer: bytes, service: str) -> list:
    try:
        parsed = json.loads(answer)
    except ValueError as error:
        raise LuckyError(service, expected="JSON", got=repr(answer[:60])) from error
    if not isinstance(parsed, list):
        raise LuckyError(service, expected="a list of rows", got=str(parsed)[:80])
    return parsed


def _require(rows: pd.DataFrame, names: list[str], service: str) -> None:
    missing = [name for name in names if name not in rows]
    if missing:
        raise LuckyError(service, expected="columns " + ", ".join(names), got=f"none named {missing[0]}")
