"""Which rows of the order table count as orders? The steps of the tutorial, in the notebook's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics import metrics
from lucky_analytics.errors import LuckyError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["COUNTED", "count_rows", "estimate_naive_value", "estimate_order_value"]

COUNTED = "counted"


def count_rows(suite: Suite) -> pd.DataFrame:
    """Every row of the raw order table, by what becomes of it, most rows first.

    Columns: ``reason`` (``COUNTED``, or why the conformed table leaves the row out), ``currency``,
    ``n_rows``, ``share`` (of all rows; sums to 1). Raises ``LuckyError`` when there is no row.

    >>> count_rows(suite)[["reason", "n_rows"]].head(2).values.tolist()      # doctest: +SKIP
    [['counted', 466252], ['not completed', 27282]]
    """
    n_counted = int(suite.orders.count().execute())
    left_out = suite.excluded.execute().rename(columns={"n_orders": "n_rows"})
    counted = pd.DataFrame({"reason": [COUNTED], "currency": ["USD"], "n_rows": [n_counted]})
    rows = pd.concat([counted, left_out[["reason", "currency", "n_rows"]]], ignore_index=True)
    total = int(rows["n_rows"].sum())
    if not total:
        raise LuckyError("order table", expected="rows", got="none", remedy="Take another snapshot")
    rows["share"] = rows["n_rows"] / total
    return rows.sort_values(["n_rows", "reason"], ascending=[False, True], ignore_index=True)


def estimate_order_value(suite: Suite) -> float:
    """Dollars an order: the metric ``aov`` over the conformed table; null without an order."""
    return float(metrics.aggregate(suite, ["aov"]).execute()["aov"].iloc[0]) / 100


def estimate_naive_value(suite: Suite) -> float:
    """What a plain average over the raw rows would say: cancelled orders and two currencies mixed."""
    return float(suite.source("salesorder").t_order.pay_money.cast("float64").mean().execute())
