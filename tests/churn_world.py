"""Customers who order and leave as planted, with nothing else going on: for tests of the churn methods."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Of the published chain, per day: rate from Gamma(r, alpha), leaving after an order from Beta(a, b).
PLANT = np.array([0.433, 4.58, 0.834, 1.275])
RATIOS = {"is_coupon_acquired": 1.3, "near": 0.85}
N_DAYS, YOUNGEST, COUPON_SHARE = 229, 20, 0.4


def simulate(
    n: int,
    seed: int,
    *,
    ratios: tuple[float, float] = (1.0, 1.0),
    variant: str = "mbg",
    extra: float = 0.0,
    n_days: float = N_DAYS,
) -> pd.DataFrame:
    """One customer a row. First orders lie ``YOUNGEST`` to ``n_days`` days before the end of observation.

    ``frequency``, ``recency``, ``age`` as for ``fit_repeat_buying``; ``is_coupon_acquired``, ``near_before``,
    ``near_last`` as for ``estimate_departures``, with the ``ratios`` of leaving they come with; ``is_alive``:
    has not left at the end; ``later``: orders in the ``extra`` days after it; ``n``: 1.
    """
    r, alpha, a, b = PLANT
    chance = np.random.default_rng(seed)
    rate, leave = chance.gamma(r, 1 / alpha, n) + 1e-12, chance.beta(a, b, n)
    age, opening = chance.uniform(YOUNGEST, n_days, n), chance.uniform(0, n_days, n)
    coupon = chance.random(n) < COUPON_SHARE
    now, last, end = np.zeros(n), np.zeros(n), age + extra
    seen, later, near_before, near_last = (np.zeros(n) for _ in range(4))
    alive = np.ones(n, bool)
    active, is_first = np.arange(n), True
    while len(active):
        at = now[active]
        within, near = at <= age[active], at >= opening[active]
        # Those who order within the time observed: the order before counts as not the last any more.
        own = active[within]
        near_before[own] += near_last[own]
        near_last[own], last[own] = near[within], at[within]
        seen[own] += 1
        later[active[~within]] += 1
        stay = (1 - leave[active]) ** (ratios[0] ** coupon[active] * ratios[1] ** near)
        left = chance.random(len(active)) >= stay
        if is_first and variant == "bg":
            left[:] = False
        is_first = False
        alive[active[left & within]] = False
        active = active[~left]
        now[active] += chance.exponential(1 / rate[active])
        active = active[now[active] <= end[active]]
    return pd.DataFrame(
        {
            "frequency": seen - 1,
            "recency": last,
            "age": age,
            "is_coupon_acquired": coupon.astype(int),
            "near_before": near_before,
            "near_last": near_last,
            "is_alive": alive,
            "later": later,
            "n": 1,
        }
    )
