"""What happened day by day: every watched number of each store, and of all stores together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.metrics.kitchen import OUTLIER_SECONDS
from lucky_analytics.models.calendar import find_special_days

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["ALL", "WATCHED", "Watched", "load_days", "name_missing", "name_special", "sum_sales"]

ALL = "All stores"
SALES, KITCHEN, PEOPLE, MONEY = "Revenue and orders", "Operations", "Customers", "Money going back"


@dataclass(frozen=True)
class Watched:
    """One number that is watched every day. ``kind`` as in ``expect_days``; ``good``: the direction that is
    good (1 up, -1 down, 0 neither); ``worth``: what one more of it is in dollars ("order": an average order,
    "dollar": it is dollars, "": no money can be put on it)."""

    name: str
    label: str
    part: str
    kind: str
    unit: str
    good: int
    worth: str = ""
    is_by_store: bool = False


WATCHED = {
    watched.name: watched
    for watched in (
        Watched("revenue", "Revenue", SALES, "amount", "USD", 1, "dollar", is_by_store=True),
        Watched("orders", "Orders", SALES, "count", "orders", 1, "order", is_by_store=True),
        Watched("order_value", "Average order", SALES, "amount", "USD an order", 1),
        Watched("making", "Minutes to make an order", KITCHEN, "amount", "minutes", -1, is_by_store=True),
        Watched("stock_outs", "Goods that ran out", KITCHEN, "count", "goods", -1, is_by_store=True),
        Watched("failures", "Machines that failed", KITCHEN, "count", "machines", -1),
        Watched("active", "Customers who ordered", PEOPLE, "count", "customers", 1, "order"),
        Watched("first_orders", "First orders", PEOPLE, "count", "customers", 1, "order"),
        Watched("registrations", "Registrations", PEOPLE, "count", "customers", 1),
        Watched("coupons", "Coupons used", PEOPLE, "count", "coupons", 0),
        Watched("refunds", "Orders refunded", MONEY, "count", "refunds", -1, "order"),
        Watched("failed_payments", "Payments that failed", MONEY, "count", "payments", -1, "order"),
    )
}


def load_days(suite: Suite) -> pd.DataFrame:
    """One row a watched number, store (or ``ALL``) and day from its first order to ``suite.as_of``.

    ``metric``, ``unique_id`` (store in words), ``ds``, ``y`` (dollars, minutes or a count; null where there
    is nothing to measure), ``exposure`` (minutes that it was meant to be open, or what a count is a part of;
    null on a closed day), ``is_special``. A number whose table the snapshot lacks has no row.
    """
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name")
    sold = _load_sales(suite, stores)
    frames = [sold, _load_making(suite, stores), _load_stock(suite, stores), _load_chain(suite, sold)]
    days = pd.concat([frame for frame in frames if frame is not None], ignore_index=True)
    special = find_special_days(days["ds"].min().date(), suite.as_of)
    days["is_special"] = days["ds"].isin(pd.to_datetime(list(special)))
    return days


def name_missing(days: pd.DataFrame) -> list[str]:
    """The labels of what could not be read, because the snapshot lacks its table or has no row of it."""
    found = set(days["metric"].unique())
    return [watched.label for name, watched in WATCHED.items() if name not in found]


def name_special(day: dt.date) -> str:
    """What makes a day a special one (``models.calendar``), empty for an ordinary one.

    >>> name_special(dt.date(2025, 11, 27))
    'Thanksgiving Day'
    """
    return find_special_days(day, day).get(day, "")


def sum_sales(days: pd.DataFrame) -> pd.DataFrame:
    """``ds``, ``orders``, ``revenue`` of all stores together, of the frame of ``load_days``."""
    own = days[days["unique_id"].eq(ALL) & days["metric"].isin(["orders", "revenue"])]
    wide = own.pivot(index="ds", columns="metric", values="y")
    return wide.rename_axis(columns=None).reset_index()


def _load_sales(suite: Suite, stores: ir.Table) -> pd.DataFrame:
    order = suite.orders.filter(_.is_trading_store).inner_join(stores, "store_id")
    by_day = order.group_by(unique_id="store_name", ds="order_date").aggregate(
        orders=_.count(), revenue=_.revenue_cents.sum() / 100
    )
    found = _dated(by_day.execute())
    hours = _load_hours(suite, stores)
    own = []
    for store, rows in found.groupby("unique_id"):
        every = pd.date_range(rows["ds"].min(), suite.as_of)
        rows = rows.set_index("ds")[["orders", "revenue"]].reindex(every, fill_value=0.0)
        planned = hours[hours["unique_id"].eq(store)].set_index("ds")["minutes"].reindex(every)
        # Sold on a day on which it was not meant to be open: as long as it usually is.
        usual = planned[planned > 0].median() if (planned > 0).any() else 1.0
        planned = planned.where(planned > 0).mask(rows["orders"].gt(0) & ~planned.gt(0), usual)
        planned = planned if len(hours) else planned.fillna(1.0)
        own.append(rows.assign(unique_id=store, exposure=planned).rename_axis("ds").reset_index())
    days = pd.concat(own, ignore_index=True)
    together = days.groupby("ds", as_index=False)[["orders", "revenue", "exposure"]].sum()
    # A store's day without an order is judged by its orders, which may be few enough for that.
    days["revenue"] = days["revenue"].where(days["orders"] > 0)
    whole = pd.concat([days, together.assign(unique_id=ALL)], ignore_index=True)
    value = together.assign(y=together["revenue"] / together["orders"].where(together["orders"] > 0))
    long = [whole.assign(metric=name, y=whole[name].astype(float)) for name in ("revenue", "orders")]
    long.append(value.assign(metric="order_value", unique_id=ALL, exposure=1.0))
    return pd.concat(long, ignore_index=True)[["metric", "unique_id", "ds", "y", "exposure"]]


def _load_hours(suite: Suite, stores: ir.Table) -> pd.DataFrame:
    """``unique_id``, ``ds``, ``minutes`` that a store was meant to be open; no row without the table."""
    hours = suite.optional("store_hours")
    if hours is None:
        return pd.DataFrame({"unique_id": [], "ds": pd.to_datetime([]), "minutes": []})
    hours = hours.filter(_.business_date <= suite.as_of).inner_join(stores, "store_id")
    minutes = ibis.ifelse(_.is_planned_open, _.planned_minutes, 0)
    return _dated(hours.select(unique_id="store_name", ds="business_date", minutes=minutes).execute())


def _load_making(suite: Suite, stores: ir.Table) -> pd.DataFrame | None:
    production = suite.optional("production")
    if production is None:
        return None
    ticket = production.filter(_.production_seconds <= OUTLIER_SECONDS).inner_join(stores, "store_id")
    sums = {"n": _.count(), "seconds": _.production_seconds.sum()}
    found = _dated(ticket.group_by(unique_id="store_name", ds="production_date").aggregate(**sums).execute())
    together = found.groupby("ds", as_index=False)[["n", "seconds"]].sum().assign(unique_id=ALL)
    whole = pd.concat([found, together], ignore_index=True)
    whole["y"] = (whole["seconds"] / whole["n"] / 60).where(whole["seconds"] > 0)
    return whole.assign(metric="making", exposure=1.0)[["metric", "unique_id", "ds", "y", "exposure"]]


def _load_stock(suite: Suite, stores: ir.Table) -> pd.DataFrame | None:
    stock = suite.optional("stock")
    if stock is None:
        return None
    day = stock.inner_join(stores, "store_id").group_by(unique_id="store_name", ds="stock_date")
    found = _dated(day.aggregate(y=_.is_stock_out.cast("int64").sum(), exposure=_.count()).execute())
    together = found.groupby("ds", as_index=False)[["y", "exposure"]].sum().assign(unique_id=ALL)
    return pd.concat([found, together], ignore_index=True).assign(metric="stock_outs")


def _load_chain(suite: Suite, sold: pd.DataFrame) -> pd.DataFrame:
    """What is counted for all stores together, on every day since the first order."""
    orders = sold[sold["metric"].eq("orders") & sold["unique_id"].eq(ALL)].set_index("ds")["y"]
    frames = []
    for name, table in _count_chain(suite).items():
        own = _dated(table.execute()).set_index("ds")
        if own.empty:
            continue
        # Before its first row a table may not have been kept: nothing is known of those days, which is not 0.
        own = own.reindex(orders.index[orders.index >= own.index.min()])
        if "exposure" not in own:
            own["y"] = own["y"].fillna(0.0)
            own["exposure"] = orders if name in ("coupons", "refunds") else 1.0
        frames.append(own.astype(float).assign(metric=name))
    return pd.concat(frames).rename_axis("ds").reset_index().assign(unique_id=ALL)


def _count_chain(suite: Suite) -> dict[str, ir.Table]:
    """``ds`` and ``y`` of each number that is counted for all stores together."""
    orders = suite.orders
    counted = {
        "active": orders.filter(_.is_trading_store)
        .group_by(ds="order_date")
        .aggregate(y=_.customer_id.nunique()),
        "first_orders": suite.customer_features.group_by(ds="first_date").aggregate(y=_.count()),
    }
    customers = suite.optional("customers")
    if customers is not None:
        new = customers.filter(~_.is_delivery_account).group_by(ds="registered_date")
        counted["registrations"] = new.aggregate(y=_.count())
    coupons = suite.optional("coupons")
    if coupons is not None:
        used = coupons.filter(_.status == "used").inner_join(orders, "order_id")
        counted["coupons"] = used.group_by(ds="order_date").aggregate(y=_.count())
    refunds = suite.optional("refunds")
    if refunds is not None:
        given = refunds.filter(_.currency == "USD").group_by(ds="refund_date")
        counted["refunds"] = given.aggregate(y=_.count())
    events = suite.optional("device_events")
    if events is not None:
        failed = events.filter(_.kind == "failed").group_by(ds="event_date")
        counted["failures"] = failed.aggregate(y=_.count())
    payments = suite.optional("payments")
    if payments is not None:
        tried = payments.filter(_.currency == "USD").group_by(ds="payment_date")
        failed_ones = (_.status == "failed").cast("int64").sum()
        counted["failed_payments"] = tried.aggregate(y=failed_ones, exposure=_.count())
    return counted


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(ds=pd.to_datetime(frame["ds"]))
    return frame.dropna(subset="ds").sort_values(list(frame.columns[:2]), ignore_index=True)
