"""What a plain dashboard would say: two standard deviations, and a rank by revenue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.watched_days.kpis import KPIS

__all__ = ["count_alarms", "flag_two_sd"]

_WINDOW, _FEWEST = 28, 14


def flag_two_sd(days: pd.DataFrame) -> pd.DataFrame:
    """Every number of every store and day, and whether it is more than two standard deviations from the mean
    of the store's 28 days before: no weekday, no season, no count of how many numbers are looked at.

    ``store_id``, ``ds``, ``kpi``, ``is_alarm``; only where a number and 14 days before it are known.
    """
    parts = []
    for kpi in KPIS:
        value = kpi.shown(days[kpi.y], days[kpi.per].where(days[kpi.per] > 0) if kpi.per else 1.0)
        known = days[["store_id", "ds"]].assign(kpi=kpi.name, value=value).dropna(subset="value")
        before = known.sort_values("ds").groupby("store_id")["value"]
        mean, sd = (
            getattr(before.shift(1).groupby(known["store_id"]).rolling(_WINDOW, min_periods=_FEWEST), name)()
            .droplevel(0)
            .reindex(known.index)
            for name in ("mean", "std")
        )
        away = (known["value"] - mean).abs()
        parts.append(known.assign(is_alarm=away > 2 * sd).loc[sd.notna()])
    return pd.concat(parts, ignore_index=True).drop(columns="value")


def count_alarms(judged: pd.DataFrame, naive: pd.DataFrame, n_days: int) -> pd.DataFrame:
    """Both rules beside each other: ``rule``, ``today`` (numbers that are alarms on the last day), ``tiles``
    (numbers looked at on it), ``days_off`` of the last ``n_days`` that have an alarm, ``n_days`` (of them
    judged), ``a_day`` (alarms a day)."""
    last = judged["ds"].max()
    rows = []
    rules = {
        "This page: chance counted over all numbers and stores": judged[judged["p_value"].notna()],
        "Plain dashboard: more than two deviations from 28 days": naive,
    }
    for rule, found in rules.items():
        recent = found[found["ds"] > last - pd.Timedelta(days=n_days)]
        today, n_judged = recent[recent["ds"] == last], recent["ds"].nunique()
        rows.append(
            {
                "rule": rule,
                "today": int(today["is_alarm"].sum()),
                "tiles": len(today),
                "days_off": int(recent.groupby("ds")["is_alarm"].any().sum()),
                "n_days": n_judged,
                "a_day": recent["is_alarm"].sum() / n_judged if n_judged else np.nan,
            }
        )
    return pd.DataFrame(rows)
