"""Waiting where people come at random and several serve: Erlang's formula for who waits, and how long.

Customers come singly and at random at a steady rate, each of ``servers`` people takes the next one, the time
that one takes is exponential, nobody leaves (M/M/c). ``load`` is in erlang: arrivals an hour times the hours
each takes, so how many servers are busy on average. Where the load is not below the number of servers the
queue grows without end: everybody waits, and waits are infinite. ``allen_cunneen`` takes other spreads of
service times and of arrivals. All functions take numbers or arrays that broadcast; null in, null out.

Erlang (1917), "Solution of some problems in the theory of probabilities of significance in automatic
telephone exchanges". The chance is found by the recursion over servers of Erlang's loss formula, which takes
no factorial and so holds for loads of hundreds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = [
    "MOST_SERVERS",
    "check_queue",
    "estimate_mean_wait",
    "estimate_service_level",
    "estimate_wait_chance",
    "estimate_wait_quantile",
    "find_servers",
    "find_smallest",
    "level_of_wait",
    "quantile_of_wait",
]

MOST_SERVERS = 10_000
"""How far the search for a number of servers goes, and how many a queue may have."""

Floats = NDArray[np.float64]


def check_queue(load: ArrayLike, servers: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """Load and servers as arrays of one shape. Raises ``ParameterError`` where one is negative or no number
    of servers."""
    loads, counts = np.broadcast_arrays(np.asarray(load, float), np.asarray(servers, float))
    if (loads < 0).any():
        raise ParameterError("load", expected="0 or more erlang", got=f"{np.nanmin(loads):g}")
    wrong = ~((counts >= 0) & (counts <= MOST_SERVERS) & (counts == np.floor(counts)))
    if wrong.any():
        raise ParameterError(
            "servers", expected=f"whole numbers from 0 to {MOST_SERVERS}", got=f"{counts[wrong][0]:g}"
        )
    return loads, counts.astype(np.int64)


def estimate_wait_chance(load: ArrayLike, servers: ArrayLike) -> Any:
    """The chance, 0 to 1, that a customer has to wait at all; 1 where the load is not below the servers.

    >>> float(round(estimate_wait_chance(10, 14), 6))
    0.174132
    >>> estimate_wait_chance([0, 0.5, 3], [1, 1, 2]).tolist()
    [0.0, 0.5, 1.0]
    """
    loads, counts = check_queue(load, servers)
    chance = np.ones(loads.shape)
    loss = np.ones(loads.shape)
    for server in range(1, int(counts.max(initial=0)) + 1):
        loss = loads * loss / (server + loads * loss)
        here = (counts == server) & (loads < counts)
        chance = np.where(here, counts * loss / (counts - loads * (1 - loss) + ~here), chance)
    return np.where(np.isnan(loads), np.nan, chance)[()]


def estimate_mean_wait(load: ArrayLike, servers: ArrayLike, service: ArrayLike) -> Any:
    """The mean wait until service begins, of all customers, in the unit of ``service``, the mean time that
    one takes. Infinite where the load is not below the servers.

    >>> float(round(estimate_mean_wait(10, 14, 180), 3))
    7.836
    >>> float(estimate_mean_wait(2, 2, 180))
    inf
    """
    loads, counts = check_queue(load, servers)
    spare = counts - loads
    chance = estimate_wait_chance(loads, counts)
    wait = chance * _positive(service) / np.where(spare > 0, spare, 1)
    return np.where(spare > 0, wait, np.where(np.isnan(loads), np.nan, np.inf))[()]


def estimate_wait_quantile(
    load: ArrayLike, servers: ArrayLike, service: ArrayLike, quantile: ArrayLike
) -> Any:
    """The wait that this share of customers does not exceed; 0 where more than that share does not wait.

    >>> waits = estimate_wait_quantile(10, 14, 180, [0.5, 0.9, 0.95])
    >>> waits.round(1).tolist()
    [0.0, 25.0, 56.2]
    """
    shares = np.asarray(quantile, float)
    if not ((shares > 0) & (shares < 1)).all():
        raise ParameterError("quantile", expected="above 0 and below 1", got=f"{shares}")
    return quantile_of_wait(
        estimate_wait_chance(load, servers), estimate_mean_wait(load, servers, service), shares
    )


def estimate_service_level(load: ArrayLike, servers: ArrayLike, service: ArrayLike, within: ArrayLike) -> Any:
    """The share of customers whose service begins within this time; 0 where the queue has no end.

    >>> float(round(estimate_service_level(10, 14, 180, 20), 6))
    0.88835
    """
    return level_of_wait(
        estimate_wait_chance(load, servers), estimate_mean_wait(load, servers, service), within
    )


def find_servers(load: ArrayLike, service: ArrayLike, target: float, within: float) -> Any:
    """The smallest number of servers with which ``target`` of the customers are served within ``within``.

    Whole numbers; 0 where nobody comes. Raises ``ParameterError`` where the target is not above 0 and
    below 1, a load is null, or ``MOST_SERVERS`` do not do it.

    >>> find_servers([0, 0.4, 10], 180, target=0.8, within=20).tolist()
    [0, 2, 14]
    """

    def is_met(loads: Floats, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray(estimate_service_level(loads, counts, service, within) >= target)

    return find_smallest(load, target, is_met)


def find_smallest(load: ArrayLike, target: float, is_met: Any) -> Any:
    """The smallest number of servers for which ``is_met(load, servers)`` holds, for each load.

    ``is_met`` must hold for all larger numbers once it holds. Used by the two kinds of queue alike.
    """
    if not 0 < target < 1:
        raise ParameterError("target", expected="above 0 and below 1", got=f"{target}")
    loads = np.asarray(load, float)
    if np.isnan(loads).any():
        raise ParameterError("load", expected="a number of erlang", got="null")
    # What is not above the load never does; ten standard deviations above it does for any usual target.
    low = np.floor(loads)
    high = np.minimum(np.ceil(loads + 10 * np.sqrt(loads) + 10), MOST_SERVERS)
    missed = (loads > 0) & ~is_met(loads, high.astype(np.int64))
    if missed.any():
        raise ParameterError(
            "target", expected=f"one that {int(high.max())} servers or fewer meet", got=f"{target:g}"
        )
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = is_met(loads, middle.astype(np.int64))
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.where(loads > 0, high, 0).astype(np.int64)[()]


def quantile_of_wait(chance: Any, mean: Any, shares: Floats) -> Any:
    """The wait that these shares do not exceed, where ``chance`` wait and those who do exponentially."""
    own = mean / np.where(chance > 0, chance, 1)
    with np.errstate(invalid="ignore"):  # an infinite wait times the logarithm of 1
        wait = own * np.log(np.maximum(chance / (1 - shares), 1))
    return np.where(np.isinf(mean), np.inf, wait)[()]


def level_of_wait(chance: Any, mean: Any, within: ArrayLike) -> Any:
    """The share that begins within a time, where ``chance`` wait and those who do exponentially."""
    time = np.asarray(within, float)
    if (time < 0).any():
        raise ParameterError("within", expected="0 or more", got=f"{time}")
    # A mean of 0 (nobody has to wait, or all goes by a beat) leaves nobody late.
    late = chance * np.exp(-time * chance / np.where(np.equal(mean, 0), 1, mean)) * np.not_equal(mean, 0)
    return np.where(np.isinf(mean), 0.0, 1 - late)[()]


def _positive(service: ArrayLike) -> Floats:
    seconds = np.asarray(service, float)
    if (seconds <= 0).any():
        raise ParameterError("service", expected="a time above 0", got=f"{seconds}")
    return seconds
