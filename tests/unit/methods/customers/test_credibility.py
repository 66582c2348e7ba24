"""Credibility of customers' means: below nought too, and nothing where they differ by chance alone."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.credibility import (
    Credibility,
    draw_sums,
    estimate_means,
    fit_credibility,
)

WITHIN, BETWEEN, MEAN = 4.0, 1.0, -0.5


def observe(n_customers, seed, between=BETWEEN):
    """Counts, means, square sums and the own mean of each customer."""
    chance = np.random.default_rng(seed)
    n = chance.integers(1, 9, n_customers)
    own = chance.normal(MEAN, between**0.5, n_customers)
    values = [chance.normal(mean, WITHIN**0.5, k) for mean, k in zip(own, n, strict=True)]
    return (
        n,
        np.array([v.mean() for v in values]),
        np.array([((v - v.mean()) ** 2).sum() for v in values]),
        own,
    )


@pytest.fixture(scope="module")
def seen():
    return observe(4_000, 1)


def test_variances_and_the_mean_are_found_below_nought_too(seen):
    fit = fit_credibility(*seen[:3])
    assert [fit.mean, fit.within, fit.between] == pytest.approx([MEAN, WITHIN, BETWEEN], abs=0.12)


def test_no_other_weight_on_the_own_mean_is_nearer_the_truth(seen):
    n, mean, square, own = seen
    fit = fit_credibility(n, mean, square)

    def off(z):
        return ((fit.mean + z * (mean - fit.mean) - own) ** 2).mean()

    best = ((estimate_means(fit, n, mean) - own) ** 2).mean()
    assert all(best < off(z) for z in np.linspace(0, 1, 21))


def test_customers_who_differ_by_chance_alone_get_the_mean_of_all():
    fits = [fit_credibility(*observe(300, seed, between=0.0)[:3]) for seed in range(20)]
    assert np.mean([fit.between for fit in fits]) < 0.1
    none = Credibility(3.0, 4.0, 0.0)
    assert estimate_means(none, [0, 5], [0.0, 9.0]).tolist() == [3.0, 3.0]


def test_sums_to_come_are_as_far_from_the_estimate_as_what_came(seen):
    n, mean, square, own = seen
    fit, ahead = fit_credibility(n, mean, square), np.full(len(n), 10)
    chance = np.random.default_rng(2)
    came = chance.normal(10 * own, (10 * WITHIN) ** 0.5)
    drawn = draw_sums(fit, n, mean, ahead, chance)
    expected = 10 * estimate_means(fit, n, mean)
    assert (drawn - expected).std() == pytest.approx((came - expected).std(), rel=0.05)
    assert draw_sums(fit, n, mean, np.zeros(len(n)), chance).any() == np.False_


def test_one_value_each_says_nothing_of_chance():
    with pytest.raises(LuckyError, match="20 repeated values"):
        fit_credibility([1] * 500, np.arange(500.0), [0.0] * 500)
