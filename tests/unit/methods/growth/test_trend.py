"""The interval of the next value: statsmodels gives the same, and noise is covered as often as promised."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.trend import expect_next


def test_statsmodels_predicts_the_same():
    values = [31.0, 35.5, 33.2, 40.1, 38.7, 45.0, 43.9]
    design = sm.add_constant(np.arange(7.0))
    fit = sm.OLS(np.log(values), design).fit()
    frame = fit.get_prediction([[1.0, 7.0]]).summary_frame(alpha=0.2)
    found = expect_next(values, 0.8)
    published = np.exp(frame[["mean", "obs_ci_lower", "obs_ci_upper"]].iloc[0])
    assert [found.value, found.low, found.high] == pytest.approx(list(published))


def test_growth_goes_on_and_a_higher_level_is_wider():
    narrow, wide = (expect_next([10, 12, 14, 17, 21], level) for level in (0.5, 0.9))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    assert narrow.value > 21


def test_nine_in_ten_next_values_of_a_noisy_trend_lie_inside():
    noise = np.random.default_rng(5).normal(0, 0.1, (2000, 9))
    series = np.exp(3 + 0.02 * np.arange(9) + noise)
    found = [expect_next(row[:8], 0.9) for row in series]
    inside = np.mean([e.low <= row[8] <= e.high for e, row in zip(found, series, strict=True)])
    assert inside == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize("values", [[1, 2, 3], [5, 4, 0, 3]])
def test_a_series_that_says_too_little_is_refused(values):
    with pytest.raises(ParameterError, match="at least 4 values above zero"):
        expect_next(values, 0.9)
