"""Batches against shelves by ages, a day-by-day list, and every pair of containers."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.goods.batches import expire_batches, find_breaches, list_batches
from lucky_analytics.methods.goods.shelf_replay import follow_shelf


def test_what_is_left_is_that_of_a_shelf_followed_by_ages():
    rng = np.random.default_rng(1)
    came = rng.integers(0, 20, (8, 50)) * (rng.random((8, 50)) < 0.4) * 1.0
    taken = rng.integers(0, 7, (8, 50)) * 1.0
    life = rng.integers(2, 9, 8)
    for day in (0, 20, 49):
        cut = slice(None, day + 1)
        found = follow_shelf(came[:, cut], taken[:, cut], np.zeros((8, day + 1)), life)
        gone = taken[:, cut] - found.short + found.expired
        table = list_batches(came[:, cut], gone, day)
        left = np.zeros_like(found.left)
        left[table["series"], day - table["day"]] = table["left"]
        assert left == pytest.approx(found.left)
    with pytest.raises(ParameterError, match="came and went"):
        list_batches(came, taken[:, 1:], 3)


def by_hand(left, life, demand):
    """One series day by day: ``left`` with their days to go, demand of each day."""
    batches = [[days, quantity, 0.0] for days, quantity in zip(life, left, strict=True)]
    for day, wanted in enumerate(demand, start=1):
        for batch in batches:
            used = min(batch[1], wanted)
            batch[1], wanted = batch[1] - used, wanted - used
        for batch in batches:
            if batch[0] == day:
                batch[2], batch[1] = batch[1], 0.0
    return [batch[2] for batch in batches]


def test_what_expires_is_that_of_a_list_used_up_day_by_day():
    rng = np.random.default_rng(2)
    series, left, life, paths, expected = [], [], [], [], []
    for k in range(30):
        n = int(rng.integers(1, 5))
        days = np.sort(rng.choice(np.arange(1, 12), n, replace=False))
        quantity, demand = rng.integers(1, 12, n) * 1.0, rng.integers(0, 6, (20, 12)) * 1.0
        series += [k] * n
        left += quantity.tolist()
        life += days.tolist()
        paths.append(demand.cumsum(axis=1)[:, days - 1])
        expected.append([by_hand(quantity, days, draw) for draw in demand])
    found = expire_batches(np.array(series), np.array(left), np.concatenate(paths, axis=1))
    assert found == pytest.approx(np.concatenate(expected, axis=1))
    assert (found <= np.array(left)).all() and found.any() and (found == 0).any()
    assert expire_batches(np.zeros(0, int), np.zeros(0), np.zeros((3, 0))).shape == (3, 0)


def test_breaches_are_those_of_every_pair():
    rng = np.random.default_rng(3)
    n = 400
    series, opened, came = rng.integers(0, 9, n), rng.permutation(n), rng.integers(0, 30, n)
    expected = [
        any(series[i] == series[j] and opened[j] > opened[i] and came[j] < came[i] for j in range(n))
        for i in range(n)
    ]
    assert find_breaches(series, opened, came).tolist() == expected and any(expected)
    names = np.array(list("abcdefghi"))[series]
    assert find_breaches(names, opened, came).tolist() == expected
    assert not find_breaches(series, came, came).any()  # opened as they came
    together = find_breaches(np.zeros(2), np.array([5, 5]), np.array([2, 1]))
    assert not together.any() and find_breaches(series[:0], opened[:0], came[:0]).shape == (0,)
