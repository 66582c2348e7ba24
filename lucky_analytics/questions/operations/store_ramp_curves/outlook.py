"""What a fitted store ramp means for the next store and for the old ones: outlook, gate, losses, falls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.survival import estimate_survival
from lucky_analytics.methods.growth.decline import decompose_decline
from lucky_analytics.methods.growth.exposure import estimate_exposure_effect, estimate_losses
from lucky_analytics.methods.growth.growth_average import average_estimates
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.growth.growth_gate import Gate, estimate_gate
from lucky_analytics.methods.growth.growth_readout import estimate_mean_plateau
from lucky_analytics.methods.growth.growth_validation import estimate_first_week_at_share, leave_one_unit_out
from lucky_analytics.methods.places.distance import decay_weights
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.ramp import RampWeeks

__all__ = [
    "decompose_falls",
    "estimate_first_weeks",
    "estimate_loss_at",
    "estimate_losses_by_store",
    "estimate_mean_dollars",
    "estimate_unseen_error",
    "estimate_week_eight_gate",
]

# Weeks 5 to 8 of a store's life, by the middle of each: what the decision at week 8 looks at.
GATE_AGES = [4.5, 5.5, 6.5, 7.5]


def estimate_mean_dollars(
    fits: Sequence[GrowthFit],
    weights: Sequence[float] | NDArray[Any],
    values: pd.DataFrame,
    level: float = 0.9,
) -> Estimate:
    """Revenue a month of the typical store at its plateau, over ``fits`` (one a form) by ``weights``."""
    value = values[values["unique_id"].isna()].iloc[0]
    by_form = []
    for fit in fits:
        orders, low, _ = estimate_mean_plateau(fit, level)
        half = np.hypot(np.log(orders / low), np.log(value["value"] / value["low"]))
        dollars = orders * float(value["value"]) * WEEKS_A_MONTH
        near, far = (float(dollars * np.exp(side * half)) for side in (-1, 1))
        by_form.append(Estimate(dollars, near, far, level=level, n=fit.n_units))
    return average_estimates(by_form, weights)


def estimate_week_eight_gate(
    fits: Sequence[GrowthFit],
    weights: Sequence[float] | NDArray[Any],
    values: pd.DataFrame,
    needed_dollars: float,
    confidence: float = 0.8,
) -> Gate:
    """Mean orders of weeks 5 to 8 from which a store is judged against ``needed_dollars`` a month, over
    ``fits`` (one a form) by ``weights``."""
    value = values[values["unique_id"].isna()].iloc[0]
    needed = needed_dollars / (float(value["value"]) * WEEKS_A_MONTH)
    log_se = float(value["log_se"])
    return estimate_gate(fits, weights, needed, GATE_AGES, confidence=confidence, log_se=log_se)


def estimate_losses_by_store(fit: GrowthFit, stores: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Who takes orders from whom: ``estimate_losses`` with names, in order of opening; empty where it cannot
    be told.

    ``store_name`` loses ``loss`` (``low``, ``high``) of its orders to ``neighbour_name``, ``km`` away;
    ``loss_all`` to all sister stores together.
    """
    if not fit.has_exposure:
        return pd.DataFrame(columns=["store_name", "neighbour_name", "km", "loss", "low", "high", "loss_all"])
    names = stores.set_index("unique_id")["store_name"]
    losses = estimate_losses(fit, level)
    losses.insert(0, "store_name", losses["unique_id"].map(names))
    losses.insert(1, "neighbour_name", losses["neighbour_id"].map(names))
    return losses


