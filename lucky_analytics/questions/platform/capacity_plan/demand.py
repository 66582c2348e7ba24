"""What drives the servers: orders by the hour, and how many there will be with more stores."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["MILESTONES", "TRIED_TIMES", "Demand", "load_demand"]

Array = np.ndarray[Any, Any]
WEEKS = 4
MILESTONES = (25, 50, 100, 200)
TRIED_TIMES = 2.0  # lines of quiet hours are held against hours with about twice their orders, and no further


@dataclass(frozen=True)
class Demand:
    """``ordered_at``: every order of any market in UTC seconds, sorted; ``by_store``: orders a week of each
    trading store over the last four weeks; ``opened``: opening days of trading stores; ``sql``."""

    ordered_at: Array
    by_store: pd.Series
    opened: pd.Series
    sql: str

    @property
    def n_stores(self) -> int:
        return len(self.by_store)

    def in_hour(self, at: pd.Series) -> Array:
        """Orders of the hour before each moment (UTC)."""
        seconds = pd.to_datetime(at).to_numpy("datetime64[s]").astype("int64")
        found: Array = np.searchsorted(self.ordered_at, seconds) - np.searchsorted(
            self.ordered_at, seconds - 3600
        )
        return found

    def in_day(self, day: pd.Series) -> Array:
        """Orders of each day (UTC)."""
        start = pd.to_datetime(day).to_numpy("datetime64[s]").astype("int64")
        found: Array = np.searchsorted(self.ordered_at, start + 86_400) - np.searchsorted(
            self.ordered_at, start
        )
        return found

    def times(self, n_stores: int, level: float) -> Estimate:
        """How many times today's orders ``n_stores`` stores would place, if those to come are like ours: the
        range is that of the mean of so many more stores, from how ours differ (Student's t)."""
        now, n = self.n_stores, len(self.by_store)
        more = n_stores - now
        value = n_stores / now
        if more <= 0 or n < 3:
            return Estimate(value, n=n)
        mean, sd = float(self.by_store.mean()), float(self.by_store.std())
        half = float(student.ppf((1 + level) / 2, n - 1)) * sd * np.sqrt(1 / n + 1 / more)
        low, high = (1 + more / now * max(1 + side * half / mean, 0.0) for side in (-1, 1))
        return Estimate(value, low, high, level=level, n=n)


def load_demand(suite: Suite, moment: pd.Timestamp) -> Demand:
    """Orders up to ``moment`` (UTC), those of stores that have opened by then."""
    table = suite.all_orders.filter(_.ordered_at <= moment).select("ordered_at")
    at = np.sort(table.execute()["ordered_at"].to_numpy("datetime64[s]").astype("int64"))
    last = suite.as_of - dt.timedelta(days=7 * WEEKS)
    own = suite.all_orders.filter((_.order_date > last) & (_.order_date <= suite.as_of))
    counted = own.group_by("store_id").agg(n=_.count()).execute().set_index("store_id")["n"]
    stores = suite.stores.filter(_.is_trading_store).select("store_id", "opened_date").execute()
    stores = stores[pd.to_datetime(stores["opened_date"]) <= pd.Timestamp(suite.as_of)].set_index("store_id")
    opened = pd.to_datetime(stores["opened_date"])
    open_days = (pd.Timestamp(suite.as_of) - opened).dt.days + 1
    weeks = open_days.clip(upper=7 * WEEKS) / 7
    by_store = counted.reindex(stores.index).fillna(0.0) / weeks
    return Demand(at, by_store, opened, suite.sql(table))
