"""Prices seen again, menus and promotions."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from lucky_analytics.questions.strategy.competitive_intelligence import (
    price_changes,
    texts,
)
from tests.rival_files import GOOD, read
from tests.rival_world import AS_OF, make_basket, make_prices


def test_changes_are_those_of_the_same_drink_size_and_shop(tmp_path):
    before = GOOD.replace("2026-02-05", "2026-01-05")
    noted = read(
        tmp_path, GOOD, before.replace("5.75", "5.00"), before.replace("16,5.75", "12,1.00"),
        GOOD.replace(",all,", ",Elsewhere,"),
    )  # fmt: skip
    changes = price_changes.find_changes(noted)
    assert changes["change"].tolist() == [pytest.approx(0.15)] and len(changes) == 1
    assert texts.describe_changes(changes) == "Of 1 price seen again 1 is higher and 0 lower"
    assert texts.describe_changes(changes.head(0)) == "No price was seen twice yet"
    assert price_changes.estimate_moved(changes).value is None  # one drink


def test_prices_that_moved_are_found_and_those_that_stand_have_no_interval():
    basket = make_basket(4)
    noted = make_prices(basket, 3, moved=0.05)
    jitter = np.exp(np.random.default_rng(0).normal(0, 0.01, len(noted)))
    moved = price_changes.estimate_moved(
        price_changes.find_changes(noted.assign(dollars=noted["dollars"] * jitter))
    )
    assert abs(moved.value - 0.05) < 0.005 and 0.03 < moved.low < moved.value < moved.high
    still = price_changes.estimate_moved(price_changes.find_changes(make_prices(basket, 3)))
    assert still.value == pytest.approx(0.0) and still.low is None


def test_menus_and_promotions_stand_apart(tmp_path):
    before, mocha = GOOD.replace("2026-02-05", "2026-01-05"), GOOD.replace("Latte,latte", "Mocha,mocha")
    offer = GOOD.replace("none", "Mondays").replace("5.75", "4.60")
    noted = read(
        tmp_path,
        GOOD,
        before,
        mocha.replace("2026-02-05", "2026-01-05"),
        GOOD.replace("Latte,latte", "Tea,hot tea"),
        offer,
    )
    menu = price_changes.find_menu_changes(noted, AS_OF)
    assert menu[["product", "what"]].to_numpy().tolist() == [
        ["Tea", "noted for the first time"], ["Mocha", "not noted again"],
    ]  # fmt: skip
    assert price_changes.find_menu_changes(noted, dt.date(2026, 1, 20)).empty  # one visit
    (promotion,) = price_changes.list_promotions(noted, AS_OF, 92).to_dict("records")
    assert promotion["off"] == pytest.approx(0.2) and promotion["promotion"] == "Mondays"
    assert price_changes.list_promotions(noted, AS_OF, 7).empty
