"""Pages of stores and products on one screen: what stands in each line, and what is left out."""

from __future__ import annotations

import types

import pandas as pd
import pytest

from lucky_analytics.publish.entities import KINDS, Entity
from lucky_analytics.publish.entity_sources import Sources
from lucky_analytics.publish.product_screen import make_product_screen
from lucky_analytics.publish.store_screen import make_store_screen, say_who_pays

STORE = Entity(KINDS[0], "8th & Broadway", "stores/8th-broadway.html")
LATTE = Entity(KINDS[1], "Iced Latte", "products/iced-latte.html")
WEEK = {
    "store_name": STORE.name, "dollars": 7872.0, "change": -0.36, "low": 9400.0, "high": 16100.0,
    "verdict": "below its range", "is_inside": False, "is_fallen": True, "since_best": -0.61,
}  # fmt: skip
PROFIT = {
    "store_name": STORE.name, "profit": 6681.0, "margin": 0.12, "margin_before": 0.16, "last_week": 585.0,
    "verdict": "pays its bills", "is_total": False,
}  # fmt: skip
LEDGER = {
    ("store_profit", "weeks"): [{"week_end": pd.Timestamp("2026-02-08")}],
    ("store_profit", "months"): [
        {"month": pd.Timestamp("2026-02-01"), "is_open": True},
        {"month": pd.Timestamp("2026-01-01"), "is_open": False},
    ],
}
PRODUCT = {
    "product_name": LATTE.name, "category": "Classic Drinks", "units": 2860.0, "net_price": 3.66,
    "list_price": 6.56, "unit_margin": 2.70, "margin_cut": 2.36, "margin": 7731.0, "share": 0.16,
    "place_units": 7.0, "menu_class": "sells and earns well", "action": "keep it first", "new_price": None,
    "new_gain": None, "new_gain_low": None, "new_gain_high": None,
}  # fmt: skip


def make_run(notebook, decided):
    """A run of which a screen reads no more than this."""
    return types.SimpleNamespace(
        key=notebook,
        notebook=notebook,
        variant="",
        link=f"x/{notebook}",
        is_good=True,
        problems=(),
        decisions=[{"on": decided}],
        results={"tables": []},
        record=types.SimpleNamespace(as_of="2026-02-13", parameters={}),
    )


def sources(tables, decided=None):
    """Tables by report and name, as runs that show them; ``decided``: on what the page on the menu
    decides, and how."""
    made = {}
    for notebook, name in tables:
        run = made.setdefault(notebook, make_run(notebook, decided))
        run.results["tables"].append({"name": name})
    found = Sources(list(made.values()))
    found._read.update({key: pd.DataFrame(rows) for key, rows in tables.items()})
    return found


def lines(screen):
    return {line.label: line for line in screen.lines}


def test_a_store_leads_with_its_verdict_and_each_line_has_its_number_and_its_link():
    screen = make_store_screen(
        sources({("store_week", "stores"): [WEEK], ("store_profit", "stores"): [PROFIT], **LEDGER}), STORE
    )
    assert (
        screen.verdict
        == "Below its range: it sold 36 % less than usual. It pays its bills, by those to 8 Feb."
    )
    found = lines(screen)
    assert list(found) == ["Sales", "Profit"]  # a report that nobody shows leaves no line
    assert found["Sales"].number == "$7,872" and "−36 % against a usual week" in found["Sales"].text
    assert found["Sales"].tone == "down" and found["Sales"].link == "x/store_week/index.html"
    assert found["Profit"].number == "+$6,681"
    assert found["Profit"].text.startswith("in January after its own bills, +12 % of net sales (+16 % the")
    assert screen.brief == "−36 % against usual; pays its bills"


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ({"verdict": "within its range", "is_inside": True, "is_fallen": False}, "A usual week."),
        (
            {"verdict": "within its range, but below its best", "is_inside": True},
            "A usual week, but its last four weeks are 61 % below its best four.",
        ),
        ({"verdict": "too young to say", "change": None, "is_inside": None}, "This week: too young to say."),
    ],
)
def test_the_verdict_is_that_of_the_page_on_weeks(week, said):
    screen = make_store_screen(sources({("store_week", "stores"): [WEEK | week]}), STORE)
    assert screen.verdict == said


def test_a_store_still_opening_says_what_its_newest_week_left():
    opening = PROFIT | {"verdict": "still opening", "last_week": -332.0, "margin_before": -5.5}
    screen = make_store_screen(sources({("store_profit", "stores"): [opening], **LEDGER}), STORE)
    assert screen.verdict == "Still opening: −$332 in the week to 8 Feb after its bills."
    assert "the month before" not in lines(screen)["Profit"].text


