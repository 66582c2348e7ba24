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
from lucky_analytics.methods.growth.exposure import estimate_exposure_effect, estimate_exposures
from lucky_analytics.models import ramp

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["UNKNOWN", "Sisters", "estimate_sisters", "load_sisters"]

_LEAST = 1e-3  # of exposure: less than a thousandth of a full-grown store next door is no new neighbour


@dataclass(frozen=True)
class Sisters:
    """``added``: exposure to sister stores that each store gained, by ``store_id`` (0: none near it is new
    or grew); ``effect`` of one such unit on log orders, negative: sisters take orders; ``se``: its standard
    error, null where it cannot be told."""

    added: pd.Series
    effect: float | None
    se: float | None

    def take(self, before: pd.Series, level: float) -> Estimate:
        """What the added exposure did to these stores together: a rate, negative: they lost.

        ``before``: dollars or orders of each, by ``store_id``; the curve and the reach of a store are taken
        as fitted, so the interval is that of the effect alone. Null where the effect cannot be told, or no
        store near one of them grew.

        >>> near = Sisters(pd.Series({"s1": 0.2, "s2": 0.0}), -0.5, 0.1)
        >>> took = near.take(pd.Series({"s1": 100.0, "s2": 100.0}), 0.9)
        >>> round(took.value, 3), round(took.low, 3), round(took.high, 3)
        (-0.048, -0.062, -0.032)
        >>> near.take(pd.Series({"s2": 100.0}), 0.9).value is None
        True
        """
        added = self.added.reindex(before.index).fillna(0.0).to_numpy(float)
        total = float(before.sum())
        if self.effect is None or self.se is None or total <= 0 or np.abs(added).max(initial=0.0) < _LEAST:
            return Estimate(None, n=len(before))
        half = float(norm.ppf((1 + level) / 2)) * self.se
        ends = [float(before @ np.expm1((self.effect + off) * added)) / total for off in (0.0, -half, half)]
        return Estimate(ends[0], min(ends[1:]), max(ends[1:]), level=level, n=len(before))


UNKNOWN = Sisters(pd.Series(dtype=float), None, None)


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
        effect, se = estimate_exposure_effect(fit)
    except LuckyError:
        return UNKNOWN
    middles = [pd.Timestamp(as_of) - pd.Timedelta(days=7 * week + 3) for week in range(2 * n_weeks)]
    recent, before = (estimate_exposures(fit, span) for span in (middles[:n_weeks], middles[n_weeks:]))
    return Sisters(recent - before, effect, se)
