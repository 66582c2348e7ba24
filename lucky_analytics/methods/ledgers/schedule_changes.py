"""When a fee schedule changed: payments of one period that do not follow the schedule of those before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from lucky_analytics.methods.ledgers.fee_schedules import (
    Schedule,
    find_followers,
    fit_schedule,
    mark_on,
)

Array = NDArray[Any]
__all__ = ["ANOTHER", "SOME", "Episode", "find_episodes"]

ANOTHER, SOME = "another schedule from here on", "some payments by no schedule"
_FEWEST = 20  # payments on either side: a line through fewer says little of the next
_LEAST_SHARE = 0.05  # of a period's payments that are off: less is a matter of single payments


@dataclass(frozen=True)
class Episode:
    """Periods, from ``start`` on, with one ``schedule``; ``odd``: those of them in which some payments follow
    another, each with how many; ``schedule`` is made without these, and without those of its first period
    that follow the one before."""

    start: pd.Timestamp
    schedule: Schedule
    odd: tuple[tuple[pd.Timestamp, int], ...] = ()


def find_episodes(rows: pd.DataFrame, grain: int, alpha: float, level: float = 0.9) -> tuple[Episode, ...]:
    """The schedules that held one after the other; one of them where nothing changed.

    ``rows``: ``period``, and ``amount``, ``fee``, ``n`` as of ``fit_schedule``. Where one line reproduces
    every payment there is no change, whatever the periods. Else, period by period, the payments are held
    against the schedule of those before it: under no change as many are off it after as before. Fisher's
    exact test of that at ``alpha`` (divide it by the number of periods that a page looks at, and that is the
    chance of a false alarm on it) and a share of at least 5 % more off is news. It is another schedule where
    most of the period's payments are off and follow a line of their own, or else odd payments.
    Too few payments (20) on either side are added to those that follow. Empty without rows.
    Where payments follow no line nothing can be said of changes, and one episode is returned.

    >>> fees = pd.DataFrame({"amount": [*range(100, 900, 20)] * 2, "n": 1})
    >>> fees["period"] = [pd.Timestamp(2026, 1, 1)] * 40 + [pd.Timestamp(2026, 2, 1)] * 40
    >>> fees["fee"] = 400 + fees["amount"] * ([1] * 40 + [2] * 40)
    >>> [(str(each.start.date()), round(each.schedule.rate, 4)) for each in find_episodes(fees, 1, 0.001)]
    [('2026-01-01', 0.01), ('2026-02-01', 0.02)]
    """
    if rows.empty:
        return ()
    whole = fit_schedule(rows, grain, level)
    first = rows["period"].min()
    if not whole.share_on < 1:
        return (Episode(first, whole),)
    found: list[Episode] = []
    start, current, waiting = first, rows.iloc[:0], rows.iloc[:0]
    odd: list[tuple[pd.Timestamp, int]] = []
    for period in sorted(rows["period"].unique()):
        waiting = pd.concat([waiting, rows[rows["period"] == period]])
        if waiting["n"].sum() < _FEWEST:
            continue
        new, waiting = waiting, rows.iloc[:0]
        made = fit_schedule(current, grain, level) if len(current) else None
        if made and (n_off := _news(current, new, made, alpha)):
            by_old = mark_on(new, made, is_wide=True)
            by_own = find_followers(new, grain)
            if _most(new, ~by_old) and _most(new, by_own):
                found.append(Episode(start, made, tuple(odd)))
                start, odd, current = period, [], new[by_own | ~by_old]
                continue
            odd.append((period, n_off))
            new = new[by_old]
        current = pd.concat([current, new])
    found.append(Episode(start, fit_schedule(pd.concat([current, waiting]), grain, level), tuple(odd)))
    if not all(each.schedule.is_exact for each in found):
        return (Episode(first, whole),)
    return tuple(found)


def _most(rows: pd.DataFrame, those: Array) -> bool:
    n = rows["n"].to_numpy(float)
    return bool(n[those].sum() > n.sum() / 2)


def _news(before: pd.DataFrame, new: pd.DataFrame, made: Schedule, alpha: float) -> int:
    """How many of the new payments are off the schedule of those before, where that is news; else 0.

    Off is what none of the lines that reproduce those before would bill.
    """
    if not made.is_exact:
        return 0
    off = [int(rows.loc[~mark_on(rows, made, is_wide=True), "n"].sum()) for rows in (before, new)]
    total = [int(rows["n"].sum()) for rows in (before, new)]
    table = [[off[0], total[0] - off[0]], [off[1], total[1] - off[1]]]
    more = off[1] / total[1] - off[0] / total[0]
    return off[1] if more >= _LEAST_SHARE and fisher_exact(table, "less").pvalue < alpha else 0
