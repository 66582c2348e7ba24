"""The weeks of the stores that were open all the time: a chain that opens stores grows by them alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lucky_analytics.models.store_growth import N_WEEKS
from lucky_analytics.models.store_weeks import aggregate_weeks
from lucky_analytics.questions.operations.store_week.steps import estimate_ranges

__all__ = ["estimate_comparable", "find_comparable"]


def find_comparable(by_store: Mapping[str, pd.DataFrame], n_before: int, ago: int = 0) -> list[str]:
    """Names of the stores that had been open for ``n_before`` whole weeks before the last ``2 * N_WEEKS`` of
    them, as of the week ``ago`` weeks back, in the order of ``by_store``: the comparable stores of every
    page.

    Where no store is so old, those count that are as old as the oldest. Empty where no store had a whole
    week then.

    >>> find_comparable({"old": pd.DataFrame(index=range(70)), "new": pd.DataFrame(index=range(14))}, 8)
    ['old']
    """
    whole = {name: len(days) // 7 - ago for name, days in by_store.items()}
    needed = min(n_before + 2 * N_WEEKS, max(whole.values(), default=0))
    return [name for name, n_weeks in whole.items() if n_weeks >= max(needed, 1)]


def estimate_comparable(by_store: Mapping[str, pd.DataFrame], n_before: int, level: float) -> pd.DataFrame:
    """``estimate_ranges`` of the comparable stores together, each week with those of its own time.

    ``by_store``: days as ``load_by_store``. Columns as ``estimate_ranges``, and ``n_stores``; ``dollars`` and
    the range are of the stores that were comparable in that week, ``usual_dollars`` of those that are
    comparable in the newest week (null before all of them were open). The oldest week first.
    """
    longest = max((len(days) // 7 for days in by_store.values()), default=0)
    own: dict[tuple[str, ...], pd.DataFrame] = {}
    rows = []
    for ago in reversed(range(longest)):
        names = tuple(find_comparable(by_store, n_before, ago))
        if names not in own:
            own[names] = estimate_ranges(aggregate_weeks(_add_up(by_store, names)), n_before, level)
        rows.append(own[names].iloc[-1 - ago].to_dict() | {"n_stores": len(names)})
    weeks = pd.DataFrame(rows)
    newest = own[tuple(find_comparable(by_store, n_before))]["usual_dollars"].to_numpy(float)
    usual = np.full(longest, np.nan)
    usual[longest - len(newest) :] = newest
    return weeks.assign(usual_dollars=usual, week=range(longest))


def _add_up(by_store: Mapping[str, pd.DataFrame], names: tuple[str, ...]) -> pd.DataFrame:
    """The days on which all of the stores were open, the newest last."""
    n_days = min(len(by_store[name]) for name in names)
    days = pd.concat([by_store[name].tail(n_days) for name in names])
    return days.groupby("date", as_index=False)[["orders", "dollars"]].sum()
