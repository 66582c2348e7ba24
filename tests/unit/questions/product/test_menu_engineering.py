"""Steps of the menu question: queries against plain loops, stakes against arithmetic, the edges."""

from __future__ import annotations

import datetime as dt
import functools

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.models import product_costs as menu_costs
from lucky_analytics.models import product_pairs as menu_pairs
from lucky_analytics.models.calendar import WEEKS_A_MONTH, find_window
from lucky_analytics.models.elasticities import PriceAnswer
from lucky_analytics.models.price_steps import CUT, RAISE, WAIT
from lucky_analytics.questions.product.menu_engineering import board as menu_board
from lucky_analytics.questions.product.menu_engineering import steps as menu
from lucky_analytics.questions.product.menu_engineering import texts as menu_texts
from lucky_analytics.questions.product.menu_engineering import trends, views
from lucky_analytics.questions.product.price_elasticity import advice
from tests import price_world
from tests.price_suite import COST_CENTS, WITHOUT_COST, SimulatedSuite

DAYS = pd.date_range("2025-09-01", "2025-11-30")  # a Monday to a Sunday: thirteen weeks
FIRST = DAYS[0].date()


@functools.cache
def sold():
    suite = SimulatedSuite(price_world.simulate(3, n_customers=300, n_weeks=14))
    items = menu_costs.load_items(suite, FIRST, suite.as_of + dt.timedelta(days=1))
    return suite, items.execute()


class Kitchen:
    """One variant of two goods, whose milk changes its cost on the third day."""

    recipes = ibis.memtable(
        pd.DataFrame(
            {
                "variant_id": ["v", "v", "w"], "goods_id": ["milk", "cup", "rare"],
                "quantity": [2.0, 1.0, 1.0], "is_default": True, "start_date": dt.date(2025, 1, 1),
                "end_date": [None, None, None],
            }
        )
    ).cast({"end_date": "date", "start_date": "date"})  # fmt: skip
    goods = ibis.memtable(
        pd.DataFrame({"goods_id": ["milk", "cup", "rare"], "goods_class": ["Food", "Packaging", "Food"]})
    )
    costs = ibis.memtable(
        pd.DataFrame(
            {
                "goods_id": ["milk", "milk", "cup"], "unit_cost_cents": [10.0, 13.0, 4.0],
                "start_date": [dt.date(2025, 1, 1), dt.date(2025, 9, 3), dt.date(2025, 1, 1)],
                "end_date": [dt.date(2025, 9, 3), None, None],
            }
        )
    ).cast({"end_date": "date", "start_date": "date"})  # fmt: skip


def test_a_unit_costs_what_its_goods_cost_on_that_day_and_nothing_is_half_known():
    days = ibis.memtable(pd.DataFrame({"day": [dt.date(2025, 9, 2), dt.date(2025, 9, 3)]})).cast(
        {"day": "date"}
    )
    found = menu_costs.load_unit_costs(Kitchen, days).order_by("variant_id", "day").execute()
    assert found["ingredient_cents"].tolist()[:2] == [20.0, 26.0]
    assert found["packaging_cents"].tolist()[:2] == [4.0, 4.0]
    assert (
        found.loc[found["variant_id"] == "w", ["ingredient_cents", "packaging_cents"]].isna().all(axis=None)
    )


def test_items_carry_cost_and_a_share_of_the_fee_of_their_order():
    suite, items = sold()
    orders = suite.orders.execute().set_index("order_id")["items_cents"]
    share = items["paid_cents"] / items["order_id"].map(orders)
    assert np.allclose(items["fee_cents"], 5.0 * share)
    known = items["product_id"] != WITHOUT_COST
    cost = items["category"].map(dict(zip(price_world.CATEGORIES, COST_CENTS, strict=True)))
    assert np.allclose(items.loc[known, "ingredient_cents"], cost[known])
    assert (items.loc[known, "packaging_cents"] == 16.0).all()
    assert items.loc[~known, ["ingredient_cents", "packaging_cents"]].isna().all(axis=None)


