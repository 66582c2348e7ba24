"""Stores that use, order and run out as stated, as the pages on stock see them, without an estate around."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.models.goods_ahead import HORIZON, History
from lucky_analytics.models.goods_deliveries import plan_deliveries
from lucky_analytics.models.goods_shelf import Shelf

__all__ = ["END", "ROUTES", "draw_history", "draw_shelf"]

END = dt.date(2026, 2, 13)
ROUTES = {"s0": (0, 2, 4), "s1": (1, 3, 5), "s2": (0, 2, 4), "s3": (1, 3, 5)}
PORTION = 10.0


def draw_history(
    seed: int, *, n_goods: int = 30, n_days: int = 140, cover: float = 1.15, error: float = 0.15,
    missing: float = 0.0,
) -> History:  # fmt: skip
    """Uses are Poisson around a weekday's mean times a day's luck; forecasts know the mean, not the luck.

    A delivery brings the stock to ``cover`` times what is foretold until the next one. ``missing``: the
    chance that a cell's stock is gone on a day although the books have it.
    """
    random = np.random.default_rng(seed)
    stores = list(ROUTES)
    days = pd.date_range(end=END, periods=n_days)
    n = len(stores) * n_goods
    base = np.tile(np.geomspace(0.5, 80, n_goods), len(stores))
    ahead = pd.date_range(days[0], periods=n_days + HORIZON)
    factor = np.where(ahead.day_of_week >= 5, 0.5, 1.0)
    mean = factor[:, None] * base
    luck = random.gamma(1 / error**2, error**2, (n_days, n)) if error else np.ones((n_days, n))
    demand = PORTION * random.poisson(mean[:n_days] * luck)
    forecast = np.stack([PORTION * mean[1 + k : 1 + k + n_days] for k in range(HORIZON)], axis=1)
    rows, stock = [], np.zeros(n)
    route = np.array([np.isin(np.arange(7), ROUTES[store]) for store in stores]).repeat(n_goods, axis=0)
    until = np.array([[next(k for k in range(1, 8) if own[(d + k) % 7]) for d in range(7)] for own in route])
    total = np.concatenate([np.zeros((1, n)), PORTION * mean.cumsum(axis=0)])
    for day, date in enumerate(days):
        comes = route[:, date.day_of_week] | (day == 0)
        wanted = total[day + until[:, date.day_of_week], np.arange(n)] - total[day]
        received = np.where(comes, np.maximum(np.ceil(cover * wanted / PORTION) * PORTION - stock, 0), 0)
        opening, there = stock, stock + received
        gone = random.random(n) < missing
        used = np.minimum(demand[day], np.where(gone, np.floor(there / 2), there))
        out = (used < demand[day]) | gone
        stock = np.where(out, 0.0, there - used)
        rows.append(
            pd.DataFrame(
                {
                    "store_id": np.repeat(stores, n_goods),
                    "goods_id": [f"g{k:02d}" for k in range(n_goods)] * len(stores),
                    "demand_date": date,
                    "weekday": date.day_of_week,
                    "used_quantity": used,
                    "received_quantity": received,
                    "opening_quantity": opening,
                    "closing_quantity": stock,
                    "is_stock_out": out,
                    "demand_quantity": demand[day].astype(float),
                }
            )
        )
    frame = pd.concat(rows, ignore_index=True)
    cells = frame[["store_id", "goods_id"]].iloc[:n].assign(portion=PORTION, weight=0.01)
    return History(days, cells.reset_index(drop=True), demand.astype(float), forecast, frame)


def draw_shelf(seed: int, **world: Any) -> Shelf:
    """The shelves of the last evening of ``draw_history``; nothing is on order, packs hold four uses."""
    history = draw_history(seed, **world)
    last = history.rows[history.rows["demand_date"] == pd.Timestamp(END)].reset_index(drop=True)
    today = END + dt.timedelta(days=1)
    cells = history.cells.assign(
        store_name=history.cells["store_id"].str.replace("s", "store "),
        goods_name=history.cells["goods_id"].str.replace("g", "good "),
        goods_class="Food", unit="g", is_active=True, pack=4 * PORTION, life_days=np.nan, cost=0.01,
        margin=0.05, stock=last["closing_quantity"], on_order=0.0, safety=0.0, ran_out=last["is_stock_out"],
    )  # fmt: skip
    days = {
        store: [(day - today).days for day in plan_deliveries(route, today, 1)]
        for store, route in ROUTES.items()
    }
    for place, name in enumerate(("to_first", "to_order", "to_next")):
        cells[name] = [days[store][place] for store in cells["store_id"]]
    unused = pd.DataFrame(
        {"store_id": ["s0"], "goods_id": ["x"], "store_name": ["store 0"], "goods_name": ["tool"],
         "goods_class": ["Equipment"], "unit": ["pc"], "cost": [5.0], "stock_quantity": [2.0]}
    )  # fmt: skip
    return Shelf(history, cells, dict(ROUTES), today, unused, 1000, True, "")
