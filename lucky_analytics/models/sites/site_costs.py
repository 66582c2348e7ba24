"""What a store costs by the ledger: rent, staff and other bills, and what follows its orders.

A lease is judged by these; where the ledger has no bills, by assumptions that the page calls so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.calendar import WEEKS_A_MONTH

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from lucky_analytics.catalog import Suite

__all__ = [
    "ASSUMED",
    "BREAK_EVEN",
    "StoreCosts",
    "describe_break_even",
    "describe_costs",
    "estimate_costs",
    "load_costs",
    "load_takings",
]

# What is bought for each order; everything else is due whether or not anybody comes.
FOLLOWS_ORDERS = ("goods", "packaging", "waste", "freight")
WINDOW_WEEKS, SETTLED_WEEKS = 8, 8
BREAK_EVEN = "revenue that pays a typical store's bills"  # a figure that several pages print


@dataclass(frozen=True)
class StoreCosts:
    """Bills of a settled store, dollars a month, and the share of revenue left before them.

    ``rent``; ``fixed``: staff and all other bills that are due whatever is sold; ``margin_rate``: share of
    revenue (tax included) left after what follows the orders and sales tax. ``cost_share``: all bills over
    revenue, with ``cost_share_low`` and ``_high``; above 1 a store does not earn what it costs. ``n_stores``,
    ``n_weeks``: 0 where nothing is known and the rest is assumed.
    """

    rent: float
    fixed: float
    margin_rate: float
    cost_share: float = float("nan")
    cost_share_low: float = float("nan")
    cost_share_high: float = float("nan")
    n_stores: int = 0
    n_weeks: int = 0

    @property
    def is_known(self) -> bool:
        return self.n_stores > 0

    @property
    def break_even(self) -> float:
        """Revenue a month, tax included, that pays a store's bills, and nothing of its build-out.

        >>> round(ASSUMED.break_even)
        37500
        """
        return (self.rent + self.fixed) / self.margin_rate

    @property
    def levers(self) -> dict[str, float]:
        """The same as levers of a what-if."""
        return {"rent": self.rent, "fixed": self.fixed, "margin": self.margin_rate}


# Without a ledger: nobody's figures. Margin is then after staff, too.
ASSUMED = StoreCosts(rent=15_000.0, fixed=0.0, margin_rate=0.4)


def load_takings(suite: Suite) -> ir.Table:
    """Revenue and sales tax of the trading stores: ``store_id``, ``order_date``, ``revenue_cents``,
    ``tax_cents``."""
    order = suite.table("orders").filter("is_trading_store").filter(ibis._.order_date <= suite.as_of)
    sums = order.group_by("store_id", "order_date").agg(
        revenue_cents=order.revenue_cents.sum(), tax_cents=order.tax_cents.sum()
    )
    return sums.order_by("store_id", "order_date")


def load_costs(suite: Suite, stores: pd.DataFrame) -> StoreCosts:
    """``estimate_costs`` of a suite; ``ASSUMED`` where its snapshot has no bills. ``stores`` as elsewhere."""
    try:
        bill = suite.table("accounting_costs")
    except LuckyError:
        return ASSUMED
    bills = bill.select("store_id", "week_end_date", "kind", "cost_cents").execute()
    return estimate_costs(bills, load_takings(suite).execute(), stores)


def estimate_costs(bills: pd.DataFrame, takings: pd.DataFrame, stores: pd.DataFrame) -> StoreCosts:
    """Mean bills of the settled stores over the last eight weeks of which all of them have bills.

    ``bills``: ``store_id``, ``week_end_date``, ``kind``, ``cost_cents``; ``takings`` as from
    ``load_takings``; ``stores``: ``unique_id``, ``opened``. A store is settled eight weeks after its
    opening. Rent and other bills to the nearest $500, the margin to 1 %: the bills are no finer. The
    interval of ``cost_share`` is over stores, at 90 %. ``ASSUMED`` where no settled store has a bill.
    """
    bills = bills.assign(week=pd.to_datetime(bills["week_end_date"]), usd=bills["cost_cents"] / 100)
    bills = bills[bills["week"] <= pd.to_datetime(takings["order_date"]).max()]
    weeks = np.sort(bills.loc[bills["store_id"].isin(stores["unique_id"]), "week"].unique())[-WINDOW_WEEKS:]
    if not len(weeks):
        return ASSUMED
    first = pd.Timestamp(weeks[0]) - pd.Timedelta(days=6)
    settled = stores.loc[stores["opened"] <= first - pd.Timedelta(weeks=SETTLED_WEEKS), "unique_id"]
    bills = bills[bills["week"].isin(weeks) & bills["store_id"].isin(settled)]
    sold = takings.assign(day=pd.to_datetime(takings["order_date"]))
    sold = sold[sold["day"].between(first, pd.Timestamp(weeks[-1])) & sold["store_id"].isin(settled)]
    by_store = sold.groupby("store_id")[["revenue_cents", "tax_cents"]].sum() / 100
    by_store["cost"] = bills.groupby("store_id")["usd"].sum()
    by_store = by_store.dropna()
    revenue = float(by_store["revenue_cents"].sum())
    if bills.empty or revenue <= 0:
        return ASSUMED
    of_kind = bills.groupby("kind")["usd"].sum()
    follows = of_kind.reindex(list(FOLLOWS_ORDERS)).fillna(0).sum() + by_store["tax_cents"].sum()
    a_month = WEEKS_A_MONTH / (len(weeks) * bills["store_id"].nunique())
    rent = float(of_kind.get("rent", 0.0)) * a_month
    fixed = float(of_kind.drop([*FOLLOWS_ORDERS, "rent"], errors="ignore").sum()) * a_month
    sums = by_store.reset_index().assign(all="all")
    share = estimate_ratios(sums, ["all"], "store_id", "cost", "revenue_cents").iloc[0]
    return StoreCosts(
        rent=500.0 * round(rent / 500),
        fixed=500.0 * round(fixed / 500),
        margin_rate=min(max(round(1 - float(follows) / revenue, 2), 0.05), 0.9),
        cost_share=float(share["value"]),
        cost_share_low=float(share["low"]),
        cost_share_high=float(share["high"]),
        n_stores=int(bills["store_id"].nunique()),
        n_weeks=len(weeks),
    )


def describe_break_even(costs: StoreCosts) -> str:
    """Where ``costs.break_even`` comes from, and what it leaves out, in a few sentences."""
    known = (
        f"by the bills of {costs.n_stores} settled stores over {costs.n_weeks} weeks"
        if costs.is_known
        else "by assumption, for the ledger has no bills of our stores"
    )
    return (
        f"${costs.break_even:,.0f} a month pay rent, crew and other bills of a typical store, {known}. They "
        "pay nothing of a build-out, nor for what the store takes from its sisters: what a "
        "lease must bring is "
        "on the page of sites, and is more. A store with a lower rent or a smaller crew needs "
        "less: what each "
        "earns after its own bills is on the page of stores' profit."
    )


def describe_costs(costs: StoreCosts) -> str:
    """What the ledger says of a store's costs and what that implies, in a sentence or two."""
    if not costs.is_known:
        return (
            f"The ledger has no bills of our stores: rent (${costs.rent:,.0f} a month) and margin "
            f"({100 * costs.margin_rate:.0f} % of revenue after goods, staff, fees and tax) are "
            f"assumptions, not data."
        )
    said = (
        f"By the ledger a store pays ${costs.rent / 1e3:.1f}K rent and ${costs.fixed / 1e3:.1f}K for "
        f"staff and "
        f"other bills a month, and keeps {100 * costs.margin_rate:.0f} % of revenue before them "
        f"({costs.n_stores} settled stores, {costs.n_weeks} weeks; fees of payment not counted)."
    )
    if costs.cost_share_low > 1:
        return said + (
            f" Bills are {costs.cost_share:.2f} times revenue ({costs.cost_share_low:.2f} to "
            f"{costs.cost_share_high:.2f}): our stores do not earn what they cost, and a new one like "
            f"them would not."
        )
    return said + f" Bills are {costs.cost_share:.2f} times revenue."
