"""What a new customer leaves in the first days, months and year, and so what one may cost at most."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.credibility import draw_sums
from lucky_analytics.methods.customers.repeat_forecast import draw_fits, draw_orders
from lucky_analytics.models.customer_worth.customer_margins import (
    YEAR,
    Model,
    expect_new,
)
from lucky_analytics.models.customer_worth.held_out import HeldOut

__all__ = ["DAYS", "estimate_new", "find_cap", "share_earning"]

DAYS = (30, 90, 180, 365)
N_NEW, N_FITS = 20_000, 40


def estimate_new(
    rows: pd.DataFrame, as_of: dt.date, model: Model, held: HeldOut, level: float = 0.9
) -> pd.DataFrame:
    """Margin of a new customer by ``days`` since the first order, that order included: ``value``, ``low``,
    ``high`` (dollars), beside what customers who have been here that long did, at what an order leaves today:
    ``seen``, ``seen_low``, ``seen_high``, ``n`` (null and 0 where nobody has).

    The first order is as it is today; orders after it are as far off as forecasts were, stretched to
    ``days`` where that is longer than was ever tested.
    """
    day, found = pd.Timestamp(as_of), []
    first = rows[rows["is_first"]].set_index("customer")["order_date"]
    since = (rows["order_date"] - rows["customer"].map(first)).dt.days
    for days in DAYS:
        later = expect_new(model, days)
        half = held.miss_of(days, None, model).half(level)
        fits = [expect_new(replace(model, fit=fit), days) for fit in draw_fits(model.fit, N_FITS)]
        spread = norm.ppf(0.5 + level / 2) * float(np.std(np.log(fits)))
        wide, start = np.exp(np.hypot(half, spread)), model.level.first_margin
        row = {
            "days": days,
            "value": start + later,
            "low": start + later / wide,
            "high": start + later * wide,
        }
        here = first.index[(day - first).dt.days >= days]
        counts = rows["customer"][(since <= days) & ~rows["is_first"]].value_counts()
        orders = counts.reindex(here, fill_value=0).to_numpy(float)
        if len(here) > 1:
            se = norm.ppf(0.5 + level / 2) * orders.std(ddof=1) / np.sqrt(len(orders))
            ends = {"seen": orders.mean(), "seen_low": orders.mean() - se, "seen_high": orders.mean() + se}
            row |= {name: start + model.level.margin * count for name, count in ends.items()}
        found.append(
            {name: value if name == "days" else value / 100 for name, value in row.items()} | {"n": len(here)}
        )
    columns = ["days", "value", "low", "high", "seen", "seen_low", "seen_high", "n"]
    return pd.DataFrame(found).reindex(columns=columns)


def find_cap(year: Estimate) -> float:
    """The most that a new customer may cost, dollars: the low end of what one leaves in a year, down to ten
    cents, so that it reads like that end; 0 where that is nothing.

    >>> find_cap(Estimate(13.6, 7.96, 25.0, level=0.9)), find_cap(Estimate(3.0, -1.27, 5.0, level=0.9))
    (7.9, 0.0)
    """
    return max(math.floor(10 * (year.low or 0.0)) / 10, 0.0)


def share_earning(model: Model, cap: float, seed: int = 7) -> float:
    """Share of new customers who leave ``cap`` dollars or more in the year that begins with their first
    order: most of a mean comes from few."""
    chance, nothing = np.random.default_rng(seed), np.zeros(N_NEW)
    new = pd.DataFrame({"frequency": nothing, "recency": nothing, "age": nothing})
    later = draw_sums(model.worth, nothing, nothing, draw_orders(model.fit, new, YEAR, chance), chance)
    return float((model.level.first_margin + later >= 100 * cap).mean())
