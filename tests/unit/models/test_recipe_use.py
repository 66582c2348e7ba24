"""Use by recipes beside what left the shelf: by hand, against a plain loop over units, and as a balance."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models.recipe_use import load_recipe_use, load_use_beside_recipes
from tests import demo_suite

FIRST, SECOND, THIRD = (dt.date(2026, 1, day) for day in (5, 6, 7))
OPEN_END = None


def frame(rows, columns, **types):
    return ibis.memtable(pd.DataFrame(rows, columns=columns)).cast(types)


def by_hand(**change):
    """Two stores, one of them trading; a latte whose recipe changes on the second day; a mop nobody pours."""
    tables = {
        "stores": frame([("s", True), ("lab", False)], ["store_id", "is_trading_store"]),
        "order_items": frame(
            [("s", "latte", FIRST)] * 3
            + [("s", "latte", SECOND), ("s", "tea", FIRST), ("lab", "latte", FIRST), ("s", "odd", FIRST)],
            ["store_id", "variant_id", "order_date"],
            order_date="date",
        ),
        "recipes": frame(
            [
                ("latte", True, "milk", 200.0, FIRST, SECOND),
                ("latte", True, "milk", 150.0, SECOND, OPEN_END),
                ("latte", False, "milk", 999.0, FIRST, OPEN_END),
                ("tea", True, "leaf", 2.5, FIRST, OPEN_END),
            ],
            ["variant_id", "is_default", "goods_id", "quantity", "start_date", "end_date"],
            start_date="date", end_date="date",
        ),
        "stock": frame(
            [
                ("s", "milk", FIRST, 1_000.0, 0.0, 600.0, 50.0, -30.0, 320.0, False),
                ("s", "milk", SECOND, 320.0, 500.0, 150.0, 0.0, 0.0, 670.0, False),
                ("s", "milk", THIRD, 670.0, 0.0, 0.0, 0.0, 0.0, 670.0, True),
                ("s", "mop", FIRST, 5.0, 0.0, 0.0, 0.0, -1.0, 4.0, False),
            ],
            ["store_id", "goods_id", "stock_date", "opening_quantity", "received_quantity",
             "consumed_quantity", "wasted_quantity", "adjusted_quantity", "closing_quantity", "is_stock_out"],
            stock_date="date",
        ),
    } | change  # fmt: skip
    return SimpleNamespace(**tables)


def test_units_take_what_the_default_recipe_of_their_day_says_in_trading_stores():
    found = load_recipe_use(by_hand(), FIRST, THIRD).execute().set_index(["goods_id", "use_date"])
    used = {(good, day.date()): row for (good, day), row in found.iterrows()}
    assert used["milk", FIRST]["recipe_quantity"] == 600.0 and used["milk", FIRST]["n_units"] == 3
    assert used["milk", SECOND]["recipe_quantity"] == 150.0
    assert used["leaf", FIRST]["recipe_quantity"] == 2.5
    assert len(found) == 3 and set(found["store_id"]) == {"s"}


def test_the_window_is_half_open():
    assert set(load_recipe_use(by_hand(), FIRST, SECOND).execute()["goods_id"]) == {"milk", "leaf"}
    assert load_recipe_use(by_hand(), THIRD, THIRD).count().execute() == 0


def test_what_left_the_shelf_is_held_against_the_recipes_and_more_is_positive():
    found = load_use_beside_recipes(by_hand(), FIRST, dt.date(2026, 1, 8)).order_by("use_date").execute()
    assert found["goods_id"].tolist() == ["milk"] * 3  # the mop is in no recipe
    assert found["left_quantity"].tolist() == [630.0, 150.0, 0.0]
    assert found["beyond_quantity"].tolist() == [30.0, 0.0, 0.0]
    assert found["recipe_quantity"].tolist() == [600.0, 150.0, 0.0]
    assert found["is_stock_out"].tolist() == [False, False, True]


def test_a_store_that_pours_more_is_seen():
    stock = by_hand().stock.mutate(closing_quantity=ibis._.closing_quantity - 40.0)
    found = load_use_beside_recipes(by_hand(stock=stock), FIRST, SECOND).execute()
    assert found["beyond_quantity"].tolist() == [70.0]


def test_a_plain_loop_over_units_of_the_estate_finds_the_same_use():
    suite = demo_suite.suite()
    start, end = dt.date(2026, 1, 5), dt.date(2026, 1, 12)
    found = load_recipe_use(suite, start, end).execute()
    trading = set(suite.stores.filter("is_trading_store").store_id.execute())
    recipes = suite.recipes.filter("is_default").execute()
    lines = {name: part.to_dict("records") for name, part in recipes.groupby("variant_id")}
    item = suite.order_items
    sold = item.filter((item.order_date >= start) & (item.order_date < end)).execute()
    expected: dict = {}
    for unit in sold.to_dict("records"):
        day = pd.Timestamp(unit["order_date"])
        for line in lines.get(unit["variant_id"], []) if unit["store_id"] in trading else []:
            ended = pd.notna(line["end_date"]) and pd.Timestamp(line["end_date"]) <= day
            if pd.Timestamp(line["start_date"]) <= day and not ended:
                key = unit["store_id"], line["goods_id"], day
                expected[key] = expected.get(key, 0.0) + line["quantity"]
    got = {(r.store_id, r.goods_id, pd.Timestamp(r.use_date)): r.recipe_quantity for r in found.itertuples()}
    assert len(got) > 1_000 and got.keys() == expected.keys()
    assert all(got[key] == pytest.approx(expected[key]) for key in got)


def test_left_is_recorded_less_what_counts_found():
    suite = demo_suite.suite()
    found = load_use_beside_recipes(suite, dt.date(2026, 1, 5), suite.as_of).execute()
    assert len(found) > 1_000
    balance = found["recorded_quantity"] - found["counted_quantity"]
    assert np.allclose(found["left_quantity"], balance, atol=1e-6)
