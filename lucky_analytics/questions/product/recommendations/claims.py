"""What the documents promise of recommendations, what it would take, and the trial that would tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.policies.trial_size import find_arm_size, find_smallest_gain, spread_of_ratio
from lucky_analytics.questions.product.recommendations.sold_lines import Sales

__all__ = ["Baskets", "assemble_claims", "measure_baskets"]

_DAYS = 28
_LEVEL = 0.95  # of the trial's intervals
# Of the documents: dollars more an order, and shares of an order's value more.
_DOLLARS, _SHARES = (0.50, 1.00), (0.05, 0.10)


@dataclass(frozen=True)
class Baskets:
    """Orders of people in the last four weeks: ``n_orders``, ``n_customers``; ``order_dollars`` paid for
    products, before tax; ``second_share`` of orders with two products or more; ``added_dollars``: what a
    product beyond the first of its order brings; ``spread``: dollars an order, of one customer. Null without
    orders."""

    n_orders: int
    n_customers: int
    order_dollars: float
    second_share: float
    added_dollars: float
    spread: float

    @property
    def smallest(self) -> float | None:
        """The smallest difference in dollars an order that these customers, halved by chance, would show in
        four weeks, with a chance of 80 %."""
        return find_smallest_gain(self.n_customers // 2, self.spread, _LEVEL)


def measure_baskets(sales: Sales) -> Baskets:
    """The baskets of the last four weeks by ``as_of``."""
    lines = sales.people
    lines = lines[lines["day"] > sales.last_day - _DAYS]
    if lines.empty:
        return Baskets(0, 0, np.nan, np.nan, np.nan, np.nan)
    orders = lines.groupby("order").agg(
        customer=("customer", "first"), dollars=("paid_cents", "sum"), n=("product", "size"),
        most=("paid_cents", "max"),
    )  # fmt: skip
    orders[["dollars", "most"]] /= 100
    customers = orders.groupby("customer").agg(dollars=("dollars", "sum"), n=("dollars", "size"))
    several = orders[orders["n"] > 1]
    added = (several["dollars"] - several["most"]).sum() / max((several["n"] - 1).sum(), 1)
    return Baskets(
        len(orders),
        len(customers),
        float(orders["dollars"].mean()),
        len(several) / len(orders),
        float(added) if len(several) else np.nan,
        spread_of_ratio(customers["dollars"].to_numpy(float), customers["n"].to_numpy(float)),
    )


def assemble_claims(baskets: Baskets) -> pd.DataFrame:
    """Each promise: ``claim``, ``dollars`` more an order, ``added_share`` of orders that would need one more
    product at today's price of such a one, ``of_today`` (times the share that has one now), ``n`` customers
    in each of two groups that would show it (80 % of the time, 5 % false), ``weeks`` at today's customers."""
    claims = [(f"+${dollars:.2f} an order", dollars) for dollars in _DOLLARS]
    claims += [(f"+{100 * share:.0f} % of an order", share * baskets.order_dollars) for share in _SHARES]
    rows = []
    for claim, dollars in claims:
        share = dollars / baskets.added_dollars if baskets.added_dollars > 0 else np.nan
        n = find_arm_size(baskets.spread, dollars, _LEVEL) if np.isfinite(baskets.spread) else None
        rows.append(
            {
                "claim": claim, "dollars": dollars, "added_share": share,
                "of_today": share / baskets.second_share if baskets.second_share > 0 else np.nan,
                "n": np.nan if n is None else float(n),
                "is_in_reach": n is not None and 2 * n <= baskets.n_customers,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
