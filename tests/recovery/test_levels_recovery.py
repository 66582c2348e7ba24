"""Levels: where two of ten stores order too much they are named, and where none does nobody is.

Rules, stated before the worlds are drawn (seeds from 100 on): the intervals of ten stores hold together at
90 %, so a world without a plant names a store in at most the upper end of the exact band around one in ten;
of planted stores nine in ten are named.
"""

from __future__ import annotations

import pytest
from scipy.stats import binom

from lucky_analytics.models.goods_levels import Rules
from lucky_analytics.questions.supply_chain.par_levels import had_we_ordered as had
from tests.unit.questions.supply_chain.test_par_levels import shelf_of
from tests.waste_world import draw_world


def named(seed, over_order):
    shelves, _ = draw_world(seed, over_order)
    (found,) = had.replay_levels(shelf_of(shelves), shelves, Rules(0.0), 1)
    stores = had.compare_stores(found, shelves, 0.9)
    return set(stores[stores["saves"]]["store_name"])


@pytest.mark.full
def test_without_a_plant_hardly_a_world_names_a_store():
    n = 40
    false = sum(bool(named(seed, 0.0)) for seed in range(100, 100 + n))
    assert false <= binom.ppf(0.975, n, 0.1)


@pytest.mark.full
def test_stores_that_order_too_much_are_named():
    n = 15
    found = [named(seed, 0.8) for seed in range(100, 100 + n)]
    hits = sum(len(own & {"Store 3", "Store 6"}) for own in found)
    assert hits >= 0.9 * 2 * n and sum(bool(own - {"Store 3", "Store 6"}) for own in found) <= binom.ppf(
        0.975, n, 0.1
    )
