"""What the cloud costs an order and a store, month by month, and what a naive projection makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from ibis import _

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["read_months", "read_node_days"]


def read_months(suite: Suite) -> pd.DataFrame:
    """Whole calendar months with a bill: ``month``, ``bill`` (dollars), ``orders``, ``stores`` (open on its
    last day), ``per_order``, ``per_store`` (dollars). Orders and stores are null where no table has them."""
    costs = suite.cloud_costs.execute()
    columns = ["month", "bill", "orders", "stores", "per_order", "per_store"]
    if costs.empty:
        return pd.DataFrame(columns=columns)
    day = pd.to_datetime(costs["day"])
    months = costs.groupby(day.dt.to_period("M"))["cost_cents"].sum() / 100
    first, last = day.min(), day.max()
    whole = [m for m in months.index if m.start_time >= first and m.end_time.normalize() <= last]
    table = pd.DataFrame({"month": [m.start_time for m in whole], "bill": months.loc[whole].to_numpy()})
    table["orders"], table["stores"] = np.nan, np.nan
    orders, stores = suite.optional("orders"), suite.optional("stores")
    if orders is not None and stores is not None and len(table):
        counted = orders.group_by(month=_.order_date.truncate("M")).agg(n=_.count()).execute()
        by_month = dict(zip(pd.to_datetime(counted["month"]), counted["n"], strict=True))
        table["orders"] = table["month"].map(by_month).astype(float)
        opened = pd.to_datetime(stores.filter(_.is_trading_store).opened_date.execute())
        ends = table["month"] + pd.offsets.MonthEnd(0)
        table["stores"] = [float((opened <= end).sum()) for end in ends]
    table["per_order"] = table["bill"] / table["orders"].where(table["orders"] > 0)
    table["per_store"] = table["bill"] / table["stores"].where(table["stores"] > 0)
    return table[columns]


def read_node_days(suite: Suite) -> pd.DataFrame:
    """Hours of nodes of each service by day: ``service``, ``day``, ``hours``."""
    costs = suite.cloud_costs
    hours = costs.filter(costs.unit == "hours").group_by("service", "day").agg(hours=costs.amount.sum())
    return hours.order_by(ibis.asc("service"), ibis.asc("day")).execute()
