"""Orders through delivery platforms, whose accounts are no people: how many, and what they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.models.order_margins import load_order_margins

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Platforms", "count_mix", "count_order_channels", "measure_platforms"]


@dataclass(frozen=True)
class Platforms:
    """``n_accounts``, ``n_orders`` of theirs and what customers paid for them (``dollars``, tax and fees
    included), ``share`` of all revenue (null without any); of an order: ``value`` (items and packaging before
    tax) and ``margin`` before the platform's commission, dollars, null where no cost is known."""

    n_accounts: int
    n_orders: int
    dollars: float
    share: float
    value: float
    margin: float

    @property
    def most_commission(self) -> float:
        """The share of ``value`` at which a commission leaves nothing."""
        return self.margin / self.value if self.value > 0 else float("nan")

    def after(self, commission: float) -> float:
        """What an order leaves after a commission of that share of ``value``, dollars."""
        return self.margin - commission * self.value


def measure_platforms(suite: Suite) -> Platforms:
    """Of all orders up to ``as_of``. No table has what platforms keep of an order."""
    margin = load_order_margins(suite, of_platforms=True)
    sums = margin.agg(
        n=margin.count(),
        accounts=margin.customer_id.nunique(),
        value=margin.value_cents.mean() / 100,
        margin=margin.margin_cents.mean() / 100,
    ).execute()
    own = suite.orders.semi_join(margin, "order_id").revenue_cents.sum().fill_null(0).execute()
    whole = suite.orders.revenue_cents.sum().fill_null(0).execute()
    n, accounts, value, left = (sums[name].iloc[0] for name in ("n", "accounts", "value", "margin"))
    share = float(own) / float(whole) if whole else float("nan")
    return Platforms(
        int(accounts), int(n), float(own) / 100, share, *(_number(each) for each in (value, left))
    )


def _number(value: Any) -> float:
    return float("nan") if pd.isna(value) else float(value)


def count_mix(suite: Suite) -> pd.DataFrame:
    """Orders by month and the channel that they came through: ``month``, ``channel``, ``n_orders``,
    ``dollars`` (revenue), ``share`` of the month's orders, 0 where a channel had none; ``is_whole``: false
    for a month that ``as_of`` or the first order cuts off. Empty without orders."""
    order = suite.orders
    counts = (
        order.group_by(month=order.order_date.truncate("M"), channel=order.channel)
        .agg(n_orders=order.count(), cents=order.revenue_cents.sum())
        .execute()
    )
    if counts.empty:
        return pd.DataFrame(columns=["month", "channel", "n_orders", "dollars", "share", "is_whole"])
    counts["month"] = pd.to_datetime(counts["month"])
    wide = counts.pivot(index="month", columns="channel", values=["n_orders", "cents"]).fillna(0.0)
    long = wide.stack("channel").reset_index().sort_values(["month", "channel"], ignore_index=True)
    total = long.groupby("month")["n_orders"].transform("sum")
    end = pd.Timestamp(suite.as_of)
    first = pd.Timestamp(order.order_date.min().execute())
    is_whole = (long["month"] >= first) & (long["month"] + pd.offsets.MonthEnd(0) <= end)
    return pd.DataFrame(
        {
            "month": long["month"],
            "channel": long["channel"].astype(str),
            "n_orders": long["n_orders"].astype(int),
            "dollars": long["cents"].astype(float) / 100,
            "share": np.asarray(long["n_orders"] / total, float),
            "is_whole": is_whole,
        }
    )


def count_order_channels(suite: Suite) -> pd.DataFrame:
    """What a dashboard by order channel says: ``channel``, ``n_customers`` (accounts that used it),
    ``each`` (revenue so far an account, dollars), ``orders_each``, ``aov``, ``elsewhere`` (share of these
    accounts' orders that came through another channel, and are not counted)."""
    order = suite.orders.filter(suite.orders.customer_id.notnull())
    own = order.group_by("customer_id", "channel").agg(n=order.count(), cents=order.revenue_cents.sum())
    own = own.mutate(whole=own.n.sum().over(ibis.window(group_by="customer_id")))
    table = (
        own.group_by("channel")
        .agg(n_customers=own.count(), cents=own.cents.sum(), n=own.n.sum(), whole=own.whole.sum())
        .order_by("channel")
        .execute()
    )
    n, orders = (table[name].astype(float) for name in ("n_customers", "n"))
    dollars = table["cents"].astype(float) / 100
    return pd.DataFrame(
        {
            "channel": table["channel"],
            "n_customers": table["n_customers"].astype(int),
            "each": dollars / n,
            "orders_each": orders / n,
            "aov": dollars / orders,
            "elsewhere": 1 - orders / table["whole"].astype(float),
        }
    )
