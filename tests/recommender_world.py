"""Chains in memory in which the taste of every customer is known: what rules should find, and what not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.questions.product.recommendations.sold_lines import Sales, code_lines

AS_OF = dt.date(2026, 2, 13)
N_DAYS, N_PRODUCTS, N_CATEGORIES, N_STORES = 200, 40, 5, 4


@dataclass(frozen=True)
class World:
    """``sales``; ``chance`` (customers, products): with which each customer buys each product, always."""

    sales: Sales
    chance: np.ndarray


def simulate(
    seed: int,
    *,
    n_customers: int = 1500,
    loyalty: float = 0.0,
    taste: float = 0.0,
    local: float = 0.0,
    daily: float = 0.0,
    second: float = 0.125,
) -> World:
    """Every order is one product, or two in a share ``second`` of them, drawn from the popularity of all.

    ``loyalty``: share of units of the customer's own two products; ``taste``: of the customer's category;
    ``local``: how much more a store sells of its own two products; ``daily``: how much more two products sell
    each morning.
    """
    rng = np.random.default_rng(seed)
    popular = 1 / (np.arange(N_PRODUCTS) + 3.0)
    popular /= popular.sum()
    category = rng.permutation(np.arange(N_PRODUCTS) % N_CATEGORIES)
    likes = rng.integers(N_CATEGORIES, size=n_customers)
    own = (category[None] == likes[:, None]) * popular
    own /= own.sum(axis=1, keepdims=True)
    favourites = np.zeros((n_customers, N_PRODUCTS))
    for _ in range(2):
        favourites[np.arange(n_customers), rng.choice(N_PRODUCTS, n_customers, p=popular)] += 0.5
    chance = (1 - loyalty - taste) * popular + taste * own + loyalty * favourites
    rate = rng.gamma(1.2, 5.0, n_customers)
    n_orders = rng.poisson(rate) + 1
    customer = np.repeat(np.arange(n_customers), n_orders)
    n = len(customer)
    store = rng.integers(N_STORES, size=n_customers)[customer]
    hour = rng.choice([8, 9, 12, 15, 18], n)
    weight = chance[customer]
    weight[np.arange(n), 10 + 2 * store] *= 1 + local
    weight[np.arange(n), 11 + 2 * store] *= 1 + local
    weight[hour < 11, 20:22] *= 1 + daily
    cumulative = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    n_units = 1 + (rng.random(n) < second)
    order = np.repeat(np.arange(n), n_units)
    product = (rng.random(len(order))[:, None] > cumulative[order, :-1]).sum(axis=1)
    day = rng.integers(N_DAYS, size=n)
    at = pd.Timestamp(AS_OF) - pd.to_timedelta(N_DAYS - 1 - day, "D") + pd.to_timedelta(hour, "h")
    units = pd.DataFrame(
        {
            "order_id": np.char.add("o", order.astype(str)),
            "customer_id": np.char.add("c", np.char.zfill(customer[order].astype(str), 6)),
            "store_id": store[order].astype(str),
            "product_id": np.char.add("p", np.char.zfill(product.astype(str), 2)),
            "order_date": at[order].normalize(),
            "local_hour": hour[order],
            "ordered_at": at[order],
            "paid_cents": 400.0,
        }
    )
    names = [f"p{number:02d}" for number in range(N_PRODUCTS)]
    products = pd.DataFrame(
        {"product_id": names, "product_name": names, "category": [f"category {c}" for c in category],
         "sugar_level": 1, "nutrition_grade": "A"}
    )  # fmt: skip
    stores = pd.DataFrame({"store_id": [str(k) for k in range(N_STORES)]})
    stores["store_name"] = "Store " + stores["store_id"]
    return World(code_lines(units, products, stores, AS_OF), chance)
