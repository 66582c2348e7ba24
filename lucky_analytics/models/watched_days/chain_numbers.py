"""All stores together, day by day: sums of the stores' own days, and what is counted of the chain only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import _

from lucky_analytics.models.watched_days.kpis import ALL

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["COUNTED_ALONE", "hours_of", "load_chain", "sum_stores"]

_SUMS = ["orders", "dollars", "goods", "sold_out", "refunded"]
COUNTED_ALONE = (
    "active",
    "first_orders",
    "registrations",
    "coupons",
    "failures",
    "failed_payments",
    "payments",
)


def load_chain(suite: Suite, days: pd.DataFrame) -> pd.DataFrame:
    """One row for each day from that of the first store to ``suite.as_of``: ``sum_stores`` and ``active``
    (customers who ordered), ``first_orders``, ``registrations``, ``coupons`` (used), ``failures`` (of
    machines), ``failed_payments`` of ``payments`` (tried).

    ``days`` of ``store_numbers.load_days``. A column whose table the snapshot lacks is null throughout, and
    so are days before a table's first row: it may not have been kept then, which is not 0.
    """
    chain = sum_stores(days, pd.Timestamp(suite.as_of)).set_index("ds")
    for table in _count_chain(suite):
        own = table.execute()
        own["ds"] = pd.to_datetime(own["ds"])
        own = own.dropna(subset="ds").set_index("ds").astype(float)
        known = own.reindex(chain.index[chain.index >= own.index.min()]).fillna(0.0)
        for name in known:
            chain[name] = known[name]
    return chain.reset_index()


def sum_stores(days: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """All stores of ``load_days`` together, on every day up to ``last``: ``store_id`` (``ALL``), ``ds``,
    ``orders``, ``dollars``, ``planned_hours`` that they meant to be open, ``aov``, ``making_seconds`` (mean
    of the tickets that are timed), ``goods``, ``sold_out``, ``refunded``, and ``COUNTED_ALONE`` without a
    value. Null where no store has a value; hours that nobody knows count as one a day.

    >>> ds = pd.Timestamp("2026-02-13")
    >>> days = pd.DataFrame({"store_id": ["a", "b"], "ds": ds, "orders": [10, 30], "dollars": [50, 150],
    ...                      "planned_minutes": 600, "making_seconds": [100, 200], "timed": [10, 30],
    ...                      "goods": 9, "sold_out": 1, "refunded": 0})
    >>> sum_stores(days, ds)[["aov", "making_seconds", "planned_hours"]].iloc[0].tolist()
    [5.0, 175.0, 20.0]
    """
    given = days[["ds", *_SUMS]].assign(
        planned_hours=hours_of(days),
        seconds=days["making_seconds"] * days["timed"],
        timed=days["timed"].where(days["making_seconds"].notna()),
    )
    sums = given.groupby("ds").sum(min_count=1).reindex(pd.date_range(days["ds"].min(), last, name="ds"))
    sums["aov"] = sums["dollars"] / sums["orders"].where(sums["orders"] > 0)
    sums["making_seconds"] = sums.pop("seconds") / sums.pop("timed").replace(0, np.nan)
    return sums.assign(**dict.fromkeys(COUNTED_ALONE, np.nan), store_id=ALL).reset_index()


def hours_of(days: pd.DataFrame) -> pd.Series:
    """The hours that each store of ``load_days`` meant to be open: as usual on a day on which it sold and was
    not meant to be open; 1 on all days where nobody knows.

    >>> hours_of(pd.DataFrame({"store_id": "a", "planned_minutes": [600, None, 720, 600]})).tolist()
    [10.0, 10.0, 12.0, 10.0]
    """
    usual = days.groupby("store_id")["planned_minutes"].transform("median")
    hours = days["planned_minutes"].fillna(usual) / 60
    return pd.Series(1.0, index=days.index) if hours.isna().all() else hours


def _count_chain(suite: Suite) -> list[ir.Table]:
    """``ds`` and those of ``COUNTED_ALONE`` that the snapshot has a table of."""
    orders = suite.orders
    by_day = orders.filter(_.is_trading_store).group_by(ds="order_date")
    counted = [
        by_day.aggregate(active=_.customer_id.nunique()),
        suite.customer_features.group_by(ds="first_date").aggregate(first_orders=_.count()),
    ]
    customers = suite.optional("customers")
    if customers is not None:
        new = customers.filter(~_.is_delivery_account).group_by(ds="registered_date")
        counted.append(new.aggregate(registrations=_.count()))
    coupons = suite.optional("coupons")
    if coupons is not None:
        used = coupons.filter(_.status == "used").inner_join(orders, "order_id")
        counted.append(used.group_by(ds="order_date").aggregate(coupons=_.count()))
    events = suite.optional("device_events")
    if events is not None:
        failed = events.filter(_.kind == "failed").group_by(ds="event_date")
        counted.append(failed.aggregate(failures=_.count()))
    payments = suite.optional("payments")
    if payments is not None:
        tried = payments.filter(_.currency == "USD").group_by(ds="payment_date")
        failed_ones = (_.status == "failed").cast("int64").sum()
        counted.append(tried.aggregate(failed_payments=failed_ones, payments=_.count()))
    return counted
