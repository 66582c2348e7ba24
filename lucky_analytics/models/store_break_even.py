"""What a store must sell a week to pay its own bills, beside what it sold in the newest week."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.store_ledger import N_PACE, add_up_weeks, query_sales

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["find_needed_sales", "load_newest_week"]

_FIXED = ["wages_cents", "rent_cents", "other_cents"]
_FOLLOWS = ["goods_cents", "fee_cents"]  # as much of each dollar sold


def find_needed_sales(weeks: pd.DataFrame) -> pd.Series:
    """Cents of net sales a week by ``store_id`` that pay a trading store's bills of the last ``N_PACE`` weeks
    of the ledger: wages, rent and other bills over what a dollar of sales leaves after goods and card fees.

    ``weeks``: of ``store_ledger.load_weeks``. Null where nothing was sold or a dollar
    of sales leaves nothing.

    >>> week = {"store_id": "a", "store_name": "a", "opened": pd.Timestamp("2025-06-01"), "orders": 1,
    ...         "week_end": pd.Timestamp("2026-02-08"), "is_trading_store": True, "revenue_cents": 1000,
    ...         "tax_cents": 0, "refund_cents": 0, "net_cents": 1000, "goods_cents": 300, "wages_cents": 300,
    ...         "rent_cents": 200, "other_cents": 50, "fee_cents": 20, "profit_cents": 130}
    >>> find_needed_sales(pd.DataFrame([week])).round(1).to_dict()
    {'a': 808.8}
    """
    own = weeks[weeks["is_trading_store"]]
    own = own[own["week_end"].isin(sorted(own["week_end"].unique())[-N_PACE:])]
    sums = add_up_weeks(own, ["store_id"]).set_index("store_id")
    left = 1 - sums[_FOLLOWS].sum(axis=1) / sums["net_cents"].where(sums["net_cents"] > 0)
    return sums[_FIXED].sum(axis=1) / sums["n_weeks"] / left.where(left > 0)


def load_newest_week(suite: Suite) -> pd.Series:
    """Cents of net sales by ``store_id`` of the seven days to ``suite.as_of``: the bills of the last of them
    are not in the ledger yet."""
    sold = query_sales(suite)
    first = suite.as_of - dt.timedelta(days=6)
    sold = sold.filter(sold.order_date >= first)
    net = sold.revenue_cents - sold.tax_cents - sold.refund_cents.fill_null(0)
    return sold.group_by("store_id").agg(net_cents=net.sum()).execute().set_index("store_id")["net_cents"]
