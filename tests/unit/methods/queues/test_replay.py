"""Replayed streams against plain loops, Erlang's queue, and themselves."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.queues.erlang_c import estimate_mean_wait
from lucky_analytics.methods.queues.open_work import count_open
from lucky_analytics.methods.queues.replay import replay_servers, replay_shared, stack_streams

SLOT = 1800


def make(seed, n=240, n_streams=4):
    random = np.random.default_rng(seed)
    stream = random.integers(0, n_streams, n)
    return stream, random.integers(0, 4 * SLOT, n).astype(float), random.exponential(200, n)


def serve_by_loop(arrive, work, servers):
    """Each piece to whoever can begin first; servers come on duty and leave by slot, the last slot lasts."""
    free, done = [0.0] * max(max(servers), 1), []

    def begins(server, ready):
        slot = min(int(ready // SLOT), len(servers) - 1)
        while slot < len(servers) and server >= servers[slot]:
            slot += 1
        if slot == len(servers):
            return np.inf
        return max(ready, slot * SLOT) if slot > ready // SLOT else ready

    for came, takes in zip(arrive, work, strict=True):
        starts = [begins(server, max(came, free[server])) for server in range(len(free))]
        first = min(range(len(free)), key=starts.__getitem__)
        free[first] = starts[first] + takes
        done.append(free[first] - came)
    return done


@pytest.mark.parametrize("seed", range(8))
def test_servers_who_come_and_go_equal_a_plain_loop(seed):
    stream, arrive, work = make(seed)
    streams = stack_streams(stream, arrive, work)
    servers = np.random.default_rng(seed).integers(0, 4, (4, 5))
    servers[:, -1] = 2
    found = streams.back(replay_servers(streams, servers, SLOT))
    for number in range(4):
        own = np.flatnonzero(stream == number)
        own = own[np.argsort(arrive[own], kind="stable")]
        assert found[own].tolist() == pytest.approx(
            serve_by_loop(arrive[own], work[own], servers[number].tolist())
        )


@pytest.mark.parametrize(("seed", "closes_at"), [(1, np.inf), (2, 3), (3, 1)])
def test_a_shared_bench_equals_a_plain_loop(seed, closes_at):
    stream, arrive, work = make(seed)
    streams = stack_streams(stream, arrive, work)
    share = np.random.default_rng(seed).uniform(0.3, 1, len(work))
    stacked = np.zeros(streams.arrive.shape)
    stacked[streams.row, streams.column] = share
    found = replay_shared(streams, 0.4, stacked, closes_at)
    seconds, n_open, refused = (streams.back(part) for part in found)
    for number in range(4):
        open_: list[tuple[float, float]] = []
        own = np.flatnonzero(stream == number)
        for k in own[np.argsort(arrive[own], kind="stable")]:
            open_ = [(end, began) for end, began in open_ if end > arrive[k]]
            n = sum(began < arrive[k] for _, began in open_)
            assert n_open[k] == n and refused[k] == (n >= closes_at)
            if not refused[k]:
                assert seconds[k] == pytest.approx(work[k] * (1 + share[k] * n) ** 0.4)
                heapq.heappush(open_, (arrive[k] + seconds[k], arrive[k]))
            else:
                assert np.isnan(seconds[k])


def test_what_was_seen_comes_back_when_nothing_is_changed():
    """Whole seconds, many in one second: the open pieces are those of ``count_open``."""
    random = np.random.default_rng(5)
    stream, arrive = random.integers(0, 3, 900), random.integers(0, 5_000, 900)
    seconds = random.integers(1, 400, 900)
    n_open = count_open(arrive, arrive + seconds, arrive, stream, stream)
    streams = stack_streams(stream, arrive.astype(float), seconds / (1 + n_open) ** 0.3)
    again = replay_shared(streams, 0.3)
    assert streams.back(again.n_open).tolist() == n_open.tolist()
    assert streams.back(again.seconds) == pytest.approx(seconds)
    assert not again.is_refused.any()


def test_a_long_random_stream_waits_as_erlang_says():
    random = np.random.default_rng(2)
    n = 4_000
    stream = np.repeat(np.arange(40), n)
    arrive = random.exponential(100 / 1.7, (40, n)).cumsum(axis=1).ravel()
    work = random.exponential(100, 40 * n)
    streams = stack_streams(stream, arrive, work)
    wait = streams.back(replay_servers(streams, np.full((40, 1), 2), SLOT)) - work
    kept = np.tile(np.arange(n) >= 400, 40)
    assert wait[kept].mean() == pytest.approx(estimate_mean_wait(1.7, 2, 100), rel=0.05)


def test_one_server_more_never_takes_longer_and_a_closed_door_only_helps_the_others():
    streams = stack_streams(*make(9))
    few, more = (replay_servers(streams, np.full((4, 1), c), SLOT) for c in (2, 3))
    assert (few - more)[~np.isnan(few)].min() > -1e-9
    usual, closed = (replay_shared(streams, 0.5, closes_at=at) for at in (np.inf, 4))
    assert closed.is_refused.any() and np.nanmean(closed.seconds) < np.nanmean(usual.seconds)
    half = replay_shared(streams, 0.5, share=0.5)
    assert np.nanmean(half.seconds) < np.nanmean(usual.seconds)


def test_nobody_ever_serves_and_what_cannot_be_is_refused():
    streams = stack_streams(np.zeros(2), np.array([0.0, 1.0]), np.ones(2))
    assert np.isinf(replay_servers(streams, np.array([[0]]), SLOT)).all()
    none = stack_streams(np.array([], int), np.array([]), np.array([]))
    assert none.arrive.shape == (0, 0) and replay_shared(none, 0.2).seconds.shape == (0, 0)
    with pytest.raises(ParameterError, match="servers: expected 0 or more"):
        replay_servers(streams, np.array([[-1]]), SLOT)
    with pytest.raises(ParameterError, match="closes_at: expected 1 or more"):
        replay_shared(streams, 0.2, closes_at=0)
