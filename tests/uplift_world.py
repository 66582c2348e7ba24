"""Coupons of random depth with planted effects on orders and margin, as the model's own frames; no estate.

An order of the coupon's category comes now and then, more often with a discount where ``effect`` says so, and
leaves less the deeper it is. Everything else of ``Exposures`` follows from the orders.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.drawn_coupons.exposures import Exposures
from tests.policy_world import CATEGORIES, DEPTHS, GROUPS, draw_coupons

BASE = np.array([0.12, 0.10, 0.30, 0.02])  # orders a coupon with nothing off, by group
LEFT = 3.0  # dollars that an order leaves
# Orders with a depth, times those with nothing off, by group.
NONE = np.ones((4, 6))
SOME = np.array([1 + 6 * DEPTHS, 1 + 2 * DEPTHS, 1 + 0 * DEPTHS, 1 + 0 * DEPTHS])


def expect(
    effect: np.ndarray, cost: float, exposed: Exposures, level: np.ndarray, outcome: str
) -> np.ndarray:
    """What each depth brings each coupon on average, (n, 6): ``orders`` or ``margin``."""
    group = np.searchsorted(np.sort(GROUPS), exposed.drawn["segment"])
    group = np.argsort(GROUPS)[group]
    orders = BASE[group, None] * level[exposed.drawn["customer"].to_numpy(), None] * effect[group]
    return orders if outcome == "orders" else orders * (LEFT - cost * DEPTHS)


def simulate(
    seed: int, effect: np.ndarray = NONE, cost: float = 0.0, n_customers: int = 300, n_weeks: int = 5
) -> tuple[Exposures, np.ndarray]:
    """Two coupons a customer and week; and how often each customer orders (1 on average).

    ``cost``: dollars that an order leaves less for each whole list price off (3 where all of it is lost).
    """
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 4, n_customers)
    level = rng.gamma(2.0, 0.5, n_customers)
    who, unit, category, depth = draw_coupons(rng, n_customers, n_weeks)
    orders = rng.poisson(BASE[group[who]] * level[who] * effect[group[who], depth]).astype(float)
    other = rng.poisson(level[who]).astype(float)
    margin = orders * (LEFT - cost * DEPTHS[depth])
    in_week = rng.binomial(orders.astype(int), 0.4).astype(float)
    rows = pd.DataFrame(
        {
            "customer": who, "unit": unit, "category": CATEGORIES[category],
            "segment": GROUPS[group[who]], "depth": DEPTHS[depth], "margin": margin, "orders": orders,
            "orders_week": in_week, "week": in_week * (LEFT - cost * DEPTHS[depth]),
            "basket": margin + LEFT * other, "all_orders": orders + other,
            "before": LEFT * rng.poisson(4 * level[who]), "category_before": LEFT * rng.poisson(level[who]),
        }
    )  # fmt: skip
    ruled = rows.sample(frac=0.3, random_state=seed).assign(depth=rng.choice(DEPTHS, round(0.3 * len(rows))))
    return Exposures(rows, ruled.reset_index(drop=True), np.arange(n_customers).astype(str), DEPTHS), level


def draw_voucher(seed: int, effects: tuple[float, ...] = (0.0, 0.0, 0.0), n: int = 3000) -> pd.DataFrame:
    """Customers of an experiment, as ``voucher.load_voucher`` has them; ``effects``: by store, points."""
    rng = np.random.default_rng(seed)
    store, treated = rng.integers(0, len(effects), n), rng.random(n) < 0.5
    again = rng.random(n) < 0.3 + np.where(treated, np.array(effects)[store], 0.0)
    return pd.DataFrame(
        {
            "is_treated": treated, "planned": 0.5, "again": again.astype(float),
            "margin": 2.0 + 3.0 * again + rng.normal(size=n), "past": rng.gamma(2.0, 1.0, n),
            "first": 3 + rng.gamma(2.0, 1.0, n),
            "store": np.array(["North", "East", "South", "West"])[store],
            "phone": rng.choice(["Android", "iPhone"], n),
            "came_by": rng.choice(["a new-customer voucher", "no voucher"], n),
        }
    )  # fmt: skip
