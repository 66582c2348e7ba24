"""The orders that the forecasts say for the next seven days, and how far such weeks were off before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from lucky_analytics.methods.forecasts.rolling_origin import measure_miss
from lucky_analytics.models.measure import Measure, Promise

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["DAYS", "foresee_weeks", "list_promises", "load_weeks"]

DAYS = 7


def load_weeks(suite: Suite, weeks: int) -> pd.DataFrame:
    """Each trading store's seven days ahead, as foretold at the end of the last ``weeks`` + 1 weeks.

    ``store_id``, ``made`` (``as_of`` and every seventh day before it), ``predicted`` (orders, of each day's
    newest forecast of ``made``), ``came`` (null for the week that is still to come). Weeks of which a day was
    not foretold are left out.
    """
    origins = [suite.as_of - dt.timedelta(days=DAYS * ago) for ago in range(weeks + 1)]
    stores = suite.stores.filter("is_trading_store").select("store_id")
    forecast = suite.order_forecasts.filter(_.made_date.isin(origins), _.lead_days.between(1, DAYS))
    newest = forecast.inner_join(stores, "store_id").group_by(
        "store_id", "made_date", "demand_date", "local_hour"
    )
    hours = newest.agg(predicted=_.predicted_orders.argmax(_.version))
    whole = hours.group_by("store_id", made="made_date").agg(
        predicted=_.predicted.sum().round(6), n_days=_.demand_date.nunique()
    )
    found = whole.filter(_.n_days == DAYS).order_by("made", "store_id").execute().drop(columns="n_days")
    counted = suite.orders.group_by("store_id", "order_date").agg(y=_.count()).execute()
    found["made"], counted["ds"] = pd.to_datetime(found["made"]), pd.to_datetime(counted["order_date"])
    days = counted.pivot(index="ds", columns="store_id", values="y").fillna(0.0).sort_index()
    upto = days.cumsum().reindex(pd.date_range(days.index.min(), pd.Timestamp(suite.as_of)), method="ffill")
    known = upto.stack()

    def by(day: pd.Series) -> np.ndarray:
        return known.reindex(pd.MultiIndex.from_arrays([day, found["store_id"]])).to_numpy(float)

    return found.assign(came=by(found["made"] + pd.Timedelta(days=DAYS)) - by(found["made"]))


def foresee_weeks(weeks: pd.DataFrame, as_of: dt.date, level: float) -> pd.DataFrame:
    """The week after ``as_of`` of all stores together (``store_id`` empty), then of each: ``predicted``,
    ``low``, ``high``, ``n`` earlier weeks.

    The interval is as wide as the forecasts of earlier weeks, bias and all, were off (``measure_miss``); its
    ends are null with fewer than three of these. All together are in each week those that were foretold then.
    """
    now = weeks[weeks["made"] == pd.Timestamp(as_of)]
    total = weeks.groupby("made", as_index=False).agg(
        predicted=("predicted", "sum"), came=("came", lambda came: came.sum(skipna=False))
    )
    known = pd.concat([total.assign(store_id=""), weeks[weeks["store_id"].isin(now["store_id"])]])
    rows = []
    for store_id, own in known.groupby("store_id") if len(now) else ():
        over = own[(own["came"] > 0) & (own["predicted"] > 0)]
        ahead = float(own.loc[own["made"] == pd.Timestamp(as_of), "predicted"].iloc[0])
        days = (over["made"] - weeks["made"].min()).dt.days
        half = measure_miss(days, DAYS, over["predicted"], over["came"]).half(level)
        ends = (ahead * np.exp(side * half) if np.isfinite(half) else np.nan for side in (-1, 1))
        rows.append((store_id, ahead, *ends, len(over)))
    return pd.DataFrame(rows, columns=["store_id", "predicted", "low", "high", "n"])


def list_promises(
    ahead: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, level: float
) -> Iterator[Promise]:
    """The orders of the next seven days, of all stores that are foretold and of each (``foresee_weeks``)."""
    names, every = stores.set_index("store_id")["store_name"], ahead["store_id"]
    first, due = (as_of + dt.timedelta(days=days) for days in (1, DAYS))
    for row in ahead.to_dict("records"):
        store_id, ends = row["store_id"], (row["predicted"], row["low"], row["high"])
        measure = Measure("orders", {"store_id": store_id or [*every[every != ""]]}, first)
        whose = names.get(store_id, "all stores")
        label = f"Orders of the next seven days, {whose}, by the forecasts in use"
        yield Promise(f"orders_week_{store_id or 'all'}", *ends, level, due, measure, label)
