"""What a fitted store ramp means for the next store and for the old ones: outlook, gate, losses, falls."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.survival import estimate_survival
from lucky_analytics.methods.growth.decline import decompose_decline
from lucky_analytics.methods.growth.exposure import estimate_exposure_effect, estimate_losses
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.growth.growth_gate import Gate, estimate_gate
from lucky_analytics.methods.growth.growth_readout import estimate_mean_plateau
from lucky_analytics.methods.growth.growth_validation import estimate_first_week_at_share, leave_one_unit_out
from lucky_analytics.methods.places.distance import decay_weights
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.ramp import RampWeeks

__all__ = [
    "decompose_fall",
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
    fit: GrowthFit, values: pd.DataFrame, level: float = 0.9
) -> tuple[float, float, float]:
    """Revenue a month of the typical store at its plateau: value, low, high."""
    orders, low, _ = estimate_mean_plateau(fit, level)
    value = values[values["unique_id"].isna()].iloc[0]
    half = np.hypot(np.log(orders / low), np.log(value["value"] / value["low"]))
    dollars = orders * float(value["value"]) * WEEKS_A_MONTH
    return dollars, float(dollars * np.exp(-half)), float(dollars * np.exp(half))


def estimate_week_eight_gate(
    fit: GrowthFit, values: pd.DataFrame, needed_dollars: float, confidence: float = 0.8
) -> Gate:
    """Mean orders of weeks 5 to 8 from which a store is judged against ``needed_dollars`` a month."""
    value = values[values["unique_id"].isna()].iloc[0]
    needed = needed_dollars / (float(value["value"]) * WEEKS_A_MONTH)
    return estimate_gate(fit, needed, GATE_AGES, confidence=confidence, log_se=float(value["log_se"]))


def estimate_losses_by_store(fit: GrowthFit, stores: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Who takes orders from whom: ``estimate_losses`` with names, in order of opening.

    ``store_name`` loses ``loss`` (``low``, ``high``) of its orders to ``neighbour_name``, ``km`` away;
    ``loss_all`` to all sister stores together.
    """
    names = stores.set_index("unique_id")["store_name"]
    losses = estimate_losses(fit, level)
    losses.insert(0, "store_name", losses["unique_id"].map(names))
    losses.insert(1, "neighbour_name", losses["neighbour_id"].map(names))
    return losses


def estimate_loss_at(fit: GrowthFit, km: float, level: float = 0.9) -> tuple[float, float, float]:
    """Share of orders that a mature sister store ``km`` away takes: value, low, high."""
    effect, se = estimate_exposure_effect(fit)
    pull, z = decay_weights(km, fit.shape.exposure_km or np.nan), norm.ppf(0.5 + level / 2)
    value, low, high = (float(1 - np.exp((effect + side * z * se) * pull)) for side in (0, 1, -1))
    return value, low, high


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
    """
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


def decompose_fall(
    fit: GrowthFit,
    ramp: RampWeeks,
    unique_id: str,
    promotion_end: dt.date | str | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Why a store's orders fell from its best month to the last period: see ``decompose_decline``.

    The best month is the full calendar month with the most orders of an ordinary week; the last period is
    the latest calendar month that has a week. ``start_month`` and ``end_month`` say which.
    """
    own = ramp.weeks[ramp.weeks["unique_id"] == unique_id]
    month = (own["week_start"] + pd.Timedelta(days=3)).dt.to_period("M")
    by_month = own.groupby(month)[["y", "clock_days"]].sum()
    level_by_month = by_month["y"] / by_month["clock_days"]
    full = level_by_month[by_month["clock_days"] >= 24]
    if full.empty:
        raise LuckyError(
            f"fall of store {unique_id}", expected="at least one full month of orders", got="none"
        )
    best, last = pd.Period(str(full.idxmax()), "M"), pd.Period(str(level_by_month.index.max()), "M")
    start, end = ((p.start_time.date(), (p + 1).start_time.date()) for p in (best, last))
    step = pd.Timestamp(promotion_end).date() if promotion_end else None
    table = decompose_decline(fit, ramp.weeks, unique_id, start, end, step, level)
    return table.assign(start_month=f"{best.start_time:%b %Y}", end_month=f"{last.start_time:%b %Y}")
