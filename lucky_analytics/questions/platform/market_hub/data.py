"""What each market's shops sold, on their own clocks; currencies stand side by side and are never added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.catalog import whole
from lucky_analytics.catalog.conformed import text
from lucky_analytics.catalog.local_time import local_time
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate.markets import MARKETS, Market
from lucky_analytics.methods.calendars.business_days import find_instant

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "NO_MARKET",
    "OPENING_HOURS",
    "OTHER_CURRENCY",
    "Sold",
    "count_moved",
    "load_hours",
    "load_orders",
    "load_shops",
    "load_sold",
    "registered",
    "show",
]

NO_MARKET = "in no declared market"
OTHER_CURRENCY = "not in the currency of its market"
OTHER_TENANT = "of another tenant"  # as all_orders says it
OPENING_HOURS = {"luckyus_opshop.t_shop_opening_time": "aws-luckyus-opshop-rw"}


@dataclass(frozen=True)
class Sold:
    """``days``: of each market's own stores in its own currency, by ``market``, ``store_id``, ``date`` (the
    store's own) and ``hour`` (local, 0 to 23): ``orders``, ``cents``, ``first`` and ``last`` order (UTC).
    ``apart``: completed orders that are in no market's figures, by ``market``, ``currency``, ``because``.
    """

    days: pd.DataFrame
    apart: pd.DataFrame


def registered(shops: pd.DataFrame) -> tuple[Market, ...]:
    """The declared markets that have a shop, in the order of ``MARKETS``."""
    return tuple(market for market in MARKETS if (shops["market"] == market.name).any())


def show(markets: tuple[Market, ...], name: str) -> tuple[Market, ...]:
    """The market called ``name``, or all for an empty name. Raises ``UnknownNameError``."""
    known = {market.name: market for market in markets}
    if name and name not in known:
        raise UnknownNameError("market", name, known)
    return (known[name],) if name else markets


def load_orders(suite: Suite) -> ir.Table:
    """Completed orders of every currency: ``store_id``, ``currency``, ``cents``, ``ordered_at`` (UTC),
    ``order_date`` (the store's own) and ``hour`` on its clock, null of a shop that is not registered, and
    ``is_foreign``: a dollar order of a test or foreign tenant, which ``orders`` does not have."""
    order = suite.all_orders.filter(_.status == "completed")
    store = suite.stores.select(zone_of="store_id", zone="time_zone")
    order = order.left_join(store, order.store_id == store.zone_of)
    at = local_time(order.ordered_at, order.zone, suite.zones)
    is_foreign = order.left_out_because.fill_null("") == OTHER_TENANT
    columns = ["store_id", "currency", "ordered_at", "order_date"]
    return order.select(
        *columns, cents="paid_cents", hour=at.hour().cast("int64"), is_foreign=is_foreign
    ).cache()


def load_shops(suite: Suite, orders: ir.Table) -> pd.DataFrame:
    """Every registered shop: ``store_id``, ``store``, ``market``, ``zone``, ``currency``, ``tenant``,
    ``is_flagged`` (as a test), ``is_trading_store``, ``is_counted``, ``orders`` and ``cents`` (in its own
    currency), ``first_date``, ``last_date`` of an order.

    A shop is in the declared market of its zone and currency. Of a market those shops count that are open to
    the public; where none is, as in one that has test shops alone, all of them.
    """
    raw = suite.source("opshop").t_shop_info
    raw = raw.select(raw_id=text(raw.id), tenant="tenant", is_flagged=raw.test_flag == 1)
    store = suite.stores.join(raw, suite.stores.store_id == raw.raw_id)
    shops = store.select(
        "store_id", "currency", "tenant", "is_flagged", "is_trading_store",
        store="store_name", zone="time_zone",
    ).order_by("store_id").execute()  # fmt: skip
    sold = orders.group_by("store_id", "currency").agg(
        orders=orders.count(), cents=whole(orders.cents.sum()),
        first_date=orders.order_date.min(), last_date=orders.order_date.max(),
    ).execute()  # fmt: skip
    shops = shops.merge(sold, on=["store_id", "currency"], how="left")
    shops[["orders", "cents"]] = shops[["orders", "cents"]].fillna(0).astype("int64")
    named = {(market.time_zone, market.currency): market.name for market in MARKETS}
    shops["market"] = [
        named.get(key, NO_MARKET) for key in zip(shops["zone"], shops["currency"], strict=True)
    ]
    trades = shops.groupby("market")["is_trading_store"].transform("any")
    shops["is_counted"] = (shops["is_trading_store"] | ~trades) & (shops["market"] != NO_MARKET)
    return shops


def load_sold(orders: ir.Table, shops: pd.DataFrame) -> Sold:
    """What the counted shops of each market sold, and the orders that are in no market's figures."""
    order = _place(orders, shops)
    own = order.filter(_.because.isnull())
    days = own.group_by("market", "store_id", "hour", date="order_date").agg(
        orders=own.count(), cents=whole(own.cents.sum()),
        first=own.ordered_at.min(), last=own.ordered_at.max(),
    ).order_by("market", "store_id", "date", "hour").execute()  # fmt: skip
    days["date"] = pd.to_datetime(days["date"])
    out = order.filter(_.because.notnull()).mutate(market=_.market.fill_null(NO_MARKET))
    apart = out.group_by("market", "currency", "because").agg(
        orders=out.count(), cents=whole(out.cents.sum())
    ).order_by("market", "currency", "because").execute()  # fmt: skip
    return Sold(days, apart)


def count_moved(orders: ir.Table, shops: pd.DataFrame, clocks: Sequence[str]) -> pd.DataFrame:
    """By ``market`` and ``clock`` (a zone) what that clock would date otherwise than the shop's own.

    ``orders`` in all, ``moved`` and ``moved_cents`` of them, in the market's own currency.
    """
    own = _place(orders, shops).filter(_.because.isnull())
    found = []
    for clock in clocks:
        date = local_time(own.ordered_at, ibis.literal(clock), [clock]).date()
        marked = own.mutate(is_moved=date != own.order_date)
        counted = marked.group_by("market").agg(
            orders=marked.count(), moved=whole(marked.is_moved.cast("int64").sum()),
            moved_cents=whole(marked.is_moved.ifelse(marked.cents, 0).sum()),
        ).order_by("market").execute()  # fmt: skip
        found.append(counted.assign(clock=clock))
    return pd.concat(found, ignore_index=True)


def _place(orders: ir.Table, shops: pd.DataFrame) -> ir.Table:
    """Orders with their ``market`` and ``because``: why one is in no market's figures, null for those that
    are."""
    place = shops.rename(columns={"store_id": "of_store", "currency": "own"})
    place = ibis.memtable(place[["of_store", "market", "is_counted", "own"]])
    order = orders.left_join(place, orders.store_id == place.of_store)
    because = ibis.cases(
        (order.market.isnull(), "its shop is not registered"),
        (order.market == NO_MARKET, "its shop's zone and currency are no declared market"),
        (order.currency != order.own, OTHER_CURRENCY),
        (order.is_foreign, "of a test or foreign tenant"),
        (~order.is_counted, "in a shop that is not open to the public"),
    )
    return order.mutate(because=because)


def load_hours(suite: Suite, shops: pd.DataFrame) -> pd.DataFrame | None:
    """When counted shops meant to be open: ``market``, ``store_id``, ``date``, ``opens``, ``closes`` (local
    HH:MM), ``opens_at``, ``closes_at`` (UTC); null where the snapshot lacks the table.

    A closing time that is not after the opening one is of the next day.
    """
    planned = suite.optional("store_hours")
    if planned is None:
        return None
    planned = planned.filter(
        _.is_planned_open & _.planned_open_time.notnull() & _.planned_close_time.notnull()
    )
    hours = planned.select(
        "store_id", date="business_date", opens="planned_open_time", closes="planned_close_time"
    ).order_by("store_id", "date").execute()  # fmt: skip
    counted = shops.loc[shops["is_counted"], ["store_id", "market", "zone"]]
    hours = hours.merge(counted, on="store_id", how="inner").drop_duplicates(["store_id", "date"])
    keys = hours[["zone", "date", "opens", "closes"]].drop_duplicates()
    spans = [_find_span(*key) for key in keys.itertuples(index=False)]
    keys[["opens_at", "closes_at"]] = pd.DataFrame(spans, index=keys.index, columns=["opens_at", "closes_at"])
    hours = hours.merge(keys, on=["zone", "date", "opens", "closes"], how="left")
    return hours.assign(date=pd.to_datetime(hours["date"])).drop(columns="zone")


def _find_span(zone: str, date: dt.datetime, opens: str, closes: str) -> tuple[dt.datetime, dt.datetime]:
    day = pd.Timestamp(date).date()
    first, last = dt.time.fromisoformat(opens), dt.time.fromisoformat(closes)
    until = day if last > first else day + dt.timedelta(days=1)
    return find_instant(day, first, zone), find_instant(until, last, zone)
