"""Rates of failure: their sums against a plain integral, their draws, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.integrate import quad

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.reliability import failure_rates
from lucky_analytics.methods.reliability.failure_rates import Spells, compare_clocks, fit_rates
from lucky_analytics.questions.operations.machine_fleet.lives import see
from tests.fleet_world import draw_fleet


def spells(n=60, n_kinds=3, seed=3):
    chance = np.random.default_rng(seed)
    age = np.where(np.arange(n) % 2, chance.uniform(1, 200, n), 0.0)
    days = chance.weibull(1.5, n) * 60
    return Spells(np.arange(n) % n_kinds, age, days, chance.random(n) < 0.7, n_kinds)


@pytest.mark.parametrize(("since", "age"), [(0.0, 0.0), (0.4, 0.3), (-0.5, 0.8), (1.5, -0.6)])
def test_the_sum_of_a_rate_is_its_integral(since, age):
    own = spells()
    total, logs = failure_rates._sums(own, np.array([since]), np.array([age]))
    expected, said = np.zeros(3), 0.0
    for kind, a, days, failed in zip(own.kind, own.age / 30, own.days / 30, own.failed, strict=True):
        expected[kind] += quad(lambda u, a=a: u**since * (a + u) ** age, 0, days)[0]
        said += (since * np.log(days) + age * np.log(a + days)) if failed else 0.0
    assert total[0] == pytest.approx(expected, rel=1e-5) and logs[0] == pytest.approx(said)


def test_a_rate_without_a_finite_sum_is_impossible():
    assert failure_rates._sums(spells(), np.array([-0.6]), np.array([-0.6]))[1][0] == -np.inf


def test_a_type_with_few_failures_is_drawn_to_the_others():
    one = see(draw_fleet(1, rates=0.3)).spells
    few = dataclasses.replace(one, failed=one.failed & (one.kind != 3))
    found = fit_rates(few, 800)
    rates = found.rate.mean(axis=0)
    others = np.delete(rates, 3)
    assert rates[3] < others.min()  # it never failed, and is drawn to the others, not to nought
    assert rates[3] > 0.1 * others.mean() and found.n == few.n_failed.sum()


def test_more_data_narrow_what_is_known_and_the_seed_keeps_it():
    small, large = (see(draw_fleet(2, n=n)).spells for n in (60, 400))
    wide, narrow = (fit_rates(own, 600) for own in (small, large))
    assert narrow.since.std() < 0.7 * wide.since.std()
    assert (fit_rates(small, 50).rate == fit_rates(small, 50).rate).all()
    assert (fit_rates(small, 50, seed=8).rate != fit_rates(small, 50).rate).any()


def test_too_few_failures_and_odd_spells_are_refused():
    none = dataclasses.replace(spells(), failed=np.zeros(60, bool))
    for fit in (fit_rates, compare_clocks):
        with pytest.raises(LuckyError, match="failures: expected at least 5"):
            fit(none)
    with pytest.raises(ParameterError, match="spells"):
        Spells(np.zeros(1, int), np.zeros(1), -np.ones(1), np.ones(1, bool), 1)
    with pytest.raises(ParameterError, match="spells"):
        Spells(np.zeros(2, int), np.zeros(1), np.ones(1), np.ones(1, bool), 1)
