"""Who orders a second time: the one share that every page on customers shows."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.methods.customers.survival import estimate_share

__all__ = ["SECOND_DAYS", "estimate_second_order"]

SECOND_DAYS = 60  # within which a second order is looked for, unless said otherwise


def estimate_second_order(
    counts: pd.DataFrame, by: str | None = None, days: int = SECOND_DAYS, level: float = 0.9
) -> pd.DataFrame:
    """Share that orders again within ``days``: ``group``, ``again``, ``low``, ``high``, ``n``.

    ``counts``: ``duration`` (days from the first order to the second, or to the last known day), ``n_event``
    (ordered again), ``n_censored``. Kaplan-Meier, so customers who have been here for less than ``days``
    count for the days they have. Null where nobody of the group has been here that long.

    >>> seen = pd.DataFrame({"duration": [7, 60], "n_event": [3, 0], "n_censored": [0, 7]})
    >>> estimate_second_order(seen)[["group", "again", "n"]].round(2).to_numpy().tolist()
    [['all', 0.3, 10]]
    """
    rows = []
    for group, own in counts.groupby(by) if by else [("all", counts)]:
        found = estimate_share(own, days, level)
        rows.append((group, found["share"], found["low"], found["high"], found["n"]))
    return pd.DataFrame(rows, columns=["group", "again", "low", "high", "n"])
