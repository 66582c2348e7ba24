"""The next seven days, from the demand forecasts, less what these are known to be off by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.rolling_origin import FEWEST, measure_miss
from lucky_analytics.models.measure import Measure, Promise

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Outlook", "foresee", "list_promises", "load_forecasts"]

DAYS, WEEKS_OF_BIAS, DAYS_OF_VALUE = 7, 8, 28


@dataclass(frozen=True)
class Outlook:
    """``total``: revenue of the next seven days. ``bias``: of the orders forecast, what they were over
    (above 0) those that came, in the last weeks; ``uncorrected``: what they would have said as they stand.
    ``days``: ``ds``, ``expected``, ``low``, ``high``, ``last_week`` (dollars)."""

    total: Estimate
    bias: Estimate
    uncorrected: float
    days: pd.DataFrame

    @property
    def last_seven(self) -> float | None:
        """Revenue of the seven days before, null where one of them is not there."""
        dollars = float(self.days["last_week"].sum(skipna=False))
        return dollars if np.isfinite(dollars) else None


def load_forecasts(suite: Suite) -> pd.DataFrame | None:
    """Orders forecast for all trading stores: ``made`` and ``ds`` (days), ``predicted``; null without the
    table. Of several versions of a day's forecast the last counts."""
    forecasts = suite.optional("order_forecasts")
    if forecasts is None:
        return None
    stores = suite.stores.filter("is_trading_store").select("store_id")
    own = forecasts.filter(_.lead_days.between(1, DAYS)).inner_join(stores, "store_id")
    newest = own.group_by("store_id", "demand_date", "local_hour", "made_date").aggregate(
        predicted=_.predicted_orders.argmax(_.version)
    )
    table = newest.group_by(made="made_date", ds="demand_date").aggregate(
        predicted=_.predicted.sum().round(6)
    )
    found = table.order_by("made", "ds").execute()
    return found.assign(made=pd.to_datetime(found["made"]), ds=pd.to_datetime(found["ds"]))


def foresee(forecasts: pd.DataFrame, sold: pd.DataFrame, as_of: pd.Timestamp, level: float) -> Outlook | None:
    """Revenue of the seven days after ``as_of``, day by day and together; null without a whole week forecast.

    ``forecasts`` as ``load_forecasts``; ``sold``: ``ds``, ``orders``, ``dollars`` of all stores.
    Orders forecast are multiplied by exp(mean log of what came over what was forecast) of the last
    ``WEEKS_OF_BIAS`` weeks that were over, and by the revenue of an order in ``DAYS_OF_VALUE`` days. The same
    is done at the end of every earlier week with what was known then, and how far that was off gives the
    intervals (``measure_miss``), which are null with fewer than three such weeks.
    """
    money = sold.set_index("ds")[["orders", "dollars"]]
    same_weekday = forecasts[(as_of - forecasts["made"]).dt.days % DAYS == 0]
    weeks = {origin: own for origin, own in same_weekday.groupby("made") if len(own) == DAYS}
    if as_of not in weeks:
        return None
    origins = [as_of - pd.Timedelta(weeks=ago) for ago in range(len(money) // 7, -1, -1)]
    logs: dict[pd.Timestamp, float] = {}
    misses, day_misses = [], []
    made = None
    for origin in origins:
        if origin not in weeks:
            continue
        known = [log for past, log in logs.items() if past + pd.Timedelta(days=DAYS) <= origin][
            -WEEKS_OF_BIAS:
        ]
        recent = money.loc[
            (money.index <= origin) & (money.index > origin - pd.Timedelta(days=DAYS_OF_VALUE))
        ]
        if not recent["orders"].sum() > 0:
            continue
        value = recent["dollars"].sum() / recent["orders"].sum()
        own = weeks[origin].set_index("ds")["predicted"]
        expected = own * np.exp(np.mean(known) if len(known) >= FEWEST else 0.0) * value
        if origin == as_of:
            made = (own * value, expected, known)
            continue
        came = money.reindex(own.index)
        if own.sum() > 0 and came["orders"].gt(0).all():
            logs[origin] = float(np.log(came["orders"].sum() / own.sum()))
            if len(known) >= FEWEST:
                start = float((origin - origins[0]).days)
                misses.append((start, expected.sum(), came["dollars"].sum()))
                day_misses += [(start, *pair) for pair in zip(expected, came["dollars"], strict=True)]
    if made is None:
        return None
    plain, expected, known = made
    return _say(plain, expected, known, misses, day_misses, money["dollars"], level)


def list_promises(found: Outlook | None, as_of: dt.date) -> Iterator[Promise]:
    """What the page is held to: revenue of the next seven days, where it has a range."""
    if found is None or found.total.value is None or found.total.low is None or found.total.high is None:
        return
    first, due = (as_of + dt.timedelta(days=days) for days in (1, DAYS))
    measure = Measure("revenue", {"is_trading_store": True}, first)
    ends = (found.total.value, found.total.low, found.total.high)
    yield Promise("week", *ends, found.total.level or 0.0, due, measure, "Revenue of the next seven days")


def _say(
    plain: pd.Series, expected: pd.Series, known: list[float], misses: list[tuple[float, float, float]],
    day_misses: list[tuple[float, float, float]], revenue: pd.Series, level: float,
) -> Outlook:  # fmt: skip
    half, day_half = (_half(rows, level) for rows in (misses, day_misses))
    total = float(expected.sum())
    low, high = (total * np.exp(side * half) for side in (-1, 1))
    whole = (
        Estimate(total, low, high, level=level, n=len(misses)) if np.isfinite(half) else Estimate(total, n=0)
    )
    bias = Estimate(None, n=len(known))
    if len(known) >= FEWEST:
        mean = -float(np.mean(known))
        off = student.ppf((1 + level) / 2, len(known) - 1) * np.std(known, ddof=1) / np.sqrt(len(known))
        middle, under, over = (float(np.expm1(mean + side * off)) for side in (0, -1, 1))
        bias = Estimate(middle, under, over, level=level, n=len(known))
    days = pd.DataFrame({"ds": expected.index, "expected": expected.to_numpy()})
    reach = day_half if np.isfinite(day_half) else np.nan
    days["low"], days["high"] = (days["expected"] * np.exp(side * reach) for side in (-1, 1))
    days["last_week"] = revenue.reindex(days["ds"] - pd.Timedelta(days=DAYS)).to_numpy()
    return Outlook(whole, bias, float(plain.sum()), days)


def _half(rows: list[tuple[float, float, float]], level: float) -> float:
    """Half width on the log scale; days of one week count as one test of it."""
    origin, predicted, came = np.array(rows, float).reshape(-1, 3).T
    with np.errstate(over="ignore"):
        return float(measure_miss(origin, DAYS, predicted, came).half(level))
