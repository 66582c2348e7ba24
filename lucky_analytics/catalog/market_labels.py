"""Every declared source table and the columns by which its rows say to which market they belong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics import estate
from lucky_analytics.catalog.conformed import text
from lucky_analytics.catalog.home_market import currency_of, shop_of
from lucky_analytics.estate import servers

if TYPE_CHECKING:
    from lucky_analytics.catalog.suite import Suite

__all__ = ["EMPTY", "LABELS", "MISSING", "NO_LABEL", "TESTED", "Labelled", "count_undeclared", "label_orders",
           "label_rows", "list_labelled", "list_shops"]  # fmt: skip

TESTED, EMPTY, MISSING, NO_LABEL = "tested", "no row", "not in the snapshot", "no such column"
# What a row says, as text; empty where its table has no such column, or the row no value in it.
LABELS = ("tenant", "currency", "zone", "flag", "shop", "order_tenant", "order_currency")
_ORDERS = "luckyus_sales_order.t_order"


@dataclass(frozen=True)
class Labelled:
    """One declared table: the columns that say whose its rows are, empty where it has none, and its state."""

    database: str
    table: str
    about: str
    key: tuple[str, ...]
    n_rows: int
    state: str
    tenant: str = ""
    currency: str = ""
    zone: str = ""
    flag: str = ""
    shop: str = ""
    order: str = ""

    @property
    def name(self) -> str:
        return f"{self.database}.{self.table}"


def list_labelled(suite: Suite) -> tuple[Labelled, ...]:
    """Every declared table, whether or not the snapshot has it, in the order of its name.

    A column that exported files do not have counts as none.
    """
    return tuple(
        _labelled(suite, database, table)
        for database in estate.load().databases.values()
        for table in database.tables.values()
    )


def _labelled(suite: Suite, database: estate.Database, table: estate.Table) -> Labelled:
    entry = suite.snapshot.tables.get(f"{database.name}.{table.name}")
    names = [name for name in table.columns if not entry or name not in entry.absent]
    own = dict(_own(names))
    if own and "order_id" in names and f"{database.name}.{table.name}" != _ORDERS:
        own["order"] = "order_id"
    state = TESTED if entry and entry.rows else EMPTY if entry else MISSING
    public = tuple(name for name in table.key if table.columns[name].personal == "none")
    return Labelled(database.name, table.name, database.about, public, entry.rows if entry else 0,
                    state if own else NO_LABEL, **own)  # fmt: skip


def _own(names: list[str]) -> Iterator[tuple[str, str]]:
    for label, column in (("tenant", "tenant"), ("zone", "time_zone"), ("flag", "test_flag")):
        if column in names:
            yield label, column
    for label, found in (("currency", currency_of(names)), ("shop", shop_of(names))):
        if found:
            yield label, found


def label_orders(suite: Suite) -> ir.Table | None:
    """``order_key``, ``order_tenant`` and ``order_currency`` of every order; null without orders."""
    if _ORDERS not in suite.snapshot.tables:
        return None
    raw = suite.source("salesorder").t_order
    return raw.select(
        order_key=raw.id,
        order_tenant=raw.tenant.fill_null(""),
        order_currency=raw.currency_code.fill_null(""),
    ).cache()


def label_rows(suite: Suite, labelled: Labelled, orders: ir.Table | None) -> ir.Table:
    """The rows of a table as ``row`` (its key, as text) and ``LABELS``; ``orders`` of ``label_orders``.

    An order's labels are empty for an order that nobody knows, and without ``orders``.
    """
    table = getattr(suite.source(labelled.database), labelled.table)
    nothing = ibis.literal("")
    own = {
        label: text(table[column]).fill_null("") if (column := getattr(labelled, label)) else nothing
        for label in ("tenant", "currency", "zone", "flag", "shop", "order")
    }
    keys = [text(table[name]).fill_null("") for name in labelled.key]
    rows = table.select(row=ibis.literal(" ").join(keys) if keys else nothing, **own)
    if not labelled.order or orders is None:
        return rows.mutate(order_tenant=nothing, order_currency=nothing)
    # ids are joined as numbers, of which each has one text: rows are many here
    found = rows.left_join(orders, rows.order.try_cast("int64") == orders.order_key).drop("order_key")
    return found.mutate(
        order_tenant=found.order_tenant.fill_null(""), order_currency=found.order_currency.fill_null("")
    )


def list_shops(suite: Suite) -> pd.DataFrame:
    """The registry: ``shop`` (id as text), ``shop_name``, ``shop_tenant``, ``shop_currency``, ``shop_zone``,
    ``shop_flag`` (1 a test shop)."""
    shop = suite.source("opshop").t_shop_info
    listed = shop.select(
        "shop_name",
        shop=text(shop.id),
        shop_tenant=shop.tenant.fill_null(""),
        shop_currency=shop.currency_code.fill_null(""),
        shop_zone=shop.time_zone.fill_null(""),
        shop_flag=shop.test_flag.fill_null(0),
    )
    return listed.order_by("shop").execute()


def count_undeclared() -> int:
    """Servers of databases that the company counts, of which no table is declared.

    >>> count_undeclared() > 0
    True
    """
    fleet = servers.load()
    declared = {database.server for database in estate.load().databases.values()}
    kinds = ("mysql", "postgresql")
    named = {server.name for server in fleet.servers.values() if server.kind in kinds}
    return sum(fleet.count(kind) for kind in kinds) - len(named & declared)
