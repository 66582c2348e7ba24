"""Containers that the stores opened: which delivery each came from, and what was thrown away and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Ints, largest_remainder, stream
from lucky_analytics.demo.process.consumption import Consumption
from lucky_analytics.demo.process.ingredients import Goods
from lucky_analytics.demo.process.stock_levels import PERISHABLE_DAYS, Stock, whole_units

__all__ = ["EXPIRED", "SPILLED", "UNWANTED", "Containers", "open_containers"]

EXPIRED, UNWANTED, SPILLED, USED_UP = 1, 2, 3, 0
_SPILLED_SHARE = 0.3


@dataclass(frozen=True)
class Containers:
    """One position per container, in the order of day, store and good; quantities in thousandths.

    ``age``: days since its delivery when it was opened; ``rank`` of ``n_today``: its place among the
    containers of the same store, good and day.
    """

    store: Ints
    day: Ints
    good: Ints
    age: Ints
    rank: Ints
    n_today: Ints
    opened: Ints
    discarded: Ints
    reason: Ints


def open_containers(
    consumption: Consumption, stock: Stock, goods: Goods, wanted: int, seed: int
) -> Containers:
    """``wanted`` containers of perishable goods: one a store, good and day of use, more where it is much.

    Every day on which something was wasted is there, so that the discarded quantities add up to the
    stock's; what expired and what was otherwise wasted are containers of their own. A small ``wanted`` leaves
    out days on which all was used up.
    """
    rng = stream(seed, "expiry")
    spoils = (goods.life > 0) & (goods.life <= PERISHABLE_DAYS)
    touched = ((consumption.used > 0) | (stock.wasted > 0)) & spoils
    day, store, good = np.nonzero(touched.transpose(1, 0, 2))
    at = (store, day, good)
    expired = stock.expired[at]
    other = stock.wasted[at] - expired
    must = (expired > 0) * 1 + (other > 0)
    room = wanted - int(must.sum())
    used = np.flatnonzero(consumption.used[at] > 0)
    each = must.copy()
    if room <= len(used):
        each[rng.choice(used, max(room, 0), replace=False)] += 1
    else:
        each[used] += 1
        left = room - len(used)
        weight = np.sqrt(consumption.used[at] / (goods.pack[good] * 1000))
        weight[whole_units(goods)[good] > 1] = 0  # what is sold by the piece is one container a day
        each += largest_remainder(weight, left)
    row = np.repeat(np.arange(len(each)), each)
    first = np.cumsum(each) - each
    rank = np.arange(len(row)) - first[row]
    is_expired = (rank == each[row] - 1) & (expired[row] > 0)
    is_other = (rank == each[row] - 1 - (expired[row] > 0)) & (other[row] > 0)
    n_users = np.maximum(each - (expired > 0), 1)  # what expired served nobody
    gone = np.where(is_expired, expired[row], np.where(is_other, other[row], 0))
    unit = whole_units(goods)[good]
    upto = [-(-consumption.used[at][row] * k // (n_users * unit)[row]) * unit[row] for k in (rank, rank + 1)]
    share = np.where(rank < n_users[row], upto[1] - upto[0], 0)
    spilled = rng.random(len(row)) < _SPILLED_SHARE
    reason = np.where(is_expired, EXPIRED, np.where(is_other, np.where(spilled, SPILLED, UNWANTED), USED_UP))
    return Containers(
        store[row], day[row], good[row], stock.age[at][row], rank, each[row], gone + share, gone, reason
    )