def test_margin_rate_is_of_known_units_and_follows_costs():
    suite, items = sold()
    end = suite.as_of + dt.timedelta(days=1)
    known = items[items["ingredient_cents"].notna()]
    costs = known[["ingredient_cents", "packaging_cents", "fee_cents"]].sum().sum()
    expected = 1 - costs / known["paid_cents"].sum()
    assert menu_costs.load_margin_rate(suite, FIRST, end) == pytest.approx(expected)
    with pytest.raises(LuckyError, match="margin of a unit: expected sales with a known cost"):
        menu_costs.load_margin_rate(suite, dt.date(2030, 1, 1), dt.date(2030, 2, 1))


def test_product_weeks_equal_a_plain_loop_and_weeks_without_a_sale_are_zeros():
    suite, items = sold()
    table = ibis.memtable(items).cast({"week": "date", "order_date": "date"})
    window = find_window(suite.as_of, 6)
    weeks = menu.aggregate_product_weeks(table, suite, window)
    for row in weeks.itertuples():
        own = items[(items["product_id"] == row.product_id) & (pd.to_datetime(items["week"]) == row.week)]
        assert (row.n_units, row.paid_cents) == (len(own), own["paid_cents"].sum())
        assert row.n_deep == (2 * own["paid_cents"] <= own["list_cents"]).sum()
    gap = table.filter(table.week != window.start, table.product_id == "Coffee 1")
    both = gap.union(table.filter(table.product_id != "Coffee 1"))
    again = menu.aggregate_product_weeks(both, suite, window)
    quiet = again[(again["product_id"] == "Coffee 1") & (again["week"] == pd.Timestamp(window.start))]
    assert quiet["n_units"].tolist() == [0] and quiet["n_days"].tolist() == [7]
    with pytest.raises(LuckyError, match="menu: expected sales of trading stores"):
        menu.aggregate_product_weeks(table.filter(ibis.literal(False)), suite, window)


def weeks(**more):
    """Two products of one category, two weeks of ten and five units."""
    frame = pd.DataFrame(
        {
            "product_id": ["a", "a", "b", "b"], "product_name": ["A", "A", "B", "B"], "category": "Coffee",
            "is_on_menu": True, "week": list(pd.to_datetime(["2025-09-01", "2025-09-08"])) * 2, "n_days": 7,
            "n_units": [10, 10, 5, 5], "n_deep": [5, 0, 0, 0], "list_cents": [5000, 5000, 3000, 3000],
            "paid_cents": [3000, 4000, 2500, 2500], "ingredient_cents": [1000.0, 1000.0, 500.0, 500.0],
            "packaging_cents": [100.0, 100.0, 50.0, 50.0], "fee_cents": [50.0, 50.0, 25.0, 25.0],
        }
    )  # fmt: skip
    return frame.assign(**more)


SPEED = pd.DataFrame({"product_id": ["a", "b"], "seconds": [90.0, 60.0]})


def test_the_leaderboard_is_arithmetic_a_month_and_sorted_as_asked():
    board = menu_board.rank_products(weeks(), SPEED).set_index("product_id")
    months = 14 / 7 / WEEKS_A_MONTH
    assert board.loc["a", "units"] == pytest.approx(20 / months)
    assert board.loc["a", "margin"] == pytest.approx((70 - 20 - 2 - 1) / months)
    assert board.loc["a", ["list_price", "net_price", "discount", "deep_share"]].tolist() == pytest.approx(
        [5.0, 3.5, 0.3, 0.25]
    )
    assert menu_board.rank_products(weeks(), SPEED, "seconds")["product_id"].tolist() == ["b", "a"]
    unknown = menu_board.rank_products(weeks(ingredient_cents=np.nan), SPEED)
    assert unknown["margin"].isna().all() and unknown["units"].notna().all()


