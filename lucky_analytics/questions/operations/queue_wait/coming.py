"""The hours of the next week that the platform's own forecasts expect to be busiest, and the wait in them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.questions.operations.queue_wait.wait_tickets import KINDS

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["expect_waits", "load_forecasts", "settle"]

Floats = NDArray[np.float64]
_HOUR, _DAYS = 3600.0, 7
_STEPS, _CLOSE = 200, 1e-9
_WORKING_DAYS = 5


def load_forecasts(suite: Suite) -> pd.DataFrame | None:
    """Orders that the newest forecast of each hour of the seven days after ``as_of`` expects: ``store``,
    ``date``, ``hour``, ``expected``; null without the table."""
    forecast = suite.optional("order_forecasts")
    if forecast is None:
        return None
    end = suite.as_of + dt.timedelta(days=_DAYS)
    next_ = forecast.filter((forecast.demand_date > suite.as_of) & (forecast.demand_date <= end))
    store = suite.stores.filter(suite.stores.is_trading_store)
    named = next_.join(store.select("store_id", store="store_name"), "store_id")
    shown = named.select(
        "store", "made_date", "version", date=named.demand_date, hour=named.local_hour,
        expected=named.predicted_orders,
    )  # fmt: skip
    rows = shown.execute().sort_values(["store", "date", "hour", "made_date", "version"])
    rows["date"] = pd.to_datetime(rows["date"])
    return rows.drop_duplicates(["store", "date", "hour"], keep="last").drop(columns=["made_date", "version"])


def settle(work: Floats, per_hour: Floats, slope: float) -> Floats:
    """Mean seconds of an order where all open ones share the bench: seconds = work x (1 + open) ** slope with
    as many open as come in that time (Little's law). Found by stepping; slope from 0 to below 1.

    >>> settle(np.array([100.0]), np.array([0.0]), 0.2).tolist()
    [100.0]
    >>> float(settle(np.array([100.0]), np.array([36.0]), 0.5).round(3)[0])
    161.803
    """
    seconds = np.array(work, float)
    for _ in range(_STEPS):
        before, seconds = seconds, work * (1 + per_hour / _HOUR * seconds) ** slope
        if np.allclose(before, seconds, rtol=_CLOSE):
            break
    return seconds


def expect_waits(forecasts: pd.DataFrame, last: pd.DataFrame, slope: float) -> pd.DataFrame:
    """The busiest hour to come at each store, busiest first: ``store``, ``date``, ``hour``, ``expected``
    orders, ``usual`` (mean of that hour on such days of late), ``wait`` expected, ``usual_wait`` (minutes).

    The wait is that of late, moved by what a shared bench makes of more or fewer orders. Hours in which a
    store sold nothing of late are left out.
    """
    own = last[last["is_trading"]].assign(hour=last["slot"] // 2)
    days = own.groupby(["store", "kind"], observed=True)["date"].nunique().rename("days").reset_index()
    seen = own.groupby(["store", "kind", "hour"], observed=True).agg(
        n=("wait", "size"), usual_wait=("wait", "mean"), making=("seconds", "mean")
    )
    seen = seen.reset_index().merge(days, on=["store", "kind"]).astype({"store": str})
    seen["usual"] = seen["n"] / seen["days"]
    is_working = forecasts["date"].dt.day_of_week < _WORKING_DAYS
    asked = forecasts.assign(kind=np.where(is_working, *KINDS)).merge(seen, on=["store", "kind", "hour"])
    asked = asked.sort_values(["expected", "store", "date"], ascending=[False, True, True])
    asked = asked.drop_duplicates("store").reset_index(drop=True)
    making, usual = asked["making"].to_numpy(float), asked["usual"].to_numpy(float)
    work = making / (1 + usual / _HOUR * making) ** slope
    more = settle(work, asked["expected"].to_numpy(float), slope) - making
    asked["wait"] = (asked["usual_wait"] + more) / 60
    asked["usual_wait"] /= 60
    return asked[["store", "date", "hour", "expected", "usual", "wait", "usual_wait"]]
