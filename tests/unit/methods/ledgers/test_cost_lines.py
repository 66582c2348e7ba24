"""What follows sales and what is fixed: against statsmodels, on planted bills, and where nothing follows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.ledgers.cost_lines import fit_cost_line
from lucky_analytics.methods.ledgers.runway import find_runway


def _bills(seed: int, slope: float, n_units: int = 8, n_weeks: int = 20) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    unit, week = np.repeat(np.arange(n_units), n_weeks), np.tile(np.arange(n_weeks), n_units)
    volume = 9000 + 900 * unit + 1500 * chance.normal(size=len(unit))
    cost = 800 + 100 * unit + slope * volume + chance.normal(0, 60, len(unit))
    return pd.DataFrame({"unit_id": unit, "week": week, "volume": volume, "cost": cost})


def test_slope_and_error_are_those_of_a_regression_with_a_level_for_each_store():
    rows = _bills(3, 0.1)
    line = fit_cost_line(rows)
    design = np.column_stack([rows["volume"], pd.get_dummies(rows["unit_id"]).to_numpy(float)])
    oracle = sm.OLS(rows["cost"], design).fit()
    robust = oracle.get_robustcov_results("cluster", groups=rows["unit_id"], use_correction=False)
    assert line.slope == pytest.approx(oracle.params.iloc[0], rel=1e-4)
    assert line.se == pytest.approx(robust.bse[0] * np.sqrt(8 / 7), rel=1e-3)
    recent = rows[rows["week"] >= 12].groupby("unit_id")[["volume", "cost"]].mean()
    fixed = recent["cost"] - line.slope * recent["volume"]
    assert line.fixed() == pytest.approx(fixed.to_numpy(), rel=1e-6)
    assert line.fixed(np.array([[0.0], [line.slope]])).shape == (2, 8)


@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_planted_slopes_lie_in_their_intervals_also_where_nothing_follows(slope: float):
    lines = [fit_cost_line(_bills(seed, slope)) for seed in range(100)]
    q = student.ppf(0.95, 7)
    inside = sum(abs(line.slope - slope) <= q * line.se for line in lines)
    assert 81 <= inside <= 97  # of 100 at 90 %: the 99 % range of a binomial


def test_too_few_stores_or_weeks_alike_are_refused():
    with pytest.raises(LuckyError, match="three stores"):
        fit_cost_line(_bills(1, 0.1, n_units=2))
    with pytest.raises(LuckyError, match="three stores"):
        fit_cost_line(_bills(1, 0.1).assign(volume=5.0))


def test_a_runway_is_the_loop_that_counts_months():
    flows, cash = np.random.default_rng(4).normal(-1, 3, (200, 12)), 6.0
    for row, found in zip(flows, find_runway(flows, cash), strict=True):
        left, month = cash, np.inf
        for place, flow in enumerate(row, start=1):
            left += flow
            if left < 0 and month == np.inf:
                month = place
        assert found == month
    assert find_runway([[1.0]], -1.0).tolist() == [0.0]
