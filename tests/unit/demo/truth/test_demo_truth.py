"""Overriding planted values: only known names, only values of the same kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lucky_analytics.demo.truth.planted import Realised, plants
from lucky_analytics.errors import DemoError, UnknownNameError


def _file(folder: Path, content: object) -> Path:
    path = folder / "truth.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_an_override_replaces_one_value_and_leaves_the_others(tmp_path: Path):
    merged = plants(_file(tmp_path, {"ramp": {"b": 0.9}}))
    assert merged["ramp"] == {**plants()["ramp"], "b": 0.9}
    assert merged["customers"] == plants()["customers"]
    assert plants()["ramp"]["b"] == 1.2


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("{", DemoError, "expected JSON"),
        ('{"ramp": {"b": NaN}}', DemoError, "got NaN, which is no finite number"),
        ('{"ramp": {"b": 1e999}}', DemoError, "got 1e999, which is no finite number"),
        ('{"anomalies": [{"orders": -Infinity}]}', DemoError, "got -Infinity, which is no finite number"),
        ([1], DemoError, "got list"),
        ({"rmap": {}}, UnknownNameError, "'rmap': expected one of ramp"),
        ({"ramp": {"bb": 1}}, UnknownNameError, "parameter of ramp in the truth file 'bb'"),
        ({"ramp": {"b": "big"}}, DemoError, "truth ramp.b: expected a number, got 'big'"),
        ({"ramp": {"b": True}}, DemoError, "expected a number, got True"),
        ({"ramp": 3}, DemoError, "expected {parameter: value}, got 3"),
        ({"customers": {"first_order_shares": [1]}}, DemoError, "expected a list of 8 numbers"),
        ({"exceptions": {"zero_tax_lines": 1.5}}, DemoError, "expected a count, got 1.5"),
        ({"exceptions": {"zero_tax_lines": -1}}, DemoError, "expected a count, got -1"),
        ({"elasticity": {"start_date": 5}}, DemoError, "expected a text, got 5"),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: object, error: type, message: str):
    with pytest.raises(error, match=None) as caught:
        plants(_file(tmp_path, content))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(DemoError, match=r"nowhere\.json"):
        plants(tmp_path / "nowhere.json")


def test_realised_values_stand_beside_the_planted_ones():
    truth = Realised({"ramp": {"b": 1.2}, "exceptions": {"zero_tax_lines": 2}})
    truth.note("ramp", "b", 1.23, se=0.04)
    truth.rows("zero_tax_lines", ["9", "10"])
    read = json.loads(truth.as_json())
    assert read["ramp"]["b"] == {"planted": 1.2, "realised": 1.23, "se": 0.04}
    assert read["exceptions"]["rows"]["zero_tax_lines"] == ["10", "9"]


@pytest.mark.parametrize("nought", [0, 0.0, -0.0])
def test_a_price_that_moves_nothing_can_be_planted(tmp_path: Path, nought: float):
    planted = plants(_file(tmp_path, {"elasticity": {"Food": nought, "Matcha": nought}}))["elasticity"]
    assert planted["Food"] == planted["Matcha"] == 0 and planted["Cold Brew"] == -1.5
