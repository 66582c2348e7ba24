"""Menu classes against the definition written out, and how often a label is right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval
from lucky_analytics.methods.prices.menu_classes import classify_menu


def weeks_of(rates, margins, n_weeks=12, sd=0.1, seed=1, category="coffee"):
    rng = np.random.default_rng(seed)
    rows = []
    for product, (rate, margin) in enumerate(zip(rates, margins, strict=True)):
        units = rng.poisson(7 * rate * np.exp(rng.normal(0, sd, n_weeks)))
        rows.append(
            pd.DataFrame(
                {
                    "product_id": f"p{product}",
                    "category": category,
                    "week": range(n_weeks),
                    "n_days": 7,
                    "n_units": units,
                    "margin": units * margin,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def test_cuts_and_classes_are_those_of_the_definition():
    weeks = pd.concat(
        [
            weeks_of([100, 60, 20, 8], [2.0, 3.5, 4.0, 1.0]),
            weeks_of([30, 10], [1.0, 2.0], category="food").replace({"p0": "f0", "p1": "f1"}),
        ]
    )
    got = classify_menu(weeks).set_index("product_id")
    for category, members in weeks.groupby("category"):
        units = members.groupby("product_id")["n_units"].sum()
        margin = members.groupby("product_id")["margin"].sum()
        cut = margin.sum() / units.sum()
        for product in units.index:
            popular = units[product] / units.sum() >= 0.7 / len(units)
            profitable = margin[product] / units[product] >= cut
            expected = {(1, 1): "star", (1, 0): "plow horse", (0, 1): "puzzle", (0, 0): "dog"}
            assert got.loc[product, "raw_class"] == expected[popular, profitable]
            assert got.loc[product, "margin_cut"] == pytest.approx(cut)
            assert got.loc[product, "share_cut"] == pytest.approx(0.7 / len(units))
            assert got.loc[product, "category"] == category


def test_popularity_counts_days_on_the_menu():
    weeks = weeks_of([100, 100, 100], [2.0, 2.0, 2.5], sd=0)
    late = weeks[(weeks["product_id"] != "p2") | (weeks["week"] >= 8)]
    got = classify_menu(late).set_index("product_id")
    assert got.loc["p2", "share"] == pytest.approx(1 / 3, rel=0.05)
    assert got.loc["p2", "n_weeks"] == 4
    assert got.loc["p2", "menu_class"] == "star"
    few = classify_menu(late, min_weeks=5).set_index("product_id")
    assert few.loc["p2", "menu_class"] == "too new"


def test_a_product_near_a_cut_is_borderline_and_a_clear_one_is_not():
    # four products: the cut is .175 of sales; p3 sells 1 % more than that
    rates = np.array([0.35, 0.3, 0.17325, 0.17675]) * 400
    got = classify_menu(weeks_of(rates, [2.0, 3.0, 2.0, 3.0])).set_index("product_id")
    assert got.loc[["p2", "p3"], "menu_class"].tolist() == ["borderline"] * 2
    assert got.loc[["p0", "p1"], "menu_class"].tolist() == ["plow horse", "star"]
    assert (got.loc[["p0", "p1"], "probability"] == 1).all()
    strict = classify_menu(weeks_of(rates, [2.0, 3.0, 2.0, 3.0]), min_probability=0.0, min_distance=0.0)
    assert "borderline" not in set(strict["menu_class"])


def test_a_sure_but_tiny_distance_is_no_ground_for_a_decision():
    weeks = weeks_of([100, 100, 100], [2.0, 2.0, 2.01], sd=0)
    got, bold = (classify_menu(weeks, min_distance=d).set_index("product_id") for d in (0.02, 0.001))
    assert got.loc["p2", "probability"] > 0.95
    assert (got.loc["p2", "menu_class"], bold.loc["p2", "menu_class"]) == ("borderline", "star")


def test_the_popularity_factor_moves_the_cut():
    weeks = weeks_of([100, 60, 40], [2.0, 2.0, 2.0], sd=0)
    low, high = (
        classify_menu(weeks, popularity_factor=factor).set_index("product_id") for factor in (0.5, 1.2)
    )
    assert (low.loc["p2", "p_popular"], high.loc["p1", "p_popular"]) == (1.0, 0.0)


def test_a_label_that_is_given_is_right_in_most_worlds():
    # the true share of each product is within 15 % of the cut: labels are hard to give
    rng = np.random.default_rng(3)
    given = right = 0
    for seed in range(40):
        share = 0.175 * np.exp(rng.uniform(-0.15, 0.15, 2))
        rates = np.r_[share, 0.4, 0.6 - share.sum()] * 300
        got = classify_menu(weeks_of(rates, [2, 2, 3, 2.5], seed=seed), n_replicates=400, min_distance=0.0)
        got = got.set_index("product_id").loc[["p0", "p1"]]
        labelled = got["menu_class"] != "borderline"
        given += labelled.sum()
        right += ((got["p_popular"] > 0.5) == (share >= 0.175))[labelled].sum()
    assert given > 30
    assert right / given > 0.8


def test_intervals_hold_the_estimate_and_widen_with_the_level():
    weeks = weeks_of([100, 60], [2.0, 3.0])
    narrow, wide = (classify_menu(weeks, level=level) for level in (0.5, 0.95))
    assert (wide["share_low"] < narrow["share_low"]).all()
    assert ((wide["share_low"] < wide["share"]) & (wide["share"] < wide["share_high"])).all()


def test_unsold_products_and_unknown_costs():
    weeks = weeks_of([50, 40], [1.0, 2.0])
    weeks.loc[weeks["product_id"] == "p1", ["n_units", "margin"]] = 0
    got = classify_menu(weeks).set_index("product_id")
    assert got.loc["p1", "menu_class"] == "not sold"
    assert np.isnan(got.loc["p1", "unit_margin"])
    weeks.loc[0, "margin"] = np.nan
    with pytest.raises(LuckyError, match=r"nulls in margin\. Leave out products without cost"):
        classify_menu(weeks)


def test_one_week_says_nothing_about_spread():
    with pytest.raises(LuckyError, match="at least 2 weeks, got 1"):
        classify_menu(weeks_of([50, 40], [1.0, 2.0], n_weeks=1))


def test_blocks_are_drawn_the_same_for_the_same_seed():
    np.testing.assert_array_equal(draw_block_weights(5, 10, seed=3), draw_block_weights(5, 10, seed=3))
    assert (draw_block_weights(5, 10, seed=3) != draw_block_weights(5, 10, seed=4)).any()
    low, high = quantile_interval(np.array([[1.0, np.nan], [3.0, 2.0]]), 1.0)
    assert (low.tolist(), high.tolist()) == ([1.0, 2.0], [3.0, 2.0])
