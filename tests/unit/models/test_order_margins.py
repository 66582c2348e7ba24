"""What an order leaves, against a plain loop over its units, its recipe, its fee and its refunds."""

from __future__ import annotations

import datetime as dt
import functools

import ibis
import pandas as pd
import pytest

from lucky_analytics.models.order_margins import load_order_margins
from tests import demo_suite

FAR = dt.date(9999, 1, 1)


@functools.cache
def margins():
    return load_order_margins(demo_suite.suite()).execute().set_index("order_id")


def by(frame, key):
    return {name: part.to_dict("records") for name, part in frame.groupby(key)}


@functools.cache
def tables():
    suite = demo_suite.suite()
    names = ("recipes", "costs", "fees", "order_items", "orders", "customers")
    return {name: suite.table(name).execute() for name in names}


def cost_of(variant, week, recipes, costs):
    """A unit by its default recipe at the costs of the week, or None where one is not known."""
    total, lines = 0.0, 0
    for line in recipes.get(variant, []):
        if not line["is_default"] or line["start_date"] > week or (line["end_date"] or FAR) <= week:
            continue
        lines += 1
        prices = [
            price["unit_cost_cents"]
            for price in costs.get(line["goods_id"], [])
            if price["start_date"] <= week < (price["end_date"] or FAR)
        ]
        if not prices:
            return None
        total += float(line["quantity"]) * float(prices[0])
    return total if lines else None


def clean(frame):
    dates = [name for name in frame.columns if name.endswith("_date")]
    parsed = {name: pd.to_datetime(frame[name]).dt.date for name in dates}
    return frame.assign(**{name: [d if d == d else None for d in value] for name, value in parsed.items()})


def test_a_plain_loop_finds_the_same_margin():
    found = tables()
    recipes, costs = by(clean(found["recipes"]), "variant_id"), by(clean(found["costs"]), "goods_id")
    platform = set(found["customers"].query("is_delivery_account")["customer_id"])
    orders = found["orders"][~found["orders"]["customer_id"].isin(platform)]
    assert len(margins()) == len(orders)
    some, n_known = orders.iloc[::97], 0
    of_some = {
        name: found[name][found[name]["order_id"].isin(some["order_id"])] for name in ("order_items", "fees")
    }
    items, fees = by(clean(of_some["order_items"]), "order_id"), by(of_some["fees"], "order_id")
    for order in some.to_dict("records"):
        units = [
            cost_of(
                item["variant_id"],
                item["order_date"] - dt.timedelta(item["order_date"].weekday()),
                recipes,
                costs,
            )
            for item in items.get(order["order_id"], [])
        ]
        own = margins().loc[order["order_id"]]
        assert own["has_cost"] == (bool(units) and None not in units)
        paid = order["items_cents"] + order["packaging_fee_cents"] - order["order_discount_cents"]
        assert own["value_cents"] == paid
        billed = [fee["fee_cents"] for fee in fees.get(order["order_id"], []) if fee["currency"] == "USD"]
        if own["has_cost"] and billed:
            n_known += 1
            left = paid - sum(units) - float(sum(billed)) - order["refund_cents"]
            assert own["margin_cents"] == pytest.approx(left, abs=1e-6)
    assert n_known > 60


def test_orders_that_lose_money_are_there_and_refunds_make_them():
    assert (margins()["margin_cents"] < 0).any()
    back = demo_suite.suite(orders=lambda t: t.mutate(refund_cents=t.items_cents))
    assert (load_order_margins(back).margin_cents.execute() < 0).all()


def test_an_order_without_a_cost_costs_as_much_of_its_list_price_as_the_others():
    # A fifth of the products have no recipe: the sum of what orders cost stays about the same.
    less = demo_suite.suite(recipes=lambda t: t.filter(t.variant_id.hash() % 5 != 0))
    some = load_order_margins(less).execute().set_index("order_id")
    assert 0.02 < 1 - some["has_cost"].mean() < 0.9 and some["margin_cents"].notna().all()
    assert some["margin_cents"].sum() == pytest.approx(margins()["margin_cents"].sum(), rel=0.05)


def test_without_any_cost_no_margin_is_known():
    none = load_order_margins(demo_suite.suite(costs=lambda t: t.filter(ibis.literal(False)))).execute()
    assert len(none) and none["margin_cents"].isna().all() and not none["has_cost"].any()
