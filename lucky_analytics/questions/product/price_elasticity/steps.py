"""How does volume respond to price? Steps over the cells of ``price_decisions``, in the notebook's order."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.iv_poisson import (
    CountResponse,
    estimate_robust_interval,
    fit_iv_poisson,
)
from lucky_analytics.methods.prices.two_stage import fit_two_stage

__all__ = [
    "compare_estimates",
    "estimate_naive",
    "estimate_salience",
]


def _by_category(cells: pd.DataFrame, x: str, z: str | None = None) -> dict[str, CountResponse]:
    fits = {}
    for category, own in cells.groupby("category"):
        try:
            fits[str(category)] = fit_iv_poisson(own, [x], [z] if z else None, ["segment"])
        except LuckyError:
            continue
    return fits


def compare_estimates(cells: pd.DataFrame, drawn: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Each category's elasticity by several roads: ``category``, ``method``, ``estimate``, ``low``, ``high``.

    ``IV-Poisson`` (price paid, instrumented by the depth drawn), ``reduced form`` (the depth drawn itself),
    ``two-stage least squares`` (logs of cell means), ``weak-instrument interval`` (around IV-Poisson) and
    ``naive`` (depths chosen by the targeting rule, taken at face value); ``n_events`` units bought.
    """
    rows = []
    z = norm.ppf(0.5 + level / 2)
    iv, reduced = _by_category(drawn, "log_paid", "log_price"), _by_category(drawn, "log_price")
    for category, fit in iv.items():
        own = drawn[drawn["category"] == category]
        estimate, se = fit.estimate("log_paid")
        rows.append((category, "IV-Poisson", estimate, estimate - z * se, estimate + z * se, fit.n_events))
        low, high = estimate_robust_interval(own, "log_paid", "log_price", ["segment"], level)
        rows.append((category, "weak-instrument interval", estimate, low, high, fit.n_events))
        estimate, se = reduced[category].estimate("log_price")
        rows.append((category, "reduced form", estimate, estimate - z * se, estimate + z * se, fit.n_events))
        estimate, se = _two_stage(own)
        rows.append(
            (
                category,
                "two-stage least squares",
                estimate,
                estimate - z * se,
                estimate + z * se,
                fit.n_events,
            )
        )
    columns = ["category", "method", "estimate", "low", "high", "n_events"]
    return pd.concat([pd.DataFrame(rows, columns=columns), estimate_naive(cells, level)], ignore_index=True)


def estimate_naive(cells: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """What targeted coupons say when taken at face value; columns as in ``compare_estimates``."""
    z = norm.ppf(0.5 + level / 2)
    rows = []
    for category, fit in _by_category(cells[cells["assignment"] == "rule"], "log_price").items():
        estimate, se = fit.estimate("log_price")
        rows.append((category, "naive", estimate, estimate - z * se, estimate + z * se, fit.n_events))
    return pd.DataFrame(rows, columns=["category", "method", "estimate", "low", "high", "n_events"])


def _two_stage(own: pd.DataFrame) -> tuple[float, float]:
    """Logs of the mean purchases by segment and depth, weighted by what was bought."""
    keys = ["segment", "depth"]
    sums = own.groupby(keys, as_index=False).agg(
        n=("n", "sum"), y=("y", "sum"), log_paid=("log_paid", "first"), log_price=("log_price", "first")
    )
    sums = sums[sums["y"] > 0]
    dummies = pd.get_dummies(sums["segment"], drop_first=True, dtype=float)
    frame = sums.assign(log_rate=np.log(sums["y"] / sums["n"])).join(dummies)
    fit = fit_two_stage(frame, "log_rate", "log_paid", ["log_price"], dummies.columns.tolist(), weights="y")
    return fit.estimate("log_paid")


def estimate_salience(drawn: pd.DataFrame, not_shown: pd.DataFrame, level: float = 0.9) -> dict[str, float]:
    """How much more is bought where a coupon is shown without a discount than where none is.

    ``value``, ``low``, ``high`` as a rate (.1 is a tenth more), ``n`` decisions. It compares what was shown,
    not prices: where no coupon is shown, customers may pay less than the list price (``describe_salience``).
    """
    shown = drawn[["category", "segment", "n", "y", "y2", "log_price"]].assign(is_shown=1.0)
    control = not_shown.assign(log_price=0.0, is_shown=0.0)
    fit = fit_iv_poisson(
        pd.concat([shown, control]), ["log_price", "is_shown"], strata=["category", "segment"]
    )
    estimate, se = fit.estimate("is_shown")
    z = norm.ppf(0.5 + level / 2)
    value, low, high = (float(np.expm1(estimate + side * z * se)) for side in (0, -1, 1))
    return {"value": value, "low": low, "high": high, "n": float(fit.n)}
