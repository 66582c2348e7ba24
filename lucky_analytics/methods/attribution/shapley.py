"""What each member of a game is worth on average, whatever the order in which members join: Shapley (1953).

The one way to share out the worth of all that leaves nothing over (efficiency), gives two members alike the
same (symmetry), gives nothing to who changes nothing (dummy), and adds up over games. Which game is played
is the caller's choice: of who adds what to what happens, the numbers know no more than the game does.

References: Shapley (1953), A value for n-person games; Dalessandro and others (2012), Causally motivated
attribution for online advertising, ADKDD, on channels as members.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["MOST_MEMBERS", "share_out", "sum_within"]

MOST_MEMBERS = 12  # the number of sets doubles with each: 4,096

Array = NDArray[np.float64]


def share_out(worth: Array) -> Array:
    """The Shapley value of each member, exact.

    ``worth``: along the last axis the worth of each set, any unit; bit i of a place says whether member i is
    in the set, so that place 0 is of nobody and the last of all. Other axes are games of their own. Returned:
    the same with the last axis one value a member; they sum to the worth of all less that of nobody. Nulls
    spread to all members. Raises ``ParameterError`` for another number of sets than 2, 4, 8, ...

    >>> share_out(np.array([0.0, 0.0, 0.0, 1.0])).tolist()    # neither does anything alone
    [0.5, 0.5]
    """
    n = _count_members(worth.shape[-1])
    place = np.arange(worth.shape[-1])
    size = np.array([bin(each).count("1") for each in place])
    weight = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    value = np.empty((*worth.shape[:-1], n))
    for member in range(n):
        without = place[(place >> member) & 1 == 0]
        added = worth[..., without | (1 << member)] - worth[..., without]
        value[..., member] = added @ weight[size[without]]
    return value


def sum_within(counts: Array) -> Array:
    """For each set the sum of ``counts`` over all sets that lie within it, itself included; places as in
    ``share_out``.

    >>> sum_within(np.array([0.0, 2.0, 3.0, 5.0])).tolist()
    [0.0, 2.0, 3.0, 10.0]
    """
    n = _count_members(counts.shape[-1])
    found = np.array(counts, float)
    for member in range(n):
        parts = found.reshape(*counts.shape[:-1], -1, 2, 1 << member)
        parts[..., 1, :] += parts[..., 0, :]
    return found


def _count_members(n_sets: int) -> int:
    n = n_sets.bit_length() - 1
    if n_sets != 1 << n or not 1 <= n <= MOST_MEMBERS:
        raise ParameterError(
            "sets of a game", expected=f"2, 4, 8, ... up to {1 << MOST_MEMBERS}", got=str(n_sets)
        )
    return n