def test_the_ladder_adds_up():
    step = menu_board.aggregate_ladder(weeks()).iloc[0]
    costs = step["discount"] + step["ingredients"] + step["packaging"] + step["fee"]
    assert step["margin"] == pytest.approx(step["list_price"] - costs)
    assert step["margin_rate"] == pytest.approx(step["margin"] / step["net_price"])
    mean = menu_board.estimate_mean_margin(weeks())
    assert mean.value == pytest.approx(step["margin"]) and mean.low <= mean.value <= mean.high


NO_DEPTHS = pd.DataFrame({"depth": [], "gain": [], "gain_low": [], "gain_high": []})
CLASS = {
    "product_name": "P", "category": "Coffee", "probability": 0.9, "units_a_day": 10.0, "share_cut": 0.2,
    "margin_cut": 2.0, "share": 0.2, "share_low": 0.18, "share_high": 0.22, "unit_margin": 2.0,
    "unit_margin_low": 1.9, "unit_margin_high": 2.1,
}  # fmt: skip


def answer(elasticity=-1.0):
    """Every product listed at $6 is sold at $3.60 in a category with this elasticity."""
    draws = np.broadcast_to(np.asarray(elasticity, float), 101)
    return PriceAnswer({"Coffee": draws}, {"Coffee": np.zeros(101)}, 0.5, 0.0, 0.1, pd.DataFrame())


def steps(stance=WAIT):
    return pd.DataFrame(
        {
            "category": ["Coffee"], "stance": stance, "paid_price": 3.6, "next_price": 4.2, "list_price": 6.0,
            "gain": 5.0, "gain_low": 1.0, "gain_high": 9.0,
        }
    )  # fmt: skip


def plan(menu_class="star", answer=None, stance=WAIT, **values):
    classes = pd.DataFrame([CLASS | {"product_id": "p", "menu_class": menu_class} | values])
    board = {
        "product_id": ["p", "q"],
        "product_name": ["P", "Q"],
        "category": "Coffee",
        "is_on_menu": [True, False],
    }
    prices = {"units": 100.0, "margin": 200.0, "list_price": 6.0, "net_price": 3.6}
    return menu_board.plan_products(pd.DataFrame(board | prices), classes, answer, steps(stance))


@pytest.mark.parametrize(
    ("menu_class", "values", "action", "condition"),
    [
        ("star", {"unit_margin": 3.0}, "keep it first", ""),
        ("puzzle", {"share": 0.1}, "show it more", "needs 2.0 times its units"),
        ("plow horse", {"unit_margin": 1.5}, "cheaper recipe", "each unit $0.50 cheaper"),
        ("dog", {"unit_margin": 1.2}, "retire, or replace", "more than 60 % of its buyers"),
        ("borderline", {}, "leave as it is", ""),
    ],
)
def test_where_nothing_tells_what_buyers_do_there_is_a_condition_and_no_money(
    menu_class, values, action, condition
):
    row, gone = plan(menu_class, **values).to_dict("records")
    assert row["action"] == action and condition in row["condition"] and np.isnan(row["gain"])
    assert (gone["menu_class"], gone["action"]) == ("left the menu", "left the menu")


def test_a_product_moves_with_its_category_and_the_page_says_what_the_price_page_says():
    products = plan("plow horse", answer(), RAISE)
    row = products.iloc[0]
    left = (4.2 / 3.6) ** -1.0
    assert row["next_price"] == pytest.approx(4.2) and row["units_change"] == pytest.approx(left - 1)
    # the margin of a unit is $2.00 of the $3.60 that are paid
    assert row["gain"] == pytest.approx(100 * (left * 2.6 - 2.0))
    assert row["action"] == "less discount, with its category" and "14 % fewer units" in row["condition"]
    assert menu_texts.describe_gains(products).startswith("One new price: P at $4.20 brings, $")
    made = menu_texts.decide(products, steps(RAISE), 0.9, dt.date(2026, 2, 13))
    theirs = advice.decide(steps(RAISE), NO_DEPTHS, 0.9, dt.date(2026, 2, 13))
    same = ("action", "owner", "strength", "worth", "would_change_if", "on")
    assert [getattr(made, name) for name in same] == [getattr(theirs, name) for name in same]
    assert made.action.endswith("sell Coffee at $4.20, not $3.60")
    assert views.assemble_gains(products)["label"].tolist() == ["P: $3.60 to $4.20"]
    ladder = pd.DataFrame(
        {"discount": [4.0], "list_price": [10.0], "ingredients": [1.0], "packaging": 0.2, "fee": 0.1}
    )
    title = menu_texts.name_finding(ladder, steps(RAISE))
    assert title == "One new price would add {price_step:value}; try it in half the stores"
    assert menu_texts.name_finding(ladder, steps().head(0)).endswith("more than any cost")


