"""The orders of the next seven days by store and day: the one forecast of them that every page shows.

What the order forecasts say, brought to what came in the last four weeks (``order_demand.foretell``), for
every week that is over as for the one that comes: so that each page knows how far it was off.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.order_demand import DAYS, Demand, foretell, load_foretold

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["DAYS", "FIGURE", "foretell_days", "load_days"]

FIGURE = "orders of the next seven days"  # its name among the published figures
_KEYS = ["made", "store_id", "date"]


def load_days(suite: Suite, weeks: int) -> pd.DataFrame:
    """The week after ``as_of`` and those after each of the ``weeks`` week's ends before it
    (``foretell_days``)."""
    origins = [suite.as_of - dt.timedelta(days=DAYS * ago) for ago in range(weeks, -1, -1)]
    return foretell_days(load_foretold(suite, weeks), origins, suite.as_of)


def foretell_days(demand: Demand, origins: list[dt.date], as_of: dt.date) -> pd.DataFrame:
    """Each trading store's seven days after each origin, of which all were foretold then.

    ``made`` (the origin), ``store_id``, ``date``, ``predicted`` (orders, as the forecasts said), ``expected``
    (corrected by what was known at ``made``), ``n_past`` (weeks' ends before ``made`` whose forecasts it was
    corrected by, four at most), ``came`` (orders; null after ``as_of``).
    """
    made_on = {day.date() for day in demand.hours["made"].unique()} if len(demand.hours) else set()
    found = []
    for made in origins:
        if made in made_on:
            halves = foretell(demand, made)
            days = halves.groupby(["store_id", "date"], as_index=False)[["predicted", "mean"]].sum()
            is_whole = days.groupby("store_id")["date"].transform("nunique") == DAYS
            past = [made - dt.timedelta(days=DAYS * ago) for ago in range(1, 5)]
            n_past = sum(day in made_on for day in past)
            found.append(days[is_whole].assign(made=pd.Timestamp(made), n_past=n_past))
    if not found:
        return pd.DataFrame(columns=[*_KEYS, "predicted", "expected", "n_past", "came"])
    days = pd.concat(found, ignore_index=True).rename(columns={"mean": "expected"})
    came = demand.orders.groupby(["store_id", "date"], as_index=False)["y"].sum()
    both = days.merge(came, on=["store_id", "date"], how="left")
    both["came"] = both["y"].fillna(0.0).where(both["date"] <= pd.Timestamp(as_of)).astype(float)
    columns = [*_KEYS, "predicted", "expected", "n_past", "came"]
    return both.sort_values(_KEYS, ignore_index=True)[columns]
