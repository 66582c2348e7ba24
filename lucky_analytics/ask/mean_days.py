"""Means of days and weeks: divided by the days that count for each row, not by those of the whole period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from lucky_analytics.ask.ask_dimensions import TIMES
from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.request_checks import RefusedError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["divide_by_days", "rank_means"]

_DAY = dt.timedelta(days=1)
_STORE = "stores.store_name"
_WEEKDAYS = ("weekday", "part of week")


def divide_by_days(
    frame: pd.DataFrame, suite: Suite, request: Request, first: dt.date | None
) -> pd.DataFrame:
    """Sums of ``request`` as means of its days or weeks; ``first`` is the first day that there is.

    Mondays are divided by the Mondays of the period, months by their own days, and a store by the days
    since it opened. Raises ``RefusedError`` for a period without a day, and for a mean of months that are
    not whole.
    """
    spans = [(request.start, request.end), *([request.against] if request.against else [])]
    calendars = {}
    for start, end in spans:
        begin = max(filter(None, (start, first)))
        stop = min(filter(None, (end, suite.as_of + _DAY)))
        if stop <= begin:
            raise RefusedError("no data", "the period has no day with data")
        if request.per == "month" and (begin.day != 1 or stop.day != 1):
            raise RefusedError("not understood", "a mean of months needs months that are whole and over")
        calendars[str(start or first)] = _calendar(begin, stop, request)
    opened = _opened(suite, request)
    per = {"day": 1, "week": 7, "month": 1}[request.per]
    counts = []
    for row in frame.to_dict("records"):
        calendar = calendars[row["period"]] if request.against else next(iter(calendars.values()))
        counts.append(_count(calendar, row, request, opened) / per)
    divisor = pd.Series(counts, index=frame.index, dtype="float64")
    divisor = divisor.where(divisor > 0)
    return frame.assign(**{name: frame[name] / divisor for name in request.measures})


def rank_means(frame: pd.DataFrame, request: Request) -> pd.DataFrame:
    """The first or last rows by the mean, where the request ranks; of each group all, which are cut later."""
    if request.rank is None:
        return frame
    groups = [f"group_{i}" for i in range(len(request.by))]
    name, is_up = request.measures[0], request.rank.direction == "least"
    if not request.rank.within:  # those that equal the last of the first belong to them
        place = frame[name].rank(method="min", ascending=is_up)
        frame = frame[place <= request.rank.n]
    ranked = frame.dropna(subset=[name]).sort_values(
        [name, *groups], ascending=[is_up, *([True] * len(groups))]
    )
    return ranked.reset_index(drop=True)


def _calendar(begin: dt.date, stop: dt.date, request: Request) -> pd.DataFrame:
    """One row per day that counts: ``date`` and its parts as ``time_column`` writes them."""
    days = pd.Series(pd.date_range(begin, stop - _DAY))
    found = pd.DataFrame({
        "date": days.dt.date,
        "day": days.dt.strftime("%Y-%m-%d"),
        "week": (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d"),
        "month": days.dt.strftime("%Y-%m-01"),
        "quarter": days.dt.to_period("Q").dt.start_time.dt.strftime("%Y-%m-%d"),
        "year": days.dt.strftime("%Y-01-01"),
        "weekday": days.dt.day_name(),
        "part of week": days.dt.day_of_week.map(lambda day: "weekend" if day > 4 else "weekday"),
    })  # fmt: skip
    for each in request.where:
        if each.key in _WEEKDAYS and request.per == "day":
            found = found[found[each.key].isin(each.values) != each.is_not]
    return found


def _opened(suite: Suite, request: Request) -> dict[str, dt.date]:
    """The day on which each store opened, where the rows are of single stores; else empty."""
    named = [each for each in request.where if each.key == _STORE and not each.is_not]
    if _STORE not in request.by and not named:
        return {}
    stores = suite.stores.select("store_name", "opened_date").execute()
    days = pd.to_datetime(stores["opened_date"]).dt.date
    return {name: day for name, day in zip(stores["store_name"], days, strict=True) if not pd.isna(day)}


def _count(
    calendar: pd.DataFrame, row: Mapping[Any, Any], request: Request, opened: dict[str, dt.date]
) -> int:
    """How many days of the calendar belong to one row."""
    names = [
        value for each in request.where if each.key == _STORE and not each.is_not for value in each.values
    ]
    for i, key in enumerate(request.by):
        if key in TIMES and not (key in _WEEKDAYS and request.per == "week"):
            calendar = calendar[calendar[key] == row[f"group_{i}"]]
        if key == _STORE:
            names = [str(row[f"group_{i}"])]
    days = [opened[name] for name in names if name in opened]
    if days:
        calendar = calendar[calendar["date"] >= min(days)]
    return calendar["month"].nunique() if request.per == "month" else len(calendar)
