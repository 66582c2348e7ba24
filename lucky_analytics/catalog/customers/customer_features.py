"""``customer_features``: how each customer has ordered so far, at ``as_of`` or at any earlier date."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, whole

__all__ = ["CUSTOMER_FEATURES", "features_at", "purchases"]


def purchases(suite: Tables) -> ir.Table:
    """Orders of people (delivery accounts left out): what ``features_at`` reads, one row per order.

    ``customer_id``, ``order_id``, ``store_id``, ``ordered_at``, ``order_date``, ``list_cents``,
    ``items_cents``, ``is_coupon_acquired`` (of the customer), ``rank`` (0 for a customer's first order),
    ``gap_days`` since the customer's order before (null for the first), ``is_weekend``, ``is_new_store``
    (the customer's first order there) and ``n_new_products`` (products that the customer had not bought
    before). All of a row was known when the order was placed.
    """
    person = suite.customers.filter(~suite.customers.is_delivery_account)
    person = person.select("customer_id", "is_coupon_acquired")
    order = suite.orders.join(person, "customer_id")
    by_time = ibis.window(group_by="customer_id", order_by=["ordered_at", "order_id"])
    previous = order.order_date.lag().over(by_time)
    in_store = ibis.window(group_by=["customer_id", "store_id"], order_by=["ordered_at", "order_id"])
    order = order.select(
        *("customer_id", "order_id", "store_id", "ordered_at", "order_date", "list_cents", "items_cents"),
        order.is_coupon_acquired,
        rank=ibis.row_number().over(by_time),
        gap_days=order.order_date.delta(previous, unit="day").cast("int64"),
        is_weekend=order.order_date.day_of_week.index() >= 5,
        is_new_store=ibis.row_number().over(in_store) == 0,
    )
    placed = suite.orders.select("order_id", "customer_id", "ordered_at")
    item = suite.order_items.select("order_id", "product_id").join(placed, "order_id")
    of_product = ibis.window(group_by=["customer_id", "product_id"], order_by=["ordered_at", "order_id"])
    item = item.filter(item.product_id.notnull()).mutate(is_new=ibis.row_number().over(of_product) == 0)
    new = item.group_by(new_order="order_id").agg(n_new=item.is_new.sum())
    joined = order.left_join(new, order.order_id == new.new_order)
    return joined.mutate(n_new_products=joined.n_new.fill_null(0)).drop("new_order", "n_new")


def features_at(order: ir.Table, cut: dt.date) -> ir.Table:
    """Features of every customer with an order up to and including ``cut``, from those orders alone.

    ``order`` as from ``purchases``. Columns and meaning as declared for the conformed table. Nothing after
    ``cut`` enters: a model may be tested on what followed.
    """
    known = order.filter(order.order_date <= cut)
    is_first = known["rank"] == 0
    full = known.group_by("customer_id").agg(
        is_coupon_acquired=known.is_coupon_acquired.any(),
        first_date=known.order_date.min(),
        last_date=known.order_date.max(),
        n_orders=known.count(),
        items_cents=known.items_cents.sum(),
        list_cents=known.list_cents.sum(),
        first_items_cents=known.items_cents.min(where=is_first),
        first_list_cents=known.list_cents.min(where=is_first),
        home_store_id=known.store_id.min(where=is_first),
        n_gaps=known.gap_days.count(),
        gaps=whole(known.gap_days.sum()),
        squared_gaps=whole((known.gap_days * known.gap_days).sum()),
        n_weekend=known.is_weekend.sum(),
        n_stores=known.is_new_store.sum(),
        n_products=known.n_new_products.sum(),
    )
    # From sums of whole days, which are exact: the order of the rows must not show in the last digit.
    spread = full.squared_gaps - full.gaps * full.gaps / full.n_gaps.nullif(0)
    gap_sd = (spread / ibis.ifelse(full.n_gaps > 1, full.n_gaps - 1, ibis.null("int64"))).sqrt()
    age_days = ibis.literal(cut).delta(full.first_date, unit="day").cast("float64")
    return full.select(
        "customer_id",
        "is_coupon_acquired",
        "first_date",
        "last_date",
        "home_store_id",
        "n_orders",
        days_since_first=age_days,
        days_since_last=ibis.literal(cut).delta(full.last_date, unit="day").cast("float64"),
        # A customer of two days has not shown a monthly pace yet: count at least a week.
        orders_a_month=full.n_orders * 30.0 / ibis.greatest(age_days + 1, 7.0),
        mean_order_cents=full.items_cents / full.n_orders,
        discount_share=_discount(full.items_cents, full.list_cents),
        first_discount_share=_discount(full.first_items_cents, full.first_list_cents),
        gap_sd_days=gap_sd,
        weekend_share=full.n_weekend / full.n_orders,
        n_stores=whole(full.n_stores),
        n_products=whole(full.n_products),
    )


def _discount(paid: ir.NumericValue, listed: ir.NumericValue) -> ir.NumericValue:
    return 1 - paid / listed.nullif(0)


def _build(suite: Tables) -> ir.Table:
    return features_at(purchases(suite), suite.as_of)


CUSTOMER_FEATURES = Conformed(
    name="customer_features",
    is_kept=True,
    grain="one row per customer with a completed USD order by as_of, delivery accounts left out",
    key=("customer_id",),
    columns={
        "customer_id": Field("string", "internal customer number, text; joins customers"),
        "is_coupon_acquired": Field(
            "boolean", "registered through a campaign that gives new customers a voucher"
        ),
        "first_date": Field("date", "business date of the first order"),
        "last_date": Field("date", "business date of the last order"),
        "home_store_id": Field("string", "store of the first order; joins stores"),
        "n_orders": Field("int64", "orders", "count"),
        "days_since_first": Field("float64", "days from the first order to as_of"),
        "days_since_last": Field("float64", "days from the last order to as_of; 0 on as_of itself"),
        "orders_a_month": Field(
            "float64", "orders per 30 days since the first order, counting at least a week"
        ),
        "mean_order_cents": Field("float64", "paid for items an order, before tax", "cents"),
        "discount_share": Field(
            "float64",
            "1 - paid / list price of all items; null where the list price is 0",
            "0 to 1",
            nullable=True,
        ),
        "first_discount_share": Field("float64", "the same of the first order", "0 to 1"),
        "gap_sd_days": Field(
            "float64",
            "standard deviation of the days between orders; null below three orders",
            "days",
            nullable=True,
        ),
        "weekend_share": Field("float64", "share of orders on Saturday and Sunday", "0 to 1"),
        "n_stores": Field("int64", "different stores", "count"),
        "n_products": Field("int64", "different products", "count"),
    },
    build=_build,
)
