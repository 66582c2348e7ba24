"""What each customer did in the days after the first order: sums over the same age for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["number_week", "sum_first_days"]


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
