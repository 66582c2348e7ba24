"""What stood on the shelves of perishable goods, day by day: deliveries, use, waste and counts, by series."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.goods.shelf_replay import Replay, follow_shelf
from lucky_analytics.models.goods_demand import load_goods_demand
from lucky_analytics.models.goods_worth import load_goods_worth

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["EXPIRED", "LONGEST", "REASONS", "Shelves", "days_until", "follow", "load_shelves"]

Array = NDArray[Any]

LONGEST = 31  # days that a good keeps at most to count as perishable: stores log the containers of no other
EXPIRED = "past use-by"
REASONS = (EXPIRED, "prepared for nobody", "spilled or damaged")
# Of the goods of a store's fuller deliveries, from which a day on which something came is a delivery day; on
# others single goods come, after they ran out.
_PART_OF_FULL, _FULL = 0.25, 0.9


@dataclass(frozen=True)
class Shelves:
    """``pairs``: a row a series with ``store_id``, ``store_name``, ``goods_id``, ``goods_name``, ``unit``,
    ``life`` (days), ``pack`` (base units), ``dollars`` (of a base unit; 0 where no cost is known), ``margin``
    (dollars that a base unit would have left, where it lacks) and ``first`` (place of its first day). Arrays
    (series, days), base units: ``received`` (what stood there first is in it), ``used``, ``demand`` (what was
    wanted, also where it ran out), ``expired`` (as logged), ``other`` (thrown away for another reason),
    ``corrected`` (counts, signed), ``closing``; ``is_out``; ``arrives``: a delivery day of the store;
    ``until``: days to the next one."""

    pairs: pd.DataFrame
    days: pd.DatetimeIndex
    received: Array
    used: Array
    demand: Array
    expired: Array
    other: Array
    corrected: Array
    closing: Array
    is_out: Array
    arrives: Array
    until: Array

    @property
    def life(self) -> Array:
        return self.pairs["life"].to_numpy(int)

    @property
    def pack(self) -> Array:
        return self.pairs["pack"].to_numpy(float)

    @property
    def taken(self) -> Array:
        """Used, and thrown away for another reason than age."""
        return np.asarray(self.used + self.other)

    @property
    def emptied(self) -> Array:
        """It ran out, and the count says that nothing is left: what had been thought to be there is not."""
        return np.asarray(self.is_out & (self.closing <= 0) & (self.corrected < 0))

    @property
    def counted(self) -> Array:
        """By which share of what was thought to be there each count was corrected; 0 on emptied days."""
        thought = self.closing - self.corrected
        share = np.divide(self.corrected, thought, out=np.zeros(thought.shape), where=thought > 0)
        return np.where(self.emptied, 0.0, share)

    def margin(self, quantity: Array) -> Array:
        """At the margin of what it would have been made into."""
        return np.asarray(quantity * self.pairs["margin"].to_numpy()[:, None])

    def dollars(self, quantity: Array) -> Array:
        """At what a base unit costs."""
        return np.asarray(quantity * self.pairs["dollars"].to_numpy()[:, None])


def load_shelves(suite: Suite) -> Shelves | None:
    """Every perishable good of every trading store from its first day up to ``as_of``; ``None`` without
    a row of stock of one."""
    good = suite.goods.filter(suite.goods.shelf_life_days <= LONGEST, suite.goods.shelf_life_days >= 1)
    rows = load_goods_demand(suite, dt.date.min, suite.as_of + dt.timedelta(days=1))
    stock = rows.semi_join(good, "goods_id").execute()
    if stock.empty:
        return None
    pairs = stock[["store_id", "goods_id"]].drop_duplicates().sort_values(["store_id", "goods_id"])
    pairs = _describe(suite, pairs.reset_index(drop=True))
    place = pd.MultiIndex.from_frame(pairs[["store_id", "goods_id"]])
    date = pd.to_datetime(stock["demand_date"])
    days = pd.date_range(date.min(), date.max())
    at = (place.get_indexer(pd.MultiIndex.from_frame(stock[["store_id", "goods_id"]])),
          (date - days[0]).dt.days.to_numpy())  # fmt: skip

    def spread(values: pd.Series) -> Array:
        table = np.zeros((len(pairs), len(days)))
        table[at] = values.fillna(0.0).to_numpy(float)
        return table

    received, used, wasted = (spread(stock[f"{name}_quantity"]) for name in ("received", "used", "wasted"))
    opening, closing = (spread(stock[f"{name}_quantity"]) for name in ("opening", "closing"))
    corrected = np.round(closing - opening - received + used + wasted, 6)
    there = spread(pd.Series(1.0, stock.index)) > 0
    first = there.argmax(axis=1)
    each = np.arange(len(pairs))
    received[each, first] += opening[each, first]
    expired = _load_expired(suite, place, days)
    arrives = _find_delivery_days(suite, pairs["store_id"], days)
    return Shelves(
        pairs.assign(first=first), days, received, used,
        np.maximum(spread(stock["demand_quantity"]), used), expired, np.maximum(wasted - expired, 0.0),
        corrected, closing, spread(stock["is_stock_out"]) > 0, arrives, days_until(arrives),
    )  # fmt: skip


def follow(shelves: Shelves) -> Replay:
    """The shelves as they were: the oldest used first. What the count took when a good ran out is gone
    before anything is thrown away."""
    lost = np.where(shelves.emptied, -shelves.corrected, 0.0)
    return follow_shelf(
        shelves.received, shelves.taken + lost, shelves.corrected + lost, shelves.life, shelves.until
    )


def days_until(arrives: Array) -> Array:
    """Days from each day to the next delivery; the last count to the end.

    >>> days_until(np.array([[True, False, True, False, False]])).tolist()
    [[2, 1, 3, 2, 1]]
    """
    n_days = arrives.shape[1]
    until = np.ones(arrives.shape, int)
    for day in range(n_days - 2, -1, -1):
        until[:, day] = np.where(arrives[:, day + 1], 1, until[:, day + 1] + 1)
    return until


def _describe(suite: Suite, pairs: pd.DataFrame) -> pd.DataFrame:
    worth = load_goods_worth(suite).rename(columns={"cost": "dollars", "life_days": "life"})
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name").execute()
    names = worth[["goods_id", "goods_name", "unit", "pack", "life", "dollars", "margin"]]
    table = pairs.merge(stores, on="store_id", how="left").merge(names, on="goods_id", how="left")
    dollars = table["dollars"].fillna(0.0)
    return table.assign(life=table["life"].astype(int), dollars=dollars, margin=table["margin"].fillna(0.0))


def _load_expired(suite: Suite, place: pd.MultiIndex, days: pd.DatetimeIndex) -> Array:
    log = suite.expiry_logs
    sums = (
        log.filter(log.reason == EXPIRED)
        .group_by("store_id", "goods_id", "opened_date")
        .agg(gone=log.discarded_quantity.sum().round(6))
        .execute()
    )
    table = np.zeros((len(place), len(days)))
    row = place.get_indexer(pd.MultiIndex.from_frame(sums[["store_id", "goods_id"]]))
    day = days.get_indexer(pd.to_datetime(sums["opened_date"]))
    known = (row >= 0) & (day >= 0)
    table[row[known], day[known]] = sums["gone"].to_numpy()[known]
    return table


def _find_delivery_days(suite: Suite, store_ids: pd.Series, days: pd.DatetimeIndex) -> Array:
    """(series, days): days on which the store got at least a quarter as many goods as in a full delivery."""
    came = suite.stock.filter(suite.stock.received_quantity > 0)
    came = came.group_by("store_id", "stock_date").agg(n=came.count())
    frame = came.execute()
    frame["stock_date"] = pd.to_datetime(frame["stock_date"])
    counts = frame.pivot(index="store_id", columns="stock_date", values="n").reindex(columns=days)
    full = counts.quantile(_FULL, axis=1)
    return counts.ge(_PART_OF_FULL * full, axis=0).reindex(store_ids, fill_value=False).to_numpy(bool)
