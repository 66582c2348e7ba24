"""The steps of the page on recipes: against the menu page, loops, and a cup that can be priced by hand."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.calendar import Window
from lucky_analytics.models.product_costs import load_items
from lucky_analytics.questions.product.menu_engineering import board
from lucky_analytics.questions.product.menu_engineering import steps as menu
from lucky_analytics.questions.product.recipe_cost import advice, cup_costs, formulas, texts, views
from tests import demo_suite

WEEK = pd.Timestamp("2026-01-05")


@functools.cache
def found():
    return cup_costs.load_cups(demo_suite.suite(), 8)


def by_hand(**change):
    """A latte of beans, milk and cream in a cup; two weeks of sales; milk that got dearer."""
    lines = pd.DataFrame(
        [("latte", "beans", "Beans", "Coffee", "g", 18.0, 1.75),
         ("latte", "milk", "Milk", "Dairy", "ml", 200.0, 0.15),
         ("latte", "cream", "Cream", "Dairy", "ml", 40.0, 0.75),
         ("latte", "cup", "Cup", "Packaging", "pc", 1.0, 9.0)],
        columns=["variant_id", "goods_id", "goods_name", "goods_class", "unit", "quantity", "unit_cents"],
    )  # fmt: skip
    costs = pd.DataFrame(
        [("beans", 1.75), ("milk", 0.10), ("cream", 0.75), ("cup", 9.0)], columns=["goods_id", "unit_cents"]
    ).assign(start=pd.Timestamp("2025-12-01"))
    later = pd.DataFrame({"goods_id": ["milk"], "unit_cents": [0.15], "start": [pd.Timestamp("2026-01-01")]})
    two = [WEEK, WEEK + pd.Timedelta(days=7)]
    sold = pd.DataFrame({"variant_id": "latte", "product_id": "p", "week": two, "units": [100, 120]})
    weeks = sold.rename(columns={"units": "n_units"}).assign(
        category="Coffee", n_known=sold["units"], ingredients=91.5 * sold["units"],
        packaging=9.0 * sold["units"], paid=400.0 * sold["units"],
    )  # fmt: skip
    parts = {
        "lines": lines,
        "costs": pd.concat([costs, later], ignore_index=True),
        "sold": sold,
        "weeks": weeks,
    }
    window = Window(dt.date(2026, 1, 5), dt.date(2026, 1, 19))
    return cup_costs.Cups(window=window, names=pd.Series({"p": "Latte"}), **(parts | change))


def test_products_cost_what_the_menu_page_says():
    suite = demo_suite.suite()
    window = found().window
    items = load_items(suite, dt.date(2025, 6, 30), window.end)
    ladder = board.aggregate_ladder(menu.aggregate_product_weeks(items, suite, window), "product_id")
    own = views.list_cups(found(), cup_costs.find_history(found()), 0.9).set_index("product_id")
    same = ladder.dropna(subset="ingredients").set_index("product_id")
    assert len(same) > 40
    for name in ("ingredients", "packaging"):
        assert own.loc[same.index, name].to_numpy() == pytest.approx(same[name].to_numpy())


def test_a_cup_by_hand_its_history_and_its_shocks():
    own = by_hand()
    history = cup_costs.find_history(own)
    whole = history[history["product_id"] == ""]
    assert whole["cents"].tolist() == pytest.approx([90.5, 100.5])
    assert cup_costs.change_since(history) == pytest.approx(10 / 90.5)
    assert cup_costs.cost_of_cup(own, 0.9).value == pytest.approx(1.005)
    shocks = cup_costs.find_shocks(own, 0.1, 0.9)
    assert shocks["goods_name"].tolist() == ["Beans", "Cream", "Milk", "Cup"]
    top = shocks.iloc[0]
    assert top["dollars"] == pytest.approx(110 * 0.315 * cup_costs.WEEKS_A_MONTH)
    assert top["more"] == pytest.approx(0.1 * top["dollars"]) and top["cents"] == pytest.approx(3.15)
    assert top["share"] == pytest.approx(31.5 / 100.5) and top["hardest"] == "Latte"
    milk = shocks[shocks["goods_name"] == "Milk"].iloc[0]
    assert milk["change"] == pytest.approx(0.5)
    cost, paid = cup_costs.sum_year(own)
    assert cost / paid == pytest.approx(1.005 / 4)
    assert all(ok for _, ok, _ in cup_costs.check_cups(own))
    assert not cup_costs.check_cups(by_hand(lines=own.lines.assign(variant_id="tea")))[0][1]


def test_the_cheapest_latte_has_less_cream_and_more_milk_and_the_same_in_the_cup():
    got = formulas.find_formulas(by_hand(), 0.05, 1.0, 0.9)
    moved = got.lines.set_index("goods_name")
    assert moved["then"].to_dict() == pytest.approx({"Cream": 38.0, "Milk": 202.0})
    cents = 2 * (0.75 - 0.15)
    row = got.products.iloc[0]
    assert row["now"] - row["then"] == pytest.approx(cents) and row["now"] == pytest.approx(100.5)
    assert row["saving"] == pytest.approx(110 * cents / 100 * cup_costs.WEEKS_A_MONTH) == got.total.value
    assert row["change"] == "Cream 40 to 38 ml; Milk 200 to 202 ml" or "Cream 40 to 38 ml" in row["change"]
    wide = formulas.find_formulas(by_hand(), 0.2, 1.0, 0.9)
    assert wide.total.value == pytest.approx(4 * got.total.value)


@pytest.mark.full
def test_formulas_keep_every_limit_on_the_estate():
    got = formulas.find_formulas(found(), 0.05, 1.0, 0.9)
    assert got.n_recipes > 50 and got.total.low > 0
    then = got.lines.set_index(["variant_id", "goods_name"])["then"]
    for variant, line in found().lines.groupby("variant_id"):
        own = line.assign(
            then=[
                then.get((variant, name), now)
                for name, now in zip(line["goods_name"], line["quantity"], strict=True)
            ]
        )
        free = own[own["goods_class"].isin(formulas.FREE)]
        assert free["then"].sum() == pytest.approx(free["quantity"].sum())
        assert ((free["then"] / free["quantity"] - 1).abs() <= 0.05 + 1e-6).all()
        strong = free[free["goods_class"].isin(["Coffee", "Tea"])]
        assert (strong["then"] >= strong["quantity"] - 1e-6).all()
        sweet = free[free["goods_class"] == "Flavour"]
        assert sweet["then"].sum() <= sweet["quantity"].sum() + 1e-6
        fixed = own[~own["goods_class"].isin(formulas.FREE)]
        assert (fixed["then"] == fixed["quantity"]).all()
    less = formulas.find_formulas(found(), 0.02, 1.0, 0.9)
    assert less.total.value == pytest.approx(0.4 * got.total.value, rel=0.01)
    sweeter = formulas.find_formulas(found(), 0.05, 0.96, 0.9)
    assert sweeter.total.value != pytest.approx(got.total.value, rel=1e-6)


def test_where_all_ingredients_cost_alike_no_formula_is_cheaper_and_nothing_is_advised():
    even = by_hand(lines=by_hand().lines.assign(unit_cents=0.5))
    got = formulas.find_formulas(even, 0.05, 1.0, 0.9)
    assert got.total.value == 0 and got.lines.empty
    assert advice.decide(got, 0.0).strength.is_idle
    assert texts.describe_savings(got) == "No formula within the limits is cheaper"
    lone = by_hand(lines=by_hand().lines.iloc[[1, 3]])
    assert formulas.find_formulas(lone, 0.05, 1.0, 0.9).total.value == 0


def test_a_recipe_with_an_unknown_cost_is_counted_and_not_guessed():
    line = by_hand().lines
    got = formulas.find_formulas(
        by_hand(lines=line.assign(unit_cents=line["unit_cents"].where(line.index != 2))), 0.05, 1.0, 0.9
    )
    assert got.n_unknown == 1 and got.n_recipes == 0 and got.products.empty
    assert advice.decide(got, 100.0).strength.is_idle


def test_use_beyond_recipes_is_what_left_less_what_recipes_take():
    table, total = cup_costs.load_gap(demo_suite.suite(), found(), 0.9)
    assert total.low < total.value < total.high and len(table) > 50
    assert table["beyond"].sum() == pytest.approx(total.value, abs=1e-6)
    assert np.isfinite(table["by_recipe"]).all()
    more = demo_suite.suite(stock=lambda t: t.mutate(closing_quantity=t.closing_quantity - 5.0))
    assert cup_costs.load_gap(more, found(), 0.9)[1].value > total.value


def test_advice_and_titles_follow_the_numbers():
    got = formulas.find_formulas(by_hand(), 0.05, 1.0, 0.9)
    made = advice.decide(got, 0.0)
    assert "have Latte tasted" in made.action and made.strength.word == "lean"
    assert advice.decide(got, 1e6).strength.is_idle
    none = Estimate(None)
    assert texts.name_finding(none, none) == "What an item costs is not known: its goods have no cost"
    said = texts.describe_answer(0.01, pd.DataFrame({"goods_name": ["Beans"]}), Estimate(100.0), 100_000.0)
    assert "1.0 % more" in said and "not the two to three" in said
    much = texts.describe_answer(None, pd.DataFrame({"goods_name": []}), Estimate(900.0), 100_000.0)
    assert "promised" not in much
    rows = texts.compare_claims(Estimate(100.0, 90.0, 110.0, level=0.9), 1_000_000.0, 3_000_000.0)
    assert rows["page"].iloc[1] == "$20K to $30K"