def estimate_loss_at(
    fits: Sequence[GrowthFit], weights: Sequence[float] | NDArray[Any], km: float, level: float = 0.9
) -> Estimate:
    """Share of orders that a mature sister store ``km`` away takes, over ``fits`` (one a form) by
    ``weights``; null where none has gained one."""
    n, z = len(fits[0].weeks), norm.ppf(0.5 + level / 2)
    if not all(fit.has_exposure for fit in fits):
        return Estimate(None, n=n)
    kept = []
    for fit in fits:
        effect, se = estimate_exposure_effect(fit)
        pull = decay_weights(km, fit.shape.exposure_km or np.nan)
        value, low, high = (float(np.exp((effect + side * z * se) * pull)) for side in (0, -1, 1))
        kept.append(Estimate(value, low, high, level=level, n=n))
    share = average_estimates(kept, weights)
    low, high = 1 - float(share.high or 0.0), 1 - float(share.low or 0.0)
    return Estimate(1 - float(share.value or 0.0), low, high, level=level, n=n)


def estimate_unseen_error(
    ramp: RampWeeks,
    stores: pd.DataFrame,
    fit: GrowthFit,
    *,
    min_weeks: int,
    exclude: list[str],
    n_known: int = 4,
    level: float = 0.9,
) -> pd.DataFrame:
    """Error for each store had it not been seen, in percent of its orders (0 to 1), against the chain mean.

    ``store_name``, ``n_weeks`` scored, ``chain_mean``, ``before`` (opening), ``after`` (``n_known`` weeks),
    ``covered``: share of weeks inside the interval forecast before opening. The last row is the mean store.
    Empty with too few stores to leave one out.
    """
    try:
        errors = leave_one_unit_out(
            ramp.weeks,
            stores,
            fit.as_of.date(),
            shape=fit.shape,
            min_weeks=min_weeks,
            exclude=exclude,
            n_known=n_known,
            level=level,
        )
    except LuckyError:  # a check that cannot be computed: the page goes on and says so
        errors = pd.DataFrame()
    if errors.empty:
        return pd.DataFrame(columns=["store_name", "n_weeks", "chain_mean", "before", "after", "covered"])
    mean = errors.drop(columns="unique_id").mean()
    errors.insert(1, "store_name", errors["unique_id"].map(stores.set_index("unique_id")["store_name"]))
    mean_row = pd.DataFrame([{**mean, "store_name": "Mean of stores", "n_weeks": errors["n_weeks"].sum()}])
    errors = pd.concat([errors.sort_values("before"), mean_row], ignore_index=True)
    kinds = ["chain_mean", "before", "after"]
    return errors.assign(**{kind: np.expm1(errors[kind]) for kind in kinds}).astype({"n_weeks": int})


def estimate_first_weeks(ramp: RampWeeks, plateaus: pd.DataFrame, share: float = 0.9) -> pd.DataFrame:
    """How many stores have not yet seen a week at ``share`` of their plateau, by age (Kaplan-Meier).

    ``duration`` (whole weeks), ``n_at_risk``, ``n_event``, ``survival`` (share of stores still below),
    ``low``, ``high``. A store too young to have got there is censored, not counted as slow.
    """
    first = estimate_first_week_at_share(ramp.weeks, plateaus, share)
    observed = first["event_observed"].astype(int)
    counts = pd.DataFrame(
        {"duration": np.ceil(first["duration_weeks"]), "n_event": observed, "n_censored": 1 - observed}
    )
    return estimate_survival(counts)


def decompose_falls(
    fit: GrowthFit,
    ramp: RampWeeks,
    falls: pd.DataFrame,
    promotion_end: dt.date | str | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Why each store of ``estimate_launch_levels`` fell from its best weeks to its last:
    ``decompose_decline``.

    Adds ``unique_id`` and ``store_name``. Empty where there is nothing to take apart: no such store, or no
    store that has gained a neighbour.
    """
    step = pd.Timestamp(promotion_end).date() if promotion_end else None
    parts = []
    for row in falls.to_dict("records") if fit.has_exposure else ():
        start, end = ((row[f"{name}_start"], row[f"{name}_end"]) for name in ("peak", "recent"))
        causes = decompose_decline(fit, ramp.weeks, row["unique_id"], start, end, step, level)
        parts.append(causes.assign(unique_id=row["unique_id"], store_name=row["store_name"]))
    names = ["cause", "log_change", "low", "high", "change", "share", "unique_id", "store_name"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)