def test_what_the_manager_does_today_stands_in_lines_of_its_own():
    name = {"store_name": STORE.name}
    tables = {
        ("store_week", "stores"): [WEEK],
        ("staffing", "stores"): [name | {"paid": 117.0, "plan": 110.0}],
        ("inventory", "stores"): [
            name | {"packs": 118.0, "dollars": 938.0, "risk": 31, "arrives": "Mon 16 Feb"}
        ],
        ("shelf_life", "labels"): [name | {"goods_name": "Muffin", "dollars": 3.0}],
        ("shelf_life", "due"): [name | {"ahead": ahead, "dollars": 2.0} for ahead in (1, 3, 4)],
        ("waste", "stores"): [name | {"dollars": 41.35, "of_used": 0.01, "verdict": "orders too much"}],
        ("machine_fleet", "stores"): [{"place": STORE.name, "machines": 14, "waiting": 1}],
        ("store_performance", "ranges"): [
            name
            | {
                "label": "Complaints per thousand orders",
                "value": 18.1,
                "low": 0.0,
                "high": 9.0,
                "state": "off",
            }
        ],
    }
    found = lines(make_store_screen(sources(tables), STORE))
    assert (found["Crew"].number, found["To order today"].number) == ("117 hours", "118 packs")
    assert "110 by the plan" in found["Crew"].text and "31 goods may run out" in found["To order today"].text
    assert found["Expiring"].number == "1 batch" and "$4.00 expected" in found["Expiring"].text
    assert "1.0 % of what it uses; orders too much" in found["Thrown away"].text
    assert found["Machines"].text == "waits for repair, of 14 machines"
    assert found["Complaints"].number == "18" and found["Complaints"].tone == "down"


def test_a_shop_that_no_page_judges_has_no_screen():
    assert (
        make_store_screen(sources({("store_week", "stores"): [WEEK | {"store_name": "Muri"}]}), STORE) is None
    )
    assert make_product_screen(sources({}), LATTE) is None


def test_who_pays_is_one_line_and_the_sum_is_no_store():
    rows = [
        PROFIT,
        PROFIT | {"store_name": "A", "verdict": "does not pay its bills"},
        PROFIT | {"store_name": "All stores", "verdict": None, "is_total": True},
    ]
    found = say_who_pays(sources({("store_profit", "stores"): rows, **LEDGER}))
    assert found.text == "By bills to 8 Feb: A does not pay its bills; 8th & Broadway pays its bills."
    assert found.link == "x/store_profit/index.html"
    assert say_who_pays(sources({("store_week", "stores"): [WEEK]})) is None


def test_a_product_has_one_thing_to_do_and_a_new_price_only_where_a_trial_has_it():
    cut = PRODUCT | {"action": "more discount, by itself", "new_price": 3.0, "new_gain": 36.0,
                     "new_gain_low": 13.0, "new_gain_high": 59.0}  # fmt: skip
    table = ("menu_engineering", "products")
    alone = make_product_screen(
        sources({table: [cut]}, {"price of Exfreezo": "cut", "price of Classic Drinks": "wait"}), LATTE
    )
    assert alone.decision == "Leave the price; another would gain too little for a trial of its own."
    assert "Another price" not in lines(alone)
    tried = make_product_screen(sources({table: [cut]}, {"price of Iced Latte": "cut"}), LATTE)
    assert tried.decision == "Try $3.00, not $3.66, in the price trial of half the stores."
    assert tried.brief == "try $3.00, not $3.66" and lines(tried)["Another price"].number == "$36.00"
    kept = make_product_screen(sources({table: [PRODUCT]}), LATTE)
    assert kept.decision == "Keep it first; price as today."
    assert kept.verdict == "Sells well, and earns well on a unit in its category, Classic Drinks."
    assert "its category's mean is $2.36" in lines(kept)["Left of it"].text


def test_a_product_that_left_the_menu_stands_last():
    gone = make_product_screen(
        sources({("menu_engineering", "products"): [PRODUCT | {"action": "left the menu"}]}), LATTE
    )
    assert gone.rank < 0 and gone.decision == "Left the menu."


def test_a_store_whose_newest_week_would_not_pay_its_bills_says_so_and_so_does_the_home():
    row = PROFIT | {"needed": 8467.0, "newest": 7228.0}
    given = {("store_week", "stores"): [WEEK], ("store_profit", "stores"): [row], **LEDGER}
    said = make_store_screen(sources(given), STORE).verdict
    assert said.endswith("net sales, $7,228, are less than the $8,467 a week that pay them.")
    assert say_who_pays(sources(given)).text.endswith("would not pay those of 8th & Broadway.")
    enough = {**given, ("store_profit", "stores"): [row | {"newest": 8467.0}]}
    verdict = make_store_screen(sources(enough), STORE).verdict
    assert "newest" not in say_who_pays(sources(enough)).text and "less than the" not in verdict
