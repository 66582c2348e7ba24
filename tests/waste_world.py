"""Shelves of ten stores whose orders are planted, as the page on waste sees them, without an estate."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from lucky_analytics.demo.process.consumption import Consumption
from lucky_analytics.demo.process.horizon import DATES, DAYS, N_DAYS, WEEKDAY
from lucky_analytics.demo.process.stock_levels import keep_stock
from lucky_analytics.demo.process.store_plan import N_STORES, OPENED
from lucky_analytics.models.shelves import Shelves, days_until

__all__ = ["draw_world"]

LIFE = np.array([3, 3, 5, 6, 7, 10, 14, 30])
PACK = np.array([6, 6, 200, 6, 6, 12, 500, 40])
A_DAY = np.array([7.0, 5.0, 60.0, 4.0, 3.0, 4.0, 120.0, 5.0])
COST = np.array([1.4, 1.2, 0.01, 1.1, 1.0, 0.9, 0.008, 0.2])
_ROUTES = ((0, 2, 4), (1, 3, 5))


def draw_world(
    seed: int, over_order: float = 0.8, stores: tuple[int, ...] = (3, 6)
) -> tuple[Shelves, np.ndarray]:
    """The shelves, and the dollars that expired only because of the plant, (stores, days).

    Stores differ in size, demand by weekday and by chance; whole pieces and grams.
    """
    rng = np.random.default_rng(seed)
    n_goods = len(LIFE)
    size = rng.lognormal(0, 0.4, (N_STORES, 1, 1))
    week = np.array([1.1, 1.1, 1.1, 1.1, 1.0, 0.8, 0.7])[WEEKDAY][None, :, None]
    mean = A_DAY * size * week
    is_open = (OPENED[:N_STORES, None] <= DAYS)[:, :, None]
    used = rng.negative_binomial(8, 8 / (8 + mean)) * 1000 * is_open
    never = np.zeros(used.shape, bool)
    consumption = Consumption(used, used / 1000.0, np.full(used.shape, -1), never)
    units = tuple("g" if pack >= 100 else "pc" for pack in PACK)
    goods = SimpleNamespace(pack=PACK, life=LIFE, cost=COST, units=units, n=n_goods)
    planted = {"waste": {"over_order": over_order, "over_ordering_stores": list(stores)}}
    stock = keep_stock(consumption, goods, planted, seed)
    without = keep_stock(consumption, goods, {"waste": planted["waste"] | {"over_order": 0.0}}, seed)
    truth = ((stock.expired - without.expired) / 1000 * COST).sum(axis=2)

    def series(values: np.ndarray) -> np.ndarray:
        return values.transpose(0, 2, 1).reshape(N_STORES * n_goods, N_DAYS) / 1000

    store, good = np.divmod(np.arange(N_STORES * n_goods), n_goods)
    pairs = pd.DataFrame({
        "store_id": [f"s{k}" for k in store], "store_name": [f"Store {k}" for k in store],
        "goods_id": [f"g{k}" for k in good], "goods_name": [f"Good {k}" for k in good],
        "unit": np.array(units)[good], "life": LIFE[good], "pack": PACK[good].astype(float),
        "dollars": COST[good], "margin": 2.0 * COST[good], "first": OPENED[:N_STORES][store],
    })  # fmt: skip
    route = np.array([np.isin(WEEKDAY, _ROUTES[k % 2]) for k in range(N_STORES)])
    opened = OPENED[:N_STORES, None]
    arrives = ((route & (opened <= DAYS)) | (opened == DAYS))[store]
    shelves = Shelves(
        pairs, pd.DatetimeIndex(DATES), series(stock.received), series(used), series(used),
        series(stock.expired), series(stock.wasted - stock.expired), series(stock.adjusted),
        series(stock.closing), series(never) > 0, arrives, days_until(arrives),
    )  # fmt: skip
    return shelves, truth
