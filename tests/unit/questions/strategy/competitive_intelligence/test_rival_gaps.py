"""Prices of others held against ours on drawn menus: what is compared, and what is called."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from lucky_analytics.decisions import WAIT
from lucky_analytics.questions.strategy.competitive_intelligence import (
    advice,
    price_file,
    price_gaps,
    steps,
    texts,
    views,
)
from tests.rival_files import GOOD, read, shape, sold
from tests.rival_world import AS_OF, DRINKS, make_basket, make_prices


def test_a_planted_gap_is_found_and_prices_that_are_alike_are_called_nothing():
    basket = make_basket(1)
    dear = steps.compare_prices(make_prices(basket, 5, 0.1), basket, DRINKS)
    assert dear.gap.low < 0.1 < dear.gap.high and dear.gap.low > 0
    assert dear.count(price_gaps.CHEAPER) == 0 < dear.count(price_gaps.DEARER)
    # What is paid is some 40 % less than the list price, and so much more theirs lies above it.
    assert dear.paid_gap.low > 0.5
    alike = steps.compare_prices(make_prices(basket, 5), basket, DRINKS)
    assert alike.gap.holds(0) and not alike.count(price_gaps.DEARER) + alike.count(price_gaps.CHEAPER)
    assert texts.name_finding(alike) == "Same drink and size: no competitor's prices surely differ from ours"
    cheap = steps.compare_prices(make_prices(basket, 5, -0.15), basket, DRINKS)
    assert cheap.gap.high < 0 and cheap.count(price_gaps.CHEAPER) > 0 == cheap.count(price_gaps.DEARER)


def test_over_a_few_worlds_claims_are_rare_and_intervals_hold():
    held, called = [], 0
    for seed in range(6):
        basket = make_basket(seed)
        found = steps.compare_prices(make_prices(basket, seed + 50), basket, DRINKS)
        held.append(found.gap.holds(0))
        called += found.count(price_gaps.DEARER) + found.count(price_gaps.CHEAPER) > 0
    assert sum(held) >= 3 and called <= 1


def test_the_index_is_that_of_a_loop_over_drinks(tmp_path):
    basket = make_basket(2)
    noted = make_prices(basket, 9, 0.05, shops=(2,))
    matched = price_gaps.match_prices(noted, basket, DRINKS)
    total = weights = 0.0
    for item in basket.items.to_dict("records"):
        own = noted[(noted["state"] == "newest") & (noted["kind"] == item["kind"])]
        own = own[own["ounces"].map(DRINKS.size_of) == item["size"]]
        if len(own):
            spent = item["units"] * item["list_price"]
            total += spent * np.log(own["dollars"] / item["list_price"]).mean()
            weights += spent
    assert price_gaps.estimate_gap(matched, "list_price").off.value == pytest.approx(
        np.expm1(total / weights)
    )


def test_only_the_same_kind_and_size_is_compared_and_larger_cups_do_not_look_cheap(tmp_path):
    basket = shape(
        sold(
            product_name=["Latte", "Mocha", "Cappuccino"],
            variant_name=["A Regular"] * 3,
            list_price=[6.0, 7.0, 6.5],
            paid_price=[4.0] * 3,
        )
    )
    lines = [
        f"Big Cups,all,{kind},{kind},{ounces},{dollars},USD,shop,none,2026-02-05,me"
        for kind, at_12 in (("latte", 6.0), ("mocha", 7.0), ("cappuccino", 6.5))
        for ounces, dollars in ((12, at_12), (20, at_12 + 1))
    ]
    noted = read(tmp_path, *lines, "Big Cups,all,Soup,other,12,9,USD,shop,none,2026-02-05,me")
    found = steps.compare_prices(noted, basket, DRINKS)
    assert found.gap.value == pytest.approx(0.0) and len(found.items) == 3 and found.n_unlike == 4
    naive = price_gaps.compare_naively(noted, basket, found.gap).set_index("what")["off"]
    assert naive["price of an ounce"] < -0.1 and naive["mean of all prices noted"] > 0.05
    assert naive["same drink and size"] == pytest.approx(0.0)


def test_a_competitor_with_too_few_kinds_is_listed_and_called_nothing(tmp_path):
    basket = make_basket(3)
    lines = [f"Paper Cup,all,{kind},{kind},12,30,USD,shop,none,2026-02-05,me" for kind in ("latte", "mocha")]
    found = steps.compare_prices(read(tmp_path, *lines), basket, DRINKS)
    assert found.competitors["verdict"].tolist() == [price_gaps.FEW] and found.gap.value is None
    assert found.n_compared == 0 and texts.name_finding(found).startswith("No competitor has enough prices")
    made = advice.decide(found, AS_OF)
    assert made.strength.word == WAIT and "at least 3 kinds" in made.action


# Which prices count


def test_each_state_of_a_noted_price(tmp_path):
    lines = {
        GOOD: "newest",
        GOOD.replace("2026-02-05", "2026-01-05"): "replaced",
        GOOD.replace("2026-02-05", "2026-02-14"): "later",
        GOOD.replace("shop", "delivery"): "delivery",
        GOOD.replace("none", "Mondays"): "promotion",
        GOOD.replace("Latte,latte", "Mocha,mocha").replace("2026-02-05", "2025-10-01"): "too old",
    }  # fmt: skip
    noted = read(tmp_path, *lines)
    assert noted["state"].tolist() == list(lines.values())
    young = price_file.mark_prices(noted, dt.date(2025, 12, 1), 92)
    assert young["state"].tolist()[-1] == "newest" and (young["state"][:5] == "later").all()
    shown = views.show_prices(noted, price_gaps.match_prices(noted, make_basket(), DRINKS),
                              noted["ounces"].map(DRINKS.size_of))  # fmt: skip
    assert views.show_states(shown)["n"].sum() == len(lines)
    assert shown.loc[shown["state"] == "newest", "said"].tolist() == ["compared"]


def test_names_that_differ_in_case_or_blanks_are_one(tmp_path):
    noted = read(
        tmp_path, GOOD, GOOD.replace("Paper Cup,all,Latte", "paper  cup,ALL,LATTE").replace("16,5.75", "12,5")
    )
    assert noted[["competitor", "location", "product"]].drop_duplicates().to_numpy().tolist() == [
        ["Paper Cup", "all", "Latte"]
    ]
