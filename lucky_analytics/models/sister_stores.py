"""What new sister stores nearby took of older stores between two spans of weeks, by the fitted ramp."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.exposure import estimate_taken
from lucky_analytics.models import ramp

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["UNKNOWN", "Sisters", "estimate_sisters", "load_sisters"]

_LEAST = 1e-3  # of exposure: less than a thousandth of a full-grown store next door is no new neighbour


@dataclass(frozen=True)
class Sisters:
    """By ``store_id``: ``added``, the exposure to sister stores that each gained (0: none near it is new or
    grew), and ``logs``, what that did to its log orders, negative: they took orders; ``cov``: the covariance
    of ``logs``, by store both ways. All empty where it cannot be told."""

    added: pd.Series
    logs: pd.Series
    cov: pd.DataFrame

    def take(self, before: pd.Series, level: float) -> Estimate:
        """What the added exposure did to these stores together: a rate, negative: they lost.

        ``before``: dollars or orders of each, by ``store_id``. The interval is that of the effect and of how
        fast sister stores grow; the reach of a store is taken as given. Null where the effect cannot be told,
        or no store near one of them grew.

        >>> ids, logs = ["s1", "s2"], [-0.1, 0.0]
        >>> cov = pd.DataFrame([[0.0004, 0.0], [0.0, 0.0]], ids, ids)
        >>> near = Sisters(pd.Series([0.2, 0.0], ids), pd.Series(logs, ids), cov)
        >>> took = near.take(pd.Series({"s1": 100.0, "s2": 100.0}), 0.9)
        >>> round(took.value, 3), round(took.low, 3), round(took.high, 3)
        (-0.048, -0.062, -0.033)
        >>> near.take(pd.Series({"s2": 100.0}), 0.9).value is None
        True
        """
        added = self.added.reindex(before.index).fillna(0.0).to_numpy(float)
        total = float(before.sum())
        if self.logs.empty or total <= 0 or np.abs(added).max(initial=0.0) < _LEAST:
            return Estimate(None, n=len(before))
        logs = self.logs.reindex(before.index).fillna(0.0).to_numpy(float)
        cov = self.cov.reindex(index=before.index, columns=before.index).fillna(0.0).to_numpy(float)
        share = before.to_numpy(float) / total
        value, slope = float(share @ np.expm1(logs)), share * np.exp(logs)
        # On the log scale, so that no end loses more than everything.
        half = float(norm.ppf((1 + level) / 2) * np.sqrt(slope @ cov @ slope)) / (1 + value)
        low, high = (float(np.expm1(np.log1p(value) + off)) for off in (-half, half))
        return Estimate(value, low, high, level=level, n=len(before))


UNKNOWN = Sisters(pd.Series(dtype=float), pd.Series(dtype=float), pd.DataFrame())


def load_sisters(suite: Suite, n_weeks: int) -> Sisters:
    """``estimate_sisters`` on the trading stores of a snapshot."""
    stores, days = ramp.load_stores(suite).execute(), ramp.load_days(suite).execute()
    return estimate_sisters(days, stores, suite.as_of, n_weeks)


def estimate_sisters(days: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, n_weeks: int) -> Sisters:
    """The last ``n_weeks`` weeks against as many before, with the effect that the page on how fast stores
    grow estimates; ``UNKNOWN`` where there are too few stores or weeks to tell.

    ``days``, ``stores``: as ``ramp.load_days`` and ``ramp.load_stores`` give them.
    """
    try:
        weekly = ramp.aggregate_store_weeks(days, stores, as_of)
        fit = ramp.fit_ramp(weekly, stores, as_of, exclude=ramp.find_launch_stores(stores))
        middles = [pd.Timestamp(as_of) - pd.Timedelta(days=7 * week + 3) for week in range(2 * n_weeks)]
        added, logs, cov = estimate_taken(fit, middles[:n_weeks], middles[n_weeks:])
    except LuckyError:
        return UNKNOWN
    if not np.isfinite(cov).all():  # stores that do not grow leave the curve without an error
        return UNKNOWN
    ids = added.index
    return Sisters(added, pd.Series(logs, ids), pd.DataFrame(cov, ids, ids))
