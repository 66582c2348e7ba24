"""How much of the margin few customers bring, and whose accounts the largest of all are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.top_shares import estimate_gini, estimate_top_share

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["CLAIMED_TOP", "list_largest", "measure_concentration"]

TOPS = {0.01: "top 1 %", 0.1: "top 10 %", 0.2: "top 20 %"}
# "The top 3 super users have spent $141,000 collectively": so many accounts are looked at.
CLAIMED_TOP = 3


def measure_concentration(rows: pd.DataFrame, valued: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Share of the few: ``who``, then of what was paid so far (``paid``, ``paid_low``, ``paid_high``) and of
    the margin expected in a year (``year``: without an interval, because what comes in a year will be shared
    otherwise than what is expected, and that was never seen). The last row is the Gini coefficient. Ranked by
    each of them; delivery platforms' accounts are left out."""
    paid = rows.groupby("customer")["value_cents"].sum().clip(lower=0).to_numpy()
    ahead = valued["year_cents"].to_numpy()
    found = []
    for top, who in TOPS.items():
        found.append((who, estimate_top_share(paid, top, level), estimate_top_share(ahead, top, level)))
    found.append(
        (
            "Gini coefficient, 100 % if one brought all",
            estimate_gini(paid, level),
            estimate_gini(ahead, level),
        )
    )
    return pd.DataFrame(
        [{"who": who, **_ends("paid", of_paid), "year": of_year.value} for who, of_paid, of_year in found]
    )


def _ends(name: str, found: Estimate) -> dict[str, float]:
    ends = {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
    return {key: np.nan if value is None else value for key, value in ends.items()}


def list_largest(suite: Suite) -> pd.DataFrame:
    """The ``CLAIMED_TOP`` accounts that paid most, all together and by what they are: ``who``, ``n``
    (accounts), ``n_orders``, ``dollars`` (tax and fees included). Rows: the largest together, the largest
    one, of them delivery platforms' accounts, all delivery accounts, the largest people."""
    order = suite.orders.filter(suite.orders.customer_id.notnull())
    account = suite.customers.filter("is_delivery_account").select(account="customer_id")
    sums = order.group_by("customer_id").agg(n_orders=order.count(), cents=order.revenue_cents.sum())
    sums = sums.mutate(is_account=sums.customer_id.isin(account.account))
    frame = sums.order_by(sums.cents.desc(), "customer_id").execute().astype({"cents": float})
    top, people = frame.head(CLAIMED_TOP), frame[~frame["is_account"]].head(CLAIMED_TOP)
    parts = {
        f"the {CLAIMED_TOP} accounts that paid most": top,
        "the largest of them": frame.head(1),
        "of these, accounts of delivery platforms": top[top["is_account"]],
        "all accounts of delivery platforms": frame[frame["is_account"]],
        f"the {CLAIMED_TOP} people who paid most": people,
    }
    return pd.DataFrame(
        [
            (who, len(part), int(part["n_orders"].sum()), part["cents"].sum() / 100)
            for who, part in parts.items()
        ],
        columns=["who", "n", "n_orders", "dollars"],
    )
