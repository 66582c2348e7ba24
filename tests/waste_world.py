"""Shelves of ten stores whose orders are planted, as the page on waste sees them, without an estate."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd

from lucky_analytics.demo.process.consumption import Consumption
from lucky_analytics.demo.process.horizon import DATES, DAYS, N_DAYS, WEEKDAY
from lucky_analytics.demo.process.stock_levels import keep_stock
from lucky_analytics.demo.process.store_plan import N_STORES, OPENED
from lucky_analytics.methods.goods.shelf_replay import replay_orders
from lucky_analytics.models.goods_ahead import HORIZON, History
from lucky_analytics.models.shelves import Shelves, days_until

__all__ = ["cut_world", "draw_history", "draw_world", "restock"]

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


def restock(shelves: Shelves, seed: int) -> Shelves:
    """The same demand on shelves whose orders know its mean alone: what stands there says nothing of what
    will be wanted."""
    rng = np.random.default_rng(seed)
    n_days = len(shelves.days)
    begun = np.arange(n_days)[None, :] >= shelves.pairs["first"].to_numpy()[:, None]
    mean = shelves.demand.sum(axis=1, keepdims=True) / begun.sum(axis=1, keepdims=True)
    meant = (1.2 + rng.exponential(0.4, shelves.demand.shape)) * mean * shelves.until
    levels = np.where(shelves.arrives & begun, meant, np.nan)
    found = replay_orders(levels, shelves.demand, shelves.pack, shelves.life, shelves.until)
    used = shelves.demand - found.short
    closing = np.cumsum(found.received - used - found.expired, axis=1)
    nothing = np.zeros_like(used)
    return dataclasses.replace(shelves, received=found.received, used=used, expired=found.expired,
                               other=nothing, corrected=nothing, closing=closing)  # fmt: skip


def draw_history(shelves: Shelves, n_days: int, whole: Shelves | None = None) -> History:
    """What the last ``n_days`` of shelves wanted, and a forecast that knows each weekday's mean, as it was in
    the ``whole`` world."""
    days = shelves.days[-n_days:]
    open_, wanted = _open_days(shelves)
    cells = shelves.pairs[["store_id", "goods_id"]].assign(
        portion=np.where(shelves.pairs["unit"] == "g", 20.0, 1.0), weight=shelves.pairs["dollars"]
    )
    known, all_wanted = _open_days(whole or shelves)
    weekday = (whole or shelves).days.day_of_week.to_numpy()
    sums, n = (
        np.stack([part[weekday == day].sum(axis=0) for day in range(7)])
        for part in (np.where(known, all_wanted, 0.0), known)
    )
    usual = sums / np.maximum(n, 1)
    ahead = days.day_of_week.to_numpy()[:, None] + 1 + np.arange(HORIZON)
    return History(days, cells, np.where(open_, wanted, np.nan)[-n_days:], usual[ahead % 7], pd.DataFrame())


def _open_days(shelves: Shelves) -> tuple[np.ndarray, np.ndarray]:
    """Whether each series had begun, and its demand; (days, series)."""
    first = shelves.pairs["first"].to_numpy()
    return np.arange(len(shelves.days))[:, None] >= first[None, :], shelves.demand.T


def cut_world(shelves: Shelves, n_days: int) -> Shelves:
    """The shelves as they were known ``n_days`` before their last day."""
    keep = slice(None, len(shelves.days) - n_days)
    parts = {
        field.name: getattr(shelves, field.name)[:, keep]
        for field in dataclasses.fields(shelves)
        if field.name not in ("pairs", "days")
    }
    return dataclasses.replace(shelves, days=shelves.days[keep], **parts)
