"""A date gone by: what was known of each customer on it, and what the customer's next order held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from lucky_analytics.models.product_pairs import DAYPARTS
from lucky_analytics.questions.product.recommendations.sold_lines import Sales

__all__ = ["RECENT_DAYS", "Cut", "cut_at", "find_cut_days", "find_daypart", "know_customers"]

Array = NDArray[Any]
# What sold so many days before a date is what sells now; a product that did not sell in half of them is
# no longer on the menu.
RECENT_DAYS = 28
_ON_MENU_DAYS = 14
# First hours of the parts of a day, store-local.
_HOURS = np.array(list(DAYPARTS.values()))


@dataclass(frozen=True)
class Cut:
    """What was known on ``day`` and, where it was looked up, what came next.

    ``items``: products on the menu (places in ``Sales.products``), the most sold of the last weeks first;
    all columns are in this order. ``known`` (all customers, items): in how many orders each product was,
    sparse. ``seen`` and ``last`` (rows, items): the same of the customers who are looked at, and when each
    product was bought last (a running number, 0 is never). ``recent`` and ``ever``: orders with each product,
    of the last weeks and of all time; ``by_store`` and ``by_daypart``: of the last weeks.

    A row is a customer: ``customer``, ``n_orders`` so far; of the next order ``store``, ``daypart`` and
    ``week`` (-1 where none was looked up). ``row`` and ``item``: one entry for each product of it that was
    on the menu on ``day``; ``n_unknown`` products were not yet.
    """

    day: int
    items: Array
    known: Any
    seen: Array
    last: Array
    recent: Array
    ever: Array
    by_store: Array
    by_daypart: Array
    customer: Array
    n_orders: Array
    store: Array
    daypart: Array
    week: Array
    row: Array
    item: Array
    n_unknown: int

    @property
    def is_repeat(self) -> Array:
        """Whether the customer of each target had bought its product before."""
        return np.asarray(self.seen[self.row, self.item] > 0)


def find_cut_days(sales: Sales, horizon: int, n_cuts: int) -> list[int]:
    """The last ``n_cuts`` dates that have ``horizon`` days after them and four weeks before, oldest first.

    Next orders are looked for in spans that do not overlap.
    """
    lines = sales.people
    if lines.empty:
        return []
    first = int(lines["day"].min()) + RECENT_DAYS - 1
    days = [sales.last_day - horizon * number for number in range(n_cuts, 0, -1)]
    return [day for day in days if day >= first]


def cut_at(sales: Sales, day: int, horizon: int) -> Cut:
    """The customers known on ``day`` who ordered again within ``horizon`` days, and that next order."""
    lines = sales.people
    after = lines[(lines["day"] > day) & (lines["day"] <= day + horizon)]
    after = after[after["customer"].isin(lines.loc[lines["day"] <= day, "customer"].unique())]
    first = after.drop_duplicates("customer").set_index("customer")["order"]
    following = after[after["order"].to_numpy() == first.reindex(after["customer"]).to_numpy()]
    return _assemble(sales, day, following)


def know_customers(sales: Sales, customers: Array) -> Cut:
    """The named customers as known on ``as_of``, nothing looked up."""
    lines = sales.people
    named = lines[lines["customer"].isin(customers)].drop_duplicates("customer")
    return _assemble(sales, sales.last_day, named.assign(product=-1, store=-1, hour=-1, day=-1))


def find_daypart(hour: Array) -> Array:
    """The place among ``product_pairs.DAYPARTS`` of each hour (0 to 23, store-local).

    >>> find_daypart(np.array([0, 6, 10, 17, 23])).tolist()
    [0, 1, 1, 4, 4]
    """
    part: Array = np.searchsorted(_HOURS, hour, side="right") - 1
    return part


def _assemble(sales: Sales, day: int, following: pd.DataFrame) -> Cut:
    everybody = sales.lines[sales.lines["day"] <= day]
    recent = everybody[everybody["day"] > day - RECENT_DAYS]
    n_products, n_stores = len(sales.products), len(sales.stores)
    on_menu = recent.loc[recent["day"] > day - _ON_MENU_DAYS, "product"].unique()
    sold = np.bincount(recent["product"], minlength=n_products)
    items = np.sort(on_menu)[np.argsort(-sold[np.sort(on_menu)], kind="stable")]
    place = np.full(n_products + 1, -1)
    place[items] = np.arange(len(items))

    known = everybody[everybody["customer"] >= 0]
    customer, product = known["customer"].to_numpy(), place[known["product"].to_numpy()]
    kept = np.flatnonzero(product >= 0)
    key = customer[kept] * np.int64(len(items)) + product[kept]
    # The lines are in the order of time: the last occurrence of a key is the first from the end.
    pair, from_end, count = np.unique(key[::-1], return_index=True, return_counts=True)
    latest = len(kept) - from_end  # 1 and more
    who, what = np.divmod(pair, max(len(items), 1))
    shape = (len(sales.customer_id), len(items))
    counts = sparse.csr_matrix((count.astype(float), (who, what)), shape=shape)
    times = sparse.csr_matrix((latest.astype(float), (who, what)), shape=shape)

    unique = following.drop_duplicates("customer").sort_values("customer")
    rows = unique["customer"].to_numpy()
    n_orders = np.bincount(known.drop_duplicates("order")["customer"], minlength=shape[0])
    target = place[following["product"].to_numpy()]
    row = np.searchsorted(rows, following["customer"].to_numpy())[target >= 0]
    is_named = following["product"].to_numpy() >= 0
    part = find_daypart(recent["hour"].to_numpy())
    return Cut(
        day,
        items,
        counts,
        counts[rows].toarray(),
        times[rows].toarray(),
        sold[items].astype(float),
        np.bincount(everybody["product"], minlength=n_products)[items].astype(float),
        _cross(recent["store"].to_numpy(), recent["product"].to_numpy(), n_stores, n_products)[:, items],
        _cross(part, recent["product"].to_numpy(), len(_HOURS), n_products)[:, items],
        rows,
        n_orders[rows],
        unique["store"].to_numpy(),
        find_daypart(unique["hour"].to_numpy()),
        (unique["day"] // 7).to_numpy(),
        row,
        target[target >= 0],
        int((is_named & (target < 0)).sum()),
    )


def _cross(a: Array, b: Array, n_a: int, n_b: int) -> Array:
    counted: Array = np.bincount(a * n_b + b, minlength=n_a * n_b).reshape(n_a, n_b).astype(float)
    return counted
