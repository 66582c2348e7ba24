"""The menu notebook on simulated sales: it runs from top to bottom; its headlines follow the rows."""

from __future__ import annotations

import functools
import re

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.pages.page_rules import count_numbers
from lucky_analytics.questions.product.price_elasticity.price_prepared import RECENT_WEEKS
from tests import price_world
from tests.notebook_said import NOTEBOOKS, page_faults, rows, said_by
from tests.price_suite import PAIR, WITHOUT_COST, SimulatedSuite

HEADLINES = {"top_share", "classed", "unit_margin", "price_step", "pairs", "recipe"}


@functools.cache
def world():
    return price_world.simulate(12, n_customers=2_500, n_weeks=20)


def run(edit=None, as_of=None, **parameters):
    suite = SimulatedSuite(world(), as_of=as_of, edit=edit)
    return said_by("product/menu_engineering", suite, **parameters)


@functools.cache
def usual():
    return run()


def values(said):
    return {record["name"]: record["value"] for record in said["headline"]}


def table(said, name):
    return rows(said, name)


def test_headlines_have_counts_and_their_query():
    found = {record["name"]: record for record in usual()["headline"]}
    assert set(found) == HEADLINES
    for name in ("top_share", "unit_margin"):
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]
    gain = found["price_step"]
    assert gain["value"] is None or 0 < gain["low"] < gain["value"] < gain["high"]
    assert all(record["n"] > 0 and "SELECT" in record["sql"] for record in found.values())


def test_the_page_is_complete():
    said = usual()
    assert len(said["answer"]) == 1 and len(said["decision"]) == 1
    assert {record["name"] for record in said["figure"]} - {"gains", "recipes"} == {
        "quadrant", "ladder", "categories", "heat", "pairs", "trends",
        "product", "product_stores",
    }  # fmt: skip
    assert {record["name"] for record in said["table"]} == {
        "products", "classes", "ladder", "pairs", "prices", "recipes", "without_cost",
    }  # fmt: skip


def test_a_product_without_cost_is_apart_and_never_classed():
    said = usual()
    assert [row["product_name"] for row in table(said, "without_cost")] == [WITHOUT_COST]
    assert WITHOUT_COST not in {row["product_name"] for row in table(said, "classes")}
    assert (
        next(row for row in table(said, "products") if row["product_name"] == WITHOUT_COST)["margin"] is None
    )
    failed = [check["name"] for check in said["check"] if not check["passed"]]
    assert failed == ["every product on the menu has a cost"]


def test_the_planted_pair_is_found():
    together = [row["pair"] for row in table(usual(), "pairs") if row["verdict"] == "together"]
    assert together[0] == " + ".join(sorted(PAIR))


def replaced(name, change):
    return lambda tables: tables | {name: change(tables[name])}


@pytest.mark.full
def test_more_of_one_product_raises_its_share():
    def more(items):
        top = items["product_id"] == "Coffee 2"
        return items.assign(product_id=items["product_id"].where(~top, "Coffee 1"))

    assert values(run(replaced("order_items", more)))["top_share"] > 1.3 * values(usual())["top_share"]


@pytest.mark.full
def test_dearer_goods_lower_the_margin_by_what_they_cost():
    def dearer(costs):
        return costs.assign(unit_cost_cents=costs["unit_cost_cents"] + 10 * (costs["goods_id"] == "cup"))

    # two cups of ten cents more
    assert values(usual())["unit_margin"] - values(run(replaced("costs", dearer)))[
        "unit_margin"
    ] == pytest.approx(0.2, abs=1e-6)


@pytest.mark.full
def test_fees_and_prices_move_the_margin():
    fees = run(replaced("fees", lambda fee: fee.assign(fee_cents=105.0)))
    assert values(fees)["unit_margin"] < values(usual())["unit_margin"] - 0.3
    half = run(replaced("fees", lambda fee: fee.iloc[::2]))
    # fees that are not reported count at the usual rate
    assert values(half)["unit_margin"] == pytest.approx(values(usual())["unit_margin"], abs=0.01)


def without_food(costs):
    return costs[costs["goods_id"] != "Food"]


def repriced(tables):
    """Coffee 1 sells below the others of its category: a plow horse by its price."""
    items = tables["order_items"]
    cheap = items["product_id"] == "Coffee 1"
    return tables | {
        "order_items": items.assign(paid_cents=(items["paid_cents"] * (1 - 0.2 * cheap)).astype(int))
    }


@functools.cache
def changed():
    """Coffee 1 at a lower price, and the four products of food without a cost."""
    return run(lambda tables: replaced("costs", without_food)(repriced(tables)))


