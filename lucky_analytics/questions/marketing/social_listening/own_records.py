"""What our own tables say beside posts: orders by store, and complaints that customers made to us."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.methods.forecasts.calibration import wilson_interval

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["OwnRecords", "load_records", "measure_kinds"]


@dataclass(frozen=True)
class OwnRecords:
    """Of ``since`` to ``until``, both days counted. ``stores``: ``store`` (name), ``opened_date``,
    ``n_orders``, ``n_complaints`` (null where complaints are not in the snapshot); ``kinds``: ``kind`` and
    ``n`` of complaints, or null. ``sql``: the query of the orders."""

    stores: pd.DataFrame
    kinds: pd.DataFrame | None
    since: dt.date
    until: dt.date
    sql: str

    @property
    def opened(self) -> dict[str, dt.date]:
        """When each store opened, where that is known."""
        known = self.stores.dropna(subset="opened_date")
        return dict(zip(known["store"], pd.to_datetime(known["opened_date"]).dt.date, strict=True))


def load_records(suite: Suite, until: dt.date, n_weeks: int) -> OwnRecords:
    """Trading stores with the orders and complaints of the ``n_weeks`` weeks up to ``until``."""
    since = until - dt.timedelta(days=7 * n_weeks - 1)
    trading = suite.stores.filter("is_trading_store").select("store_id", "store_name", "opened_date")
    order = suite.orders.filter(suite.orders.order_date.between(since, until))
    by_store = order.group_by("store_id").agg(n_orders=order.count())
    query = trading.left_join(by_store, "store_id").select(
        "store_id", "store_name", "opened_date", "n_orders"
    )
    stores = query.order_by("store_name").execute().rename(columns={"store_name": "store"})
    stores["n_orders"] = stores["n_orders"].fillna(0).astype(int)
    kinds, complaint = None, suite.optional("complaints")
    stores["n_complaints"] = np.nan
    if complaint is not None:
        own = complaint.filter(complaint.complaint_date.between(since, until))
        own = own.semi_join(trading, "store_id")
        counts = own.group_by("store_id", "kind").agg(n=own.count()).execute()
        of_store = stores["store_id"].map(counts.groupby("store_id")["n"].sum())
        stores["n_complaints"] = of_store.fillna(0).astype(float)
        kinds = counts.groupby("kind")["n"].sum().reset_index()
    return OwnRecords(stores.drop(columns="store_id"), kinds, since, until, ibis.to_sql(query))


def measure_kinds(own: OwnRecords, level: float = 0.9) -> pd.DataFrame:
    """What customers complain of to us, most often first: ``kind``, ``n``, ``share`` of complaints with
    ``low``, ``high`` (Wilson), ``per_1000`` orders. Empty without complaints."""
    if own.kinds is None or own.kinds.empty:
        return pd.DataFrame(columns=["kind", "n", "share", "low", "high", "per_1000"])
    total, orders = int(own.kinds["n"].sum()), int(own.stores["n_orders"].sum())
    low, high = wilson_interval(own.kinds["n"], total, level)
    each = 1000 * own.kinds["n"] / orders if orders else np.nan
    made = own.kinds.assign(share=own.kinds["n"] / total, low=low, high=high, per_1000=each)
    return made.sort_values(["n", "kind"], ascending=[False, True], ignore_index=True)
