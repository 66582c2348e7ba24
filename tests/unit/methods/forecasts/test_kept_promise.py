"""Do intervals keep their promise? Exact, and not too eager where predictions hang together."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from scipy.stats import binom, norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.forecasts.kept_promise import (
    RISK,
    WINDOW,
    chance_of_misses,
    draw_rounds,
    fewest_failing,
)

DAY = dt.date(2026, 1, 1)


def days(*numbers):
    return [DAY + dt.timedelta(days=int(number)) for number in numbers]


@pytest.mark.parametrize(("n", "level"), [(1, 0.9), (12, 0.9), (7, 0.5), (30, 0.8)])
def test_with_one_level_it_is_the_binomial_tail(n, level):
    for missed in range(n + 1):
        assert chance_of_misses([level] * n, missed) == pytest.approx(binom.sf(missed - 1, n, 1 - level))


def test_with_several_levels_it_is_every_outcome_added_up():
    levels = [0.9, 0.5, 0.8, 0.95]
    for missed in range(5):
        expected = sum(
            np.prod([1 - level if miss else level for level, miss in zip(levels, outcome, strict=True)])
            for outcome in itertools.product((0, 1), repeat=4)
            if sum(outcome) >= missed
        )
        assert chance_of_misses(levels, missed) == pytest.approx(expected)


def test_the_fewest_misses_that_fail_are_the_first_below_the_risk():
    for n in range(40):
        failing = fewest_failing([0.9] * n)
        assert failing is None or binom.sf(failing - 1, n, 0.1) <= RISK < binom.sf(failing - 2, n, 0.1)
    assert [fewest_failing([0.9] * n) for n in (0, 1, 2, WINDOW)] == [None, None, 2, 4]


def test_no_round_is_made_before_the_outcome_of_the_one_before_is_known():
    random = np.random.default_rng(7)
    made = random.integers(0, 60, 300)
    due = made + random.integers(1, 12, 300)
    names = [f"n{number}" for number in random.integers(0, 5, 300)]
    drawn = draw_rounds(days(*made), days(*due), names)
    assert len(drawn) > 3
    for before, after in itertools.pairwise(drawn):
        assert made[after] >= due[before]
        assert not ((made >= due[before]) & (made < made[after])).any()  # no earlier one was passed over
    order = random.permutation(300)
    again = draw_rounds(days(*made[order]), days(*due[order]), [names[place] for place in order])
    facts = {(made[place], due[place], names[place]) for place in drawn}
    assert {(made[order[p]], due[order[p]], names[order[p]]) for p in again} == facts


def test_the_lot_falls_on_each_of_those_made_on_one_day():
    chosen = {
        draw_rounds(days(start, start, start), days(*[start + 7] * 3), ["a", "b", "c"])[0]
        for start in range(40)
    }
    assert chosen == {0, 1, 2}


def test_one_that_is_due_when_it_is_made_is_refused():
    with pytest.raises(ParameterError, match="due after the day"):
        draw_rounds(days(3), days(3), ["a"])


def marked(random, n_days, spread, n_stores=10, horizon=7, level=0.9):
    """Whether the question is marked at the end, by the rule and by counting every prediction as one.

    Each day the next ``horizon`` days are foretold for all stores: errors of the days are shared by all
    stores, and windows overlap. ``spread``: what the errors are, over what the intervals allow for.
    """
    shocks = random.normal(size=(n_days + horizon, n_stores)) * 0.6 + random.normal(
        size=(n_days + horizon, 1)
    )
    total = np.cumsum(np.vstack([np.zeros(n_stores), shocks]), axis=0)
    made = np.repeat(np.arange(n_days), n_stores)
    error = (total[horizon:-1] - total[: -horizon - 1])[:n_days] / np.sqrt(horizon * 1.36)
    missed = (np.abs(error * spread) > norm.ppf(0.5 + level / 2)).ravel()
    names = [f"store {number}" for number in range(n_stores)] * n_days
    drawn = draw_rounds(days(*made), days(*made + horizon), names)[-WINDOW:]
    failing = fewest_failing([level] * len(drawn))
    naive = binom.sf(missed.sum() - 1, len(missed), 1 - level) <= RISK
    return failing is not None and missed[drawn].sum() >= failing, naive


def rates(n_worlds, spread, n_days=90):
    random = np.random.default_rng(11)
    found = np.array([marked(random, n_days, spread) for _ in range(n_worlds)])
    return found.mean(axis=0)


def test_sound_intervals_are_marked_as_rarely_as_said_though_stores_and_weeks_hang_together():
    rule, naive = rates(150, 1.0)
    assert rule <= RISK + 2 * np.sqrt(RISK * (1 - RISK) / 150)
    assert naive > 0.2  # what counting each as independent would do


def test_intervals_that_are_half_as_wide_as_they_ought_to_be_are_marked():
    assert rates(40, 2.0)[0] > 0.7


@pytest.mark.full
def test_the_rate_of_false_marks_in_many_worlds():
    rule, _ = rates(2000, 1.0)
    assert rule == pytest.approx(binom.sf(3, 12, 0.1), abs=3 * np.sqrt(0.026 * 0.974 / 2000))
