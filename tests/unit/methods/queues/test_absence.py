"""Rostering for people who stay away: against every case by hand, and Erlang's formula without absence."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.queues.absence import estimate_thinned_level, find_rostered
from lucky_analytics.methods.queues.erlang_c import estimate_service_level, find_servers

LOADS = np.array([0.0, 0.2, 0.7, 1.4, 3.1])


@pytest.mark.parametrize("absent", [0.05, 0.3])
def test_the_level_is_the_mean_over_every_way_to_come_or_not(absent):
    for load, heads in itertools.product((0.3, 1.2), (1, 2, 4)):
        by_hand = 0.0
        for came in itertools.product((0, 1), repeat=heads):
            chance = np.prod([1 - absent if one else absent for one in came])
            n = sum(came)
            by_hand += chance * (estimate_service_level(load, n, 60.0, 90.0) if n else 0.0)
        assert estimate_thinned_level(load, heads, 60.0, 90.0, absent) == pytest.approx(by_hand)


def test_without_absence_it_is_erlangs():
    assert find_rostered(LOADS, 60.0, 0.8, 60.0).tolist() == find_servers(LOADS, 60.0, 0.8, 60.0).tolist()
    level = estimate_thinned_level(LOADS, 3, 60.0, 60.0)
    assert level == pytest.approx(estimate_service_level(LOADS, 3, 60.0, 60.0))
    assert estimate_thinned_level(0.5, 0, 60.0, 60.0) == 0


@pytest.mark.parametrize("absent", [0.01, 0.1, 0.4])
def test_one_fewer_would_miss_the_target(absent):
    heads = find_rostered(LOADS, 60.0, 0.8, 60.0, absent)
    known = LOADS > 0
    level = estimate_thinned_level(LOADS, heads, 60.0, 60.0, absent)
    fewer = estimate_thinned_level(LOADS, np.maximum(heads - 1, 0), 60.0, 60.0, absent)
    assert (level[known] >= 0.8).all() and (fewer[known] < 0.8).all() and heads[0] == 0
    assert (heads >= find_servers(LOADS, 60.0, 0.8, 60.0)).all()


@pytest.mark.parametrize("absent", [-0.1, 1.5, float("nan")])
def test_a_chance_that_is_none_is_refused(absent):
    with pytest.raises(ParameterError, match="from 0 to 1"):
        estimate_thinned_level(1.0, 2, 60.0, 60.0, absent)
