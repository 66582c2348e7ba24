"""Dose response from counts: equal to a regression on rows, interval of the stated coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.dose_response import estimate_dose_response


def simulate(seed, n=4000, slope=0.02):
    chance = np.random.default_rng(seed)
    stratum, dose = chance.integers(0, 6, n), chance.choice([0.0, 0.1, 0.25, 0.5], n)
    event = chance.random(n) < 0.01 + 0.004 * stratum + slope * dose
    return pd.DataFrame({"stratum": stratum, "dose": dose, "event": event.astype(int)})


def count(rows):
    groups = rows.groupby(["stratum", "dose"])["event"]
    return groups.agg(n="size", n_event="sum").reset_index()


def test_equal_to_least_squares_on_rows_with_dummies_and_robust_errors():
    rows = simulate(3)
    design = pd.get_dummies(rows["stratum"], dtype=float).assign(dose=rows["dose"])
    fit = sm.OLS(rows["event"], design).fit(cov_type="HC0")
    found = estimate_dose_response(count(rows), 0.5)
    assert found["value"] == pytest.approx(0.5 * fit.params["dose"], rel=1e-9)
    assert found["se"] == pytest.approx(0.5 * fit.bse["dose"], rel=1e-9)
    assert found["n"] == len(rows)
    at_zero = fit.predict(design.assign(dose=0.0)).mean()
    assert found["base"] == pytest.approx(at_zero, rel=1e-9)


def test_intervals_cover_as_stated():
    inside = 0
    for seed in range(300):
        found = estimate_dose_response(count(simulate(seed)), 0.4, level=0.8)
        inside += found["low"] < 0.4 * 0.02 < found["high"]
    assert 0.72 < inside / 300 < 0.88  # binomial 99.9 % around .8


def test_level_and_dose_widen_what_they_should():
    cells = count(simulate(1))
    near, far = estimate_dose_response(cells, 0.1), estimate_dose_response(cells, 0.4)
    assert far["value"] == pytest.approx(4 * near["value"])
    sure = estimate_dose_response(cells, 0.1, level=0.99)
    assert sure["low"] < near["low"] and sure["high"] > near["high"]


def test_a_dose_that_never_differs_is_one_clear_error():
    same = pd.DataFrame({"stratum": [1, 2], "dose": [0.1, 0.5], "n": [9, 9], "n_event": [1, 2]})
    with pytest.raises(LuckyError, match="dose response: expected doses that differ"):
        estimate_dose_response(same, 0.5)
