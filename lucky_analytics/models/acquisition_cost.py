"""What marketing billed for each customer who came first: the one cost of a new customer on every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.calendar import find_window

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["RECENT_WEEKS", "measure_marketing_cost", "note_cost"]

RECENT_WEEKS = 8


def measure_marketing_cost(suite: Suite, first_date: pd.Series) -> dict[str, float] | None:
    """What marketing billed for each customer who came first in the last ``RECENT_WEEKS`` whole weeks:
    ``value`` (dollars a new customer), ``n`` (of them), ``dollars`` (billed). All marketing, whatever it was
    for. ``first_date``: of the first order of each person who has one. None without the ledger, without a
    bill, or where nobody came.

    >>> measure_marketing_cost(suite, people["first_date"])      # doctest: +SKIP
    {'value': 2.45, 'n': 25741, 'dollars': 63053.54}
    """
    bill, window = suite.optional("accounting_costs"), find_window(suite.as_of, RECENT_WEEKS)
    if bill is None:
        return None
    due = bill.filter(
        (bill.kind == "marketing") & (bill.week_end_date >= window.start) & (bill.week_end_date < window.end)
    )
    cents = due.agg(cents=due.cost_cents.sum()).execute()["cents"].iloc[0]
    n = int(((first_date >= pd.Timestamp(window.start)) & (first_date < pd.Timestamp(window.end))).sum())
    if pd.isna(cents) or not n:
        return None
    return {"value": float(cents) / 100 / n, "n": n, "dollars": float(cents) / 100}


def note_cost(cost: dict[str, float] | None) -> str:
    """Whence ``cost`` (``measure_marketing_cost``) is, or why there is none, to stand under it.

    >>> note_cost(None)
    'No marketing bill of these weeks is in the ledger, or nobody came'
    """
    if cost is None:
        return "No marketing bill of these weeks is in the ledger, or nobody came"
    return "Counted from the ledger, so without an interval; all marketing; coupons come on top"