def test_costs_and_prices_move_the_classes_and_the_margin():
    before, after = values(usual()), values(changed())
    assert after["classed"] <= before["classed"] - 2
    assert after["unit_margin"] != pytest.approx(before["unit_margin"], rel=0.02)


def test_what_a_new_price_brings_counts_the_buyers_who_leave():
    said = changed()
    moved = [row for row in table(said, "products") if row["stance"] != "wait"]
    assert moved and set(said["decision"][0]["on"].values()) <= {"raise", "cut", "wait"}
    for row in moved:
        rise, change = row["next_price"] / row["net_price"] - 1, row["units_change"]
        assert (rise > 0) == (change < 0) == (row["stance"] == "raise")
        # that as many are sold as today would be worth more
        assert (
            row["gain"] < row["units"] * abs(row["next_price"] - row["net_price"]) or row["stance"] == "cut"
        )


@pytest.mark.full
def test_stricter_cuts_change_the_classes():
    assert values(run(min_probability=0.99))["classed"] <= values(usual())["classed"]
    strict = table(run(popularity_factor=1.3), "classes")
    usually = {row["product_name"]: row["menu_class"] for row in table(usual(), "classes")}
    assert {row["product_name"]: row["menu_class"] for row in strict} != usually


@pytest.mark.full
def test_without_pairs_in_the_data_fewer_are_found():
    def shuffled(items):
        return items.assign(
            product_id=items.groupby("category")["product_id"].transform(
                lambda p: p.sample(frac=1, random_state=3).to_numpy()
            )
        )

    assert values(run(replaced("order_items", shuffled)))["pairs"] < values(usual())["pairs"]


@pytest.mark.full
@pytest.mark.parametrize("sort_by", ["revenue", "units", "seconds"])
def test_the_leaderboard_is_sorted_as_asked(sort_by):
    rows = table(run(sort_by=sort_by), "products")
    ordered = [row[sort_by] for row in rows]
    assert ordered == sorted(ordered, reverse=sort_by != "seconds")


@pytest.mark.full
def test_the_product_in_detail_is_the_one_asked_for():
    said = run(product="Food 2")
    assert any(record["finding"].startswith("Food 2") for record in said["figure"])
    with pytest.raises(UnknownNameError, match="unknown product 'Food Two'"):
        run(product="Food Two")


@pytest.mark.full
def test_windows_levels_and_thresholds_change_the_page():
    short = {record["name"]: record for record in run(n_weeks=6, level=0.99)["headline"]}
    before = {record["name"]: record for record in usual()["headline"]}
    assert short["top_share"]["n"] < before["top_share"]["n"]
    wide = {record["name"]: record for record in run(level=0.99)["headline"]}["top_share"]
    assert wide["low"] < before["top_share"]["low"] and wide["high"] > before["top_share"]["high"]
    loose = run(max_false_discovery=0.5)
    assert values(loose)["pairs"] >= values(usual())["pairs"]


@pytest.mark.full
def test_one_store_is_enough_and_no_sale_is_an_error():
    one = run(lambda t: t | {"order_items": t["order_items"][t["order_items"]["store_id"] == "s1"]})
    assert values(one)["unit_margin"] > 0
    with pytest.raises(LuckyError, match="menu: expected sales of trading stores, got none"):
        run(lambda t: t | {"order_items": t["order_items"][t["order_items"]["order_date"] < "2025-08-20"]})


def test_where_nothing_answers_to_price_no_new_price_is_recommended():
    still = price_world.simulate(12, n_customers=2_500, n_weeks=20, elasticity=np.zeros(4), salience=0.0)
    said = said_by("product/menu_engineering", SimulatedSuite(still, edit=repriced))
    assert values(said)["price_step"] is None
    assert said["decision"][0]["strength"] == "do not decide on this yet"
    assert "not known yet" in said["answer"][0]["text"]
    assert all(row["gain"] is None for row in table(said, "products"))


def test_the_answer_is_short_and_price_and_menu_look_at_the_same_weeks():
    text = usual()["answer"][0]["text"]
    assert [fault for fault in page_faults(usual()) if "numbers" not in fault] == []
    assert count_numbers(text) <= 3
    assert len(text.split()) <= 40
    weeks = {
        name: re.search(rf"{parameter}: .* = (\d+) ", (NOTEBOOKS / "product" / name).read_text()).group(1)
        for name, parameter in (
            ("menu_engineering.ipynb", "n_weeks"),
            ("price_elasticity.ipynb", "recent_weeks"),
        )
    }
    assert set(weeks.values()) == {str(RECENT_WEEKS)}


def test_without_a_coupon_program_the_menu_still_comes():
    def none(tables):
        return tables | {"coupon_exposures": tables["coupon_exposures"].assign(assignment="rule")}

    said = run(none)
    assert values(said)["price_step"] is None and values(said)["unit_margin"] > 0
