"""Benjamini and Hochberg's q-values by their definition, with nulls among the tests."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lucky_analytics.methods.inference.false_discovery import adjust_p_values


def by_definition(p: list[float]) -> list[float]:
    """The smallest n p / k over all tests at least as large; nulls are no tests."""
    tests = sorted(value for value in p if not math.isnan(value))
    n = len(tests)
    scaled = [min(1.0, n * value / (k + 1)) for k, value in enumerate(tests)]
    return [math.nan if math.isnan(v) else min(scaled[tests.index(v) :]) for v in p]


@pytest.mark.parametrize(
    "p",
    [
        [0.01, math.nan, 0.04, 0.03, math.nan, math.nan],
        [math.nan, 0.9, 0.2, 0.001, 0.8],
        [0.5],
        [math.nan, math.nan],
    ],
)
def test_nulls_stay_null_and_are_not_counted(p: list[float]):
    got = adjust_p_values(np.array(p))
    assert got.tolist() == pytest.approx(by_definition(p), nan_ok=True)
    known = [value for value in p if not math.isnan(value)]
    assert got[~np.isnan(got)].tolist() == adjust_p_values(np.array(known)).tolist()
