"""What one more on shift and one more minute do: covered where planted, quiet where they do nothing.

A dashboard's answers to the same are off in all of these worlds.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from lucky_analytics.questions.operations.queue_wait import half_hours, later_orders, shifts
from tests.queue_world import FIRST, make_customers, make_tickets

LEVEL, LAST = 0.9, (FIRST + pd.Timedelta(days=89)).date()


def is_as_stated(n_held: int, n: int, rate: float = LEVEL) -> bool:
    low, high = binomtest(n_held, n).proportion_ci(0.99, method="exact")
    return bool(low <= rate <= high)


def ask_shifts(seed: int, a_person: float):
    made = make_tickets(seed, a_person=a_person)
    more = make_tickets(seed, a_person=a_person, one_more=1)
    return shifts.estimate_shifts(made, LEVEL), made["seconds"].mean() - more["seconds"].mean(), made


def ask_later(seed: int, pause: float):
    made, truth = make_customers(seed, pause)
    later = later_orders.count_later(made, LAST, 14)
    return later_orders.estimate_lost(later, LEVEL), truth, later_orders.naive_lost(later)


def check_shifts(n: int) -> None:
    for a_person in (0.0, 0.04):
        found = [ask_shifts(5_000 + seed, a_person) for seed in range(n)]
        assert is_as_stated(sum(own.holds(truth) for own, truth, _ in found), n), a_person
        naive = np.array([shifts.naive_shifts(made) - truth for _, truth, made in found])
        assert (naive < 0).mean() > 0.9  # people are where orders are


def check_later(n: int) -> None:
    null = [ask_later(6_000 + seed, 0.0) for seed in range(n)]
    assert is_as_stated(sum(own.holds(0) for own, _, _ in null), n)
    assert np.mean([naive for *_, naive in null]) < -20
    planted = [ask_later(7_000 + seed, 0.3) for seed in range(n)]
    # Understated by the share of a customer's orders in the days after one, about a tenth here.
    truth = np.mean([truth for _, truth, _ in planted])
    found = np.array([own.value for own, *_ in planted]) / truth
    error = 2.6 * found.std(ddof=1) / np.sqrt(n)
    assert found.mean() - error < 1.0 and found.mean() + error > 0.85
    assert np.mean([own.low > 0 for own, *_ in planted]) > 0.5


def check_unusual(n: int) -> None:
    """Some half-hour is called in at most 5 % of the worlds in which nothing changed."""
    called = 0
    for seed in range(n):
        made = make_tickets(8_000 + seed)
        called += bool(half_hours.find_unusual(made, made["date"].max().date())["is_unusual"].any())
    assert binomtest(called, n, 0.05, alternative="greater").pvalue > 0.01


def test_what_is_planted_is_covered_and_the_null_world_quiet():
    check_shifts(10)
    check_later(12)
    check_unusual(5)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_the_same_over_many_worlds():
    check_shifts(200)
    check_later(200)
    check_unusual(100)
