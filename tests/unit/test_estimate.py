from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate


@pytest.mark.parametrize("nothing", [None, float("nan"), float("inf"), pd.NaT])
def test_what_is_no_number_cannot_be_said(nothing):
    assert Estimate(nothing, n=1).value is None


def test_an_interval_needs_a_level_and_its_ends_in_order():
    with pytest.raises(ParameterError, match="a level with its interval"):
        Estimate(1.0, 0.0, 2.0)
    with pytest.raises(ParameterError, match="low at most high"):
        Estimate(1.0, 2.0, 0.0, level=0.9)
    assert Estimate(1.0, level=0.9).level is None


def test_a_row_names_its_ends_after_the_value_or_plainly():
    row = pd.Series({"net": 3.0, "net_low": 1.0, "net_high": 5.0, "low": -9.0, "high": 9.0})
    assert Estimate.of(row, "net", level=0.9, n=7) == Estimate(3.0, 1.0, 5.0, 0.9, 7)
    plain = pd.Series({"value": 3.0, "low": 1.0, "high": float("nan")})
    assert Estimate.of(plain, "value", level=0.9) == Estimate(3.0, 1.0, None, 0.9)
    with pytest.raises(UnknownNameError, match="nett"):
        Estimate.of(row, "nett")


@pytest.mark.parametrize(
    ("low", "high", "number", "held"),
    [
        (-1.0, 1.0, 0.0, True),
        (0.0, 1.0, 0.0, True),
        (0.1, 1.0, 0.0, False),
        (None, -0.1, 0.0, False),
        (0.1, None, 5.0, True),
    ],
)
def test_it_holds_what_lies_between_its_ends(low, high, number, held):
    assert Estimate(0.5, low, high, level=0.9).holds(number) is held


def test_another_unit_keeps_the_interval_in_order():
    months = Estimate(2.0, 1.0, None, level=0.9, n=4)
    assert months.times(-3) == Estimate(-6.0, None, -3.0, 0.9, 4)
    assert months.times(3) == Estimate(6.0, 3.0, None, 0.9, 4)
