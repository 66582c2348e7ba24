"""How many people to roster so that enough come: Erlang's formula when each stays away with a chance.

Who stays away is drawn apart for each (Binomial), and nobody stands in. What is asked is kept on the mean
over how many come: one more is rostered only where those who stay away would cost what was asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.queues.erlang_c import (
    check_queue,
    estimate_service_level,
    find_servers,
    find_smallest,
)

__all__ = ["estimate_thinned_level", "find_rostered"]

Floats = NDArray[np.float64]


def estimate_thinned_level(
    load: ArrayLike, rostered: ArrayLike, service: float, within: float, absent: float = 0.0
) -> Any:
    """The share of customers whose service begins within this time, when each of the ``rostered`` stays away
    with the chance ``absent``: the mean over how many come. Load in erlang, times in one unit; arrays
    broadcast. 0 where nobody is rostered. Raises ``ParameterError`` for a chance that is not from 0 to 1.

    Of two people, each away one day in ten, two come with .81, one with .18:

    >>> both, one = estimate_service_level(0.5, [2, 1], 60, 60)
    >>> found = estimate_thinned_level(0.5, 2, 60, 60, absent=0.1)
    >>> bool(np.isclose(found, 0.81 * both + 0.18 * one))
    True
    """
    if not 0 <= absent <= 1:
        raise ParameterError("chance to stay away", expected="from 0 to 1", got=f"{absent:g}")
    loads, counts = check_queue(load, rostered)
    if absent == 0:
        return np.where(counts > 0, estimate_service_level(loads, counts, service, within), 0.0)[()]
    found = np.zeros(loads.shape)
    for here in range(1, int(counts.max(initial=0)) + 1):
        level = estimate_service_level(loads, np.full(loads.shape, here), service, within)
        found += binom.pmf(here, counts, 1 - absent) * level
    return found[()]


def find_rostered(load: ArrayLike, service: float, target: float, within: float, absent: float = 0.0) -> Any:
    """The smallest number of people to roster with which ``target`` of the customers are served within
    ``within``, on the mean over who stays away. As ``find_servers`` where nobody does, and raises as it does.

    >>> load = [0.0, 0.4, 0.9, 1.5]
    >>> find_rostered(load, 60, 0.8, 60).tolist(), find_rostered(load, 60, 0.8, 60, absent=0.2).tolist()
    ([0, 2, 2, 3], [0, 2, 3, 4])
    """
    if absent == 0:
        return find_servers(load, service, target, within)

    def is_met(loads: Floats, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        return np.asarray(estimate_thinned_level(loads, counts, service, within, absent) >= target)

    return find_smallest(load, target, is_met)
