"""Coupons of random depth whose effect by group is planted, as the question's own frames; no estate."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.drawn_coupons.exposures import Exposures

DEPTHS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
GROUPS = np.array(["new", "regular", "loyal", "lapsed"])
BASE = np.array([0.3, 0.25, 1.4, 0.05])  # dollars a coupon with nothing off, by group
CATEGORIES = np.array(["Coffee", "Food", "Tea"])
# Margin with a depth, times that with nothing off: by what moves it.
ONLY_COSTS = np.tile(1 - 1.3 * DEPTHS, (4, 1))  # nobody buys more: each depth is given away
FLAT = np.ones((4, 6))  # what is given away comes back to the cent
PAYS = np.array(
    [[1, 1.1, 1.2, 1.4, 1.6, 1.8], [1, 1, 1, 1, 1, 1], [1, 0.9, 0.8, 0.6, 0.5, 0.4], [1, 2, 3, 4, 6, 8]]
)


def expect(effect: np.ndarray, group: np.ndarray, depth: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Dollars that a coupon leaves on average."""
    return BASE[group] * level * effect[group, depth]


def draw_coupons(
    rng: np.random.Generator, n_customers: int, n_weeks: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two coupons a customer and week, of two categories and any depths: whose, of which unit, and the
    positions of both."""
    who = np.repeat(np.arange(n_customers), n_weeks * 2)
    week = np.tile(np.repeat(np.arange(n_weeks), 2), n_customers)
    pick = rng.integers(0, 3, len(who) // 2)
    category = np.stack([pick, (pick + 1 + rng.integers(0, 2, len(pick))) % 3], axis=1).ravel()
    return who, who * n_weeks + week, category, rng.integers(0, 6, len(who))


def simulate(seed: int, effect: np.ndarray = FLAT, n_customers: int = 400, n_weeks: int = 6) -> Exposures:
    """Two coupons a customer and week; what one leaves is a purchase now and then, more of it for some."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 4, n_customers)
    level = rng.gamma(1.0, 1.0, n_customers)
    who, unit, category, depth = draw_coupons(rng, n_customers, n_weeks)
    mean = expect(effect, group[who], depth, level[who])
    sold = rng.poisson(np.maximum(mean, 0) / 3.0)
    margin = 3.0 * sold + np.where(mean < 0, mean, 0.0)
    rows = pd.DataFrame(
        {
            "customer": who, "unit": unit, "category": CATEGORIES[category],
            "segment": GROUPS[group[who]], "depth": DEPTHS[depth], "margin": margin, "week": 0.4 * margin,
            "basket": margin + rng.gamma(1.0, 1.0, len(who)),
            "before": 3.0 * rng.poisson(level[who]), "category_before": 3.0 * rng.poisson(level[who] / 3),
        }
    )  # fmt: skip
    ruled = rows.sample(frac=0.3, random_state=seed).assign(depth=rng.choice(DEPTHS, round(0.3 * len(rows))))
    return Exposures(rows, ruled.reset_index(drop=True), np.arange(n_customers).astype(str), DEPTHS)


def true_gain(effect: np.ndarray, given: np.ndarray, exposed: Exposures) -> float:
    """Dollars a week for 100 customers that depths (positions by group) ``given`` add to nothing off."""
    share = exposed.drawn["segment"].value_counts(normalize=True).reindex(GROUPS).to_numpy()
    return float(200 * (share * BASE * (effect[np.arange(4), given] - effect[:, 0])).sum())