def recipes_of(*margins):
    """What ``views.assemble_recipes`` says of products that sell well, by margin a unit and its high end."""
    classes = pd.DataFrame(
        [CLASS | {"product_id": f"p{n}", "menu_class": "plow horse", "unit_margin": margin,
                  "unit_margin_low": margin - 0.1, "unit_margin_high": high}
         for n, (margin, high) in enumerate(margins)]
    )  # fmt: skip
    board = {"product_id": classes["product_id"], "product_name": [f"P{n}" for n in range(len(classes))]}
    prices = {"units": 100.0, "margin": 200.0, "list_price": 6.0, "net_price": 3.6}
    board = pd.DataFrame(board | prices | {"category": "Coffee", "is_on_menu": True})
    return views.assemble_recipes(menu_board.plan_products(board, classes, None, steps()), classes)


def test_a_product_that_sells_well_and_surely_earns_less_leads_the_page():
    found = recipes_of((1.8, 1.95), (1.5, 1.7), (1.9, 2.05))
    assert found["product_name"].tolist() == ["P1", "P0"]  # the third may earn as much as its category
    assert found["gain"].tolist() == pytest.approx([50.0, 20.0])  # 100 units, 50 and 20 cents each
    assert found["gain_low"].tolist() == pytest.approx([30.0, 5.0])
    ladder = pd.DataFrame(
        {"discount": [4.0], "list_price": [10.0], "ingredients": [1.0], "packaging": 0.2, "fee": 0.1}
    )
    title = menu_texts.name_finding(ladder, steps().head(0), None, found)
    assert title == "Popular P1 earns $0.50 a unit less than its category"
    said = menu_texts.phrase_answer(ladder, steps().head(0))
    assert said.startswith("Discounts take 40 %") and said.endswith("is not known yet.")
    assert menu_texts.say_recipe(found).startswith("Of 2 products that sell well and earn less")
    assert "P1 matters most: $0.50 a unit" in menu_texts.say_recipe(found)
    assert menu_texts.say_recipe(found.head(1)).startswith("P1 sells well and earns $0.50 a unit less")
    assert menu_texts.say_recipe(found.head(0)) == ""
    named = menu_texts.name_finding(ladder, steps(RAISE), None, found)
    assert named.startswith("One new price")  # what can be tried stands before what a cost is not
    gap = menu_texts.decide(plan("star"), steps(RAISE), 0.9, dt.date(2026, 2, 13), n_without=2).because
    assert gap.endswith("2 products have no known cost and are left out.")
    assert "the most of 2" in menu_texts.describe_recipes(found)
    assert menu_texts.describe_recipes(found.head(0)).startswith("No product that sells well surely")
    assert menu_texts.name_finding(ladder, steps().head(0), None, found.head(0)).startswith(
        "Discounts take 40 %"
    )
    assert views.estimate_recipe(found.head(0), 0.9).value is None


def test_an_answer_counts_the_prices_that_the_decision_names():
    ladder = pd.DataFrame(
        {"discount": [4.0], "list_price": [10.0], "ingredients": [1.0], "packaging": 0.2, "fee": 0.1}
    )
    single = pd.DataFrame({"product_name": ["P"]})
    assert "New prices would" in menu_texts.phrase_answer(ladder, steps(RAISE), single)
    assert "One new price would" in menu_texts.phrase_answer(ladder, steps().head(0), single)
    assert "Less discount in Coffee would" in menu_texts.phrase_answer(ladder, steps(RAISE))


