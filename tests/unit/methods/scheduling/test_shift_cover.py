"""Shifts that cover needs: the textbook's optimum, every small problem by brute force, limits kept."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.scheduling.shift_cover import cover_need, list_shifts

FIVE_DAYS = np.array([[(day - start) % 7 < 5 for start in range(7)] for day in range(7)])


def test_the_days_off_problem_of_the_textbook_takes_23():
    """Winston, Operations Research, 4th ed., section 3.5: needs 17 13 15 19 14 16 11, optimum 23."""
    found = cover_need([17, 13, 15, 19, 14, 16, 11], FIVE_DAYS, np.ones(7))
    assert found.cost == found.counts.sum() == 23 and found.gap == 0
    assert (FIVE_DAYS @ found.counts >= [17, 13, 15, 19, 14, 16, 11]).all()


def _patterns(n_slots, shortest, longest):
    shifts = list_shifts(n_slots, shortest, longest)
    slots = np.arange(n_slots)[:, None]
    return (slots >= shifts[:, 0]) & (slots < shifts[:, 1]), (shifts[:, 1] - shifts[:, 0]).astype(float)


def _brute(need, patterns, cost, must, most_cost=None, most_short=None):
    """The best over every count of every shift."""
    best = np.inf
    for counts in itertools.product(range(int(max(need)) + 1), repeat=patterns.shape[1]):
        heads = patterns @ np.array(counts)
        spent, short = cost @ np.array(counts), np.maximum(need - heads, 0).sum()
        if (heads < must).any() or (most_cost is not None and spent > most_cost):
            continue
        if most_cost is None and short > (most_short or 0):
            continue
        best = min(best, short if most_cost is not None else spent)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_those_of_a_plain_search(seed):
    rng = np.random.default_rng(seed)
    patterns, cost = _patterns(6, 3, 4)
    need, must = rng.integers(0, 3, 6), np.zeros(6)
    found = cover_need(need, patterns, cost)
    assert found.cost == pytest.approx(_brute(need, patterns, cost, must)) and found.short.sum() == 0
    half = np.floor(found.cost / 2)
    few = cover_need(need, patterns, cost, most_cost=half)
    assert few.cost <= half
    assert few.short.sum() == pytest.approx(_brute(need, patterns, cost, must, most_cost=half))
    loose = cover_need(need, patterns, cost, most_short=2)
    assert loose.short.sum() <= 2
    assert loose.cost == pytest.approx(_brute(need, patterns, cost, must, most_short=2))


def test_what_must_be_is_never_missed():
    patterns, cost = _patterns(8, 4, 4)
    found = cover_need([2] * 8, patterns, cost, must=np.ones(8), most_cost=8.0)
    assert (patterns @ found.counts >= 1).all() and found.short.sum() == 8


def test_among_equals_the_cheaper_is_taken():
    patterns, cost = _patterns(8, 4, 8)
    assert cover_need([1] * 8, patterns, cost, most_cost=40.0).cost == 8.0


def test_weights_say_where_heads_go():
    patterns, cost = _patterns(8, 4, 4)
    weight = np.r_[np.ones(4), np.full(4, 9.0)]
    found = cover_need([1] * 8, patterns, cost, weight=weight, most_cost=4.0)
    assert (patterns @ found.counts).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_what_cannot_be_is_one_line():
    patterns, cost = _patterns(8, 4, 4)
    with pytest.raises(LuckyError, match="shifts that cover what is needed"):
        cover_need([1] * 8, patterns, cost, must=np.ones(8), most_cost=4.0)
    with pytest.raises(ParameterError, match="0 or more"):
        cover_need([-1] * 8, patterns, cost)


def test_nothing_needed_takes_nobody_and_days_too_short_have_no_shift():
    patterns, cost = _patterns(8, 4, 4)
    assert cover_need(np.zeros(8), patterns, cost).cost == 0
    assert len(list_shifts(4, 8, 16)) == 0
    assert list_shifts(30, 8, 8, first=20).tolist() == [[20, 28], [21, 29], [22, 30]]
