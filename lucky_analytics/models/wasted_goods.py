"""Dollars of goods that trading stores used and threw away, as every page on waste counts them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.inference.ratio import estimate_ratios

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["estimate_waste", "load_waste", "price_stock"]


def price_stock(suite: Suite, weeks: int) -> ir.Table:
    """``stock`` of the last ``weeks`` times seven days with ``used`` and ``wasted`` in dollars at the newest
    cost of each good; goods without a cost are left out."""
    start = suite.as_of + dt.timedelta(days=1) - dt.timedelta(weeks=weeks)
    cost = suite.costs
    newest = cost.group_by("goods_id").agg(unit_cents=cost.unit_cost_cents.argmax(cost.start_date))
    stock = suite.stock.filter(suite.stock.stock_date >= start).join(newest, "goods_id")
    return stock.mutate(
        used=stock.consumed_quantity * stock.unit_cents / 100,
        wasted=stock.wasted_quantity * stock.unit_cents / 100,
    )


def load_waste(suite: Suite, weeks: int = 16) -> pd.DataFrame:
    """By calendar week of the last ``weeks`` times seven days: ``week`` (Monday), ``wasted`` and ``used``
    (dollars at cost), ``part`` (of the week that is in them: the first and the last may be cut)."""
    stock = price_stock(suite, weeks)
    table = stock.group_by(week=stock.stock_date.truncate("W")).agg(
        wasted=stock.wasted.sum().round(6),
        used=stock.used.sum().round(6),
        part=stock.stock_date.nunique() / 7.0,
    )
    frame = table.order_by("week").execute()
    return frame.assign(week=pd.to_datetime(frame["week"]))


def estimate_waste(waste: pd.DataFrame, level: float = 0.9) -> pd.Series:
    """Dollars a week thrown away: ``value`` and its interval over weeks, ``low``, ``high``."""
    return estimate_ratios(waste.assign(group="all"), ["group"], "week", "wasted", "part", level).iloc[0]
