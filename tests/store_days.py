"""Days of ten stores as ``models.watched_days`` counts them, drawn from what nobody changed, and changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.store_growth import RecentWeeks
from lucky_analytics.models.watched_days.chain_numbers import sum_stores
from lucky_analytics.models.watched_days.judged_days import WatchedDays
from tests.recovery.test_day_alarms import WEEK

N_STORES = 10
LAST = pd.Timestamp("2026-02-13")


def make_stores(n_days: int, n_stores: int = N_STORES) -> pd.DataFrame:
    """Stores that all opened on the first day, two kilometres apart."""
    return pd.DataFrame(
        {
            "store_id": [f"s{place}" for place in range(n_stores)],
            "store_name": [f"Store {place}" for place in range(n_stores)],
            "opened": LAST - pd.Timedelta(days=n_days - 1),
            "time_zone": "America/New_York",
            "latitude": 40.7 + 0.02 * np.arange(n_stores),
            "longitude": -74.0,
        }
    )


def make_days(seed: int, n_days: int, n_stores: int = N_STORES, size: float = 300.0) -> pd.DataFrame:
    """A steady store's numbers, independent but where one is made of another: orders and dollars, tickets
    and orders. Half of the noise of orders is shared by all stores."""
    chance = np.random.default_rng(seed)
    shape = (n_stores, n_days)
    shared = chance.normal(size=(1, n_days)) + chance.normal(size=shape)
    level = np.log(size) + chance.normal(0, 0.3, (n_stores, 1)) + 0.06 * shared
    ds = pd.date_range(end=LAST, periods=n_days)
    orders = chance.poisson(np.exp(level + WEEK[ds.day_of_week.to_numpy()])).astype(float)
    dollars = 5.0 * orders * np.exp(0.03 * chance.normal(size=shape))
    made: dict[str, Any] = {
        "open_hours": np.full(shape, 13.0), "planned_minutes": np.full(shape, 780.0),
        "missed_minutes": np.zeros(shape), "planned_halves": np.full(shape, 26.0),
        "missed_halves": chance.poisson(0.02, shape), "orders": orders, "dollars": dollars,
        "tickets": orders, "timed": orders, "not_made": chance.binomial(orders.astype(int), 0.03),
        "making_seconds": 200 * np.exp(0.06 * chance.normal(size=shape)), "goods": np.full(shape, 120.0),
        "sold_out": chance.poisson(1.5, shape), "refunded": chance.binomial(orders.astype(int), 0.005),
        "complaints": chance.binomial(orders.astype(int), 0.003), "machines": np.full(shape, 12.0),
        "machines_down": chance.binomial(12, 0.03, shape),
    }  # fmt: skip
    columns = {name: np.asarray(value, float).ravel() for name, value in made.items()}
    days = pd.DataFrame(
        {
            "store_id": np.repeat([f"s{place}" for place in range(n_stores)], n_days),
            "ds": np.tile(ds, n_stores),
        }
    ).assign(**columns)
    days["opens_at"] = days["ds"] + pd.Timedelta(hours=12)
    days["closes_at"] = days["ds"] + pd.Timedelta(hours=25)
    return days.assign(aov=days["dollars"] / days["orders"].replace(0, np.nan))


def change(days: pd.DataFrame, store: str, ds: pd.Timestamp, **factors: float) -> pd.DataFrame:
    """``days`` with columns of one store and day times a factor, counts rounded."""
    out = days.copy()
    row = (out["store_id"] == store) & (out["ds"] == ds)
    for name, factor in factors.items():
        value = out.loc[row, name] * factor
        out.loc[row, name] = value if name in ("dollars", "making_seconds", "open_hours") else value.round()
    out["aov"] = out["dollars"] / out["orders"].replace(0, np.nan)
    return out


def watch(days: pd.DataFrame, stores: pd.DataFrame | None = None) -> WatchedDays:
    """``days`` as both pages of the day have them: with all stores together, which are their sums."""
    stores = make_stores(1, days["store_id"].nunique()) if stores is None else stores
    return WatchedDays(stores, days, sum_stores(days, days["ds"].max()))


# The last weeks of stores that moved no more than chance.
CALM = RecentWeeks(
    4,
    pd.DataFrame({"store_name": []}),
    Estimate(-0.02, -0.1, 0.06, level=0.95, n=5),
    5,
    50_000.0,
    Estimate(None),
)
