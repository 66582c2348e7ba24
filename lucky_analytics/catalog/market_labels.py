"""Every declared source table and the columns by which its rows say to which market they belong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics import estate
from lucky_analytics.catalog.conformed import name, text, whole
from lucky_analytics.catalog.home_market import currency_of, shop_of
from lucky_analytics.estate import servers

if TYPE_CHECKING:
    from lucky_analytics.catalog.suite import Suite

__all__ = ["EMPTY", "LABELS", "MISSING", "NO_LABEL", "TESTED", "Labelled", "count_labels", "count_undeclared",
           "label_orders", "label_rows", "list_labelled", "list_shops"]  # fmt: skip

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


def count_labels(suite: Suite, labelled: Labelled, orders: ir.Table | None) -> pd.DataFrame:
    """How many rows of a table have each combination of ``LABELS``: those and ``n``, in their order.

    ``orders`` of ``label_orders``. Rows are grouped as the source has them, and only groups put into text.
    """
    table = _beside_orders(suite, labelled, orders)
    raw = {label: table[name] for label in LABELS[:5] if (name := getattr(labelled, label))}
    raw |= {label: table[label] for label in LABELS[5:] if label in table.columns}
    grouped = table.group_by(**raw).agg(n=table.count())
    said = grouped.select("n", **{label: _say(grouped, label) for label in LABELS})
    counted = said.group_by(list(LABELS)).agg(n=whole(said.n.sum()))  # null and empty say the same
    return counted.order_by(list(LABELS)).execute()


def label_rows(
    suite: Suite, labelled: Labelled, orders: ir.Table | None, only: pd.DataFrame | None = None
) -> ir.Table:
    """The rows of a table as ``row`` (its key, as text), ``order`` and ``LABELS``; ``orders`` of
    ``label_orders``.

    An order's labels are empty for an order that nobody knows, and without ``orders``. ``only``: combinations
    of labels that are wanted; rows of others may be left out, so that fewer are joined and put into text.
    """
    table = _beside_orders(suite, labelled, orders, only)
    own = {name: getattr(labelled, name) for name in (*LABELS[:5], "order")}
    said = {name: _say(table, column) for name, column in own.items()}
    said |= {name: _say(table, name) for name in LABELS[5:]}
    keys = [_say(table, name) for name in labelled.key]
    return table.select(row=ibis.literal(" ").join(keys) if keys else ibis.literal(""), **said)


def _beside_orders(
    suite: Suite, labelled: Labelled, orders: ir.Table | None, only: pd.DataFrame | None = None
) -> ir.Table:
    """The raw rows with the labels of their order, as far as both are there."""
    table = getattr(suite.source(labelled.database), labelled.table)
    if only is not None:
        for name in LABELS[:5]:
            table = _keep(table, getattr(labelled, name), set(only[name]))
    if not labelled.order or orders is None:
        return table
    # ids are joined as numbers, of which each has one text: rows are many here
    key = table[labelled.order].try_cast("int64")
    if only is None or (only[list(LABELS[5:])] == "").all(axis=1).any():
        return table.left_join(orders, key == orders.order_key)
    for name in LABELS[5:]:  # each wanted row has an order that says something
        orders = orders.filter(orders[name].isin(sorted(set(only[name]))))
    return table.inner_join(orders, key == orders.order_key)


def _keep(table: ir.Table, column: str, said: set[str]) -> ir.Table:
    """The rows whose column says one of ``said``, an id or a name; all, if one of them is nothing."""
    if not column or "" in said:
        return table
    kind = table[column].type()
    if kind.is_integer():
        return table.filter(table[column].isin(sorted(int(one) for one in said)))
    return table.filter(table[column].isin(sorted(said))) if kind.is_string() else table


def _say(table: ir.Table, column: str) -> ir.StringValue:
    """What a column says, as text; empty where there is no such column, or nothing in it."""
    return text(table[column]).fill_null("") if column in table.columns else ibis.literal("")


def list_shops(suite: Suite) -> pd.DataFrame:
    """The registry: ``shop`` (id as text), ``shop_name``, ``shop_tenant``, ``shop_currency``, ``shop_zone``,
    ``shop_flag`` (1 a test shop)."""
    shop = suite.source("opshop").t_shop_info
    listed = shop.select(
        shop_name=name(shop.shop_name),
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
