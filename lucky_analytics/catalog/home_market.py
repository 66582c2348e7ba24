"""Which rows belong to the home market: the one rule, for conformed tables, audits and notebooks.

A row belongs elsewhere when a label of its own says so: another currency, a tenant of a test or foreign
market, a test flag. A row that says nothing of its own belongs where its order does, or its shop, or its
customer. A row in home currency that hangs on an order or a shop of another market contradicts itself: it is
*in doubt*, counted with the home market, and named by the tenant audit.
"""

from __future__ import annotations

from collections.abc import Iterable

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.errors import ParameterError
from lucky_analytics.estate.markets import FOREIGN_TENANTS, HOME

__all__ = [
    "DOUBT",
    "FOREIGN",
    "HERE",
    "OUTSIDE_ORDERS",
    "currency_of",
    "home_rows",
    "is_foreign",
    "mark_side",
    "shop_of",
]

HERE, FOREIGN, DOUBT = "home", "foreign", "in doubt"
_CURRENCIES = ("currency_code", "currency")  # as sources and as conformed tables call it
_SHOPS = ("shop_id", "shop_dept_id", "store_id", "preferred_shop_id")
_CUSTOMERS = ("user_no", "customer_id")
_OWN = ("tenant", "test_flag", "is_test")


def currency_of(columns: Iterable[str]) -> str:
    """Of the columns of a table, the one that holds its rows' currency; empty without one.

    >>> currency_of(["order_id", "currency"]), currency_of(["order_id"])
    ('currency', '')
    """
    return next((name for name in columns if name in _CURRENCIES), "")


def shop_of(columns: Iterable[str]) -> str:
    """Of the columns of a table, the one that names its rows' shop; empty without one."""
    return next((name for name in columns if name in _SHOPS), "")


def is_foreign(row: ir.Table) -> ir.BooleanValue:
    """Whether a label of the row's own says that it belongs to another market.

    Labels are the currency, ``tenant`` and ``test_flag`` (``is_test`` in ``stores``), as far as the row has
    them. A null label, and a tenant that nobody declared (``estate/markets.py``), says nothing.

    >>> row = ibis.memtable({"currency": ["USD", "NZD", "USD"], "tenant": ["LKUS", "LKUS", "LKTEST"]})
    >>> is_foreign(row).name("is_foreign").execute().tolist()
    [False, True, True]
    """
    says = []
    if currency := currency_of(row.columns):
        says.append(row[currency] != HOME.currency)
    if "tenant" in row.columns:
        says.append(row.tenant.isin(FOREIGN_TENANTS))
    if "test_flag" in row.columns:
        says.append(row.test_flag == 1)
    if "is_test" in row.columns:
        says.append(row.is_test)
    found: ir.BooleanValue = ibis.literal(False)
    for each in says:
        found = found | each.fill_null(False)
    return found


def mark_side(suite: Tables, table: ir.Table) -> ir.Table:
    """``table``, raw or conformed, with ``market_side``: ``HERE``, ``FOREIGN`` or ``DOUBT``, never null.

    Its own labels decide first, then those of its order, then of its shop in the registry; those of its
    customer only where it has neither column. What nobody knows says nothing. Raises ``ParameterError`` for a
    table that has none of them, ``MissingTableError`` where the snapshot lacks the table that says it.

    >>> mark_side(suite, suite.payments).market_side.value_counts().execute()      # doctest: +SKIP
    """
    names = tuple(table.columns)
    currency, shop, has_order = currency_of(names), shop_of(names), "order_id" in names
    customer = next((name for name in names if name in _CUSTOMERS), "")
    if not (currency or shop or has_order or customer or set(_OWN) & set(names)):
        raise ParameterError(
            "market of a table",
            expected="a column for its currency, tenant, order, shop or customer",
            got=", ".join(names[:6]),
        )
    found, contradicts = table, DOUBT if currency else FOREIGN
    sides = [(is_foreign(table), ibis.literal(FOREIGN))]
    if has_order:
        outside = suite.outside_orders.select(_order="order_id", _side="market_side")
        found = found.left_join(outside, text(found.order_id) == outside._order)
        sides.append((found._side == FOREIGN, ibis.literal(contradicts)))
        sides.append((found._side == DOUBT, ibis.literal(DOUBT)))
    if shop:
        shops = _shops_outside(suite)
        found = found.left_join(shops, text(found[shop]) == shops._shop)
        sides.append((found._shop.notnull(), ibis.literal(contradicts)))
    elif customer and not has_order:
        user = suite.source("salescrm").t_user
        users = user.filter(is_foreign(user)).select(_user="user_no")
        found = found.left_join(users, found[customer] == users._user)
        sides.append((found._user.notnull(), ibis.literal(contradicts)))
    return found.select(*names, market_side=ibis.cases(*sides, else_=HERE))


def home_rows(suite: Tables, table: ir.Table) -> ir.Table:
    """The rows of ``table`` that count in the home market: the gate for a table that holds all markets.

    Rows in doubt stay, as in ``orders``. Arguments and errors as of ``mark_side``.

    >>> home_rows(suite, suite.all_orders).count().execute()      # doctest: +SKIP
    """
    return mark_side(suite, table).filter(lambda row: row.market_side != FOREIGN).drop("market_side")


def _shops_outside(suite: Tables) -> ir.Table:
    shop = suite.source("opshop").t_shop_info
    return shop.filter(is_foreign(shop)).select(_shop=text(shop.id))


def _outside_orders(suite: Tables) -> ir.Table:
    order = suite.source("salesorder").t_order
    shops = _shops_outside(suite)
    found = order.left_join(shops, text(order.shop_id) == shops._shop)
    side = ibis.cases((is_foreign(order), FOREIGN), (found._shop.notnull(), DOUBT), else_=HERE)
    marked = found.select(order_id=text(found.id), market_side=side)
    return marked.filter(marked.market_side != HERE)


OUTSIDE_ORDERS = Conformed(
    name="outside_orders",
    grain="one row per order of any status and day that is not plainly of the home market",
    key=("order_id",),
    columns={
        "order_id": Field("string", "text; joins all_orders"),
        "market_side": Field(
            "string", "foreign, by its own currency or tenant; in doubt, by the shop in which it stands"
        ),
    },
    build=_outside_orders,
    is_kept=True,
)
