"""Weeks of a store, or of several together, that end on the last closed day."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.week_pattern import estimate_week_pattern

__all__ = ["aggregate_weeks"]


def aggregate_weeks(days: pd.DataFrame) -> pd.DataFrame:
    """Seven days each, the newest ending on the last day: ``end`` (its last day), ``orders``, ``dollars``,
    ``usual_dollars`` (what the week would have been without its holidays and storms, which are found from the
    orders; null for a week without an order).

    The oldest first; what is left at the beginning is no week and is left out. Raises ``LuckyError`` for
    fewer than seven days.
    """
    if len(days) < 7:
        raise LuckyError("days since the first order", expected="at least 7", got=str(len(days)))
    pattern = estimate_week_pattern(
        days.rename(columns={"date": "ds", "orders": "y"}).assign(unique_id="own")
    )
    whole = days.assign(clock=pattern.weights(days["date"])).tail(len(days) // 7 * 7)
    weeks = whole.assign(week=[place // 7 for place in range(len(whole))]).groupby("week")
    sums = weeks.agg(
        end=("date", "max"), orders=("orders", "sum"), dollars=("dollars", "sum"), clock=("clock", "sum")
    )
    usual = (7 * sums["dollars"] / sums["clock"]).where(sums["dollars"] > 0)
    return sums.assign(usual_dollars=usual).drop(columns="clock").reset_index()
