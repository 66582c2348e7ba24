"""How many orders each half-hour of the next seven days will bring: the order forecasts, corrected, with a
spread.

The forecasts are of hours and too high or too low by a share that stays for weeks
(``questions/supply_chain/forecast_accuracy``). Each store's are brought to what came in the last weeks, the
hours are parted as orders of the last weeks were, and how far half-hours were off in those weeks is the
spread. An origin is a day on which seven days are foretold; nothing after it is used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray
from scipy.stats import gamma, nbinom

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "DAYS",
    "SLOTS",
    "Demand",
    "count_half_hours",
    "fit_spread",
    "foretell",
    "load_foretold",
    "score_past",
    "take_rate",
]

DAYS, SLOTS = 7, 48  # of an origin; half-hours of a day
_FIT_WEEKS = 4
_KEYS = ["store_id", "made", "date", "hour"]


@dataclass(frozen=True)
class Demand:
    """``hours``: what was foretold (``store_id``, ``made``, ``date``, ``hour``, ``predicted``), one row an
    hour. ``orders``: what came (``store_id``, ``date``, ``slot``: half-hour of the day, ``y``)."""

    hours: pd.DataFrame
    orders: pd.DataFrame


def load_foretold(suite: Suite, n_weeks: int) -> Demand:
    """Forecasts of the trading stores as they were at ``as_of`` and at the end of the ``n_weeks`` before, one
    to seven days ahead, the newest of each origin; and the orders by half-hour since four weeks before."""
    origins = [suite.as_of - dt.timedelta(days=DAYS * ago) for ago in range(n_weeks + _FIT_WEEKS + 1)]
    store = suite.stores.filter("is_trading_store").select("store_id")
    made = suite.order_forecasts.filter(_.made_date.isin(origins), _.lead_days.between(1, DAYS))
    own = made.semi_join(store, "store_id")
    newest = own.group_by("store_id", made="made_date", date="demand_date", hour="local_hour")
    hours = newest.agg(predicted=_.predicted_orders.argmax(_.version)).order_by(_KEYS).execute()
    start = origins[-1] - dt.timedelta(weeks=_FIT_WEEKS)
    for name in ("made", "date"):
        hours[name] = pd.to_datetime(hours[name])
    return Demand(hours, count_half_hours(suite, start))


def count_half_hours(suite: Suite, start: dt.date) -> pd.DataFrame:
    """Orders of the trading stores since ``start``: ``store_id``, ``date``, ``slot`` (0 is midnight to half
    past), ``y``; half-hours without one do not appear."""
    order = suite.orders.filter(_.is_trading_store, _.order_date >= start)
    # Zones of the stores differ by whole half-hours from UTC: the minute is the store's own.
    slot = order.local_hour * 2 + (order.ordered_at.minute() >= 30).cast("int64")
    counted = order.group_by("store_id", date="order_date", slot=slot).agg(y=_.count())
    found = counted.order_by("store_id", "date", "slot").execute()
    return found.assign(date=pd.to_datetime(found["date"]))


def foretell(demand: Demand, made: dt.date, n_fit: int = _FIT_WEEKS) -> pd.DataFrame:
    """The half-hours of the seven days after ``made``, from what was known at its end.

    ``store_id``, ``date``, ``slot``, ``predicted`` (as the forecasts said), ``mean`` (corrected), ``spread``
    (variance of the rate by its squared mean: orders are Poisson around a rate that is Gamma), ``factor`` (by
    which the store's forecasts were corrected). A store without two weeks of past forecasts has the factor
    of all stores; without any past the factor is 1 and the spread 0.
    """
    origin = pd.Timestamp(made)
    past = demand.hours[
        (demand.hours["made"] < origin) & (demand.hours["made"] >= origin - pd.Timedelta(weeks=n_fit))
    ]
    past = past[past["date"] <= origin]
    since = origin - pd.Timedelta(weeks=n_fit)
    came = demand.orders[(demand.orders["date"] > since) & (demand.orders["date"] <= origin)]
    shares = _part_hours(came)
    ahead = _halve(demand.hours[demand.hours["made"] == origin], shares)
    before = _halve(past, shares).merge(came, on=["store_id", "date", "slot"], how="left")
    before["y"] = before["y"].fillna(0.0)
    factors, every = _fit_factors(before)
    found = ahead.assign(factor=ahead["store_id"].map(factors).astype(float).fillna(every))
    found["mean"] = found["predicted"] * found["factor"]
    own = before["predicted"] * before["store_id"].map(factors).astype(float).fillna(every)
    found["spread"] = fit_spread(before["y"].to_numpy(float), own.to_numpy(float))
    columns = ["store_id", "date", "slot", "predicted", "mean", "spread", "factor"]
    return found[columns].sort_values(["store_id", "date", "slot"], ignore_index=True)


def take_rate(mean: Any, spread: Any, quantile: float) -> NDArray[np.float64]:
    """The rate of orders that is not exceeded with this chance; the mean where there is no spread.

    >>> take_rate([10.0, 10.0, 0.0], [0.04, 0.0, 0.04], 0.8).round(2).tolist()
    [11.63, 10.0, 0.0]
    """
    means, spreads = np.broadcast_arrays(np.asarray(mean, float), np.asarray(spread, float))
    is_spread = (spreads > 1e-9) & (means > 0)
    wide = np.where(is_spread, spreads, 1.0)
    found = gamma.ppf(quantile, 1 / wide, scale=wide * np.where(is_spread, means, 1.0))
    return np.where(is_spread, found, means)


def score_past(demand: Demand, told: Mapping[dt.date, pd.DataFrame], quantile: float) -> pd.DataFrame:
    """How the foretold half-hours of past origins came out, one row an origin and store. ``told``: by origin
    what was foretold on it (``foretell``, ``order_demand_later.foretell_later``).

    ``made``, ``store_id``, ``n``, ``inside`` (half-hours with no more orders than the ``quantile`` of what
    was foretold), ``expected`` (as many as should be, orders being whole), ``predicted``, ``mean``, ``y``
    (sums), ``off`` and ``off_raw`` (sums of absolute differences, corrected and as forecast).
    """
    rows = []
    for made, own in told.items():
        both = own.merge(demand.orders, on=["store_id", "date", "slot"], how="left")
        both = both[both["mean"] > 0]
        y, mean = both["y"].fillna(0.0).to_numpy(float), both["mean"].to_numpy(float)
        size = 1 / np.maximum(both["spread"].to_numpy(float), 1e-6)
        chance = size / (size + mean)
        most = nbinom.ppf(quantile, size, chance)
        rows.append(
            both[["store_id"]].assign(
                made=pd.Timestamp(made),
                n=1,
                inside=y <= most,
                expected=nbinom.cdf(most, size, chance),
                y=y,
                predicted=both["predicted"],
                mean=mean,
                off=np.abs(y - mean),
                off_raw=np.abs(y - both["predicted"]),
            )
        )
    columns = ["n", "inside", "expected", "predicted", "mean", "y", "off", "off_raw"]
    if not rows:
        return pd.DataFrame(columns=["made", "store_id", *columns])
    return pd.concat(rows).groupby(["made", "store_id"], as_index=False)[columns].sum()


def _halve(hours: pd.DataFrame, shares: dict[tuple[bool, int], float]) -> pd.DataFrame:
    """Each hour as its two half-hours: ``store_id``, ``date``, ``slot``, ``predicted``."""
    is_weekend = hours["date"].dt.day_of_week >= 5
    keys = zip(is_weekend, hours["hour"], strict=True)
    first = np.array([shares.get((bool(late), int(hour)), 0.5) for late, hour in keys])
    parts = [
        hours[["store_id", "date"]].assign(
            slot=2 * hours["hour"] + half, predicted=hours["predicted"] * share
        )
        for half, share in ((0, first), (1, 1 - first))
    ]
    return pd.concat(parts, ignore_index=True)


def _part_hours(came: pd.DataFrame) -> dict[tuple[bool, int], float]:
    """The share of an hour's orders that comes in its first half, by weekend and hour, all stores together;
    as if 20 more had come half and half."""
    own = came.assign(
        late=came["date"].dt.day_of_week >= 5, hour=came["slot"] // 2, first=came["slot"] % 2 == 0
    )
    own["early"] = own["y"].where(own["first"], 0)
    sums = own.groupby(["late", "hour"])[["early", "y"]].sum()
    shares = (sums["early"].to_numpy(float) + 10) / (sums["y"].to_numpy(float) + 20)
    keys = [(bool(late), int(hour)) for late, hour in sums.index.tolist()]
    return dict(zip(keys, shares.tolist(), strict=True))


def _fit_factors(before: pd.DataFrame) -> tuple[dict[str, float], float]:
    sums = before.groupby("store_id")[["y", "predicted"]].sum()
    n_days = before.groupby("store_id")["date"].nunique()
    every = float(sums["y"].sum() / sums["predicted"].sum()) if sums["predicted"].sum() > 0 else 1.0
    known = sums[(n_days >= 2 * DAYS) & (sums["predicted"] > 0)]
    factors = (known["y"] / known["predicted"]).to_numpy(float)
    return dict(zip(map(str, known.index), factors.tolist(), strict=True)), every


def fit_spread(y: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    """By the second moment: how much more half-hours vary than chance around their mean, as the variance of
    their rate by its squared mean; 0 where they vary less.

    >>> round(fit_spread(np.array([5.0, 15.0]), np.array([10.0, 10.0])), 3)
    0.15
    """
    squares = float((mean**2).sum())
    return max(float((((y - mean) ** 2) - mean).sum()) / squares, 0.0) if squares else 0.0
