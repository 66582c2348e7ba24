"""Tickets of the kitchens that tell a time: which count, what was open when each came, their mean.

Every page that says how long orders wait or take goes by these, so that they say the same.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.queues.open_work import count_open
from lucky_analytics.models.measure import Measure

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["count_loads", "estimate_mean", "keep_timed", "measure_last_week", "select_whole", "take_last"]

_MINUTE = 60.0


def select_whole(suite: Suite) -> ir.Table:
    """``production`` without tickets that were not opened, accepted and done in this order."""
    ticket = suite.production
    return ticket.filter(ticket.production_seconds.notnull() & (ticket.accepted_at >= ticket.opened_at))


def count_loads(rows: pd.DataFrame, over_seconds: float) -> pd.DataFrame:
    """``rows`` with ``is_over`` (took longer than ``over_seconds``) and what was open at their store:
    ``load`` when each was accepted, ``load_opened`` when it was opened.

    ``rows``: ``store_id`` (categories), ``opened``, ``accepted``, ``done`` (whole UTC seconds), ``seconds``
    (accepted to done). A ticket that is over counts as no load: when its work ended is not known.
    """
    rows = rows.assign(is_over=rows["seconds"] > over_seconds)
    known = ~rows["is_over"].to_numpy()
    accepted, opened, done = (rows[name].to_numpy(np.int64) for name in ("accepted", "opened", "done"))
    store = rows["store_id"].cat.codes.to_numpy(np.int64)
    rows["load"] = count_open(accepted[known], done[known], accepted, store[known], store)
    rows["load_opened"] = count_open(opened[known], done[known], opened, store[known], store)
    return rows


def take_last(rows: pd.DataFrame, as_of: dt.date, n_days: int) -> pd.DataFrame:
    """The rows of the last ``n_days`` by ``as_of``."""
    return rows[rows["date"] > pd.Timestamp(as_of) - pd.Timedelta(days=n_days)]


def keep_timed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose making time says how long the work took: closed in time, and not in the very second."""
    return rows[~rows["is_over"] & (rows["seconds"] > 0)]


def estimate_mean(rows: pd.DataFrame, column: str, level: float) -> Estimate:
    """Mean of a column of seconds in minutes; its interval knows that the tickets of a day hang together."""
    if rows.empty:
        return Estimate(None)
    sums = rows.assign(one=1.0).groupby("date")[[column, "one"]].sum().reset_index().assign(all=0)
    found = estimate_ratios(sums, ["all"], "date", column, "one", level).iloc[0]
    return Estimate(found["value"], found["low"], found["high"], level=level, n=len(rows)).times(1 / _MINUTE)


def measure_last_week(suite: Suite) -> float | None:
    """Mean minutes from accepted to done of the seven days that end with ``as_of``, as the metrics layer has
    it."""
    start = suite.as_of - dt.timedelta(days=6)
    seconds = Measure("production_seconds", start=start, until=suite.as_of).read(suite, suite.as_of)
    return None if seconds is None else seconds / _MINUTE
