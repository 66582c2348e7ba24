"""What the page on customers is held to when its days have come: orders, and who places none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import pandas as pd

from lucky_analytics.models.measure import Measure, Promise

__all__ = ["PEOPLE", "list_promises"]

PEOPLE = {"channel": ["android", "ios", "other"]}  # accounts of delivery platforms are no people


def list_promises(
    forecasts: pd.DataFrame, leaving: Mapping[str, float], horizon: int, as_of: dt.date, level: float
) -> Iterator[Promise]:
    """All orders of people to come by period, and active customers without an order in ``horizon`` days.

    ``forecasts`` as of ``order_forecasts.score_intervals``, whose rows of ``as_of`` have not come yet;
    ``leaving`` as of ``churn_scores.summarise_scores``. Both have the intervals that their tests on dates
    gone by allow; where these were too few nothing is promised.
    """
    first = as_of + dt.timedelta(days=1)
    ahead = forecasts[(forecasts["whose"] == "all") & (forecasts["cut"] == pd.Timestamp(as_of))]
    for row in ahead.to_dict("records"):
        label = f"Orders of the next {row['period']} days, new customers included, delivery left out"
        due, measure = as_of + dt.timedelta(days=row["period"]), Measure("orders", PEOPLE, first)
        yield Promise(
            f"orders_{row['period']}", row["predicted"], row["low"], row["high"], level, due, measure, label
        )
    if leaving["low"] > 0:  # else the interval is from none to all of them
        ends = (leaving["value"], leaving["low"], leaving["high"])
        due, start = (as_of + dt.timedelta(days=days) for days in (horizon, 1 - horizon))
        measure = Measure("last_seen_customers", start=start, until=as_of)
        label = f"Customers of the last {horizon} days who place no order in the next {horizon}"
        yield Promise(f"leaving_{horizon}", *ends, level, due, measure, label)