def test_where_the_category_waits_a_product_moves_by_itself_if_that_is_clear():
    products = plan("star", answer(-3.5))
    row = products.iloc[0]
    assert row["stance"] == CUT and row["is_single"] and row["action"] == "more discount, by itself"
    made = menu_texts.decide(products, steps(), 0.9, dt.date(2026, 2, 13))
    assert made.action.endswith("sell P at $3.00, not $3.60") and "P, by itself, brings $" in made.because
    assert made.on == {"price of Coffee": WAIT, "price of P": CUT}
    assert menu_texts.describe_gains(products).startswith("One new price: P at $3.00 brings, $")
    both = pd.concat([products, products.assign(gain=1e6, product_name="R")])
    assert "Of 2 new prices, R at $3.00 brings most, $1,000,000" in menu_texts.describe_gains(both)


@pytest.mark.parametrize("known", [None, answer(np.linspace(-6.0, 0.0, 101))], ids=["no coupons", "wide"])
def test_where_no_step_is_clear_the_menu_stays(known):
    products = plan("plow horse", known)
    made = menu_texts.decide(products, steps() if known else None, 0.9, dt.date(2026, 2, 13))
    assert made.strength.word == "do not decide on this yet" and set(made.on.values()) <= {WAIT}
    assert products["action"].tolist() == ["cheaper recipe", "left the menu"]
    assert views.assemble_gains(products).empty
    assert menu_texts.describe_gains(products) == "No price of a single product clearly earns more"


def test_pairs_equal_a_plain_loop_within_and_without_strata():
    _, items = sold()
    table = ibis.memtable(items).cast({"week": "date", "order_date": "date"})
    found = menu_pairs.aggregate_pairs(table, ()).set_index(["product_a", "product_b"])["n"]
    expected: dict[tuple[str, str], int] = {}
    for _, own in items.groupby("order_id"):
        names = sorted(set(own["product_id"]))
        for place, first in enumerate(names):
            for second in names[place + 1 :]:
                expected[first, second] = expected.get((first, second), 0) + 1
    assert found.to_dict() == expected
    assert menu_pairs.aggregate_pairs(table)["n"].sum() == sum(expected.values())


def test_a_rolling_mean_counts_days_without_a_sale_and_movers_must_be_old_enough():
    rows = [("old", day) for day in DAYS[:61] for _ in range(2)] + [("old", DAYS[-1])] * 9
    rows += [("young", day) for day in DAYS[-40:]]
    sales = pd.DataFrame(rows, columns=["product_id", "order_date"])
    table = ibis.memtable(sales).cast({"order_date": "date"})
    days = trends.aggregate_rolling_days(table, DAYS[-1].date(), ["old", "young"])
    last = days.groupby("product_id").last()
    assert last.loc["old", "y"] == pytest.approx(9 / 30) and last.loc["young", "y"] == 1
    movers = views.find_movers(days, pd.Series({"old": "Old", "young": "Young"}))
    assert set(movers["product_id"]) == {"old"}
    assert movers["change"].iloc[0] == pytest.approx((9 / 30) / 2 - 1)


def test_a_product_is_found_by_name_or_code_or_not_at_all():
    board = pd.DataFrame({"product_id": ["1", "2"], "product_name": ["Latte", "Mocha"]})
    assert trends.find_product(board, "")["product_name"] == "Latte"
    assert trends.find_product(board, "2")["product_name"] == "Mocha"
    with pytest.raises(UnknownNameError, match="unknown product 'Moca'"):
        trends.find_product(board, "Moca")


@pytest.mark.parametrize(("as_of", "end"), [("2026-02-08", "2026-02-09"), ("2026-02-09", "2026-02-09")])
def test_a_window_ends_on_the_last_monday_that_was_reached(as_of, end):
    window = find_window(dt.date.fromisoformat(as_of), 4)
    assert (window.end, window.n_weeks) == (dt.date.fromisoformat(end), 4)
