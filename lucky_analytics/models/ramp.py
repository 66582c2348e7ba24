"""How fast does a new store reach its plateau, and how high is it? The steps, in the notebook's order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics import metrics
from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.curves import FORMS
from lucky_analytics.methods.growth.exposure import estimate_exposure_effect
from lucky_analytics.methods.growth.growth_fit import GrowthFit, GrowthShape, fit_growth
from lucky_analytics.methods.growth.growth_readout import (
    estimate_mean_plateau,
    estimate_parameters,
    estimate_plateaus,
    estimate_time_to_share,
)
from lucky_analytics.methods.growth.order_value import estimate_order_values, fit_order_value
from lucky_analytics.methods.growth.unit_weeks import aggregate_weeks
from lucky_analytics.methods.growth.week_pattern import WeekPattern, estimate_week_pattern
from lucky_analytics.methods.places.distance import decay_weights

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

from lucky_analytics.models.calendar import WEEKS_A_MONTH

__all__ = [
    "RampWeeks",
    "aggregate_store_weeks",
    "compare_assumptions",
    "estimate_order_value",
    "estimate_parameters",
    "estimate_store_plateaus",
    "estimate_time_to_plateau",
    "find_launch_stores",
    "fit_ramp",
    "load_days",
    "load_stores",
]


@dataclass(frozen=True)
class RampWeeks:
    """``weeks``: one row per store and calendar week; ``pattern``: how much each day is worth."""

    weeks: pd.DataFrame
    pattern: WeekPattern


def load_stores(suite: Suite) -> ir.Table:
    """Trading stores: ``unique_id``, ``store_name``, ``opened``, ``latitude``, ``longitude``."""
    store = suite.stores.filter("is_trading_store")
    return store.select(
        "store_name",
        "latitude",
        "longitude",
        unique_id="store_id",
        opened=store.opened_date.cast("timestamp"),
    ).order_by("opened", "unique_id")


def load_days(suite: Suite) -> ir.Table:
    """Orders ``y`` and revenue ``value`` (cents) by trading store ``unique_id`` and business date ``ds``."""
    end = suite.as_of + dt.timedelta(days=1)
    day = metrics.aggregate(
        suite, ["orders", "revenue"], by=["store_id", "order_date"], end=end, where=ibis._.is_trading_store
    )
    return day.select(
        unique_id="store_id", ds=day.order_date.cast("timestamp"), y="orders", value="revenue"
    ).order_by("unique_id", "ds")


def aggregate_store_weeks(days: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date) -> RampWeeks:
    """Weeks since opening, partial ones counted by what their days are worth."""
    pattern = estimate_week_pattern(days)
    opened = stores.set_index("unique_id")["opened"]
    return RampWeeks(aggregate_weeks(days, opened, pattern, as_of), pattern)


def find_launch_stores(stores: pd.DataFrame, within_days: int = 7) -> list[str]:
    """Stores that opened with the chain: their opening cannot be told apart from the chain's launch.

    Empty when every store did: then there is nothing else to learn from.
    """
    first = stores["opened"].min()
    launch = stores["opened"] <= first + pd.Timedelta(days=within_days)
    return [] if launch.all() else stores.loc[launch, "unique_id"].tolist()


def fit_ramp(
    ramp: RampWeeks,
    stores: pd.DataFrame,
    as_of: dt.date,
    *,
    form: str = "gompertz",
    hump: float = 0.15,
    exposure_km: float | None = 1.0,
    min_weeks: int = 3,
    exclude: list[str] | None = None,
) -> GrowthFit:
    """Growth pooled over stores; ``exclude`` are launch stores, which stay in as neighbours."""
    shape = GrowthShape(form=form, hump=hump, exposure_km=exposure_km)
    return fit_growth(ramp.weeks, stores, as_of, shape=shape, min_weeks=min_weeks, exclude=exclude or ())


def estimate_order_value(ramp: RampWeeks, level: float = 0.9) -> pd.DataFrame:
    """Dollars an order by store, opening discounts gone; the row with a null id is a store not yet opened."""
    values = estimate_order_values(fit_order_value(ramp.weeks), level=level)
    return values.assign(**{name: values[name] / 100 for name in ("value", "low", "high")})


def estimate_time_to_plateau(fit: GrowthFit, level: float = 0.9, claimed_weeks: float = 4.0) -> pd.DataFrame:
    """Weeks to 50 % and 90 % of the plateau, and the chance that it takes at most ``claimed_weeks``.

    ``share``, ``weeks``, ``low``, ``high``, ``p_claim``.
    """
    rows = []
    for share in (0.5, 0.9):
        weeks, low, high = estimate_time_to_share(fit, share, level)
        se = max(high - weeks, 1e-9) / norm.ppf(0.5 + level / 2)
        rows.append((share, weeks, low, high, float(norm.cdf((claimed_weeks - weeks) / se))))
    return pd.DataFrame(rows, columns=["share", "weeks", "low", "high", "p_claim"])


NO_HUMP = "no opening hump"


def compare_assumptions(
    ramp: RampWeeks,
    stores: pd.DataFrame,
    as_of: dt.date,
    fit: GrowthFit,
    *,
    min_weeks: int,
    exclude: list[str],
    level: float = 0.9,
    claimed_weeks: float = 4.0,
) -> pd.DataFrame:
    """The time to 90 % and the typical plateau of ``fit``, and with one of its assumptions changed at a time.

    ``assumption``, ``weeks``, ``low``, ``high``, ``p_claim``, ``plateau`` (orders a week), ``loss`` (share
    of orders lost to a mature sister 500 m away; null where there is no such term), ``log_likelihood``
    (comparable between rows, but where sister stores are ignored: then one fixed effect is missing).
    """
    shape = fit.shape
    other = next(form for form in FORMS if form != shape.form)
    reach = shape.exposure_km or 1.0
    variants = {
        f"{shape.form.title()} curve, one speed": shape,
        f"{other.title()} curve": replace(shape, form=other),
        f"sister stores reach half as far ({reach / 2:g} km)": replace(shape, exposure_km=reach / 2),
        f"sister stores reach twice as far ({2 * reach:g} km)": replace(shape, exposure_km=2 * reach),
        NO_HUMP: replace(shape, hump=0.0),
        "opening hump twice as high": replace(shape, hump=2 * shape.hump),
        "sister stores ignored": replace(shape, exposure_km=None),
    }
    rows = []
    for assumption, variant in variants.items():
        refit = fit
        if variant != shape:
            refit = fit_growth(ramp.weeks, stores, as_of, shape=variant, min_weeks=min_weeks, exclude=exclude)
        ninety = estimate_time_to_plateau(refit, level, claimed_weeks).iloc[1]
        facts = (ninety["weeks"], ninety["low"], ninety["high"], ninety["p_claim"])
        plateau = estimate_mean_plateau(refit, level)[0]
        loss = np.nan
        if refit.has_exposure:
            pull = float(decay_weights(0.5, variant.exposure_km or 1.0))
            loss = 1 - float(np.exp(estimate_exposure_effect(refit)[0] * pull))
        rows.append((assumption, *facts, plateau, loss, refit.reml.log_likelihood))
    names = ["assumption", "weeks", "low", "high", "p_claim", "plateau", "loss", "log_likelihood"]
    return pd.DataFrame(rows, columns=names)


def estimate_store_plateaus(
    fit: GrowthFit, values: pd.DataFrame, stores: pd.DataFrame, needed_dollars: float, level: float = 0.9
) -> pd.DataFrame:
    """One row per store on a ramp, highest revenue at the plateau first.

    Adds to ``estimate_plateaus``: ``store_name``, ``opened``, ``t90_date``; ``dollars``, ``dollars_low``,
    ``dollars_high``: revenue a month at the plateau, tax included; ``p_needed``: chance that it is at least
    ``needed_dollars``.
    """
    plateaus = estimate_plateaus(fit, level).merge(
        stores[["unique_id", "store_name", "opened"]], on="unique_id"
    )
    own = values.dropna(subset="unique_id").set_index("unique_id").reindex(plateaus["unique_id"])
    if own["value"].isna().any():
        raise LuckyError("revenue at the plateau", expected="a value of an order for every store", got="none")
    z = np.log(plateaus["high"] / plateaus["plateau"]) / plateaus["log_se"]
    log_se = np.hypot(plateaus["log_se"], own["log_se"].to_numpy())
    dollars = plateaus["plateau"] * own["value"].to_numpy() * WEEKS_A_MONTH
    weeks = estimate_time_to_share(fit, 0.9, level)[0]
    plateaus["t90_date"] = plateaus["opened"] + pd.Timedelta(days=round(7 * weeks))
    plateaus["dollars"], plateaus["dollars_low"] = dollars, dollars * np.exp(-z * log_se)
    plateaus["dollars_high"] = dollars * np.exp(z * log_se)
    plateaus["p_needed"] = norm.cdf(np.log(dollars / needed_dollars) / log_se)
    return plateaus.sort_values("dollars", ascending=False, ignore_index=True)
