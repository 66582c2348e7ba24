"""What each customer did in the days after the first order: sums over the same age for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.models.order_margins import load_order_margins

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["load_first_days", "number_week", "sum_first_days"]


def load_first_days(
    suite: Suite, columns: Sequence[str], spans: Sequence[int], loyal_orders: int = 5
) -> tuple[pd.DataFrame, ir.Table]:
    """Everyone who registered by ``as_of``, delivery platforms' accounts left out, by ``customer_id``; and
    the orders that the sums are of.

    ``columns`` of ``customers`` (when they registered as timestamps); ``touch``: through what they first met
    us, null where no first touch is known or in the snapshot; and ``sum_first_days`` of their orders with
    margins (``load_order_margins``), null for who has not ordered.
    """
    customer = suite.customers.filter(~suite.customers.is_delivery_account)
    customer = customer.select("customer_id", *columns)
    touch = suite.optional("first_touches")
    if touch is None:
        customer = customer.mutate(touch=ibis.null("string"))
    else:
        first = touch.group_by(touched_id="customer_id").agg(
            touch=touch.touched_through.argmin(touch.touched_at.epoch_seconds())
        )
        customer = customer.left_join(first, customer.customer_id == first.touched_id).drop("touched_id")
    placed = suite.orders.select("order_id", "channel", "store_id", "revenue_cents")
    order = load_order_margins(suite).join(placed, "order_id")
    order = order.order_by("customer_id", "ordered_at", "order_id").select(
        "customer_id", "order_date", "channel", "store_id", "revenue_cents", "margin_cents"
    )
    sums = sum_first_days(order.execute(), spans, loyal_orders)
    rows = customer.execute().merge(sums, on="customer_id", how="left")
    rows = rows.sort_values("customer_id", ignore_index=True)
    for name in columns:
        if name.startswith("registered_"):
            rows[name] = pd.to_datetime(rows[name])
    return rows, order


def sum_first_days(orders: pd.DataFrame, spans: Sequence[int], loyal_orders: int = 5) -> pd.DataFrame:
    """One row a customer of ``orders``, which come by customer and time.

    ``orders``: ``customer_id``, ``order_date``, ``channel``, ``store_id``, ``margin_cents``,
    ``revenue_cents``. Returned: ``customer_id``; ``first_date``, ``first_channel``, ``first_store``;
    ``second_date``, ``loyal_date`` (of order number ``loyal_orders``), null where there is none; ``n_orders``
    and ``margin_cents`` of all; and for each of ``spans`` (days) ``margin_30_cents``, ``orders_30``,
    ``paid_30_cents`` and so on: of the orders up to so many days after the first, that one included.

    >>> rows = pd.DataFrame({"customer_id": ["a", "a"], "order_date": ["2025-07-01", "2025-08-10"],
    ...     "channel": "ios", "store_id": "1", "margin_cents": [100, 50], "revenue_cents": [300, 200]})
    >>> sum_first_days(rows, [30])[["n_orders", "orders_30", "margin_30_cents"]].to_numpy().tolist()
    [[2.0, 1.0, 100.0]]
    """
    is_first = (orders["customer_id"] != orders["customer_id"].shift()).to_numpy()
    start = np.flatnonzero(is_first)
    code, place = np.cumsum(is_first) - 1, np.arange(len(orders))
    place = place - start[code] if len(start) else place
    date = pd.to_datetime(orders["order_date"])
    opening = orders.iloc[start].reset_index(drop=True)
    first = date.iloc[start].reset_index(drop=True)
    since = (date.to_numpy() - first.to_numpy()[code]) // np.timedelta64(1, "D") if len(start) else place
    found: dict[str, Any] = {
        "customer_id": opening["customer_id"],
        "first_date": first,
        "first_channel": opening["channel"],
        "first_store": opening["store_id"],
    }
    for name, which in {"second_date": 1, "loyal_date": loyal_orders - 1}.items():
        own = place == which
        found[name] = pd.Series(date[own].to_numpy(), index=code[own]).reindex(first.index)
    margin, paid = (orders[name].to_numpy(float) for name in ("margin_cents", "revenue_cents"))
    found["n_orders"] = _add(np.ones(len(code)), code, len(start))
    found["margin_cents"] = _add(margin, code, len(start))
    for days in spans:
        inside = since <= days
        found[f"margin_{days}_cents"] = _add(np.where(inside, margin, 0.0), code, len(start))
        found[f"orders_{days}"] = _add(inside.astype(float), code, len(start))
        found[f"paid_{days}_cents"] = _add(np.where(inside, paid, 0.0), code, len(start))
    return pd.DataFrame(found)


def number_week(date: pd.Series) -> pd.Series:
    """The number of each date's week, which begins on a Monday; one more for each week.

    >>> number_week(pd.to_datetime(pd.Series(["2000-01-03", "2000-01-09", "2000-01-10"]))).tolist()
    [0, 0, 1]
    """
    return (date - pd.Timestamp("2000-01-03")).dt.days // 7


def _add(value: NDArray[np.float64], code: NDArray[np.intp], n: int) -> NDArray[np.float64]:
    return np.asarray(np.bincount(code, value, n), float)
