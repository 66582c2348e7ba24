"""Levels: where two of ten stores order too much they are named, and where none does nobody is.

Rules, stated before the worlds are drawn (seeds from 100 on): the intervals of ten stores hold together at
90 %, so a world without a plant names a store in at most the upper end of the exact band around one in ten,
and the interval of all stores holds the mean over worlds at least as often as the lower end of the band; of
planted stores nine in ten are named.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from lucky_analytics.models.goods_levels import Rules
from lucky_analytics.questions.supply_chain.par_levels import had_we_ordered as had
from tests.unit.questions.supply_chain.test_par_levels import shelf_of
from tests.waste_world import draw_world

PLANTED = {"Store 3", "Store 6"}


def try_world(seed, over_order):
    """The stores that are named, and what all would have saved."""
    shelves, _ = draw_world(seed, over_order)
    (found,) = had.replay_levels(shelf_of(shelves), shelves, Rules(0.0), 1)
    stores = had.compare_stores(found, shelves, 0.9)
    return set(stores[stores["saves"]]["store_name"]), had.compare_whole(found, shelves, 0.9)["net"]


@pytest.mark.full
@pytest.mark.timeout(1500)
def test_without_a_plant_hardly_a_world_names_a_store_and_intervals_hold():
    n = 40
    worlds = [try_world(seed, 0.0) for seed in range(100, 100 + n)]
    assert sum(bool(named) for named, _ in worlds) <= binom.ppf(0.975, n, 0.1)
    mean = np.mean([net.value for _, net in worlds])
    assert sum(net.low <= mean <= net.high for _, net in worlds) >= binom.ppf(0.025, n, 0.9)


@pytest.mark.full
@pytest.mark.timeout(1500)
def test_stores_that_order_too_much_are_named():
    n = 16
    worlds = [try_world(seed, 0.8)[0] for seed in range(100, 100 + n)]
    assert sum(len(named & PLANTED) for named in worlds) >= 0.9 * 2 * n
    assert sum(bool(named - PLANTED) for named in worlds) <= binom.ppf(0.975, n, 0.1)
