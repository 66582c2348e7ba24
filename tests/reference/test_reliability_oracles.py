"""Lives that end in several ways against statsmodels, Weibull lives against scipy, the power law's formula.

Sources: the 6-MP trial (Freireich et al. 1963, Blood 21) for lives; Crow (1974) for the power law, whose
estimate of the shape is n / sum of ln(T / t_i) for n failures of one system watched until T.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import CensoredData, weibull_min
from statsmodels.duration.survfunc import CumIncidenceRight

from lucky_analytics.methods.reliability.cumulative_incidence import estimate_incidence
from lucky_analytics.methods.reliability.failure_rates import Spells, compare_clocks
from tests.reference.test_survival_6mp import CENSORED_6MP, RELAPSE_6MP, RELAPSE_CONTROL

CAUSES = np.array(["", "failed", "out"], object)
Z = 1.6448536269514722  # of 90 %


@pytest.mark.parametrize("seed", range(5))
def test_shares_and_their_errors_are_those_of_statsmodels(seed):
    chance = np.random.default_rng(seed)
    # One is there to the end: where all are gone statsmodels has no error.
    days, cause = np.r_[chance.integers(1, 25, 90), 30.0], np.r_[chance.integers(0, 3, 90), 0]
    oracle = CumIncidenceRight(days, cause)
    found = estimate_incidence(days, CAUSES[cause], 0.9)
    for number, name in enumerate(CAUSES[1:]):
        own = found[found["cause"] == name]
        at = np.searchsorted(oracle.times, own["duration"])
        assert own["share"].to_numpy() == pytest.approx(oracle.cinc[number][at], abs=1e-9)
        share, error = own["share"], oracle.cinc_se[number][at]
        inside = (share > 0) & (share < 1)
        for end, side in (("low", 1), ("high", -1)):
            part, se = share[inside], error[inside]
            away = np.exp(side * Z * se / (part * np.abs(np.log(part))))
            assert own[end][inside].to_numpy() == pytest.approx((part**away).to_numpy(), abs=1e-7)


def single(days, failed, age=None):
    n = len(days)
    ages = np.zeros(n) if age is None else np.asarray(age, float)
    return Spells(np.zeros(n, int), ages, np.asarray(days, float), np.asarray(failed, bool), 1)


@pytest.mark.parametrize(
    ("ended", "censored"), [(RELAPSE_6MP, CENSORED_6MP), (RELAPSE_CONTROL, [])], ids=["6-MP", "control"]
)
def test_a_clock_since_start_is_the_weibull_of_scipy(ended, censored):
    spells = single(ended + censored, [True] * len(ended) + [False] * len(censored))
    shape, _, scale = weibull_min.fit(CensoredData(uncensored=ended, right=censored), floc=0)
    found = compare_clocks(spells).set_index("clock").loc["since repair"]
    assert 1 + found["since"] == pytest.approx(shape, abs=0.005)
    data = weibull_min(shape, scale=scale)
    expected = data.logpdf(ended).sum() + data.logsf(censored).sum()
    constant = -len(ended) * np.log(sum(ended + censored) / len(ended)) - len(ended)
    table = compare_clocks(spells).set_index("clock")["log_likelihood"]
    # In other units of time all log likelihoods move by the same; that between two models does not.
    assert table["since repair"] - table["constant"] == pytest.approx(expected - constant, abs=0.01)


def test_a_clock_of_age_is_crow_s_estimate():
    at, until = np.array([5.0, 40, 43, 175, 389, 712, 747, 795, 1299, 1478]), 1500.0
    edges = np.r_[0.0, at, until]
    spells = single(np.diff(edges), [True] * len(at) + [False], edges[:-1])
    found = compare_clocks(spells).set_index("clock").loc["age"]
    assert 1 + found["age"] == pytest.approx(len(at) / np.log(until / at).sum(), abs=0.005)
