"""Our own drinks as a basket: kind and size, list price, price paid, units of the last weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from lucky_analytics.models.calendar import Window, find_window
from lucky_analytics.questions.strategy.competitive_intelligence.drink_kinds import Drinks, name_item

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["NO_SIZE", "Basket", "load_basket", "shape_basket"]

FOOD = "Food"
NO_KIND, NO_SIZE = "no kind is declared", "its size in ounces is not declared"
NO_PRICE = "nothing was paid for it"


@dataclass(frozen=True)
class Basket:
    """``items``: one row for each kind and size, most units first: ``item``, ``kind``, ``size``, ``ounces``
    (mean), ``units``, ``list_price`` and ``paid_price`` (dollars before tax, means over units),
    ``discounted_share``, ``products``. ``outside``: our drinks that have none, ``product_name``, ``units``,
    ``why``. ``window``: the weeks. ``sql``: the query."""

    items: pd.DataFrame
    outside: pd.DataFrame
    window: Window
    sql: str = ""

    @property
    def n_units(self) -> int:
        return int(self.items["units"].sum())

    @property
    def covered_share(self) -> float:
        """Of the drinks sold, those in the basket; null where none was."""
        total = self.n_units + float(self.outside["units"].sum())
        return self.n_units / total if total else float("nan")

    def mean_of(self, column: str) -> float:
        """Mean of a price over the units of the basket; null for an empty one."""
        weights = self.items["units"]
        return float((self.items[column] * weights).sum() / weights.sum()) if self.n_units else float("nan")


def load_basket(suite: Suite, drinks: Drinks, n_weeks: int = 4) -> Basket:
    """What was sold over the counter of trading stores in the last ``n_weeks`` whole weeks.

    Orders of delivery platforms and deliveries are left out: their menus have prices of their own.
    """
    window = find_window(suite.as_of, n_weeks)
    order = suite.orders
    counter = order.filter(
        order.is_trading_store & ~order.is_delivery & (order.channel != "delivery platform")
    )
    item = suite.order_items
    item = item.filter((item.order_date >= window.start) & (item.order_date < window.end))
    item = item.filter(item.category != FOOD)
    raw = suite.source("salesorder").t_order_item
    names = raw.group_by(named_id=raw.sku_code).agg(variant_name=raw.sku_name.max())
    sold = item.join(counter.select("order_id"), "order_id")
    sums = sold.group_by("variant_id").agg(
        product_name=sold.product_name.max(),
        units=sold.count(),
        list_price=sold.list_cents.mean() / 100,
        paid_price=sold.paid_cents.mean() / 100,
        discounted_share=(sold.paid_cents < sold.list_cents).mean(),
    )
    told = sums.left_join(names, ibis._.variant_id == names.named_id).drop("named_id")
    return shape_basket(told.order_by("variant_id").execute(), drinks, window, suite.sql(told))


def shape_basket(sold: pd.DataFrame, drinks: Drinks, window: Window, sql: str = "") -> Basket:
    """``sold``: one row a product in one size: ``product_name``, ``variant_name``, ``units``, ``list_price``,
    ``paid_price``, ``discounted_share``."""
    sold = sold.astype({"units": float, "list_price": float, "paid_price": float, "discounted_share": float})
    kind = sold["product_name"].map(drinks.kind_of).astype(object)
    ounces = sold["variant_name"].fillna("").map(drinks.ounces_of).astype(float)
    size = ounces.map(lambda each: drinks.size_of(None if pd.isna(each) else each)).astype(object)
    sold = sold.assign(kind=kind, ounces=ounces, size=size, item=name_item(kind, size))
    known = sold[sold["item"].notna() & (sold["list_price"] > 0) & (sold["paid_price"] > 0)]
    outside = sold.drop(known.index)
    why = pd.Series(NO_PRICE, outside.index).mask(outside["size"].isna(), NO_SIZE)
    why = why.mask(outside["kind"].isna(), NO_KIND)
    outside = outside.assign(why=why).groupby(["product_name", "why"])["units"].sum().reset_index()
    rows = [_sum_up(str(item), own) for item, own in known.groupby("item")]
    columns = ["item", "kind", "size", "ounces", "units", "list_price", "paid_price", "discounted_share",
               "products"]  # fmt: skip
    items = pd.DataFrame(rows, columns=columns).sort_values(["units", "item"], ascending=[False, True])
    outside = outside.sort_values(["units", "product_name"], ascending=[False, True], ignore_index=True)
    return Basket(items.reset_index(drop=True), outside, window, sql)


def _sum_up(item: str, own: pd.DataFrame) -> dict[str, Any]:
    units = own["units"]
    means = {
        name: float((own[name] * units).sum() / units.sum())
        for name in ("ounces", "list_price", "paid_price", "discounted_share")
    }
    first = own.iloc[0]
    products = ", ".join(sorted(set(own["product_name"])))
    return {"item": item, "kind": first["kind"], "size": first["size"], "units": float(units.sum()),
            "products": products, **means}  # fmt: skip
