"""What each order of a person left after its goods, its packaging and its payment: contribution margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lucky_analytics.models.product_costs import load_unit_costs

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["load_order_margins"]


def load_order_margins(suite: Suite, *, of_platforms: bool = False) -> ir.Table:
    """Orders of people up to ``as_of``, delivery platforms' accounts left out; one row an order. With
    ``of_platforms`` those accounts' orders alone, whose platforms' commission no table has.

    ``customer_id``, ``order_id``, ``ordered_at``, ``order_date``; ``value_cents``: paid for items and
    packaging, before tax, after every discount; ``margin_cents``: that less ingredients and packaging (the
    default recipe at the costs of its week), the payment fee and what was given back, fractions of a cent
    kept, below 0 where an order cost more than it brought. ``has_cost``: false where a unit of the order has
    no known cost; ``has_fee``, ``has_refund``: whether its payment fee and what was given back are known. An
    order without a cost is taken to cost as much of its list price as the others, one without a fee to cost
    as much of what was paid, nothing where no fee at all is known. The margin is null where no cost is known
    at all. Delivery fees pass through to who delivers, and are in neither sum.
    """
    account = suite.customers.filter(suite.customers.is_delivery_account == of_platforms)
    order = suite.orders.semi_join(account.select("customer_id"), "customer_id")
    item = suite.order_items
    if of_platforms:  # few orders: what people's cost need not be worked out
        item = item.semi_join(order, "order_id")
    item = item.mutate(week=item.order_date.truncate("W"))
    unit = load_unit_costs(suite, item.select(day="week").distinct()).rename(cost_variant="variant_id")
    priced = item.left_join(unit, [item.variant_id == unit.cost_variant, item.week == unit.day])
    cost = priced.group_by(cost_order="order_id").agg(
        is_whole=priced.ingredient_cents.notnull().all(),
        known_cents=(priced.ingredient_cents + priced.packaging_cents).sum(),
    )
    fee = suite.fees.filter(suite.fees.order_id.notnull() & (suite.fees.currency == "USD"))
    billed = fee.group_by(fee_order="order_id").agg(own_fee=fee.fee_cents.sum())
    order = order.left_join(cost, order.order_id == cost.cost_order)
    order = order.left_join(billed, order.order_id == billed.fee_order)
    order = order.mutate(
        value_cents=order.items_cents + order.packaging_fee_cents - order.order_discount_cents,
        own_cost=ibis.ifelse(order.is_whole, order.known_cents, ibis.null("float64")),
    )
    usual = order.agg(
        cost_rate=order.own_cost.sum() / order.list_cents.sum(where=order.own_cost.notnull()).nullif(0),
        fee_rate=order.own_fee.sum() / order.value_cents.sum(where=order.own_fee.notnull()).nullif(0),
    )
    order = order.cross_join(usual)
    spent = order.own_cost.coalesce(order.list_cents * order.cost_rate)
    taken = order.own_fee.coalesce(order.value_cents * order.fee_rate.fill_null(0.0))
    return order.select(
        *("customer_id", "order_id", "ordered_at", "order_date", "value_cents"),
        margin_cents=order.value_cents - spent - taken - order.refund_cents.fill_null(0),
        has_cost=order.own_cost.notnull(),
        has_fee=order.own_fee.notnull(),
        has_refund=order.refund_cents.notnull(),
    )
