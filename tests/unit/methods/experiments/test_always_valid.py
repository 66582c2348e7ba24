"""Evidence and intervals that hold at every look: against quadrature, loops, and simulated peeking."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.experiments.always_valid import (
    find_error,
    find_half_width,
    find_visible,
    select_evidence,
    weigh_difference,
)

ALPHA, N_LOOKS = 0.05, 60


@pytest.mark.parametrize(("value", "se", "scale"), [(0.4, 1.0, 2.0), (-3.0, 0.8, 0.5), (0.02, 0.006, 0.02)])
def test_evidence_is_the_likelihood_ratio_averaged_over_differences(value, se, scale):
    def integrand(at):
        ratio = norm.pdf(value, at, se) / norm.pdf(value, 0, se)
        return float(ratio * norm.pdf(at, 0, scale))

    expected = quad(integrand, -12 * scale, 12 * scale, points=[0.0, value], limit=400)[0]
    assert weigh_difference(value, se, scale) == pytest.approx(expected, rel=1e-6)


def test_the_interval_leaves_nought_out_just_where_the_evidence_says_so():
    se = np.geomspace(0.01, 4, 30)
    half = find_half_width(se, 1.5, ALPHA)
    assert weigh_difference(half, se, 1.5) == pytest.approx(1 / ALPHA)
    assert (weigh_difference(half * 1.01, se, 1.5) > 1 / ALPHA).all()
    assert (half > norm.ppf(0.975) * se).all()  # the price of looking often
    assert np.isnan(find_half_width(np.nan, 1.5, ALPHA)) and weigh_difference(np.nan, np.nan, 1.5) == 1.0


def simulate(truth: float, n_worlds: int, seed: int):
    """Estimates and errors at each look of experiments that grow by as many customers a day."""
    chance = np.random.default_rng(seed)
    sums = np.cumsum(chance.normal(truth, 1.0, (n_worlds, N_LOOKS)), axis=1)
    looks = np.arange(1, N_LOOKS + 1)
    return sums / looks, 1 / np.sqrt(looks)


def test_looking_every_day_keeps_its_promise_and_the_usual_test_does_not():
    value, se = simulate(0.0, 4000, 3)
    ever = (weigh_difference(value, se, 0.4) >= 1 / ALPHA).any(axis=1).mean()
    naive = (np.abs(value) > norm.ppf(0.975) * se).any(axis=1).mean()
    assert ever <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 4000)
    assert naive > 0.25


def test_intervals_hold_at_all_looks_together_where_something_differs():
    value, se = simulate(0.3, 2000, 4)
    held = (np.abs(value - 0.3) <= find_half_width(se, 0.4, ALPHA)).all(axis=1).mean()
    assert held >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 2000)
    # A smaller promise is kept as well: the wide scale of one's guess does not break it.
    assert (np.abs(value - 0.3) <= find_half_width(se, 4.0, ALPHA)).all(axis=1).mean() >= 0.95


def test_selection_is_that_of_a_plain_loop_and_agrees_with_the_intervals():
    chance = np.random.default_rng(1)
    for _ in range(200):
        found = np.exp(chance.normal(1.5, 2.5, 7))
        picked, own = select_evidence(found, ALPHA)
        most = 0
        for k in range(1, 8):
            if sorted(found)[-k] >= 7 / (k * ALPHA):
                most = k
        assert picked.sum() == most and own == pytest.approx(ALPHA * max(most, 1) / 7)
        assert not most or set(found[picked]) == set(sorted(found)[-most:])
        assert ((found >= 1 / own) == picked).all()
    picked, own = select_evidence([np.nan, 30.0], ALPHA)
    assert picked.tolist() == [False, True] and own == ALPHA
    assert select_evidence([], ALPHA)[0].tolist() == []


def test_among_many_nulls_few_are_believed_and_never_more_than_promised():
    wrong = 0
    for seed in range(300):
        value, se = simulate(0.0, 7, 1000 + seed)
        best = weigh_difference(value, se, 0.4).max(axis=1)  # stopped where each looks best
        wrong += bool(select_evidence(best, ALPHA)[0].any())
    assert wrong <= 300 * 0.05 + 3 * np.sqrt(300 * 0.05 * 0.95)


def test_the_planned_size_shows_the_difference_as_often_as_it_says():
    se = find_error(0.5, 0.5, ALPHA)
    assert find_visible(se, 0.5, ALPHA) == pytest.approx(0.5)
    drawn = np.random.default_rng(5).normal(0.5, se, 20_000)
    shown = (np.abs(drawn) > find_half_width(se, 0.5, ALPHA)).mean()
    assert shown == pytest.approx(0.8, abs=0.01)


def test_what_cannot_be_planned_is_refused():
    with pytest.raises(ParameterError, match="scale"):
        find_half_width(1.0, 0.0, ALPHA)
    with pytest.raises(ParameterError, match="difference"):
        find_error(0.0, 1.0, ALPHA)
