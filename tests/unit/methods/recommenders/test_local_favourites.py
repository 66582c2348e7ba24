"""What one place sells beyond the others: against a loop, in worlds without and with a favourite."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.recommenders.local_favourites import estimate_favourites, expect_units


def world(seed, times=1.0, n_places=5, n_products=20, n_weeks=10):
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.full(n_products, 2.0))
    rows = []
    for place in range(n_places):
        weight = share * np.where((np.arange(n_products) == 4) & (place == 2), times, 1.0)
        for week in range(n_weeks):
            sold = rng.multinomial(rng.integers(300, 600), weight / weight.sum())
            rows += [(place, product, week, n) for product, n in enumerate(sold) if n]
    return pd.DataFrame(rows, columns=["place", "product", "period", "n"])


def test_expected_units_equal_a_plain_loop():
    units = world(1, n_places=3, n_products=4, n_weeks=3)
    for row in expect_units(units).to_dict("records"):
        week = units[units["period"] == row["period"]]
        others = week[week["place"] != row["place"]]
        own = week[week["place"] == row["place"]]["n"].sum()
        share = others[others["product"] == row["product"]]["n"].sum() / others["n"].sum()
        assert row["expected"] == pytest.approx(own * share)


def test_what_sold_before_a_place_opened_is_not_expected_of_it():
    units = world(2)
    late = units[(units["place"] != 0) | (units["period"] >= 6)]
    assert set(expect_units(late).query("place == 0")["period"]) == {6, 7, 8, 9}


def test_a_favourite_is_found_and_pulled_towards_one():
    found = estimate_favourites(expect_units(world(3, times=3.0)))
    first = found.iloc[0]
    assert (first["place"], first["product"]) == (2, 4) and first["q"] < 0.01
    assert 1 < first["low"] < first["ratio"] <= first["raw"]


def test_where_all_places_are_alike_hardly_anything_is_found():
    false = [(estimate_favourites(expect_units(world(seed)))["q"] <= 0.05).any() for seed in range(40)]
    assert np.mean(false) <= 0.15  # 5 % nominal; 7 of 40 or more would be beyond chance


def test_without_a_second_place_or_enough_weeks_nothing_is_judged():
    units = world(4)
    for few in (units[units["place"] == 0], units[units["period"] < 3], units.head(0)):
        assert estimate_favourites(expect_units(few)).empty
    assert estimate_favourites(expect_units(units), min_expected=1e9).empty
