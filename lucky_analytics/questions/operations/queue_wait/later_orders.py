"""Whether customers who waited longer order less in the days after, the same customer and hour compared."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.absorbed_effects import fit_absorbed

__all__ = ["count_later", "estimate_lost", "naive_lost", "show_fifths"]

Ints = NDArray[np.int64]
_DAY = 86_400
_UNITS = 4
_FIFTHS = 5


def count_later(rows: pd.DataFrame, as_of: dt.date, n_days: int) -> pd.DataFrame:
    """Tickets of customers known by number, closed in time, whose ``n_days`` after are over by ``as_of``.

    With ``later``: that customer's tickets opened in those days, and ``minutes`` waited.

    A customer's tickets of one second count once each, and none as later than another.
    """
    own = rows[rows["customer"] >= 0]
    customer, opened = (own[name].to_numpy(np.int64) for name in ("customer", "opened"))
    span = int(opened.max(initial=0)) + (n_days + 1) * _DAY  # customers do not meet in the sorted keys
    key = np.sort(customer * span + opened)
    at = customer * span + opened
    later = np.searchsorted(key, at + n_days * _DAY, side="right") - np.searchsorted(key, at, side="right")
    own = own.assign(later=later.astype(float), minutes=own["wait"] / 60)
    is_whole = own["date"] < pd.Timestamp(as_of) - pd.Timedelta(days=n_days)
    return own[is_whole & ~own["is_over"] & own["is_trading"]]


def estimate_lost(later: pd.DataFrame, level: float) -> Estimate:
    """Orders in the days after that one more minute of wait goes with losing, by 100 orders; positive is a
    loss. Null where no customer can be compared.

    Taken out are the customer, the half-hour of the store's weekday, and the store's day: a customer's long
    waits are held against own short ones, within hours and days that are as busy for all. The size of the
    order is held level. Orders of a customer hang together. A loss comes out too small by about the share of
    a customer's orders that fall into the days after one: those orders' own waits act on the same days.
    """
    if later.empty:
        return Estimate(None)
    store, weekday, slot = later["store"].cat.codes.to_numpy(np.int64), later["weekday"], later["slot"]
    day = later["date"].to_numpy("datetime64[D]").astype(np.int64) * 1_000 + store
    cell = (store * 7 + weekday.to_numpy(np.int64)) * 100 + slot.to_numpy(np.int64)
    customer = later["customer"].to_numpy(np.int64)
    size = later["units"].to_numpy(np.int64).clip(0, _UNITS)
    try:
        fit = fit_absorbed(
            later["later"].to_numpy(float), {"minutes": later["minutes"].to_numpy(float)},
            [customer, cell, day, size], customer,
        )  # fmt: skip
    except LuckyError:
        return Estimate(None)
    return fit.estimate("minutes", level).times(-100)


def naive_lost(later: pd.DataFrame) -> float | None:
    """The same over all customers and hours at once, as a dashboard would have it."""
    if len(later) < 2 or later["minutes"].std() == 0:
        return None
    return -100 * float(np.polyfit(later["minutes"].to_numpy(float), later["later"].to_numpy(float), 1)[0])


def show_fifths(later: pd.DataFrame) -> pd.DataFrame:
    """Orders by fifths of how long they waited, for those who look at a dashboard: ``fifth``, ``n``,
    ``minutes`` (mean), ``later`` (orders in the days after, mean)."""
    if later.empty:
        return pd.DataFrame(columns=["fifth", "n", "minutes", "later"])
    rank = later["wait"].rank(method="first", pct=True).to_numpy(float)
    fifth = np.minimum((rank * _FIFTHS).astype(int), _FIFTHS - 1) + 1
    shown = later.groupby(fifth)[["minutes", "later"]].mean()
    shown.insert(0, "n", np.bincount(fifth)[shown.index])
    return shown.rename_axis("fifth").reset_index()
