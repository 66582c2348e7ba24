"""The official refresh, on small answers written by hand from the services' published documentation.

American Community Survey: api.census.gov/data/2023/acs/acs5 (lists, values as text, negative sentinels).
LODES8: lehd.ces.census.gov/data/lodes/LODES8/LODESTechDoc8.1.pdf (15-digit block, C000 = all jobs).
Inspections: data.cityofnewyork.us/resource/43nn-pn8j (objects, numbers as text, a row per violation).
"""

from __future__ import annotations

import gzip
import json
import os

import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.reference import official
from lucky_analytics.reference.manhattan import load_layers
from lucky_analytics.settings import load

ACS = [
    [*official.ACS_COLUMNS.values(), "state", "county", "tract"],
    ["2500", "-666666666", "1200", "900", "700", "300", "200", "36", "061", "000201"],
    ["5000", "81250", "2000", "1500", "900", "400", "300", "36", "061", "000100"],
    ["0", None, "0", "0", "0", "0", "0", "36", "061", "000500"],
]
LODES = "w_geocode,C000,CA01,createdate\n360610001001000,10,3,20240101\n360610001001001,5,1,20240101\n"
LODES += "360610002011000,7,2,20240101\n360470001001000,99,1,20240101\n"
INSPECTIONS = [
    {"camis": "2", "dba": "BEAN HOUSE", "latitude": "40.7301", "longitude": "-73.9911"},
    {"camis": "2", "dba": "BEAN HOUSE", "latitude": "40.7301", "longitude": "-73.9911"},
    {"camis": "1", "dba": "CAFÉ UNO", "latitude": "40.75", "longitude": "-73.98"},
    {"camis": "3", "dba": "NOWHERE", "latitude": "0", "longitude": "0"},
    {"camis": "4", "dba": "UNPLACED"},
]


def answer(url):
    if "census.gov/data/20" in url:
        return json.dumps(ACS).encode()
    if "lodes" in url:
        return gzip.compress(LODES.encode())
    return json.dumps(INSPECTIONS).encode()


def test_survey_values_are_numbers_and_sentinels_null():
    tracts = official.parse_acs(answer("https://api.census.gov/data/2023")).set_index("geoid")
    assert tracts.index.tolist() == ["36061000100", "36061000201", "36061000500"]
    assert tracts.loc["36061000100", "median_income"] == 81_250
    assert tracts["median_income"].isna().tolist() == [False, True, True]
    assert tracts.loc["36061000500", "residents"] == 0


def test_jobs_are_added_up_to_tracts_of_the_county():
    jobs = official.parse_lodes(gzip.compress(LODES.encode()))
    assert jobs.values.tolist() == [["36061000100", 15], ["36061000201", 7]]


def test_each_placed_shop_once():
    assert official.parse_inspections(json.dumps(INSPECTIONS).encode())["name"].tolist() == [
        "CAFÉ UNO",
        "BEAN HOUSE",
    ]


def test_refresh_asks_for_what_is_documented_and_writes_all(tmp_path):
    asked = []

    def fetch(url):
        asked.append(url)
        return answer(url)

    written = official.refresh(tmp_path, "a-key", year=2022, jobs_year=2021, fetch=fetch)
    assert [path.name for path in written] == [
        "official_tracts.csv", "official_jobs.csv", "official_competitors.csv",
    ]  # fmt: skip
    assert "data/2022/acs/acs5?get=B01003_001E" in asked[0] and "in=state%3A36+county%3A061" in asked[0]
    assert asked[1].endswith("ny_wac_S000_JT00_2021.csv.gz") and all(
        url.startswith("https://") for url in asked
    )
    assert "a-key" not in "".join(path.read_text() for path in written)


def test_nothing_is_written_when_one_service_fails(tmp_path):
    def fetch(url):
        return b"<html>maintenance</html>" if "cityofnewyork" in url else answer(url)

    with pytest.raises(LuckyError, match="restaurant inspections: expected JSON"):
        official.refresh(tmp_path, "a-key", fetch=fetch)
    assert not list(tmp_path.iterdir())


def test_no_key(tmp_path):
    with pytest.raises(LuckyError, match="expected CENSUS_API_KEY"):
        official.refresh(tmp_path, None)


@pytest.mark.parametrize(
    ("parse", "broken", "message"),
    [
        (official.parse_acs, b"[]", "a header and rows"),
        (official.parse_acs, b'{"error": 1}', "a list of rows"),
        (official.parse_acs, b'[["NAME"],["x"]]', "none named B01003_001E"),
        (official.parse_lodes, b"plain", "a gzipped CSV"),
        (official.parse_lodes, gzip.compress(b"a,b\n1,2\n", mtime=0), "none named w_geocode"),
        (official.parse_inspections, b'[{"camis": "1"}]', "none named dba"),
    ],
)
def test_another_form_than_documented_is_named(parse, broken, message):
    with pytest.raises(LuckyError, match=message):
        parse(broken)


def test_a_service_that_is_down_is_named_without_the_key():
    with pytest.raises(LuckyError, match=r"service https://127\.0\.0\.1:9/x\?") as caught:
        official.download("https://127.0.0.1:9/x?key=secret")
    assert "secret" not in str(caught.value)


def test_refreshed_layers_take_the_place_of_the_shipped_ones(tmp_path):
    for path in load().external_dir.glob("[mn]*_*"):
        (tmp_path / path.name).symlink_to(path)
    shipped = load_layers()
    pd.DataFrame({"geoid": [shipped.tracts["geoid"].iloc[0]], "jobs": [123]}).to_csv(
        tmp_path / "official_jobs.csv", index=False
    )
    official.parse_inspections(json.dumps(INSPECTIONS).encode()).to_csv(tmp_path / "official_competitors.csv")
    pd.DataFrame({"geoid": [shipped.tracts["geoid"].iloc[0]], "median_income": [61_000]}).to_csv(
        tmp_path / "official_tracts.csv", index=False
    )
    refreshed = load_layers(tmp_path)
    assert refreshed.tracts["jobs"].sum() == 123 and "LODES8" in refreshed.vintages["jobs"]
    assert len(refreshed.competitors) == 2 and shipped.competitors is None
    assert refreshed.tracts["median_income"].dropna().tolist() == [61_000]
    assert "official" in refreshed.vintages["income"] and "interpolated" in shipped.vintages["income"]


@pytest.mark.skipif(
    not os.environ.get("CENSUS_API_KEY"), reason="opt-in: needs CENSUS_API_KEY and the internet"
)
def test_the_real_services_answer_as_documented(tmp_path):
    assert len(official.refresh(tmp_path, os.environ["CENSUS_API_KEY"])) == 3
