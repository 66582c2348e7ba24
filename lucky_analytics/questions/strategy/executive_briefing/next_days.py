"""The next seven days, from the demand forecasts, less what these are known to be off by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.rolling_origin import FEWEST, measure_miss
from lucky_analytics.models import week_ahead
from lucky_analytics.models.measure import Measure, Promise

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Outlook", "foresee", "list_promises", "load_forecasts"]

DAYS, WEEKS_OF_BIAS, DAYS_OF_VALUE = 7, 4, 28  # as many weeks as ``order_demand`` corrects by
WEEKS_TESTED = 16  # as on the page on forecasts: earlier ones are of a chain of two or three stores


@dataclass(frozen=True)
class Outlook:
    """``total``: revenue of the next seven days, ``orders``: how many that is. ``bias``: of the orders
    forecast, what they were over (above 0) those that came, in the last weeks. ``days``: ``ds``,
    ``expected``, ``low``, ``high``, ``last_week`` (dollars)."""

    total: Estimate
    orders: float
    bias: Estimate
    days: pd.DataFrame

    @property
    def last_seven(self) -> float | None:
        """Revenue of the seven days before, null where one of them is not there."""
        dollars = float(self.days["last_week"].sum(skipna=False))
        return dollars if np.isfinite(dollars) else None


def load_forecasts(suite: Suite) -> pd.DataFrame | None:
    """What all trading stores together were expected to sell, as of the end of each of the last weeks:
    ``made`` and ``ds`` (days), ``predicted`` and ``expected`` (orders, before and after correction),
    ``n_past`` (``week_ahead``); null without the table."""
    if suite.optional("order_forecasts") is None:
        return None
    days = week_ahead.load_days(suite, WEEKS_TESTED)
    whole = days.groupby(["made", "date"], as_index=False).agg(
        predicted=("predicted", "sum"), expected=("expected", "sum"), n_past=("n_past", "max")
    )
    return whole.rename(columns={"date": "ds"})


def foresee(forecasts: pd.DataFrame, sold: pd.DataFrame, as_of: pd.Timestamp, level: float) -> Outlook | None:
    """Revenue of the seven days after ``as_of``, day by day and together; null without a whole week forecast.

    ``forecasts`` as ``load_forecasts``; ``sold``: ``ds``, ``orders``, ``dollars`` of all stores.
    Orders expected are multiplied by the revenue of an order in ``DAYS_OF_VALUE`` days. The same is done at
    the end of every earlier week with what was known then, and how far that was off gives the intervals
    (``measure_miss``), which are null with fewer than three such weeks.
    """
    money = sold.set_index("ds")[["orders", "dollars"]]
    weeks = {pd.Timestamp(str(made)): own.set_index("ds")
             for made, own in forecasts.groupby("made") if len(own) == DAYS}  # fmt: skip
    if as_of not in weeks:
        return None
    logs: list[float] = []
    misses, day_misses = [], []
    for origin, own in weeks.items():
        expected = own["expected"] * _value_of_order(money, origin)
        came = money.reindex(own.index)
        if origin == as_of or not (own["predicted"].sum() > 0 and came["orders"].gt(0).all()):
            continue
        logs.append(float(np.log(came["orders"].sum() / own["predicted"].sum())))
        if own["n_past"].max() >= FEWEST and np.isfinite(expected).all():
            start = float((origin - min(weeks)).days)
            misses.append((start, expected.sum(), came["dollars"].sum()))
            day_misses += [(start, *pair) for pair in zip(expected, came["dollars"], strict=True)]
    now, value = weeks[as_of], _value_of_order(money, as_of)
    if not np.isfinite(value):
        return None
    expected = now["expected"] * value
    known = logs[-WEEKS_OF_BIAS:]
    return _say(now, expected, known, misses, day_misses, money["dollars"], level)


def _value_of_order(money: pd.DataFrame, origin: pd.Timestamp) -> float:
    """Revenue of an order in the last ``DAYS_OF_VALUE`` days; not a number where none was sold."""
    recent = money[(money.index <= origin) & (money.index > origin - pd.Timedelta(days=DAYS_OF_VALUE))]
    return float(recent["dollars"].sum() / recent["orders"].sum()) if recent["orders"].sum() > 0 else np.nan


def list_promises(found: Outlook | None, as_of: dt.date) -> Iterator[Promise]:
    """What the page is held to: revenue of the next seven days, where it has a range."""
    if found is None or found.total.value is None or found.total.low is None or found.total.high is None:
        return
    first, due = (as_of + dt.timedelta(days=days) for days in (1, DAYS))
    measure = Measure("revenue", {"is_trading_store": True}, first)
    ends = (found.total.value, found.total.low, found.total.high)
    yield Promise("week", *ends, found.total.level or 0.0, due, measure, "Revenue of the next seven days")


def _say(
    now: pd.DataFrame, expected: pd.Series, known: list[float], misses: list[tuple[float, float, float]],
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
    return Outlook(whole, float(now["expected"].sum()), bias, days)


def _half(rows: list[tuple[float, float, float]], level: float) -> float:
    """Half width on the log scale; days of one week count as one test of it."""
    origin, predicted, came = np.array(rows, float).reshape(-1, 3).T
    with np.errstate(over="ignore"):
        return float(measure_miss(origin, DAYS, predicted, came).half(level))
