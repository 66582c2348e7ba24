"""Servers read off simulated queues whose number is known."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.queues.inferred_servers import infer_servers, stretch
from lucky_analytics.methods.queues.open_work import count_open
from lucky_analytics.methods.queues.replay import replay_servers, stack_streams


def queue(servers, load, seed, n_days=28, n=300, spread=1.0):
    """Open work met, seconds and day of each piece of a queue with so many servers; mean service 200 s."""
    random = np.random.default_rng(seed)
    day = np.repeat(np.arange(n_days), n)
    arrive = random.exponential(200 / load, (n_days, n)).cumsum(axis=1).ravel()
    work = random.gamma(1 / spread, 200 * spread, len(day))
    streams = stack_streams(day, arrive, work)
    seconds = streams.back(replay_servers(streams, np.full((n_days, 1), servers), 1800))
    return count_open(arrive, arrive + seconds, arrive, day, day), seconds, day


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (2, 1.5), (4, 3.2), (8, 6.5)])
def test_the_number_of_servers_is_found(servers, load):
    found = infer_servers(*queue(servers, load, seed=servers))
    assert found.servers.low <= servers <= (found.servers.high or np.inf)
    assert abs(found.servers.value - servers) <= 1
    assert found.service == pytest.approx(200, rel=0.1)


def test_the_interval_holds_the_number_as_often_as_it_says():
    """60 worlds: at 90 % fewer than 48 would be chance of less than 1 in 100."""
    held = 0
    for seed in range(60):
        found = infer_servers(*queue(3, 2.3, seed=1_000 + seed, n_days=20, n=150)).servers
        held += found.low <= 3 <= (found.high or np.inf)
    assert held >= 48


def test_even_service_is_found_within_one_server():
    """A gamma of a third of an exponential's variance, as kitchens have: the bias is stated, here bounded."""
    found = infer_servers(*queue(4, 3.2, seed=5, spread=0.33)).servers
    assert 4 <= found.value <= 5


def test_idle_work_says_only_how_many_at_least():
    n_open, seconds, day = queue(9, 1.0, seed=3)
    found = infer_servers(n_open, seconds, day).servers
    assert found.high is None and found.low <= 9
    alone = infer_servers(np.zeros(50, int), np.full(50, 100.0), np.arange(50))
    assert alone.servers.high is None and alone.service == pytest.approx(100)


def test_means_are_a_plain_loop_and_the_line_bends_at_the_servers():
    n_open, seconds, day = queue(2, 1.5, seed=8)
    found = infer_servers(n_open, seconds, day)
    row = found.means.set_index("n_open").loc[3]
    assert row["seconds"] == pytest.approx(seconds[n_open == 3].mean()) and row["n"] == (n_open == 3).sum()
    assert row["bend"] == pytest.approx(found.service * stretch(np.array([3]), int(found.servers.value))[0])


def test_one_day_has_no_interval_and_nothing_is_refused():
    n_open, seconds, day = queue(2, 1.5, seed=8, n_days=1)
    one = infer_servers(n_open, seconds, day)
    assert one.servers.low is None and one.draws.size == 0
    wider = infer_servers(*queue(2, 1.5, seed=8, n_days=5, n=60), level=0.99).servers
    narrow = infer_servers(*queue(2, 1.5, seed=8, n_days=5, n=60), level=0.5).servers
    assert wider.low <= narrow.low and (wider.high or 99) >= narrow.high
    with pytest.raises(LuckyError, match="servers: expected pieces of work"):
        infer_servers(np.array([], int), np.array([]), np.array([]))
    with pytest.raises(ParameterError, match="counts and seconds of 0 or more"):
        infer_servers(np.array([1]), np.array([np.nan]), np.array([0]))
