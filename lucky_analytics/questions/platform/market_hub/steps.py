"""Each market by itself: its business days, what is usual, its holidays, its weeks beside the others'."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.estate.markets import Market, public_holidays
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.calendars.business_days import count_hours, find_midnight
from lucky_analytics.methods.growth.named_days import compare_days, measure_days, pool_days
from lucky_analytics.methods.growth.steady_level import FEWEST, expect_steady
from lucky_analytics.models.calendar import find_special_days, find_window

__all__ = ["MarketDays", "align_weeks", "list_holidays", "read_market", "share_hours"]

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class MarketDays:
    """One market up to ``as_of``, money in its own currency.

    ``days``: one row a business date from its first order on: ``date``, ``starts_at``, ``ends_at`` (UTC),
    ``hours``, ``orders``, ``money``, ``holiday`` (its name, or null), ``is_within`` (every order lies between
    the two midnights). ``usual``: money of the last day, from the same weekday before, holidays, the days
    beside them and ``others`` left out (null with fewer than four). ``is_inside``: whether the day is in that
    range; null without one. ``measured``: of ``measure_days``; ``holidays``: of ``compare_days``, those of
    the period; ``together``: all of them; ``others``: days that are no public holiday and differ all the
    same, ``name``: what is known of them (an eve, a bridge), or null.
    """

    market: Market
    days: pd.DataFrame
    usual: Estimate
    is_inside: bool | None
    measured: pd.DataFrame
    holidays: pd.DataFrame
    together: Estimate
    others: pd.DataFrame

    @property
    def last(self) -> pd.Series:
        """The row of the last business day."""
        return self.days.iloc[-1]

    @property
    def slug(self) -> str:
        """The market's name as part of a headline's: ``"cook_islands_test"``."""
        words = "".join(each if each.isalnum() else " " for each in self.market.name.lower()).split()
        return "_".join(words)


def read_market(
    sold: pd.DataFrame, market: Market, as_of: dt.date, *, n_before: int = 8, level: float = 0.95
) -> MarketDays | None:
    """The market from ``Sold.days``; null where it never sold anything.

    ``n_before``: same weekdays that say what is usual; ``level`` of every interval.
    """
    own = sold[sold["market"] == market.name]
    if own.empty:
        return None
    days = _list_days(own, market, as_of)
    start, end = days["date"].min().date() - 60 * DAY, as_of + 60 * DAY
    public = {
        pd.Timestamp(date): name
        for year in range(start.year, end.year + 1)
        for date, name in public_holidays(market, year).items()
    }
    special = {pd.Timestamp(date): why for date, why in find_special_days(start, end, market).items()}
    units = own.rename(columns={"store_id": "unique_id", "date": "ds"})
    units = units.groupby(["unique_id", "ds"]).agg(y=("orders", "sum")).reset_index()
    measured = measure_days(units, special | public)
    is_public = measured["ds"].isin(list(public))
    holidays = compare_days(measured, is_public, level)
    others = compare_days(measured, ~is_public, level)
    others = others[others["differs"].fillna(False).astype(bool)].reset_index(drop=True)
    together = pool_days(measured, is_public, level)
    usual, is_inside = _judge_last(days, {*special, *others["ds"]}, n_before, level)
    return MarketDays(market, days, usual, is_inside, measured, holidays, together, others)


def list_holidays(market: Market, days: pd.DataFrame, as_of: dt.date, ahead: int) -> pd.DataFrame:
    """Public holidays of a market from its first business date to ``ahead`` days after ``as_of``: ``date``,
    ``holiday``, ``is_to_come``."""
    start, end = days["date"].min().date(), as_of + ahead * DAY
    rows = [
        (pd.Timestamp(date), name, date > as_of)
        for year in range(start.year, end.year + 1)
        for date, name in public_holidays(market, year).items()
        if start <= date <= end
    ]
    return pd.DataFrame(rows, columns=["date", "holiday", "is_to_come"])


def align_weeks(found: Sequence[MarketDays], as_of: dt.date, n_weeks: int) -> pd.DataFrame:
    """Whole weeks, Monday to Sunday by each market's own dates, side by side; the oldest first.

    ``week`` (its Monday), ``market``, ``currency``, ``hours`` (167 to 169), ``holidays`` (how many),
    ``orders``, ``money`` (own currency), ``index`` (orders over the market's mean of these weeks), ``change``
    (over the week before; null for the first). A week counts for a market that had sold before its Monday
    ended.
    """
    window = find_window(as_of, n_weeks)
    parts = []
    for each in found:
        days = each.days[
            each.days["date"].between(pd.Timestamp(window.start), pd.Timestamp(window.end - DAY))
        ]
        week = days["date"] - pd.to_timedelta(days["date"].dt.day_of_week, unit="D")
        weeks = days.assign(week=week, n_days=1).groupby("week", as_index=False).agg(
            n_days=("n_days", "sum"), hours=("hours", "sum"), holidays=("holiday", "count"),
            orders=("orders", "sum"), money=("money", "sum"),
        )  # fmt: skip
        weeks = weeks[weeks["n_days"] == 7].reset_index(drop=True)
        mean, before = weeks["orders"].mean(), weeks["orders"].shift()
        parts.append(weeks.assign(
            market=each.market.name, currency=each.market.currency,
            index=weeks["orders"] / mean if mean else np.nan,
            change=weeks["orders"] / before.where(before > 0) - 1,
        ).drop(columns="n_days"))  # fmt: skip
    columns = ["week", "market", "currency", "hours", "holidays", "orders", "money", "index", "change"]
    together = pd.concat([part[columns] for part in parts], ignore_index=True)
    return together.sort_values(["week", "market"], ignore_index=True, kind="stable")


def share_hours(sold: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Share of each market's orders by the hour on its own clocks: ``market``, ``hour`` (0 to 23),
    ``orders``, ``share``; hours without an order are left out."""
    own = sold[sold["market"].isin(names)].groupby(["market", "hour"], as_index=False)["orders"].sum()
    return own.assign(share=own["orders"] / own.groupby("market")["orders"].transform("sum"))


def _list_days(own: pd.DataFrame, market: Market, as_of: dt.date) -> pd.DataFrame:
    sums = own.groupby("date").agg(
        orders=("orders", "sum"), cents=("cents", "sum"), first=("first", "min"), last=("last", "max")
    )
    dates = pd.date_range(sums.index.min(), pd.Timestamp(as_of), name="date")
    days = sums.reindex(dates).reset_index()
    midnights = [find_midnight(date.date(), market.time_zone) for date in [*dates, dates[-1] + DAY]]
    first, last = (days[name].dt.tz_localize("UTC") for name in ("first", "last"))
    days = days.assign(starts_at=midnights[:-1], ends_at=midnights[1:])
    is_within = (first >= days["starts_at"]) & (last < days["ends_at"])
    days["is_within"] = is_within | first.isna()
    days["hours"] = [count_hours(date.date(), market.time_zone) for date in dates]
    days["orders"] = days["orders"].fillna(0).astype("int64")
    days["money"] = days.pop("cents").fillna(0) / 100
    days["holiday"] = [public_holidays(market, date.year).get(date.date()) for date in dates]
    return days.drop(columns=["first", "last"])


def _judge_last(
    days: pd.DataFrame, odd: set[pd.Timestamp], n_before: int, level: float
) -> tuple[Estimate, bool | None]:
    """The last day beside the same weekdays before it, but for holidays and days that were ``odd``."""
    before = days.iloc[-8::-7]
    before = before[before["holiday"].isna() & ~before["date"].isin(odd) & (before["money"] > 0)]
    before = before.head(n_before)
    if len(before) < FEWEST:
        return Estimate(None, n=len(before)), None
    usual = expect_steady(before["money"].to_numpy(float)[::-1], level)
    found = Estimate(usual.value, usual.low, usual.high, level=level, n=len(before))
    return found, found.holds(float(days["money"].iloc[-1]))
