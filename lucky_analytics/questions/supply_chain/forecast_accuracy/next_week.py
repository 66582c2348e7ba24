"""The orders of the next seven days by store, and how far such weeks were off before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.rolling_origin import measure_miss
from lucky_analytics.models.measure import Measure, Promise
from lucky_analytics.models.week_ahead import DAYS

__all__ = ["estimate_all", "foresee_weeks", "list_promises", "sum_weeks"]


def sum_weeks(days: pd.DataFrame) -> pd.DataFrame:
    """Each store's weeks (``week_ahead.load_days``): ``made``, ``store_id``, ``predicted``, ``expected`` and
    ``came`` (orders; null for the week that is still to come)."""
    weeks = days.groupby(["made", "store_id"])[["predicted", "expected"]].sum()
    weeks["came"] = days.groupby(["made", "store_id"])["came"].agg(lambda came: came.sum(skipna=False))
    return weeks.reset_index()


def foresee_weeks(weeks: pd.DataFrame, as_of: dt.date, level: float) -> pd.DataFrame:
    """The week after ``as_of`` of all stores together (``store_id`` empty), then of each: ``predicted`` (as
    the forecasts say), ``expected`` (corrected), ``low``, ``high``, ``n`` earlier weeks.

    The interval is as wide as what was expected in earlier weeks was off (``measure_miss``); its ends are
    null with fewer than three of these. All together are in each week those that were foretold then.
    """
    now = weeks[weeks["made"] == pd.Timestamp(as_of)]
    total = weeks.groupby("made", as_index=False).agg(
        predicted=("predicted", "sum"),
        expected=("expected", "sum"),
        came=("came", lambda came: came.sum(skipna=False)),
    )
    known = pd.concat([total.assign(store_id=""), weeks[weeks["store_id"].isin(now["store_id"])]])
    rows = []
    for store_id, own in known.groupby("store_id") if len(now) else ():
        over = own[(own["came"] > 0) & (own["expected"] > 0)]
        ahead = own.loc[own["made"] == pd.Timestamp(as_of)].iloc[0]
        days = (over["made"] - weeks["made"].min()).dt.days
        half = measure_miss(days, DAYS, over["expected"], over["came"]).half(level)
        ends = (ahead["expected"] * np.exp(side * half) if np.isfinite(half) else np.nan for side in (-1, 1))
        rows.append((store_id, ahead["predicted"], ahead["expected"], *ends, len(over)))
    return pd.DataFrame(rows, columns=["store_id", "predicted", "expected", "low", "high", "n"])


def estimate_all(ahead: pd.DataFrame, level: float) -> Estimate:
    """What all stores together are expected to sell (``foresee_weeks``); null without a forecast."""
    every = ahead[ahead["store_id"] == ""]
    if every.empty:
        return Estimate(None, n=0)
    return Estimate.of(every.iloc[0].to_dict(), "expected", level=level, n=int(every["n"].iloc[0]))


def list_promises(
    ahead: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, level: float
) -> Iterator[Promise]:
    """The orders of the next seven days, of all stores that are foretold and of each (``foresee_weeks``)."""
    names, every = stores.set_index("store_id")["store_name"], ahead["store_id"]
    first, due = (as_of + dt.timedelta(days=days) for days in (1, DAYS))
    for row in ahead.to_dict("records"):
        store_id, ends = row["store_id"], (row["expected"], row["low"], row["high"])
        measure = Measure("orders", {"store_id": store_id or [*every[every != ""]]}, first)
        label = f"Orders of the next seven days, {names.get(store_id, 'all stores')}"
        yield Promise(f"orders_week_{store_id or 'all'}", *ends, level, due, measure, label)
