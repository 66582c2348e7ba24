"""Failures expected in the days ahead, held against what came in days gone by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.reliability.failure_forecast import Ahead, play_out
from lucky_analytics.methods.reliability.failure_rates import FailureRates, fit_rates
from lucky_analytics.questions.operations.machine_fleet.lives import Fleet, Seen, see

__all__ = ["Outlook", "count_failed", "expect", "look_ahead", "try_back"]

_N_DRAWS, _SEED = 2000, 7
_FEWEST_DAYS = 45  # of lives before a day from which one may look ahead


class Outlook(NamedTuple):
    """``seen`` until a day, ``rates`` that it allows, and the days ``ahead`` played out."""

    seen: Seen
    rates: FailureRates
    ahead: Ahead


def look_ahead(seen: Seen, n_days: int, n_draws: int = _N_DRAWS) -> Outlook | None:
    """The next ``n_days``; null where fewer than 5 machines failed so far, or nothing stands."""
    if not len(seen.rows):
        return None
    try:
        rates = fit_rates(seen.spells, n_draws, _SEED)
    except LuckyError:
        return None
    chance = np.random.default_rng(_SEED)
    # The rate at which machines are taken out: what a Gamma prior with half an event leaves open.
    out = chance.gamma(seen.n_out + 0.5, 1 / max(seen.exposed, 1.0), n_draws)
    repairs = seen.repairs if len(seen.repairs) else np.ones(1)
    return Outlook(seen, rates, play_out(rates, seen.standing, repairs, -np.expm1(-out), n_days, _SEED))


def expect(counts: NDArray[np.int64], level: float, n: int) -> Estimate:
    """Mean of drawn counts with the interval that holds ``level`` of them, ends included."""
    low, high = np.quantile(counts, [(1 - level) / 2, (1 + level) / 2], method="nearest")
    mean = float(np.mean(counts))
    return Estimate(mean, min(float(low), mean), max(float(high), mean), level=level, n=n)


def count_failed(
    fleet: Fleet, start: pd.Timestamp, end: pd.Timestamp, rows: NDArray[np.int64] | None = None
) -> int:
    """Failures from ``start`` up to ``end``, of all machines or those of ``rows``."""
    one = fleet.stretches
    is_in = (one["ended_by"] == "failed") & (one["end"] >= start) & (one["end"] < end)
    return int((is_in if rows is None else is_in & one["machine"].isin(rows)).sum())


def try_back(fleet: Fleet, n_days: int, level: float, most: int = 6) -> pd.DataFrame:
    """The same forecast from days gone by, ``n_days`` apart, each from what was known then; newest first.

    ``origin``, ``standing``, ``expected``, ``low``, ``high``, ``came`` (of the machines that stood then),
    ``is_held``, ``naive`` (as many as in as many days before). Empty where the fleet is too young.
    """
    rows = []
    first = fleet.machines["installed_at"].min()
    for back in range(1, most + 1):
        origin = fleet.cut - pd.Timedelta(days=n_days * back)
        if origin - first < pd.Timedelta(days=_FEWEST_DAYS):
            break
        seen = see(fleet, origin)
        outlook = look_ahead(seen, n_days, 1000)
        if outlook is None:
            continue
        end = origin + pd.Timedelta(days=n_days)
        found = expect(outlook.ahead.failures.sum(axis=1), level, len(seen.rows))
        came = count_failed(fleet, origin, end, seen.rows)
        naive = count_failed(fleet, origin - pd.Timedelta(days=n_days), origin)
        rows.append(
            (
                origin - pd.Timedelta(days=1),
                len(seen.rows),
                found.value,
                found.low,
                found.high,
                came,
                found.holds(came),
                naive,
            )
        )
    names = ["origin", "standing", "expected", "low", "high", "came", "is_held", "naive"]
    return pd.DataFrame(rows, columns=names)
