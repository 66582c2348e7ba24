"""Erlang C against published answers, exact sums in fractions, and a simulated queue."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.queues.erlang_c import (
    estimate_mean_wait,
    estimate_service_level,
    estimate_wait_chance,
    estimate_wait_quantile,
    find_servers,
)


def in_fractions(load: Fraction, servers: int) -> float:
    """The formula as it stands in textbooks, in whole numbers: no rounding anywhere."""
    queue = load**servers / factorial(servers) * servers / (servers - load)
    return float(queue / (sum(load**k / Fraction(factorial(k)) for k in range(servers)) + queue))


def simulate(load, servers, draw_service, n, seed):
    """Waits of a queue served in order of coming: a plain loop over customers. Mean service is 1."""
    random, free, clock, waits = np.random.default_rng(seed), [0.0] * servers, 0.0, []
    for gap, takes in zip(random.exponential(1 / load, n), draw_service(random, n), strict=True):
        clock += gap
        first = min(range(servers), key=free.__getitem__)
        begin = max(clock, free[first])
        waits.append(begin - clock)
        free[first] = begin + takes
    return np.array(waits[n // 10 :])


def test_the_known_call_centre():
    """10 erlang, 14 agents, 180 s a call: the usual worked example of Erlang C calculators."""
    assert estimate_wait_chance(10, 14) == pytest.approx(0.174132, abs=5e-7)
    assert estimate_service_level(10, 14, 180, 20) == pytest.approx(0.888350, abs=5e-7)
    assert estimate_mean_wait(10, 14, 180) == pytest.approx(7.836, abs=5e-4)
    assert find_servers(10, 180, target=0.8, within=20) == 14
    assert find_servers(10, 180, target=0.9, within=20) == 15


@pytest.mark.parametrize(
    ("load", "servers"), [("0.7", 1), ("1.9", 2), ("9.99", 10), ("180", 200), ("590.5", 600)]
)
def test_chances_equal_exact_sums(load, servers):
    exact = in_fractions(Fraction(load), servers)
    assert estimate_wait_chance(float(load), servers) == pytest.approx(exact, rel=1e-10)


def test_one_server_is_the_textbooks_simplest_queue():
    loads = np.array([0.1, 0.5, 0.9])
    assert estimate_wait_chance(loads, 1) == pytest.approx(loads)
    assert estimate_mean_wait(loads, 1, 60) == pytest.approx(60 * loads / (1 - loads))


def test_a_simulated_queue_waits_as_long():
    waits = simulate(2.4, 3, lambda random, n: random.exponential(1, n), 150_000, seed=1)
    assert (waits > 0).mean() == pytest.approx(estimate_wait_chance(2.4, 3), rel=0.02)
    assert waits.mean() == pytest.approx(estimate_mean_wait(2.4, 3, 1), rel=0.05)
    assert (waits <= 0.5).mean() == pytest.approx(estimate_service_level(2.4, 3, 1, 0.5), rel=0.02)
    assert np.quantile(waits, 0.9) == pytest.approx(estimate_wait_quantile(2.4, 3, 1, 0.9), rel=0.05)


def test_quantile_and_level_are_each_others_inverse():
    loads = np.array([0.5, 3.0, 88.0])
    servers = np.array([1, 4, 90])
    waits = estimate_wait_quantile(loads, servers, 50, 0.95)
    assert estimate_service_level(loads, servers, 50, waits) == pytest.approx([0.95] * 3)


def test_without_end_waits_are_infinite_and_without_customers_nought():
    assert estimate_wait_chance([2, 3, 0], [2, 2, 0]).tolist() == [1, 1, 1]
    assert np.isinf(estimate_mean_wait([2, 3, 0], [2, 2, 0], 60)).all()
    assert np.isinf(estimate_wait_quantile(5, 2, 60, 0.1))
    assert estimate_service_level(5, 2, 60, 1e6) == 0
    assert estimate_mean_wait(0, 1, 60) == 0 and estimate_service_level(0, 1, 60, 0) == 1
    assert np.isnan(estimate_wait_chance(np.nan, 2)) and np.isnan(estimate_mean_wait(np.nan, 2, 60))
    assert estimate_wait_chance(np.array([]), 3).shape == (0,)


@pytest.mark.parametrize("target", [0.5, 0.8, 0.99])
def test_the_smallest_number_is_what_a_search_from_below_finds(target):
    loads = np.r_[0.0, np.geomspace(0.01, 150, 25)]
    found = find_servers(loads, 180, target, within=30)
    for load, servers in zip(loads, found, strict=True):
        one = int(load)
        while load > 0 and estimate_service_level(load, one, 180, 30) < target:
            one += 1
        assert servers == (one if load > 0 else 0)


def test_more_work_waits_longer_and_more_people_less():
    chances = estimate_wait_chance(np.array([3.0, 4.0])[:, None], np.arange(5, 15))
    assert (np.diff(chances, axis=0) > 0).all() and (np.diff(chances, axis=1) < 0).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: estimate_wait_chance(-1, 2), "load: expected 0 or more erlang, got -1"),
        (lambda: estimate_wait_chance(1, 2.5), "servers: expected whole numbers from 0 to 10000, got 2.5"),
        (lambda: estimate_wait_chance(1, np.nan), "servers: expected whole numbers"),
        (lambda: estimate_mean_wait(1, 2, 0), "service: expected a time above 0"),
        (lambda: estimate_wait_quantile(1, 2, 60, 1), "quantile: expected above 0 and below 1"),
        (lambda: estimate_service_level(1, 2, 60, -1), "within: expected 0 or more"),
        (lambda: find_servers(1, 60, 1.0, 20), "target: expected above 0 and below 1, got 1.0"),
        (lambda: find_servers(np.nan, 60, 0.8, 20), "load: expected a number of erlang, got null"),
        (lambda: find_servers(20_000, 60, 0.8, 20), "target: expected one that 10000 servers or fewer meet"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(call, words):
    with pytest.raises(ParameterError) as found:
        call()
    assert words in str(found.value)
