"""Weeks 1 to 12: of a store not yet opened, and those still to come at stores that are younger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.growth_average import average_estimates
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.growth.growth_paths import estimate_paths, forecast_new_unit
from lucky_analytics.models.measure import Measure, Promise

__all__ = ["forecast_next_store", "forecast_young_stores", "list_promises"]

WEEK = pd.Timedelta(weeks=1)


def forecast_next_store(
    fits: Sequence[GrowthFit],
    weights: Sequence[float] | NDArray[Any],
    values: pd.DataFrame,
    n_weeks: int = 12,
    level: float = 0.9,
) -> pd.DataFrame:
    """Weeks 1 to ``n_weeks`` of a store not yet opened, with a prediction interval for the single week.

    ``week``, ``y``, ``low``, ``high`` (orders), ``dollars``, ``dollars_low``, ``dollars_high`` (of the week):
    averages over ``fits``, one for each growth form, by their ``weights``.
    """
    weeks = np.arange(1, n_weeks + 1)
    value = values[values["unique_id"].isna()].iloc[0]
    bands = [forecast_new_unit(fit, weeks - 0.5, level) for fit in fits]
    rows = []
    for place, week in enumerate(weeks):
        orders, dollars = [], []
        for band in bands:
            point = band.iloc[place]
            half = np.log(point["high"] / point["y"])
            wide = half / point["log_se"] * np.hypot(point["log_se"], value["log_se"])
            orders.append(_spread(point["y"], half, level))
            dollars.append(_spread(point["y"] * value["value"], wide, level))
        y, usd = average_estimates(orders, weights), average_estimates(dollars, weights)
        rows.append((week, y.value, y.low, y.high, usd.value, usd.low, usd.high))
    return pd.DataFrame(rows, columns=["week", "y", "low", "high", "dollars", "dollars_low", "dollars_high"])


def _spread(value: float, log_half: float, level: float) -> Estimate:
    return Estimate(value, value * np.exp(-log_half), value * np.exp(log_half), level=level)


def forecast_young_stores(
    fit: GrowthFit, values: pd.DataFrame, stores: pd.DataFrame, n_weeks: int = 12, level: float = 0.9
) -> pd.DataFrame:
    """The weeks up to ``n_weeks`` still to come at stores younger than that, with an interval for the week.

    One row per store and week that has not ended on the fit's ``as_of``, newest store first: ``store_name``,
    ``week``, and the columns of ``forecast_next_store``. A store with too few weeks of its own is foretold
    from the others, beside the sister stores it has.
    """
    paths = estimate_paths(fit, n_weeks + 1, level)
    names, rows = stores.set_index("unique_id")["store_name"], []
    for unit in fit.units[::-1].to_dict("records"):
        weeks = np.arange((fit.as_of - unit["opened"]).days // 7 + 1, n_weeks + 1)
        path = paths[paths["unique_id"] == unit["unique_id"]]
        own_price = values[values["unique_id"] == unit["unique_id"]]
        price = (own_price if len(own_price) else values[values["unique_id"].isna()]).iloc[0]
        y = np.exp(np.interp(weeks - 0.5, path["age_weeks"], np.log(path["y"])))
        log_se = np.hypot(np.interp(weeks - 0.5, path["age_weeks"], path["log_se"]), fit.noise_sd)
        tail, is_prior = 0.5 + level / 2, unit["role"] == "prior only"
        quantile = t.ppf(tail, fit.n_units - 1) if is_prior else norm.ppf(tail)
        half, dollars_half = quantile * log_se, quantile * np.hypot(log_se, price["log_se"])
        dollars = y * price["value"]
        facts = {
            "store_name": names[unit["unique_id"]],
            "week": weeks,
            "y": y,
            "low": y * np.exp(-half),
            "high": y * np.exp(half),
            "dollars": dollars,
            "dollars_low": dollars * np.exp(-dollars_half),
            "dollars_high": dollars * np.exp(dollars_half),
        }
        rows.append(pd.DataFrame(facts))
    return pd.concat(rows, ignore_index=True)


def list_promises(
    young: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, level: float
) -> Iterator[Promise]:
    """Orders of the next whole week of each store that is younger than twelve weeks, and of its twelfth.

    ``young`` as of ``forecast_young_stores``, ``stores`` as of ``ramp.load_stores``. A week is of the store's
    life, and has each weekday once; one that has begun is known in part, and not predicted.
    """
    opened = young["store_name"].map(stores.set_index("store_name")["opened"])
    rows = young.assign(start=opened + (young["week"] - 1) * WEEK)
    ids = dict(zip(stores["store_name"], stores["unique_id"], strict=True))
    for name, own in rows[rows["start"] > pd.Timestamp(as_of)].groupby("store_name"):
        store_id, ordered = str(ids[name]), own.sort_values("week")
        for which, row in {"next": ordered.iloc[0], "twelfth": ordered.iloc[-1]}.items():
            if which == "twelfth" and len(own) == 1:
                continue
            start = row["start"].date()
            due, measure = start + dt.timedelta(days=6), Measure("orders", {"store_id": store_id}, start)
            label = f"Orders of {name} in week {row['week']:.0f} of its life"
            ends = (row["y"], row["low"], row["high"])
            yield Promise(f"{which}_week_{store_id}", *ends, level, due, measure, label)
