"""The one trial of ordering less: two pages find stores that order too much, and both ask for this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lucky_analytics.formats import join_names
from lucky_analytics.proposed_trials import ORDER_TRIAL, Trial, plan_slot

__all__ = ["ask_for_trial", "propose_trial"]


def ask_for_trial(what: str, where: str, as_of: dt.date) -> str:
    """The action, as a clause.

    >>> ask_for_trial("perishable goods", "A and B", dt.date(2026, 2, 13))[:53]
    'from 16 Feb to 15 Mar order perishable goods at A and'
    """
    start, end = plan_slot(ORDER_TRIAL, as_of)
    return (
        f"from {start:%-d %b} to {end - dt.timedelta(days=1):%-d %b} order {what} at {where} by the order "
        "sheet on the page on stock, and count what runs out"
    )


def propose_trial(stores: Sequence[str], as_of: dt.date) -> Trial:
    """The trial for the portal's calendar: one, where both pages name the same stores.

    >>> propose_trial(["B", "A"], dt.date(2026, 2, 13)).record["who"]
    'A and B'
    """
    start, end = plan_slot(ORDER_TRIAL, as_of)
    return Trial(ORDER_TRIAL, "ordered", join_names(sorted(stores)), start, (end - start).days // 7)
