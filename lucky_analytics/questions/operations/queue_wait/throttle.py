"""A rule that takes no order while many are open: how often it would bind, what it would lose, whom it helps.

The tickets of the days described are replayed as they came. Work is shared (``replay_shared``), so without a
rule the replay gives back what was seen, to the second.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.queues.replay import replay_shared
from lucky_analytics.questions.operations.queue_wait.benches import Benches
from lucky_analytics.questions.operations.queue_wait.wait_models import keep_known, stack_days

__all__ = ["TRIED", "of_rule", "replay_rule", "try_rules"]

TRIED = (4, 6, 8, 10, 12, 15, 20)
_WEEK = 7.0

Floats = NDArray[np.float64]


def replay_rule(rows: pd.DataFrame, benches: Benches, most_open: int) -> pd.DataFrame:
    """Tickets with what a rule would have done: ``is_refused`` (``most_open`` or more were open at the store
    when it came), ``saved`` (seconds less that one which was taken would have needed, null where refused),
    ``is_bound``: the first refused of its half-hour."""
    kept, slope = keep_known(rows, benches), benches.slope.value or 0.0
    seconds, load = (kept[name].to_numpy(float) for name in ("seconds", "load"))
    streams = stack_days(kept, seconds / (1 + load) ** slope)
    usual = streams.back(replay_shared(streams, slope).seconds)
    ruled = replay_shared(streams, slope, closes_at=most_open)
    kept = kept.assign(is_refused=streams.back(ruled.is_refused), saved=usual - streams.back(ruled.seconds))
    refused = kept[kept["is_refused"]]
    is_first = ~refused.duplicated(["store", "date", "slot"])
    return kept.assign(is_bound=is_first.reindex(kept.index, fill_value=False))


def try_rules(
    rows: pd.DataFrame, benches: Benches, level: float, tried: Sequence[int] = TRIED
) -> pd.DataFrame:
    """Each rule on the days of ``rows``: ``most_open``; ``refused``: orders a week with ``low``, ``high``;
    ``share`` of all; ``naive``: orders a week that met as many as they came, as a count of the log has it,
    which forgets that a refused order loads nobody; ``bound``: half-hours a week, over all stores; ``saved``:
    seconds an order that was taken, with ``saved_low``, ``saved_high``. Days hang together."""
    found = []
    for most_open in tried:
        ruled = replay_rule(rows, benches, most_open)
        taken = ruled[~ruled["is_refused"]]
        refused = _a_week(ruled, "is_refused", level)
        saved = _of_each(taken, "saved", level)
        n_days = max(ruled["date"].nunique(), 1)
        found.append((
            most_open, refused.value, refused.low, refused.high, float(ruled["is_refused"].mean()),
            float((ruled["load"] >= most_open).sum()) * _WEEK / n_days,
            float(ruled["is_bound"].sum()) * _WEEK / n_days, saved.value, saved.low, saved.high,
        ))  # fmt: skip
    names = [
        "most_open",
        "refused",
        "low",
        "high",
        "share",
        "naive",
        "bound",
        "saved",
        "saved_low",
        "saved_high",
    ]
    return pd.DataFrame(found, columns=names)


def of_rule(rule: pd.Series, name: str, level: float, n: int) -> Estimate:
    """``refused`` or ``saved`` of a row of ``try_rules`` with its interval."""
    low, high = ("low", "high") if name == "refused" else (f"{name}_low", f"{name}_high")
    return Estimate(rule[name], rule[low], rule[high], level=level, n=n)


def _a_week(ruled: pd.DataFrame, column: str, level: float) -> Estimate:
    by_day = ruled.groupby("date")[column].sum().astype(float).rename("top").reset_index()
    return _ratio(by_day.assign(bottom=1 / _WEEK), level, len(ruled))


def _of_each(taken: pd.DataFrame, column: str, level: float) -> Estimate:
    own = taken.assign(bottom=1.0).groupby("date")[[column, "bottom"]].sum().reset_index()
    return _ratio(own.rename(columns={column: "top"}), level, len(taken))


def _ratio(days: pd.DataFrame, level: float, n: int) -> Estimate:
    if days.empty:
        return Estimate(None)
    found = estimate_ratios(days.assign(all=0), ["all"], "date", "top", "bottom", level).iloc[0]
    return Estimate(found["value"], found["low"], found["high"], level=level, n=n)
