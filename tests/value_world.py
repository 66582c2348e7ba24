"""Orders of customers with a margin each, over a history and the days that follow it: for lifetime value."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from tests.churn_world import N_DAYS, PLANT

AS_OF = dt.date(2026, 2, 13)
# Of the demo estate, about: an order leaves $3.03, first ones a bit less; customers differ little.
MARGIN, FIRST_MARGIN, WITHIN, BETWEEN, PAID = 303.0, 286.0, 165.0, 18.0, 458.0


def simulate(n: int, seed: int, *, ahead: int = 365, drift: float = 0.0, alike: bool = False) -> pd.DataFrame:
    """Rows as of ``PaidOrders``, those of ``ahead`` days after ``AS_OF`` included, by customer and time.

    Customers come evenly over ``N_DAYS`` and order and leave as planted (``churn_world``). ``drift``: the
    level of all orders is a random walk whose logarithm moves by so much a day (standard deviation). With
    ``alike`` all order at one rate, leave with one chance and spend alike: they differ by chance alone.
    """
    r, alpha, a, b = PLANT
    chance = np.random.default_rng(seed)
    rate, leave = chance.gamma(r, 1 / alpha, n) + 1e-12, chance.beta(a, b, n)
    extra = chance.normal(0, BETWEEN, n)
    if alike:
        rate, leave, extra = np.full(n, r / alpha), np.full(n, a / (a + b)), np.zeros(n)
    level = np.exp(drift * np.cumsum(chance.standard_normal(N_DAYS + ahead)))
    clock, days = np.concatenate([[0.0], np.cumsum(level)]), np.arange(N_DAYS + ahead + 1)
    came = chance.uniform(0, N_DAYS, n)
    now, active, is_first, parts = np.interp(came, days, clock), np.arange(n), True, []
    while len(active):
        day = np.interp(now[active], clock, days)
        margin = chance.normal(FIRST_MARGIN if is_first else MARGIN, WITHIN, len(active)) + extra[active]
        parts.append(
            pd.DataFrame(
                {"customer": active, "day": np.floor(day), "is_first": is_first, "margin_cents": margin}
            )
        )
        active = active[chance.random(len(active)) >= leave[active]]
        now[active] += chance.exponential(1 / rate[active])
        active, is_first = active[now[active] < clock[-1]], False
    rows = pd.concat(parts).sort_values(["customer", "day"], kind="stable", ignore_index=True)
    last = pd.Timestamp(AS_OF) - pd.Timedelta(days=N_DAYS - 1)
    rows["order_date"] = last + pd.to_timedelta(rows.pop("day"), unit="D")
    return rows.assign(
        value_cents=(rows["margin_cents"] + PAID - MARGIN).clip(lower=0.0),
        has_cost=True,
        has_fee=True,
        has_refund=True,
    )


def split(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders up to ``AS_OF``, and those after it of customers who came first by then."""
    known = rows[rows["order_date"] <= pd.Timestamp(AS_OF)]
    later = rows[(rows["order_date"] > pd.Timestamp(AS_OF)) & rows["customer"].isin(known["customer"])]
    return known, later
