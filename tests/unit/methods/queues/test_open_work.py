"""Open work against a plain loop over every piece and moment."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.queues.open_work import count_open


def by_loop(start, end, at, group, at_group):
    return [
        sum(1 for s, e, g in zip(start, end, group, strict=True) if g == who and s < moment < e)
        for moment, who in zip(at, at_group, strict=True)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_it_counts_what_a_loop_counts_pieces_without_length_too(seed):
    random = np.random.default_rng(seed)
    start = random.integers(0, 60, 40)
    end = start + random.integers(0, 15, 40) * random.integers(0, 2, 40)
    group, at = random.integers(0, 3, 40), random.integers(-5, 80, 30)
    at_group = random.integers(0, 4, 30)
    found = count_open(start, end, at, group, at_group)
    assert found.tolist() == by_loop(start, end, at, group, at_group)
    assert count_open(start, end, start, group, group).min() >= 0


def test_nothing_is_open_where_there_is_nothing():
    none, some = np.array([], np.int64), np.array([1, 2])
    assert count_open(none, none, some, none, some).tolist() == [0, 0]
    assert count_open(some, some, none, some, none).tolist() == []
