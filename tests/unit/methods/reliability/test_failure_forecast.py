"""Days played out: counts against the exact law, repairs, machines taken out, chances of single things."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.reliability.failure_forecast import (
    Standing,
    find_quantile_days,
    play_out,
    survive,
)
from lucky_analytics.methods.reliability.failure_rates import FailureRates


def rates(n=4000, since=0.0, age=0.0, rate=1.0):
    return FailureRates(np.full(n, since), np.full(n, age), np.full((n, 1), rate), np.zeros(n), 9)


def standing(n=1, is_up=True, days=10.0, age=100.0):
    return Standing(np.zeros(n, int), np.full(n, age), np.full(n, is_up), np.full(n, days))


@pytest.mark.parametrize(("since", "age"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (-0.3, 0.2)])
def test_the_first_failure_comes_as_often_as_the_chance_says(since, age):
    own = rates(since=since, age=age)
    ahead = play_out(own, standing(), [500.0], 0.0)  # a repair outlasts the days: none fails twice
    expected = 1 - survive(rates(1, since, age), standing(), 30)[0, 0, -1]
    assert ahead.failures.max() == 1
    assert ahead.failures.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 4000))


def test_a_repair_takes_its_days_and_starts_a_new_life():
    ahead = play_out(rates(since=2.0, rate=40.0), standing(days=60.0), [3.0], 0.0, n_days=12)
    lives = ahead.works[:, :, 0].T
    # It fails at once, for it worked long; then it is away for three days and as good as new.
    first = ahead.fails[:, :, 0].argmax(axis=0)
    assert (first == 0).mean() > 0.9
    assert not lives[first == 0, 0:4].any() and lives[first == 0, 4].mean() > 0.9


def test_what_waits_comes_back_after_a_repair_longer_than_its_wait():
    ahead = play_out(rates(rate=1e-9), standing(is_up=False, days=2.2), [1.0, 2.0, 5.0], 0.0, n_days=10)
    assert (ahead.works.argmax(axis=0) == 3).all()
    late = play_out(rates(rate=1e-9), standing(is_up=False, days=9.0), [1.0, 5.0], 0.0, n_days=10)
    assert (late.works.argmax(axis=0) == 1).all()  # longer than any: a day more


def test_what_is_taken_out_neither_works_nor_fails():
    ahead = play_out(rates(rate=3.0), standing(), [1.0], 0.5, n_days=30)
    assert not ahead.works[-1].any() and ahead.failures.mean() < 0.3
    each = play_out(rates(2), standing(), [1.0], np.array([1.0, 0.0]))
    assert not each.works[:, 0].any() and each.works[:, 1].any()


def test_without_a_repair_time_nothing_is_played():
    with pytest.raises(ParameterError, match="repair times"):
        play_out(rates(), standing(), [], 0.0)


def test_days_by_which_a_share_has_ended():
    lives = survive(rates(1), standing(), 100)[0]
    assert find_quantile_days(lives, 0.5)[0] == np.ceil(30 * np.log(2))
    assert np.isnan(find_quantile_days(lives[:, :5], 0.5)[0])
