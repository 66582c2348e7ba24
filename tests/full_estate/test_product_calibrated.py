"""On the full demo estate: the planted pairs, borderline products and price responses are what is found.

Calibration moves what it plants a little; these tests bound by how much.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.models import coupon_decisions as decisions
from lucky_analytics.models import elasticities
from lucky_analytics.models import product_costs as menu_costs
from lucky_analytics.models import product_pairs as menu_pairs
from lucky_analytics.models.calendar import find_window
from lucky_analytics.questions.product.menu_engineering import steps as menu
from lucky_analytics.questions.product.price_elasticity import steps as elasticity

pytestmark = pytest.mark.full

SEGMENTS = ("new", "lapsed", "loyal")


@pytest.fixture(scope="module")
def items(suite):
    return menu_costs.load_items(suite, dt.date(2025, 6, 30), suite.as_of + dt.timedelta(days=1)).cache()


def test_the_six_pairs_are_found_and_the_confounded_one_is_not(suite, items, truth):
    products = suite.products.select("product_id", "product_name", "category").execute()
    pairs = menu_pairs.estimate_pairs(menu_pairs.aggregate_pairs(items), products)
    found = {frozenset(pair.split(" + ")) for pair in pairs.loc[pairs["verdict"] == "together", "pair"]}
    planted = {frozenset(pair) for pair in truth["menu"]["true_pairs"]["realised"]}
    assert planted <= found
    # one false pair in six and a half thousand tests is what chance allows
    assert len(found - planted) <= 1
    assert frozenset(truth["menu"]["confounded_pair"]["realised"]) not in found


def test_products_planted_at_a_cut_get_no_class(suite, items, truth):
    window = find_window(suite.as_of, 32)
    classes, _ = menu.classify_products(menu.aggregate_product_weeks(items, suite, window))
    classes = classes.set_index("product_name")
    for name in truth["menu"]["borderline"]["realised"]:
        row = classes.loc[name]
        assert row["menu_class"] == "borderline", (
            f"{name}: {row['unit_margin']:.3f} at {row['margin_cut']:.3f}"
        )
    assert (classes["menu_class"] == "borderline").mean() < 0.35


@pytest.fixture(scope="module")
def cells(suite):
    return decisions.aggregate_cells(decisions.load_shown(suite, decisions.load_bought(suite)))


@pytest.fixture(scope="module")
def drawn(cells):
    return elasticities.drawn_cells(cells)


def factor(segment):
    return plants()["elasticity"].get(segment, 1.0)


def test_elasticities_by_category_and_segment(drawn):
    planted = plants()["elasticity"]
    pooled = elasticities.pool_elasticities(drawn, 0.95)
    bought = drawn.groupby(["category", "segment"])["y"].sum()
    inside = []
    for row in pooled.rows.itertuples():
        own = bought[row.category]
        mean = np.average([factor(segment) for segment in own.index], weights=own)
        inside.append(row.low <= planted[row.category] * mean <= row.high)
    assert sum(inside) >= 7, dict(zip(pooled.rows["category"], inside, strict=True))
    table = pooled.cells
    true = [planted[c] * factor(s) for c, s in zip(table["category"], table["segment"], strict=True)]
    assert ((table["low"] <= true) & (true <= table["high"])).mean() > 0.8
    ratio = pooled.columns.set_index("segment")["estimate"]
    for segment in SEGMENTS:
        assert ratio[segment] / ratio["regular"] == pytest.approx(factor(segment), rel=0.25)


def test_what_is_pulled_forward_is_covered(drawn):
    found = elasticities.estimate_pulled(drawn, 0.95)
    assert found.low <= plants()["elasticity"]["pulled_forward"] <= found.high


def test_the_naive_estimate_fails(cells):
    planted = plants()["elasticity"]
    naive = elasticity.estimate_naive(cells).set_index("category")
    for category, row in naive.iterrows():
        assert row["estimate"] > planted[category] + 1
