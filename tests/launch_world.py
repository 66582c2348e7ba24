"""Sales of a menu with launches whose fading, and whose sisters' losses, are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.questions.product.launch_predictor.launches import Sales, make_sales

CATEGORIES = ("Coffee", "Cold Brew", "Matcha", "Refreshers", "Food")
FADE_WEEKS = 3.0


def make_world(
    seed: int = 0,
    *,
    novelty: float = 0.5,
    taken: float = 0.0,
    n_launches: int = 16,
    n_old: int = 40,
    n_days: int = 240,
    noise: float = 0.08,
    trend: float = 0.0,
    spread: float = 0.8,
) -> Sales:
    """Launches on Mondays, ten days apart and more. A launch sells ``exp(novelty * exp(-weeks / 3))`` times
    its settled rate an order; for each of its units the sisters lose ``taken``. ``noise``: of each product
    and week, ln. ``trend``: what a product gains a week, ln, of its own. ``spread``: of settled rates of
    launches, ln."""
    rng = np.random.default_rng(seed)
    n = n_old + n_launches
    day = np.arange(n_days)
    orders = rng.poisson(1_500 * np.exp(0.002 * day) * np.where(day % 7 >= 5, 0.6, 1.1)).astype(float)
    kind = np.r_[np.arange(n_old) % len(CATEGORIES), rng.integers(0, len(CATEGORIES), n_launches)]
    rate = np.r_[rng.lognormal(-4.6, 0.7, n_old), rng.lognormal(-5.2, spread, n_launches)]
    begun = np.r_[np.zeros(n_old, int), np.sort(rng.choice(np.arange(5, 30), n_launches, replace=False)) * 7]
    weekly = rng.normal(0, noise, (n, n_days // 7 + 1))[:, day // 7]
    drift = rng.normal(0, trend, n)[:, None] * day / 7
    since = (day - begun[:, None]) / 7
    fading = np.where(begun[:, None] > 0, novelty * np.exp(-np.floor(np.maximum(since, 0)) / FADE_WEEKS), 0.0)
    mean = rate[:, None] * np.exp(weekly + drift + fading) * orders * (since >= 0)
    if taken:
        for new in range(n_old, n):
            sisters = (kind == kind[new]) & (np.arange(n) < n_old)
            part = mean[sisters] / mean[sisters].sum(axis=0)
            mean[sisters] = np.maximum(mean[sisters] - taken * mean[new] * part, 0.0)
    units = rng.poisson(mean).astype(float)
    days = pd.date_range("2025-06-30", periods=n_days)
    products = pd.DataFrame({
        "product_id": [f"P{k}" for k in range(n)], "product_name": [f"Product {k}" for k in range(n)],
        "category": [CATEGORIES[k] for k in kind], "added_date": days[np.maximum(begun - 14, 0)],
    })  # fmt: skip
    return make_sales(days, orders, units, products)


def cut(sales: Sales, n_days: int) -> Sales:
    """What was known after so many days."""
    columns = ["product_id", "product_name", "category", "added_date"]
    sold = sales.units[:, :n_days].sum(axis=1) > 0
    return make_sales(sales.days[:n_days], sales.orders[:n_days], sales.units[sold, :n_days],
                      sales.products.loc[sold, columns])  # fmt: skip
