"""Chances of being best and expected losses: the closed formula, draws, and Thompson sampling's error."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.experiments.beta_binomial import find_best_chances, find_losses


def chance_by_formula(hits, n):
    """Chance that the second of two beats the first (Miller 2014), for whole numbers."""
    a1, b1, a2, b2 = hits[0] + 1, n[0] - hits[0] + 1, hits[1] + 1, n[1] - hits[1] + 1
    i = np.arange(a2)
    terms = betaln(a1 + i, b1 + b2) - np.log(b2 + i) - betaln(1 + i, b2) - betaln(a1, b1)
    return float(np.exp(terms).sum())


@pytest.mark.parametrize(
    ("hits", "n"),
    [((3, 9), (20, 25)), ((0, 0), (5, 9)), ((410, 455), (1200, 1190)), ((5600, 5990), (17_000,) * 2)],
)
def test_two_branches_are_those_of_the_closed_formula(hits, n):
    chances = find_best_chances(hits, n)
    assert chances[1] == pytest.approx(chance_by_formula(hits, n), abs=1e-8)
    assert chances.sum() == pytest.approx(1.0)


def test_several_branches_are_those_of_draws():
    hits, n = np.array([40, 52, 47]), np.array([100, 110, 90])
    drawn = np.random.default_rng(2).beta(hits + 1, n - hits + 1, (400_000, 3))
    share = np.bincount(drawn.argmax(axis=1), minlength=3) / len(drawn)
    assert find_best_chances(hits, n) == pytest.approx(share, abs=0.004)
    lost = (drawn.max(axis=1)[:, None] - drawn).mean(axis=0)
    assert find_losses(hits, n) == pytest.approx(lost, rel=0.02)


def test_the_losses_of_two_differ_by_the_difference_of_their_means():
    hits, n = (5600, 5990), (17_000, 17_100)
    mean = [(h + 1) / (m + 2) for h, m in zip(hits, n, strict=True)]
    losses = find_losses(hits, n)
    assert losses[0] - losses[1] == pytest.approx(mean[1] - mean[0], abs=1e-10)
    assert (losses > 0).all()


def test_thompson_sampling_finds_the_best_and_loses_less_than_even_halves():
    """25 bandits of three branches: traffic goes by the chances; the error stays near what they say."""
    rates, regret, best, said = np.array([0.30, 0.34, 0.42]), [], [], []
    for seed in range(25):
        chance = np.random.default_rng(seed)
        hits, n = np.zeros(3), np.zeros(3)
        for _ in range(8):
            shares = find_best_chances(hits, n)
            given = chance.multinomial(200, shares / shares.sum())
            hits, n = hits + chance.binomial(given, rates), n + given
        regret.append(n @ (rates.max() - rates))
        shares = find_best_chances(hits, n)
        best.append(shares.argmax() == 2)
        said.append(shares.max())
    even = 8 * 200 * (rates.max() - rates).mean()
    assert np.mean(regret) < 0.5 * even
    assert np.mean(best) == pytest.approx(np.mean(said), abs=0.1)


def test_one_branch_or_more_hits_than_customers_are_refused():
    for hits, n in (([1], [2]), ([3, 1], [2, 2]), ([-1, 1], [2, 2])):
        with pytest.raises(ParameterError, match="branches"):
            find_losses(hits, n)
