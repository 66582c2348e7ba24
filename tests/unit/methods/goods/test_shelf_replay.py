"""The shelf by ages against a plain list of batches, whatever comes, is taken and is corrected."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.goods.shelf_replay import follow_shelf, replay_orders, take_oldest

N_DAYS = 60


def take(batches, quantity):
    """Takes from a list of [day, quantity], the oldest first; what was not there."""
    for batch in sorted(batches):
        used = min(batch[1], quantity)
        batch[1] -= used
        quantity -= used
    return quantity


def by_hand(order, taken, correct, life, emptied=None):
    """One series: expired, short and left by a list of batches. ``order(day, batches)`` says what comes."""
    batches, expired, short, came = [], [], [], []
    for day in range(len(taken)):
        came.append(order(day, batches))
        batches.append([day, came[-1]])
        short.append(take(batches, taken[day]))
        if emptied is not None and emptied[day]:
            batches = []
        old = [batch for batch in batches if day - batch[0] >= life]
        expired.append(sum(batch[1] for batch in old))
        batches = [batch for batch in batches if day - batch[0] < life]
        off = correct(day, sum(batch[1] for batch in batches))
        take(batches, max(-off, 0.0))
        batches.append([day, max(off, 0.0)])
    return came, expired, short, batches


def draw(seed, n=6):
    rng = np.random.default_rng(seed)
    received = rng.integers(0, 20, (n, N_DAYS)) * (rng.random((n, N_DAYS)) < 0.4) * 1.0
    taken = rng.integers(0, 8, (n, N_DAYS)) * 1.0
    corrected = rng.integers(-3, 4, (n, N_DAYS)) * (rng.random((n, N_DAYS)) < 0.2) * 1.0
    return received, taken, corrected, rng.integers(1, 9, n)


@pytest.mark.parametrize("seed", range(3))
def test_a_followed_shelf_is_that_of_a_list_of_batches(seed):
    received, taken, corrected, life = draw(seed)
    found = follow_shelf(received, taken, corrected, life)
    for k in range(len(life)):
        came, expired, short, batches = by_hand(
            lambda day, _, k=k: received[k, day], taken[k], lambda day, _, k=k: corrected[k, day], life[k]
        )
        assert found.expired[k] == pytest.approx(expired) and found.short[k] == pytest.approx(short)
        left = np.zeros(found.left.shape[1])
        for day, quantity in batches:
            left[N_DAYS - 1 - day] += quantity
        assert found.left[k] == pytest.approx(left) and found.received[k] == pytest.approx(came)


@pytest.mark.parametrize("rounds_up", [True, False])
def test_replayed_orders_are_those_of_a_list_of_batches(rounds_up):
    _, taken, _, life = draw(5)
    rng = np.random.default_rng(6)
    levels = np.where(rng.random(taken.shape) < 0.5, rng.integers(5, 30, taken.shape), np.nan)
    until, pack = rng.integers(1, 4, taken.shape), np.array([1.0, 2.0, 3.0, 4.0, 6.0, 12.0])
    counted, emptied = rng.normal(0, 0.1, taken.shape), rng.random(taken.shape) < 0.05
    found = replay_orders(
        levels, taken, pack, life, until, counted=counted, emptied=emptied, rounds_up=rounds_up
    )
    for k in range(len(life)):

        def order(day, batches, k=k):
            if np.isnan(levels[k, day]):
                return 0.0
            lasts = sum(q for at, q in batches if day - at + until[k, day] - 1 <= life[k])
            packs = (levels[k, day] - lasts) / pack[k]
            return max(math.ceil(packs - 1e-9) if rounds_up else math.floor(packs + 0.5), 0) * pack[k]

        came, expired, short, _ = by_hand(
            order, taken[k], lambda day, level, k=k: counted[k, day] * level, life[k], emptied[k]
        )
        assert found.received[k] == pytest.approx(came) and found.expired[k] == pytest.approx(expired)
        assert found.short[k] == pytest.approx(short)


def test_all_that_came_is_somewhere():
    received, taken, corrected, life = draw(9, n=20)
    found = follow_shelf(received, taken, np.maximum(corrected, 0.0), life)
    used = taken - found.short
    out = used.sum(axis=1) + found.expired.sum(axis=1) + found.left.sum(axis=1)
    assert out == pytest.approx(received.sum(axis=1) + np.maximum(corrected, 0.0).sum(axis=1))
    unspoilt = follow_shelf(received, taken, np.zeros_like(taken), np.full(20, N_DAYS))
    assert unspoilt.expired.sum() == 0 and unspoilt.left.shape == (20, N_DAYS + 1)


def test_what_lasts_is_what_keeps_until_the_eve_of_the_next_delivery():
    received, none = np.array([[8.0, 0, 0, 0]]), np.zeros((1, 4))
    two = follow_shelf(received, none, none, np.array([3]), np.full((1, 4), 2)).lasting
    assert two.tolist() == [[0, 8, 8, 0]]  # on day 3 it keeps that day, not the next
    assert follow_shelf(received, none, none, np.array([3])).lasting.tolist() == [[0, 8, 8, 8]]


def test_the_oldest_is_taken_first_and_bad_input_is_refused():
    layers, short = take_oldest(np.array([[5.0, 2.0], [1.0, 1.0]]), np.array([3.0, 4.0]))
    assert layers.tolist() == [[4.0, 0.0], [0.0, 0.0]] and short.tolist() == [0.0, 2.0]
    ok = np.zeros((2, 3))
    with pytest.raises(ParameterError, match="one row a series"):
        follow_shelf(ok, ok, np.zeros((2, 4)), np.array([1, 1]))
    with pytest.raises(ParameterError, match="1 day or more"):
        follow_shelf(ok, ok, ok, np.array([1, 0]))
    empty = np.zeros((0, 3))
    assert follow_shelf(empty, empty, empty, np.zeros(0, int)).expired.shape == (0, 3)
