"""What becomes of stores that do not pay their bills, and how strongly."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, add_up, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites.site_costs import SETTLED_WEEKS
from lucky_analytics.models.store_ledger import N_PACE, SHORT, UNSURE
from lucky_analytics.questions.finance.store_profit.steps import Statement

__all__ = ["decide", "judged_from"]

_OWNER = "Leadership"


def decide(said: Statement, level: float) -> Decision:
    """Stores that surely do not pay first; else those that may not are watched, and no store is closed."""
    short = said.stores[said.stores["verdict"] == SHORT]
    opening = said.opening[said.opening["last_week"] < 0].sort_values("opened")
    later = ""
    if len(opening):
        named = [
            f"{row['store_name']} from {judged_from(row['opened']):%-d %b}"
            for row in opening.head(2).to_dict("records")
        ]
        more = [f"{len(opening) - 2} more later"] if len(opening) > 2 else []
        later = f"judge {join_names([*named, *more])}, without opening bills"
    change = "An established store's range of profit falls below 0 by its own bills."
    if len(short):
        weekly = said.pace.set_index("store_id")["a_week"]
        losses = add_up(
            [
                Estimate(row["pace_margin"], row["pace_low"], row["pace_high"], level=level).times(
                    -WEEKS_A_MONTH * float(weekly[row["store_id"]]) / 100 / row["pace_margin"]
                )
                for row in short.to_dict("records")
            ]
        )
        names = join_names(short["store_name"][:3])
        return Decision(
            f"change or close {names}" + (f"; {later}" if later else ""),
            _OWNER,
            weigh(losses, doubts=["a lease may run on after closing"]),
            f"Over the last {N_PACE} weeks of bills sales did not pay for goods, wages, rent and the rest.",
            "Four weeks of bills are paid by sales again.",
            losses,
            worth_unit="USD avoided a month",
        )
    unsure = said.stores[said.stores["verdict"] == UNSURE]["store_name"].tolist()
    newest = f" Watch {join_names(said.below['store_name'])}: the newest week's sales would not pay them."
    because = (
        f"{join_names(unsure)} may earn nothing by chance; no established store clearly loses."
        if unsure
        else "Each established store pays its bills at the pace of its last weeks."
        if len(said.grown)
        else f"No store has {N_PACE} weeks of bills that begin {SETTLED_WEEKS} weeks after its opening."
    )
    return Decision(
        "close no store for its profit" + (f"; {later}" if later else ""),
        _OWNER,
        idle("no established store clearly loses money"),
        because + (newest if len(said.below) else ""),
        change,
    )


def judged_from(opened: pd.Timestamp) -> pd.Timestamp:
    """The Sunday on which the ledger first has the weeks that judge a store which opened on this day.

    >>> f"{judged_from(pd.Timestamp('2025-12-14')):%a %d %b %Y}"
    'Sun 08 Mar 2026'
    """
    first = opened + pd.Timedelta(weeks=SETTLED_WEEKS)
    monday = first + pd.Timedelta(days=(7 - first.day_of_week) % 7)
    return monday + pd.Timedelta(weeks=N_PACE) - pd.Timedelta(days=1)
