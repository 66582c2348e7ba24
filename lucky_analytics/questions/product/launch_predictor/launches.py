"""Which products were launched, what each sold on each day, and how many orders there were."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["MONTH", "Sales", "due_date", "find_launches", "load_sales", "make_sales", "sum_first_days"]

MONTH = 28  # days: a whole number of weeks, so that no weekday counts twice
_LEFT_AFTER = 14  # days without a sale, after which a product has left the menu
_STEADY = 3  # days with a sale within a week: one sale by mistake is no launch


@dataclass(frozen=True)
class Sales:
    """``units`` (products, days): of each product, ``orders`` (days) and ``days`` from the first order to
    ``as_of``. ``products``: ``product_id``, ``product_name``, ``category``, ``added_date`` (null where the
    product is in no list) in the order of ``units``; ``first`` and ``last``: positions of the first day of
    its first steady week and of its last sale."""

    days: pd.DatetimeIndex
    orders: np.ndarray
    units: np.ndarray
    products: pd.DataFrame

    @property
    def n_days(self) -> int:
        return len(self.days)


def load_sales(suite: Suite) -> Sales:
    """Units of each product and completed orders by day, of all shops that sell for US dollars."""
    item = suite.order_items
    sold = item.group_by("product_id", ds="order_date").agg(
        n=item.count(), name=item.product_name.max(), kind=item.category.max()
    ).order_by("product_id", "ds").execute()  # fmt: skip
    order = suite.orders
    placed = order.group_by(ds="order_date").agg(n=order.count()).order_by("ds").execute()
    listed = suite.products.select("product_id", "product_name", "category", "added_date").execute()
    if sold.empty or placed.empty:
        return make_sales(pd.DatetimeIndex([]), np.zeros(0), np.zeros((0, 0)), listed.head(0))
    days = pd.date_range(placed["ds"].min(), suite.as_of)
    orders = placed.assign(ds=pd.to_datetime(placed["ds"])).set_index("ds")["n"].reindex(days, fill_value=0)
    wide = sold.assign(ds=pd.to_datetime(sold["ds"])).pivot(index="product_id", columns="ds", values="n")
    wide = wide.reindex(columns=days).fillna(0.0)
    said = sold.groupby("product_id")[["name", "kind"]].last()
    known = listed.drop_duplicates("product_id").set_index("product_id").reindex(wide.index)
    products = pd.DataFrame({
        "product_id": wide.index, "product_name": known["product_name"].fillna(said["name"]).to_numpy(),
        "category": known["category"].fillna(said["kind"]).to_numpy(),
        "added_date": pd.to_datetime(known["added_date"]).to_numpy(),
    })  # fmt: skip
    return make_sales(days, orders.to_numpy(float), wide.to_numpy(float), products)


def make_sales(
    days: pd.DatetimeIndex, orders: np.ndarray, units: np.ndarray, products: pd.DataFrame
) -> Sales:
    """``Sales`` with first and last days found. A product that never sold steadily has ``first`` -1."""
    sells = units > 0
    n_days = units.shape[1] if units.ndim == 2 else 0
    within = np.zeros(units.shape)
    for ahead in range(7):
        within[:, : n_days - ahead if ahead else n_days] += sells[:, ahead:] if ahead else sells
    left = np.minimum(_STEADY, n_days - np.arange(n_days))
    steady = sells & (within >= left)
    first = np.where(steady.any(axis=1), steady.argmax(axis=1), -1) if len(units) else np.zeros(0, int)
    last = n_days - 1 - sells[:, ::-1].argmax(axis=1) if len(units) else np.zeros(0, int)
    return Sales(days, orders, units, products.assign(first=first, last=last).reset_index(drop=True))


def find_launches(sales: Sales) -> pd.DataFrame:
    """Products whose first steady week began 28 days or more after the first order, oldest first.

    Columns of ``sales.products`` with ``row`` (of ``units``), ``launched`` (date), ``age`` (days known, the
    first one included), ``lead`` (days from being listed to being sold; null where unknown), ``is_whole``
    (a month is known), ``has_left`` (no sale in the last 14 days)."""
    rows = sales.products.assign(row=np.arange(len(sales.products)))
    own = rows[rows["first"] >= MONTH].copy()
    own["launched"] = sales.days[own["first"].to_numpy(int)] if len(own) else pd.to_datetime([])
    own["age"] = sales.n_days - own["first"]
    own["lead"] = (own["launched"] - pd.to_datetime(own["added_date"])).dt.days
    own["is_whole"] = own["age"] >= MONTH
    own["has_left"] = own["last"] < sales.n_days - _LEFT_AFTER
    return own.sort_values(["launched", "product_name"], ignore_index=True)


def sum_first_days(sales: Sales, launches: pd.DataFrame, n_first: int) -> pd.DataFrame:
    """``launches`` that are ``n_first`` days old, with what was known on the last of these, and the month.

    ``counted`` (units of these days), ``orders`` (of the 28 days up to it: what a month is expected to
    bring), ``early`` (units of the month, were the first days carried on at the rate of an order), ``naive``
    (the same by days alone), ``so_far`` (units of the first 28 days that are known), ``month`` (the same of a
    whole month; null before).

    >>> days = pd.date_range("2025-07-01", periods=60)
    >>> units = np.where(np.arange(60) < 30, 0.0, 5.0)[None]
    >>> tea = pd.DataFrame({"product_id": ["a"], "product_name": "Tea", "category": "Tea", "added_date": ""})
    >>> sales = make_sales(days, np.full(60, 100.0), units, tea)
    >>> sum_first_days(sales, find_launches(sales), 3)[["counted", "early", "month"]].values.tolist()
    [[15.0, 140.0, 140.0]]
    """
    own = launches[launches["age"] >= n_first].reset_index(drop=True)
    rows = []
    for row, first in zip(own["row"], own["first"], strict=True):
        units = sales.units[row, first : first + MONTH]
        until = first + n_first
        orders = float(sales.orders[until - MONTH : until].sum())
        begun = float(sales.orders[first:until].sum())
        counted = float(units[:n_first].sum())
        early = counted * orders / begun if begun else np.nan
        month = float(units.sum()) if len(units) == MONTH else np.nan
        rows.append((counted, orders, early, counted * MONTH / n_first, float(units.sum()), month))
    columns = ["counted", "orders", "early", "naive", "so_far", "month"]
    return pd.concat([own, pd.DataFrame(rows, columns=columns)], axis=1)


def due_date(launched: pd.Timestamp) -> dt.date:
    """The last day of a launch's first month."""
    return (launched + pd.Timedelta(days=MONTH - 1)).date()
