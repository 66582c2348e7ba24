"""Allen and Cunneen's approximation against its exact cases and simulated queues."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.queues import erlang_c
from lucky_analytics.methods.queues.allen_cunneen import (
    estimate_mean_wait,
    estimate_service_level,
    estimate_wait_quantile,
    find_servers,
)
from tests.unit.methods.queues.test_erlang_c import simulate


def test_random_service_is_erlangs_queue():
    loads, servers = np.array([0.5, 10.0, 300.0]), np.array([1, 14, 320])
    assert estimate_mean_wait(loads, servers, 180, 1) == pytest.approx(
        erlang_c.estimate_mean_wait(loads, servers, 180)
    )
    assert estimate_service_level(loads, servers, 180, 20, 1) == pytest.approx(
        erlang_c.estimate_service_level(loads, servers, 180, 20)
    )


@pytest.mark.parametrize("spread", [0, 0.3, 1, 4])
def test_one_server_is_exact(spread):
    """Pollaczek and Khinchine: load x service x (1 + spread) / (2 x (1 - load))."""
    assert estimate_mean_wait(0.8, 1, 60, spread) == pytest.approx(0.8 * 60 * (1 + spread) / (2 * 0.2))


def lognormal(spread):
    sigma = np.sqrt(np.log1p(spread))
    return lambda random, n: random.lognormal(-(sigma**2) / 2, sigma, n)


@pytest.mark.parametrize(
    ("load", "servers", "spread"), [(1.7, 2, 0.3), (2.6, 3, 0.3), (1.7, 2, 2.0), (4.5, 5, 0.0)]
)
def test_busy_simulated_queues_wait_as_long_within_a_tenth(load, servers, spread):
    """The limit is of the approximation, not of chance: 150,000 customers know the mean to about 3 %."""
    waits = simulate(load, servers, lognormal(spread), 150_000, seed=3)
    assert estimate_mean_wait(load, servers, 1, spread) == pytest.approx(waits.mean(), rel=0.1)
    assert estimate_wait_quantile(load, servers, 1, 0.9, spread) == pytest.approx(
        np.quantile(waits, 0.9), rel=0.15
    )


def test_uneven_arrivals_wait_longer_and_even_service_needs_fewer():
    assert estimate_mean_wait(1.5, 2, 60, 0.5, 2) == pytest.approx(
        estimate_mean_wait(1.5, 2, 60, 0.5) * 2.5 / 1.5
    )
    even, uneven = (find_servers(10, 180, 0.9, 20, spread) for spread in (0.25, 1.0))
    assert (even, uneven) == (14, 15)
    assert [find_servers(10, 180, 0.88, 20, 1.0, arrivals) for arrivals in (1, 9)] == [14, 15]


def test_without_end_waits_are_infinite_even_with_a_beat():
    assert np.isinf(estimate_mean_wait(3, 2, 60, 0, 0)) and np.isinf(
        estimate_wait_quantile(3, 2, 60, 0.5, 0, 0)
    )
    assert estimate_service_level(3, 2, 60, 1e5, 0.3) == 0
    assert estimate_mean_wait(1, 2, 60, 0, 0) == 0 and estimate_service_level(1, 2, 60, 0, 0, 0) == 1


@pytest.mark.parametrize("name", ["service_spread", "arrival_spread"])
def test_a_negative_spread_is_refused(name):
    with pytest.raises(ParameterError, match=f"{name}: expected 0 or more"):
        estimate_mean_wait(1, 2, 60, **{"service_spread": 1.0, name: -0.1})
