"""The shipped layers add up to the published totals, and answer null where they do not reach."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.reference.extracts import build_extracts, interpolate_median
from lucky_analytics.reference.imports import read_import
from lucky_analytics.reference.manhattan import count_within, find_area, load_layers

UNION_SQUARE = pd.Series([40.7359]), pd.Series([-73.9911])
BROOKLYN = pd.Series([40.7170]), pd.Series([-73.9566])


def test_published_totals():
    areas = load_layers().areas
    assert len(areas) == 38
    assert areas["residents"].sum() == 1_617_259  # ACS 2019-23
    assert areas["renter_households"].sum() == 555_331
    assert areas["commute_transit"].sum() == 391_950
    assert areas["jobs"].sum() == pytest.approx(2.32e6, rel=0.005)  # CTPP 2012-16


def test_layers_are_whole():
    layers = load_layers()
    assert len(layers.tracts) == 310 and layers.tracts.geometry.is_valid.all()
    assert len(layers.stations) == 153
    assert layers.lots["residents"].sum() == pytest.approx(1_694_251, abs=50)  # 2020 decennial count
    assert layers.tracts["residents"].sum() == pytest.approx(layers.lots["residents"].sum())
    assert layers.tracts["jobs"].sum() == pytest.approx(layers.areas["jobs"].sum())


def test_jobs_outside_their_layer_are_null_not_zero():
    tracts = load_layers().tracts
    assert (
        tracts.loc[tracts["jobs"].isna(), "area_id"].tolist() == ["BX0802"]
        or tracts["jobs"].isna().sum() == 1
    )


def test_union_square():
    counts = count_within(load_layers(), *UNION_SQUARE, 0.4).iloc[0]
    assert counts["residents"] == pytest.approx(16_600, rel=0.05)
    assert counts["stations"] >= 3 and counts["jobs"] > 20_000
    assert (count_within(load_layers(), *UNION_SQUARE, 0.8).iloc[0] > counts).all()


def test_jobs_within_equal_a_count_of_points():
    layers = load_layers()
    chance = np.random.default_rng(0)
    radius, (lat, lon) = 0.4, (40.7359, -73.9911)
    angle, size = chance.uniform(0, 2 * np.pi, 4000), radius * np.sqrt(chance.uniform(0, 1, 4000))
    points = pd.DataFrame(
        {"lat": lat + size * np.cos(angle) / 111.2, "lon": lon + size * np.sin(angle) / 84.3}
    )
    area = find_area(layers, points["lat"], points["lon"])["area_id"]
    land = layers.tracts.to_crs(6933).area.groupby(layers.tracts["area_id"]).sum() / 1e6
    density = layers.areas.set_index("area_id")["jobs"] / land
    expected = area.map(density).fillna(0).mean() * np.pi * radius**2
    assert count_within(layers, *UNION_SQUARE, radius)["jobs"].iloc[0] == pytest.approx(expected, rel=0.03)


def test_other_boroughs_are_null():
    layers = load_layers()
    assert find_area(layers, *BROOKLYN)["area_id"].isna().all()
    assert count_within(layers, *BROOKLYN, 0.4).isna().all(axis=None)


def test_a_point_without_a_place_is_null():
    counts = count_within(load_layers(), pd.Series([40.7359, None]), pd.Series([-73.9911, None]), 0.4)
    assert counts.iloc[0].notna().all() and counts.iloc[1].isna().all()


@pytest.mark.parametrize(
    ("counts", "median"),
    [([0, 0, 0, 0, 0, 10, 10, 0, 0, 0], 75_000), ([4, 0, 0, 0, 0, 0, 0, 0, 0, 0], 5_000)],
)
def test_median_income(counts, median):
    assert interpolate_median(np.array(counts)) == median


def test_median_income_is_top_coded_and_null_without_households():
    assert interpolate_median(np.array([0] * 9 + [7])) == 200_000
    assert np.isnan(interpolate_median(np.zeros(10)))


def test_a_missing_package_is_named(tmp_path):
    with pytest.raises(LuckyError, match=r"census_tract\.geojson: expected the unpacked wheel"):
        build_extracts(tmp_path, tmp_path / "out")


def write(folder, text):
    path = folder / "import.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_import_takes_what_a_spreadsheet_writes_and_two_branches_of_a_name(tmp_path):
    path = write(tmp_path, "\ufeffsite , rent_dollars_month\r\n<b>Grand</b>,1\r\n")
    assert read_import("rent", path).values.tolist() == [["<b>Grand</b>", 1]]
    path = write(tmp_path, "name,latitude,longitude\nX,40.7,-74\nX,40.8,-74\n")
    assert len(read_import("competitors", path)) == 2


def test_import_reads_its_columns(tmp_path):
    path = write(tmp_path, "site,rent_dollars_month,extra\nAstor, 21000 ,x\n")
    assert read_import("rent", path).values.tolist() == [["Astor", 21_000]]
    assert read_import("rent", "") is None


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("rent", "site\nAstor\n", "expected columns site, rent_dollars_month, got columns 'site'"),
        (
            "rent",
            "site,rent_dollars_month\nAstor,1\nVarick,-5\n",
            r"row 3, rent_dollars_month: expected a number",
        ),
        ("rent", "site,rent_dollars_month\n,1\n", "row 2, site: expected text"),
        (
            "competitors",
            "name,latitude,longitude\nX,51.5,-0.1\n",
            "row 2, latitude: expected a number from 40.4",
        ),
        ("rent", "", "expected a CSV file"),
        ("rent", "site,rent_dollars_month\n", "expected rows, each one site: asking rent.*got none"),
        (
            "rent",
            "site,rent_dollars_month\nA,1\nB,2\n A ,3\n",
            "row 4: expected each site once, got 'A' a second",
        ),
        ("rent", "site,rent_dollars_month\nA,nan\n", "expected a number from 0 to 1,000,000, got 'nan'"),
        ("rent", 'site,rent_dollars_month\n"A,1\n', "expected a CSV file"),
        (
            "competitors",
            "name,latitude,longitude\n" + 2 * "X,40.7,-74\n",
            "each name, latitude and longitude once",
        ),
        ("predictions", "store_name,predicted_dollars_month\nA,0\n", "a number from 1 to"),
        ("rent", "site;rent_dollars_month\nA;1\n", "got columns separated by ';'. Save it as CSV UTF-8"),
    ],
)
def test_import_names_what_breaks_its_contract(tmp_path, kind, text, message):
    with pytest.raises(LuckyError, match=message):
        read_import(kind, write(tmp_path, text))


def test_a_file_that_was_not_meant_is_not_quoted(tmp_path):
    for text in (
        "Sup3rSecretReaderPw_99\n",
        "root:*:20228:0:99999:7:::\nmail:x\n",
        "key;Pw_99\n",
        "Pw_99,b\n",
    ):
        with pytest.raises(LuckyError) as found:
            read_import("rent", write(tmp_path, text))
        assert "Pw_99" not in str(found.value) and "20228" not in str(found.value)
        assert "of other names" in str(found.value)


def test_a_file_of_another_encoding_is_named_with_what_to_do(tmp_path):
    for encoding, name in (("utf-16", "UTF-16"), ("latin-1", "another encoding")):
        path = tmp_path / "import.csv"
        path.write_bytes("site,rent_dollars_month\nCafé,1\n".encode(encoding))
        with pytest.raises(LuckyError, match=f"got {name} at byte .*Save it as CSV UTF-8"):
            read_import("rent", path)


def test_unknown_import(tmp_path):
    with pytest.raises(UnknownNameError, match="rent"):
        read_import("rents", "x.csv")
    with pytest.raises(LuckyError, match="expected a CSV file"):
        read_import("rent", tmp_path / "none.csv")
