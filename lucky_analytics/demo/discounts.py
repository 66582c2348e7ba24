"""The randomised discounts: a fifth of the customers get a depth drawn anew for each category and week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.horizon import day_of
from lucky_analytics.demo.stores import RESIDUAL
from lucky_analytics.demo.truth import Plants

__all__ = ["Discounts", "draw_discounts"]

_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Discounts:
    """``arm[u]`` says whether user u is randomised; depths follow from a hash, so that no table is kept."""

    arm: Bools
    depths: Floats
    start_day: int
    salt: int

    def is_randomised(self, user: Ints, day: Ints, row: Ints) -> Bools:
        """True where an order of ``user`` on ``day`` in store ``row`` is priced by a randomised depth."""
        return self.arm[user] & (day >= self.start_day) & (row < RESIDUAL)

    def depth(self, user: Ints, category: Ints, week: Ints) -> Floats:
        """The depth (0-1) drawn for each user, category and week: uniform over ``depths``."""
        x = (user.astype(np.uint64) * np.uint64(64) + category.astype(np.uint64)) * np.uint64(64)
        x += week.astype(np.uint64) + np.uint64(self.salt)
        x = (x ^ (x >> np.uint64(30))) * _MIX_1
        x = (x ^ (x >> np.uint64(27))) * _MIX_2
        x ^= x >> np.uint64(31)
        return self.depths[(x % np.uint64(len(self.depths))).astype(np.int64)]


def draw_discounts(n_customers: int, n_users: int, planted: Plants, seed: int) -> Discounts:
    """Who is randomised: the planted share of the customers, never a delivery account or a test user."""
    plant = planted["elasticity"]
    rng = stream(seed, "discounts")
    arm = np.zeros(n_users, dtype=bool)
    arm[:n_customers] = rng.random(n_customers) < plant["randomised_share"]
    return Discounts(arm, np.array(plant["depths"]), day_of(plant["start_date"]), int(rng.integers(1 << 62)))
