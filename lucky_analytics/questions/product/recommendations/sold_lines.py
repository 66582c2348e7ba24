"""What was sold in the trading stores, to whom and when: the one frame that every step of the page reads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["NOBODY", "Sales", "code_lines", "load_sales", "query_lines"]

# The customer of an order whose customer is a delivery platform's account, or is not known.
NOBODY = -1
_EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class Sales:
    """``lines``: one row an order and product, in the order of time: ``order``, ``customer`` (a place in
    ``customer_id``, ``NOBODY`` without a person), ``store`` and ``product`` (places in ``stores`` and
    ``products``), ``day`` (days since 1970), ``hour`` (store-local), ``paid_cents``. ``products``:
    ``product_id``, ``product_name``, ``category``, ``sugar_level``, ``nutrition_grade``. ``stores``:
    ``store_id``, ``store_name``.
    """

    lines: pd.DataFrame
    products: pd.DataFrame
    stores: pd.DataFrame
    customer_id: pd.Index
    as_of: dt.date
    sql: str = ""

    @property
    def last_day(self) -> int:
        """``as_of`` in days since 1970."""
        return int((np.datetime64(self.as_of, "D") - _EPOCH).astype(int))

    @property
    def people(self) -> pd.DataFrame:
        """The lines that a person bought."""
        return self.lines[self.lines["customer"] != NOBODY]


def query_lines(suite: Suite) -> ir.Table:
    """Units of completed orders of the trading stores: ``order_id``, ``customer_id`` (null unless a person),
    ``store_id``, ``product_id``, ``category``, ``order_date``, ``local_hour``, ``ordered_at``,
    ``paid_cents``."""
    order = suite.orders.filter("is_trading_store").select(
        "order_id", "customer_id", "local_hour", "ordered_at"
    )
    item = suite.order_items.filter(suite.order_items.product_id.notnull())
    item = item.select("order_id", "store_id", "product_id", "category", "order_date", "paid_cents")
    person = suite.customers.filter(~suite.customers.is_delivery_account)
    person = person.select(person_id="customer_id").distinct()
    sold = item.inner_join(order, "order_id").left_join(person, [("customer_id", "person_id")])
    return sold.mutate(customer_id=sold.person_id).drop("person_id")


def load_sales(suite: Suite, lines: ir.Table) -> Sales:
    """``lines`` as from ``query_lines`` with the names of products and stores; may be without a row."""
    columns = ["product_id", "product_name", "category", "sugar_level", "nutrition_grade"]
    rows = lines.drop("category").execute()
    products = suite.products.select(*columns).execute()
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name").execute()
    return code_lines(rows, products, stores, suite.as_of, suite.sql(lines))


def code_lines(
    units: pd.DataFrame, products: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, sql: str = ""
) -> Sales:
    """``Sales`` of units sold in any order, see ``query_lines``; units of one product in an order are a line.

    A product or store without a name has its code for one.
    """
    products = _with_all(products, "product_id", "product_name", units["product_id"])
    stores = _with_all(stores, "store_id", "store_name", units["store_id"])
    customer, customer_id = pd.factorize(units["customer_id"], sort=True)
    day = pd.to_datetime(units["order_date"]).to_numpy().astype("datetime64[D]").astype(int)
    order = pd.factorize(units["order_id"], sort=True)[0]
    product = pd.Index(products["product_id"]).get_indexer(units["product_id"])
    in_time = np.lexsort((product, order, units["ordered_at"].to_numpy()))
    lines = pd.DataFrame(
        {
            "order": order,
            "customer": customer,
            "store": pd.Index(stores["store_id"]).get_indexer(units["store_id"]),
            "product": product,
            "day": day,
            "hour": units["local_hour"].to_numpy(int),
            "paid_cents": units["paid_cents"].to_numpy(float),
        }
    ).iloc[in_time]
    is_first = np.ones(len(lines), bool)
    is_first[1:] = (np.diff(lines["order"]) != 0) | (np.diff(lines["product"]) != 0)
    line = np.cumsum(is_first) - 1
    paid = np.bincount(line, lines["paid_cents"], minlength=int(is_first.sum()))
    lines = lines[is_first].assign(paid_cents=paid).reset_index(drop=True)
    return Sales(lines, products, stores, pd.Index(customer_id), as_of, sql)


def _with_all(known: pd.DataFrame, key: str, name: str, sold: pd.Series) -> pd.DataFrame:
    """``known``, by ``key``, with a row for each that was sold and is not among them."""
    others = sorted(set(sold) - set(known[key]))
    added = pd.DataFrame({key: others, name: others})
    table = pd.concat([known, added], ignore_index=True) if others else known
    return table.sort_values(key, ignore_index=True)
