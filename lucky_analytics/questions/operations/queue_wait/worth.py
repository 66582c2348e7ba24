"""What one more barista in a half-hour costs, and what the minutes that it saves could bring back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.order_margins import load_order_margins

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "HALF_HOURS_A_MONTH",
    "HourCost",
    "estimate_hour_cost",
    "estimate_margin",
    "find_break_even",
    "weigh_one",
]

HALF_HOURS_A_MONTH = 365.25 / 12 * 5 / 7  # one half-hour of each weekday
_HALF_HOUR = 0.5
_WEEKS = 8
_FEWEST_WEEKS = 3


class HourCost(NamedTuple):
    """Dollars of an hour of crew, and what they are: ``words`` for readers."""

    dollars: Estimate
    words: str


def estimate_hour_cost(suite: Suite, level: float) -> HourCost:
    """Labour bills of the trading stores' last eight weeks by the hours that were worked in them; without
    bills the mean wage of those who work there, which lacks what is paid on top. Null without either."""
    roster, bill = suite.optional("rosters"), suite.optional("accounting_costs")
    wage = suite.optional("wages")
    if roster is not None and bill is not None:
        trading = suite.stores.filter(suite.stores.is_trading_store).select("store_id")
        bills = bill.filter((bill.kind == "labour") & (bill.week_end_date <= suite.as_of)).semi_join(
            trading, "store_id"
        )
        cost = bills.group_by("store_id", "week_end_date").agg(cents=bills.cost_cents.sum()).execute()
        shift = roster.filter(roster.is_worked).semi_join(trading, "store_id")
        worked = shift.group_by("store_id", "shift_date").agg(seconds=shift.rostered_seconds.sum()).execute()
        ratio = _divide(cost, worked, level)
        if ratio.value is not None:
            return HourCost(ratio, f"labour bills of {ratio.n} weeks by the hours worked in them")
    if wage is not None:
        newest = wage.order_by("start_date").group_by("employee_id").agg(cents=wage.hour_cents.last())
        dollars = newest.agg(value=newest.cents.mean() / 100, n=newest.count()).execute().iloc[0]
        if dollars["n"]:
            return HourCost(
                Estimate(dollars["value"], n=int(dollars["n"])), "mean wage, without what is paid on top"
            )
    return HourCost(Estimate(None), "no table of the snapshot says what an hour costs")


def estimate_margin(suite: Suite, n_days: int) -> Estimate:
    """Dollars that an order of people left in the last days, after goods, packaging and payment; null without
    costs. A mean of so many that it is taken as known."""
    order = load_order_margins(suite)
    last = order.filter(order.order_date > suite.as_of - dt.timedelta(days=n_days))
    found = last.agg(dollars=last.margin_cents.mean() / 100, n=ibis._.count()).execute().iloc[0]
    return Estimate(found["dollars"], n=int(found["n"]))


def weigh_one(
    orders: float, gain: Estimate, shifts: Estimate, lost: Estimate, margin: Estimate, cost: Estimate
) -> Estimate:
    """Dollars a month that one more barista in one half-hour of each weekday brings, less the wage.

    ``orders`` of the half-hour, ``gain`` in seconds an order by the models, ``shifts`` by worked shifts,
    ``lost`` orders of 100 by a minute, ``margin`` of an order, ``cost`` of an hour, dollars. The ends hold
    the least and the most that models and shifts say, with both ends of what a minute loses: wider than
    either alone. The value takes the shifts where they tell, else the models. Null where a part is not known,
    or where a queue may have no end.

    >>> none, minute = Estimate(None), Estimate(60.0, 0.0, 120.0, level=0.9, n=5)
    >>> lost = Estimate(1.0, 0.0, 2.0, level=0.9, n=5)
    >>> made = weigh_one(40, minute, none, lost, Estimate(5.0), Estimate(20.0))
    >>> round(made.value), round(made.low), round(made.high)
    (-174, -217, -43)
    """
    seconds = shifts if shifts.value is not None else gain
    parts = (seconds.value, lost.value, lost.low, lost.high, margin.value, cost.value)
    is_endless = any(each.low is not None and each.high is None for each in (gain, shifts))
    if is_endless or any(part is None for part in parts):
        return Estimate(None)
    ends = [end for each in (gain, shifts) for end in (each.low, each.high, each.value) if end is not None]
    a_minute = orders * HALF_HOURS_A_MONTH * (margin.value or 0.0) / 100 / 60
    wage = HALF_HOURS_A_MONTH * _HALF_HOUR * (cost.value or 0.0)
    found = [a_minute * end * each - wage for end in ends for each in (lost.low or 0.0, lost.high or 0.0)]
    value = a_minute * (seconds.value or 0.0) * (lost.value or 0.0) - wage
    return Estimate(value, min(*found, value), max(*found, value), level=lost.level, n=lost.n)


def find_break_even(orders: float, gain: Estimate, margin: Estimate, cost: Estimate) -> float | None:
    """Orders of 100 that a minute would have to lose for one more barista to pay for itself, at the most that
    the models say; null where they say nothing.

    >>> find_break_even(40, Estimate(60.0, 30.0, 120.0, level=0.9), Estimate(5.0), Estimate(20.0))
    2.5
    """
    most = gain.value if gain.high is None else gain.high
    if (
        most is None
        or most <= 0
        or not margin.value
        or margin.value <= 0
        or cost.value is None
        or orders <= 0
    ):
        return None
    return 100 * _HALF_HOUR * cost.value / (orders * most / 60 * margin.value)


def _divide(cost: pd.DataFrame, worked: pd.DataFrame, level: float) -> Estimate:
    """Dollars by worked hours over the weeks that both know, weeks as blocks."""
    if cost.empty or worked.empty:
        return Estimate(None)
    end = pd.to_datetime(cost["week_end_date"])
    day = pd.to_datetime(worked["shift_date"])
    weekday = end.dt.day_of_week.mode().iloc[0]
    worked["week_end_date"] = day + pd.to_timedelta((weekday - day.dt.day_of_week) % 7, unit="D")
    hours = worked.groupby(["store_id", "week_end_date"])["seconds"].sum().rename("seconds").reset_index()
    both = cost.assign(week_end_date=end).merge(hours, on=["store_id", "week_end_date"])
    last = both[both["week_end_date"].isin(np.sort(both["week_end_date"].unique())[-_WEEKS:])]
    n_weeks = last["week_end_date"].nunique()
    if n_weeks < _FEWEST_WEEKS or last["seconds"].sum() <= 0:
        return Estimate(None)
    sums = last.assign(all=0, dollars=last["cents"] / 100, hours=last["seconds"] / 3600)
    row = estimate_ratios(sums, ["all"], "week_end_date", "dollars", "hours", level).iloc[0]
    return Estimate(row["value"], row["low"], row["high"], level=level, n=n_weeks)
