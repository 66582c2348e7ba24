"""Mapping files that say something wrong: one line each, with the file and its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from lucky_analytics.errors import ParameterError, UnknownNameError
from tests.unit.sources.test_mapped_files import SHOPS, write


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("absent: [internal, ", "absent: ["), "nothing said of internal"),
        (("      id: Store\n", ""), "nothing said of id"),
        (("absent: [internal", "absent: [id, internal"), "every key column to be mapped"),
        (("shop_no: Store", "shop_number: Store"), "unknown field.*shop_no"),
        (
            ("time_zone: America/New_York\n    currency", "time_zone: New York\n    currency"),
            "like America/New_York",
        ),
        (("{value: LKUS}", "{value: LKUS, from: Name}"), "from: a column of the files, or value"),
        (("cut: 2026-02-14T12:00:00Z", "cut: today"), "like 2026-02-14T12:00:00Z"),
        (("t_shop_info", "t_shop_inf"), "unknown table .*line 4, tables.*t_shop_info"),
        (("luckyus_opshop.", "luckyus_opshops."), "unknown source .*line 4, tables.*opshop"),
        (("files: FILE", "file: FILE"), "unknown field.*files"),
        (("currency: USD", 'currency: USD\n    delimiter: ";;"'), "delimiter: expected one character"),
        (("currency: USD", 'currency: USD\n    delimiter: ""'), "delimiter: expected one character"),
        (("currency: USD", "currency: USD\n    encoding: zip"), "encoding: expected like utf-8"),
        (("currency: USD", "currency: DOGE"), "currency: expected a code like USD, got DOGE"),
        (("currency: USD", "currency: USD\n    nulls: [no]"), "Quote it as it stands in the files"),
        (
            ("{value: America/New_York}", "{value: Mars/Base}"),
            "value: expected like America/New_York, got Mars",
        ),
        (("open: 1, closed: 2", "on: 1, closed: 2"), "recode.True: expected a text.*Quote it"),
        (("open: 1, closed: 2", "on: 1, yes: 2"), "to be declared once.*Quote names"),
        (("open: 1, closed: 2", "1.10: 1, closed: 2"), "recode.1.1: expected a text"),
        (("%m/%d/%Y %H:%M", "%Q nonsense"), "format: expected one that says a day"),
        (("%m/%d/%Y %H:%M", "%H:%M"), "format: expected one that says a day"),
        (
            ("location_latitude: Lat", "location_latitude: {from: Lat, times: .nan}"),
            "expected a number, got nan",
        ),
        (
            ("location_latitude: Lat", "location_latitude: {from: Lat, times: .inf}"),
            "expected a number, got inf",
        ),
        (("location_latitude: Lat", "location_latitude: {from: Lat, times: 0}"), "a number other than 0"),
        (("absent: [internal", "absent: [shop_name, internal"), "shop_name: expected a column .* got both"),
        (("2026-02-14T12:00:00Z", "0001-01-01T00:00:00+14:00"), "like 2026-02-14T12:00:00Z"),
    ],
)
def test_a_wrong_mapping_is_one_line_with_its_place(tmp_path: Path, change: tuple[str, str], message: str):
    assert change[0] in SHOPS
    with pytest.raises((ParameterError, UnknownNameError), match=message) as wrong:
        write(tmp_path, "shops.csv", text=SHOPS.replace(*change))
    assert "\n" not in str(wrong.value) and "mapping.yml" in str(wrong.value)
