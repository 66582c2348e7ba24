"""Rates of rare counts against statsmodels' negative binomial, and against Efron's and Morris's players."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import gamma

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.shrunken_counts import fit_counts, shrink_counts

# Hits in 45 times at bat, and the rate over the rest of the season, of 18 players in 1970.
# Efron and Morris (1975), JASA 70, table 1.
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
REST = np.array([0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264, 0.256, 0.303,
                 0.264, 0.226, 0.285, 0.316, 0.200])  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_rates_and_spread_are_those_of_statsmodels(seed):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(4), 60)
    expected = rng.uniform(0.5, 6, len(group))
    own = np.array([0.6, 1.0, 1.5, 2.5])[group] * rng.gamma(1 / 0.4, 0.4, len(group))
    n = rng.poisson(expected * own)
    found = fit_counts(n, expected, group, 0.9)
    dummies = (group[:, None] == np.arange(4)).astype(float)
    model = sm.NegativeBinomial(n, dummies, offset=np.log(expected))
    fit = model.fit(disp=0, method="bfgs", maxiter=500)
    assert np.log(found.groups["rate"]).to_numpy() == pytest.approx(fit.params[:4], abs=1e-3)
    assert found.spread == pytest.approx(fit.params[4], rel=5e-3)
    half = np.log(found.groups["high"] / found.groups["rate"]).to_numpy() / 1.6449
    assert half == pytest.approx(fit.bse[:4], rel=0.1)  # expected against observed information


def test_counts_as_even_as_chance_have_no_spread_and_the_rates_of_sums():
    rng = np.random.default_rng(3)
    expected = np.full(200, 3.0)
    found = fit_counts(np.round(expected), expected, np.repeat([0, 1], 100))
    assert found.spread == 0 and found.groups["rate"].tolist() == pytest.approx([1.0, 1.0])
    n = rng.poisson(3.0, 200)
    poisson = fit_counts(n, expected, np.zeros(200, int))
    assert poisson.groups["rate"].iloc[0] == pytest.approx(n.sum() / expected.sum(), rel=1e-3)


def test_shrunken_rates_of_players_foretell_the_season_better_than_their_own():
    expected = np.full(18, HITS.sum() / 18)
    found = fit_counts(HITS, expected, np.zeros(18, int))
    # A count of 45 trials scatters less than Poisson, so that hardly any spread is found: all are alike.
    rate = shrink_counts(HITS, expected, np.ones(18), max(found.spread, 1e-9))["rate"].to_numpy()
    raw, drawn = (((guess - REST) ** 2).sum() for guess in (HITS / 45, rate * HITS.sum() / 18 / 45))
    assert drawn < raw / 3  # theirs: .022 for .077
    assert raw == pytest.approx(0.077, abs=0.002)


def test_a_cell_is_gamma_between_its_group_and_its_own():
    found = shrink_counts([0, 4, 40], [0.0, 2.0, 20.0], [1.0, 1.0, 1.0], 0.5, 0.8).round(6)
    assert found["rate"].tolist() == pytest.approx([1.0, (2 + 4) / (2 + 2), (2 + 40) / (2 + 20)])
    assert found["weight"].tolist() == pytest.approx([0.0, 0.5, 10 / 11], abs=1e-5)
    assert found["low"].iloc[1] == pytest.approx(gamma.ppf(0.1, 6, scale=1 / 4), abs=1e-5)
    assert shrink_counts([5], [1.0], [2.0], 0.0)["rate"].tolist() == [2.0]


def test_empty_groups_and_bad_counts():
    found = fit_counts([0, 0, 3, 1], [2.0, 2.0, 1.0, 0.0], [0, 0, 1, 2])
    assert found.groups["rate"].tolist()[:2] == pytest.approx([0.0, 3.0], abs=1e-6)
    assert np.isnan(found.groups["rate"].iloc[2]) and np.isnan(found.groups["low"].iloc[0])
    for n, expected in (([0, 0], [1.0, 1.0]), ([-1, 2], [1.0, 1.0]), ([1, 2], [-1.0, 1.0])):
        with pytest.raises(ParameterError, match="one event at least"):
            fit_counts(n, expected, [0, 0])
