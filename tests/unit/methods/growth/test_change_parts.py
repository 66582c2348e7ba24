"""A change of revenue in parts: an identity to the cent, a plain loop, days of which one part is known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.change_parts import PARTS, split_change, split_sales


def test_the_parts_of_a_change_add_up_to_it_whatever_their_order():
    before, after = [1000.0, 1.2, 5.5, 0.6], [900.0, 1.25, 5.4, 0.55]
    parts = split_change(before, after)
    assert sum(parts) == pytest.approx(np.prod(after) - np.prod(before))
    assert split_change(before[::-1], after[::-1]) == pytest.approx(parts[::-1])
    assert [part < 0 for part in parts] == [True, False, True, True]


def test_parts_of_a_change_that_cancels_out_are_of_the_right_size():
    parts = split_change([100.0, 2.0], [200.0, 1.0])
    assert sum(parts) == pytest.approx(0)
    assert parts[0] == pytest.approx(200 * np.log(2))


@given(st.lists(st.tuples(st.floats(0.01, 1e4), st.floats(0.01, 1e4)), min_size=1, max_size=6))
def test_parts_add_up_and_going_back_turns_the_signs(pairs):
    before, after = zip(*pairs, strict=True)
    parts, back = split_change(before, after), split_change(after, before)
    size = max(math.prod(before), math.prod(after))
    assert sum(parts) == pytest.approx(math.prod(after) - math.prod(before), rel=1e-6, abs=1e-6 * size)
    assert back == pytest.approx([-part for part in parts], rel=1e-9, abs=1e-9 * size)


def test_a_part_is_the_logarithmic_mean_times_the_logarithm_of_the_ratio():
    assert split_change([2.0, 3.0], [4.0, 3.0]) == pytest.approx([6.0, 0.0])
    assert split_change([2.0, 3.0], [4.0, 1.5]) == pytest.approx([6 * math.log(2), -6 * math.log(2)])
    assert all(math.isnan(part) for part in split_change([1.0, 2.0], [0.0, 2.0]))


def frames(*days):
    """``days``: for before and after {store: (orders, fees, {product: (units, list, paid)})} in cents."""
    stores, products = [], []
    for is_after, day in enumerate(days):
        for store, (orders, fees, goods) in day.items():
            paid = sum(own[2] for own in goods.values())
            stores.append((store, bool(is_after), orders, paid + fees))
            products += [(store, name, bool(is_after), *own) for name, own in goods.items()]
    return (
        pd.DataFrame(stores, columns=["store", "is_after", "orders", "revenue_cents"]),
        pd.DataFrame(products, columns=["store", "product", "is_after", "units", "list_cents", "paid_cents"]),
    )


def split(*days):
    parts = split_sales(*frames(*days))
    assert list(parts["part"].unique()) == list(PARTS)
    return parts.set_index(["store", "part"])["cents"]


BEFORE = {"a": (100, 300, {"tea": (120, 60000, 50000), "bun": (30, 9000, 9000)})}


@pytest.mark.parametrize(
    ("part", "after"),
    [
        ("traffic", (50, 300, {"tea": (60, 30000, 25000), "bun": (15, 4500, 4500)})),
        ("basket", (100, 300, {"tea": (240, 120000, 100000), "bun": (60, 18000, 18000)})),
        ("list price", (100, 300, {"tea": (120, 66000, 55000), "bun": (30, 9900, 9900)})),
        ("discount", (100, 300, {"tea": (120, 60000, 60000), "bun": (30, 9000, 8000)})),
        ("mix", (100, 300, {"tea": (30, 15000, 12500), "bun": (120, 36000, 36000)})),
        ("fees", (100, 900, {"tea": (120, 60000, 50000), "bun": (30, 9000, 9000)})),
    ],
)
def test_a_change_of_one_kind_is_that_part_and_no_other(part, after):
    found = split(BEFORE, {"a": after})["a"]
    assert found[part] != 0
    assert found.drop(part).abs().max() <= 1  # a cent of rounding


def test_a_store_that_opened_or_closed_is_a_part_of_its_own():
    found = split(BEFORE, {"b": (10, 0, {"tea": (10, 5000, 5000)})})
    assert found["a", "stores"] == -59300 and found["b", "stores"] == 5000
    assert found.drop(["stores"], level="part").eq(0).all()


def test_what_was_sold_or_given_away_on_one_day_only():
    after = {"a": (100, 300, {"tea": (120, 60000, 0), "bun": (30, 9000, 9000), "pie": (10, 4000, 4000)})}
    found = split(BEFORE, after)["a"]
    assert found["discount"] == -50000
    assert found["mix"] >= 3000  # the pie, less what its share takes from the bun
    assert found.sum() == 4000 - 50000


def by_hand(orders, goods):
    """The parts of one store, product by product, with a plain loop over split_change."""
    exact = dict.fromkeys(("traffic", "basket", "mix", "list price", "discount"), 0.0)
    total = [sum(goods[name][when][0] for name in goods) for when in (0, 1)]
    for (u0, l0, p0), (u1, l1, p1) in goods.values():
        if not u0 or not u1:
            exact["mix"] += p1 - p0
        elif not p0 or not p1:
            exact["discount"] += p1 - p0
        else:
            old = [orders[0], total[0] / orders[0], u0 / total[0], l0 / u0, p0 / l0]
            new = [orders[1], total[1] / orders[1], u1 / total[1], l1 / u1, p1 / l1]
            for name, part in zip(exact, split_change(old, new), strict=True):
                exact[name] += part
    return exact


sale = st.tuples(st.integers(0, 40), st.integers(100, 900), st.integers(0, 100))
goods = st.dictionaries(st.sampled_from(["tea", "bun", "pie", "cake"]), st.tuples(sale, sale), min_size=1)


@settings(max_examples=60, deadline=None)
@given(st.tuples(st.integers(1, 200), st.integers(1, 200)), goods)
def test_parts_are_those_of_a_plain_loop_and_add_up_to_the_cent(orders, drawn):
    sold = {
        name: [(units, units * price, units * price * share // 100) for units, price, share in own]
        for name, own in drawn.items()
    }
    days = [
        {"a": (orders[when], 7 * when, {name: own[when] for name, own in sold.items() if own[when][0]})}
        for when in (0, 1)
    ]
    found = split(*days)["a"]
    paid = [sum(own[when][2] for own in sold.values()) for when in (0, 1)]
    assert found.sum() == paid[1] + 7 - paid[0]
    for name, value in by_hand(orders, sold).items():
        assert math.isclose(found[name], value, abs_tol=1.0), name


def test_a_day_given_twice_is_refused():
    stores, products = frames(BEFORE, BEFORE)
    with pytest.raises(ParameterError, match="one row"):
        split_sales(pd.concat([stores, stores]), products)
