"""Loads over orders: against statsmodels, on planted worlds that also grow by themselves, and on none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.load_line import fit_load_line

HOURS = np.array([0, 0, 0, 1, 3, 6, 9, 10, 8, 6, 4, 2], float) * 40


def _hours(seed: int, fixed: float, slope: float, n_days: int = 28, trend: float = 0.0):
    """Loads of twelve hours of each day; days differ by themselves, and grow by ``trend`` a day."""
    chance = np.random.default_rng(seed)
    day = np.repeat(np.arange(n_days), len(HOURS))
    drive = np.tile(HOURS, n_days) * np.repeat(chance.uniform(0.6, 1.2, n_days), len(HOURS))
    own = np.repeat(chance.normal(0, 2, n_days), len(HOURS))
    return fixed + slope * drive + own + trend * day + chance.normal(0, 3, len(day)), drive, day


def test_the_slope_is_that_of_a_regression_with_a_level_for_each_day():
    load, drive, day = _hours(1, 40, 0.2)
    line = fit_load_line(load, drive, day)
    design = np.column_stack([drive, pd.get_dummies(day).to_numpy(float)])
    fit = sm.OLS(load, design).fit().get_robustcov_results("cluster", groups=day, use_correction=False)
    assert line.slope == pytest.approx(fit.params[0], rel=1e-4)
    assert line.slope_se == pytest.approx(fit.bse[0] * np.sqrt(28 / 27), rel=1e-3)
    assert (line.n, line.n_days, line.most) == (len(load), 28, load.max())


@pytest.mark.parametrize(("slope", "trend"), [(0.2, 0.0), (0.0, 0.0), (0.0, 1.5)])
def test_planted_slopes_and_ends_are_covered_also_in_a_system_that_grows_by_itself(
    slope: float, trend: float
):
    n, inside, called, ends = 100, 0, 0, 0
    for seed in range(n):
        line = fit_load_line(*_hours(seed, 60, slope, trend=trend))
        inside += abs(line.slope - slope) <= 1.703 * line.slope_se  # Student's t of 27 at 90 %
        called += line.p_value < 0.05
        if slope:
            found = line.drive_at(line.above * (60 + slope * 2000), 0.9)
            ends += found.low <= 2000 and (found.high is None or found.high >= 2000)
    assert 82 <= inside <= 97  # of 100 at 90 %: the 99 % range of a binomial
    assert called == n if slope else called <= 12
    assert not slope or ends >= 82


def test_peaks_ends_and_shares_agree_with_the_line():
    line = fit_load_line(*_hours(4, 40, 0.2))
    assert line.peak(1000.0).value == pytest.approx(
        line.above * (line.level + line.slope * (1000 - line.drive))
    )
    assert line.peak(line.drive_at(500.0).value).value == pytest.approx(500.0)
    share = line.share(400.0)
    assert share.value == pytest.approx(0.2 * 400 / (40 + 0.2 * 400), abs=0.03)
    assert share.low < share.value < share.high
    near, far = (line.peak(k * line.most_drive) for k in (1, 10))
    assert far.high - far.low > near.high - near.low  # further out is less certain
    assert line.above >= 1


def test_a_load_that_falls_with_orders_counts_as_none_and_too_few_days_are_refused():
    load, drive, day = _hours(2, 100, -0.05)
    line = fit_load_line(load, drive, day)
    assert line.p_value == 1 and line.drive_at(1000.0).value is None
    assert line.peak(5000.0).value == pytest.approx(line.above * line.level)
    with pytest.raises(LuckyError, match="five days"):
        fit_load_line(load[:48], drive[:48], day[:48])
    with pytest.raises(LuckyError, match="five days"):
        fit_load_line(load, np.ones(len(load)), day)
    with pytest.raises(LuckyError, match="five days"):
        fit_load_line(np.full(len(load), np.nan), drive, day)
