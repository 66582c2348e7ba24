"""Waiting where service or arrivals are more even, or less, than chance: Allen and Cunneen's approximation.

Erlang C takes times of service to be exponential and arrivals to be random. Here each has a spread of its
own: ``service_spread`` and ``arrival_spread`` are variances by squared means (the squared coefficient of
variation) of the time that one customer takes and of the time between two: 1 is chance, 0 a machine's beat.
The mean wait is Erlang's times the mean of the two spreads. Who has to wait is taken as in Erlang C, and
those who wait are taken to do so exponentially.

The mean is exact for random arrivals at one server (Pollaczek and Khinchine) and for Erlang's own queue. With
several servers it errs by some per cent where a queue is busy, by more where it is idle, and it knows nothing
of loads that change within the hour.

Allen (1990), "Probability, Statistics, and Queueing Theory", 2nd ed., section 5.2.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.queues import erlang_c

__all__ = [
    "estimate_mean_wait",
    "estimate_service_level",
    "estimate_wait_quantile",
    "find_servers",
]

Floats = NDArray[np.float64]


def estimate_mean_wait(
    load: ArrayLike,
    servers: ArrayLike,
    service: ArrayLike,
    service_spread: ArrayLike,
    arrival_spread: ArrayLike = 1.0,
) -> Any:
    """The mean wait until service begins, in the unit of ``service``; infinite where the load is not below
    the number of servers. One server with a beat makes people wait half as long as one by chance:

    >>> [float(estimate_mean_wait(0.5, 1, 100, spread)) for spread in (1, 0)]
    [100.0, 50.0]
    """
    wait = erlang_c.estimate_mean_wait(load, servers, service)
    return _stretch(wait, service_spread, arrival_spread)


def estimate_wait_quantile(
    load: ArrayLike,
    servers: ArrayLike,
    service: ArrayLike,
    quantile: ArrayLike,
    service_spread: ArrayLike,
    arrival_spread: ArrayLike = 1.0,
) -> Any:
    """The wait that this share of customers does not exceed.

    >>> float(round(estimate_wait_quantile(10, 14, 180, 0.9, service_spread=0.25), 1))
    15.6
    """
    wait = erlang_c.estimate_wait_quantile(load, servers, service, quantile)
    return _stretch(wait, service_spread, arrival_spread)


def estimate_service_level(
    load: ArrayLike,
    servers: ArrayLike,
    service: ArrayLike,
    within: ArrayLike,
    service_spread: ArrayLike,
    arrival_spread: ArrayLike = 1.0,
) -> Any:
    """The share of customers whose service begins within this time; 0 where the queue has no end.

    >>> float(round(estimate_service_level(10, 14, 180, 20, service_spread=0.25), 3))
    0.914
    """
    mean = estimate_mean_wait(load, servers, service, service_spread, arrival_spread)
    return erlang_c.level_of_wait(erlang_c.estimate_wait_chance(load, servers), mean, within)


def find_servers(
    load: ArrayLike,
    service: ArrayLike,
    target: float,
    within: float,
    service_spread: ArrayLike,
    arrival_spread: ArrayLike = 1.0,
) -> Any:
    """The smallest number of servers with which ``target`` of the customers are served within ``within``.

    As ``erlang_c.find_servers``, errors included.

    >>> [find_servers(10, 180, 0.9, 20, spread).item() for spread in (0.25, 1.0)]
    [14, 15]
    """

    def is_met(loads: Floats, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        level = estimate_service_level(loads, counts, service, within, service_spread, arrival_spread)
        return np.asarray(level >= target)

    return erlang_c.find_smallest(load, target, is_met)


def _stretch(wait: Any, service_spread: ArrayLike, arrival_spread: ArrayLike) -> Any:
    """A wait of Erlang's queue times the mean of both spreads; what is infinite stays so."""
    for name, spread in (("service_spread", service_spread), ("arrival_spread", arrival_spread)):
        value = np.asarray(spread, float)
        if (value < 0).any():
            raise ParameterError(name, expected="0 or more", got=f"{value}")
    factor = (np.asarray(service_spread, float) + np.asarray(arrival_spread, float)) / 2
    with np.errstate(invalid="ignore"):  # an infinite wait times 0
        return np.where(np.isinf(wait), np.inf, wait * factor)[()]
