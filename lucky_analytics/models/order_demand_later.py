"""How many orders each half-hour of a week will bring that is told a fortnight before it is worked.

The order forecasts reach seven days. A roster that is told 14 days ahead is about days 15 to 21, and rests on
what is known then: the mean of each weekday of the store's last two weeks, parted over the day as these weeks
were. How far half-hours were off at that distance in the past is the spread, as wide as the distance makes
it. A correction by store, as for the next seven days, was tried and left out: it carried growth on that had
ended.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.models.order_demand import DAYS, Demand, fit_spread

__all__ = ["NOTICE_WEEKS", "foretell_later"]

NOTICE_WEEKS = 2  # whole weeks between the day of telling and the first day that is told
_BASE_WEEKS = 2
_N_ORIGINS = 4  # past weeks from which the spread is taken


def foretell_later(demand: Demand, made: dt.date) -> pd.DataFrame:
    """The half-hours of days 15 to 21 after ``made``, from the orders that were known at its end.

    ``store_id``, ``date``, ``slot``, ``predicted`` and ``mean`` (both the mean of the last weeks), ``spread``
    (as of ``order_demand.foretell``; 0 without any past week at that distance). Uses the eight weeks of
    orders before ``made``; a store that sold nothing in the last two does not appear.
    """
    origin = pd.Timestamp(made)
    ahead = _repeat(demand.orders, origin)
    told = [_repeat(demand.orders, origin - pd.Timedelta(weeks=NOTICE_WEEKS + 1 + ago))
            for ago in range(_N_ORIGINS)]  # fmt: skip
    past = pd.concat(told).merge(demand.orders, on=["store_id", "date", "slot"], how="left")
    came = past["y"].fillna(0.0).to_numpy(float)
    spread = fit_spread(came, past["predicted"].to_numpy(float))
    found = ahead.assign(mean=ahead["predicted"], spread=spread)
    return found.sort_values(["store_id", "date", "slot"], ignore_index=True)


def _repeat(orders: pd.DataFrame, origin: pd.Timestamp) -> pd.DataFrame:
    """The mean of each weekday of the weeks up to ``origin``, for days 15 to 21 after it, parted over the
    half-hours as working days and weekends of these weeks were: ``store_id``, ``date``, ``slot``,
    ``predicted``. Days on which a store sold nothing (not open yet) do not count for it."""
    since = origin - pd.Timedelta(weeks=_BASE_WEEKS)
    own = orders[(orders["date"] > since) & (orders["date"] <= origin)]
    own = own.assign(weekday=own["date"].dt.day_of_week, late=own["date"].dt.day_of_week >= 5)
    daily = own.groupby(["store_id", "weekday", "late"], as_index=False).agg(
        y=("y", "sum"), n=("date", "nunique")
    )
    daily["day"] = daily["y"] / daily["n"]
    slots = own.groupby(["store_id", "late", "slot"], as_index=False)["y"].sum()
    slots["share"] = slots["y"] / slots.groupby(["store_id", "late"])["y"].transform("sum")
    both = daily.drop(columns=["y", "n"]).merge(slots.drop(columns="y"), on=["store_id", "late"])
    ahead = (both["weekday"] - origin.day_of_week - 1) % DAYS + 1 + DAYS * NOTICE_WEEKS
    both["date"] = origin + pd.to_timedelta(ahead, unit="D")
    both["predicted"] = both["day"] * both["share"]
    return both[["store_id", "date", "slot", "predicted"]]
