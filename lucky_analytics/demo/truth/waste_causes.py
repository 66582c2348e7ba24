"""What over-ordering made expire, against the same world without it, for the truth file."""

from __future__ import annotations

import copy

import numpy as np

from lucky_analytics.demo.build.arrays import Floats
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.stock_levels import keep_stock
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["note"]


def note(world: World, truth: Realised) -> None:
    """Dollars at mean cost: wasted in all, expired, and expired only because of the planted over-ordering."""
    plain = copy.deepcopy(world.planted)
    plain["waste"]["over_order"] = 0.0
    without = keep_stock(world.consumption, world.recipes.goods, plain, world.seed)
    by_store = _dollars(world, world.stock.expired) - _dollars(world, without.expired)
    truth.note("waste", "dollars", round(float(_dollars(world, world.stock.wasted).sum()), 2))
    truth.note("waste", "dollars_expired", round(float(_dollars(world, world.stock.expired).sum()), 2))
    truth.note(
        "waste", "dollars_over_ordered", {str(s): round(v, 2) for s, v in enumerate(by_store.tolist())}
    )
    truth.hold("waste", "over_order")
    truth.hold("waste", "over_ordering_stores")
    ids = world.shops.ids[np.array(world.planted["waste"]["over_ordering_stores"], dtype=np.int64)]
    truth.rows("over_ordering_stores", [str(shop) for shop in ids.tolist()])


def _dollars(world: World, quantity: np.ndarray) -> Floats:
    return (quantity / 1000 * np.nan_to_num(world.recipes.goods.cost)).sum((1, 2))
