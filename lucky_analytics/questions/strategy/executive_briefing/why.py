"""Why revenue changed against an earlier day: stores, traffic, basket, price and mix, to the cent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import _

from lucky_analytics.methods.growth.change_parts import split_sales

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["BARS", "explain_change", "sum_parts"]

# The parts as a reader sees them: what a product costs after its discounts is one thing to whoever pays it.
BARS = {
    "stores": ("a store more or less", ("stores",)),
    "traffic": ("orders", ("traffic",)),
    "basket": ("items an order", ("basket",)),
    "price": ("prices paid", ("list price", "discount")),
    "mix": ("which products", ("mix",)),
    "fees": ("fees, order discounts", ("fees",)),
}


def explain_change(suite: Suite, day: dt.date, before: dt.date) -> pd.DataFrame:
    """The change of revenue of the trading stores from ``before`` to ``day``: ``store`` (in words), ``part``
    (of ``methods.growth.change_parts.PARTS``), ``cents``. All parts add up to the change. Empty where neither
    day has an order.
    """
    stores = suite.stores.filter("is_trading_store").select("store_id", store="store_name")
    on_both = _.order_date.isin([day, before])
    order = suite.orders.filter(on_both).inner_join(stores, "store_id")
    item = suite.order_items.filter(on_both).inner_join(stores, "store_id")
    is_after = _.order_date == ibis.literal(day)
    sold = order.group_by("store", is_after=is_after).aggregate(
        orders=_.count(), revenue_cents=_.revenue_cents.sum()
    )
    goods = item.group_by("store", is_after=is_after, product="variant_id").aggregate(
        units=_.count(), list_cents=_.list_cents.sum(), paid_cents=(_.paid_cents + _.tax_cents).sum()
    )
    return split_sales(
        sold.order_by("store", "is_after").execute(), goods.order_by("store", "product").execute()
    )


def sum_parts(parts: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Parts as a reader sees them, in dollars, the largest first: ``label``, ``dollars``, ``name``.

    With ``by`` ("store") one row a store, with a column for each of ``BARS`` and ``total``, the largest total
    first. Parts of nothing are left out of the first form, and kept in the second.
    """
    bar_of = {part: name for name, (_label, own) in BARS.items() for part in own}
    named = parts.assign(name=parts["part"].map(bar_of), dollars=parts["cents"] / 100)
    if by is None:
        sums = named.groupby("name", as_index=False)["cents"].sum()
        sums = sums[sums["cents"] != 0]
        sums = sums.sort_values("cents", key=abs, ascending=False, ignore_index=True)
        label = sums["name"].map({name: label for name, (label, _own) in BARS.items()})
        return sums.assign(label=label, dollars=sums["cents"] / 100)[["label", "dollars", "name"]]
    wide = named.pivot_table(index=by, columns="name", values="cents", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=list(BARS), fill_value=0) / 100
    wide["total"] = wide.sum(axis=1).round(2)
    return wide.sort_values("total", key=abs, ascending=False).rename_axis(columns=None).reset_index()
