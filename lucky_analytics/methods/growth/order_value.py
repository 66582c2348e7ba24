"""Value of an order by unit once a unit's opening discounts are gone, pooled over units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.reml import MixedModel, RemlFit, fit_reml, predict
from lucky_analytics.methods.inference.unit_design import mark_units

__all__ = ["OrderValueFit", "estimate_order_values", "fit_order_value"]

Array = NDArray[Any]
_SMALLEST_SD = 0.002


@dataclass(frozen=True)
class OrderValueFit:
    """``unit_ids`` in the order of the random effects; the first fixed effects are the calendar weeks."""

    reml: RemlFit
    unit_ids: tuple[str, ...]
    week_starts: pd.DatetimeIndex


def fit_order_value(weeks: pd.DataFrame, *, opening_fade_weeks: float = 3.0) -> OrderValueFit:
    """Fit ln(value / y) = week + unit + opening exp(-age / opening_fade_weeks) + noise.

    ``weeks`` as from ``aggregate_weeks``. Week effects are free (the chain's price path), unit effects
    normal, ``opening`` is the log discount of a unit's first days. Weeks without a count or a value are left
    out. Raises ``LuckyError`` with fewer than two units.

    >>> fit_order_value(weeks).unit_ids                                # doctest: +SKIP
    ('store-1', 'store-2')
    """
    rows = weeks[(weeks["y"] > 0) & (weeks["value"] > 0)]
    unit, unit_ids = rows["unique_id"].factorize(sort=True)
    if len(unit_ids) < 2:
        raise LuckyError("order value", expected="at least 2 stores with revenue", got=str(len(unit_ids)))
    week, week_starts = rows["week_start"].factorize(sort=True)
    log_value = np.log(rows["value"].to_numpy(float) / rows["y"].to_numpy(float))
    opening = np.exp(-rows["age_weeks"].to_numpy(float) / opening_fade_weeks)
    X = np.column_stack([week[:, None] == np.arange(len(week_starts)), opening]).astype(float)
    design = mark_units(unit, len(unit_ids))
    count_weight = rows["y"].median() / rows["y"].to_numpy(float)

    def build(theta: Array) -> MixedModel:
        noise_sd, unit_sd = np.exp(theta)
        return MixedModel(log_value, X, unit_sd * design, noise_sd**2 * count_weight)

    def penalty(theta: Array) -> float:
        return -float(((_SMALLEST_SD * np.exp(-theta)) ** 2).sum())

    reml = fit_reml(build, np.log([0.03, 0.05]), penalty=penalty, name="order value")
    return OrderValueFit(reml, tuple(unit_ids), pd.DatetimeIndex(week_starts))


def estimate_order_values(fit: OrderValueFit, n_weeks: int = 4, level: float = 0.9) -> pd.DataFrame:
    """Value of an order by unit at the price level of the last ``n_weeks``, opening discount gone.

    ``unique_id``, ``value``, ``low``, ``high``, ``log_se``, in the unit of ``value`` per count. The row with
    ``unique_id`` null is a unit not yet opened: its log_se includes the spread between units.
    """
    n, n_weeks = len(fit.unit_ids), min(n_weeks, len(fit.week_starts))
    last = np.arange(len(fit.week_starts) - n_weeks, len(fit.week_starts))

    def at(theta: Array) -> tuple[Array, Array]:
        L = np.zeros((n + 1, len(fit.reml.effects)))
        L[:, last] = 1 / n_weeks
        L[np.arange(n), fit.reml.n_fixed + np.arange(n)] = np.exp(theta[1])
        return np.zeros(n + 1), L

    mean, cov = predict(fit.reml, at)
    spread = np.r_[np.zeros(n), np.exp(2 * fit.reml.theta[1])]
    log_se = np.sqrt(np.diag(cov) + spread)
    z = norm.ppf(0.5 + level / 2)
    value, low, high = (np.exp(mean + side * z * log_se) for side in (0, -1, 1))
    ids = [*fit.unit_ids, None]
    return pd.DataFrame({"unique_id": ids, "value": value, "low": low, "high": high, "log_se": log_se})
