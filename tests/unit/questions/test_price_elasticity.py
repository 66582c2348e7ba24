"""Steps of the price question: the queries against plain loops, the choices against arithmetic, the edges."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.questions import price_checks as checks
from lucky_analytics.questions import price_choices as choices
from lucky_analytics.questions import price_decisions as decisions
from lucky_analytics.questions import price_elasticity as elasticity
from lucky_analytics.questions import price_texts as texts
from tests import price_world
from tests.price_suite import COST_CENTS, SimulatedSuite


@functools.cache
def world():
    return price_world.simulate(7, n_customers=2_500, n_weeks=20)


@functools.cache
def loaded():
    suite = SimulatedSuite(world())
    bought = decisions.load_bought(suite).cache()
    shown = decisions.load_shown(suite, bought).cache()
    return suite, bought, shown, decisions.aggregate_cells(shown)


@functools.cache
def fitted():
    drawn = elasticity.drawn_cells(loaded()[3])
    return drawn, elasticity.pool_elasticities(drawn)


def test_cells_equal_a_plain_loop_over_customers_weeks_and_lags():
    keys = ["assignment", "category", "segment", "week_date", "depth", "is_followed"]
    expected = price_world.cells(world()).sort_values(keys, ignore_index=True)
    got = loaded()[3].sort_values(keys, ignore_index=True)
    columns = [name for name in expected if name not in ("paid_cents", "list_cents")]
    pd.testing.assert_frame_equal(got[columns], expected[columns], check_dtype=False)
    assert np.allclose(
        got["paid_cents"] / got["list_cents"].clip(lower=1), (1 - got["depth"]) * (got["y"] > 0), atol=2e-3
    )


def test_what_was_not_shown_equals_a_plain_join():
    _, bought, shown, _ = loaded()
    keys = ["category", "segment"]
    got = decisions.aggregate_not_shown(shown, bought).sort_values(keys, ignore_index=True)
    expected = price_world.not_shown(world()).sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(got[expected.columns], expected, check_dtype=False)


def test_rules_move_customers_between_segments():
    suite, bought, _, cells = loaded()
    rules = decisions.Rules(lapsed_days=14, loyal_orders=3, new_days=7)
    other = decisions.aggregate_cells(decisions.load_shown(suite, bought, rules))
    before, after = (table.groupby("segment")["n"].sum() for table in (cells, other))
    assert after["lapsed"] > before["lapsed"] and after["new"] < before["new"]
    assert after.sum() == before.sum()


def test_only_whole_weeks_by_as_of_count():
    early = SimulatedSuite(world(), as_of=world().as_of - dt.timedelta(days=3))
    cells = decisions.aggregate_cells(decisions.load_shown(early, decisions.load_bought(early)))
    assert cells["week_date"].max() == loaded()[3]["week_date"].max() - pd.Timedelta(days=7)
    before = SimulatedSuite(world(), as_of=dt.date(2025, 9, 1))
    with pytest.raises(LuckyError, match=r"coupons shown in whole weeks by as_of, got none"):
        decisions.aggregate_cells(decisions.load_shown(before, decisions.load_bought(before)))


def test_without_drawn_depths_nothing_is_estimated():
    cells = loaded()[3]
    with pytest.raises(LuckyError, match="depth was drawn at random, of two depths at least, got 0 depths"):
        elasticity.drawn_cells(cells[cells["assignment"] == "rule"])
    one = cells[(cells["assignment"] == "random") & (cells["depth"] == 0.2)]
    with pytest.raises(LuckyError, match="got 1 depths"):
        elasticity.drawn_cells(one)


def test_methods_agree_where_depths_are_drawn_and_the_naive_one_does_not():
    cells = loaded()[3]
    wide = elasticity.compare_estimates(cells, fitted()[0]).pivot(
        index="category", columns="method", values="estimate"
    )
    assert (wide["IV-Poisson"] - wide["reduced form"]).abs().max() < 0.02
    assert (wide["IV-Poisson"] - wide["two-stage least squares"]).abs().max() < 0.25
    assert (wide["naive"] > wide["IV-Poisson"] + 1).all()


def test_checks_hold_here_and_fail_where_depths_are_not_drawn():
    drawn, _ = fitted()
    good = checks.check_experiment(
        drawn, checks.estimate_first_stages(drawn), checks.estimate_placebos(drawn)
    )
    assert good["passed"].all() and len(good) == 6
    ruled = elasticity.drawn_cells(loaded()[3].replace({"assignment": {"random": "x", "rule": "random"}}))
    bad = checks.check_experiment(ruled, checks.estimate_first_stages(ruled), checks.estimate_placebos(ruled))
    failed = set(bad.loc[~bad["passed"], "name"])
    assert "every depth was drawn as often" in failed
    assert "the depth is unrelated to the week before it" in failed


def test_prices_and_costs_are_todays():
    prices = choices.load_category_prices(loaded()[0], n_weeks=4).set_index("category")
    # two cups of 8 cents, and 5 cents of fee an order
    for category, cost in zip(price_world.CATEGORIES, COST_CENTS, strict=True):
        assert prices.loc[category, "unit_cost"] == pytest.approx((cost + 16) / 100, abs=0.05)
    assert (prices["known_share"] < 1).tolist() == [name == "Tea" for name in prices.index]
    assert (prices["paid_price"] < prices["list_price"]).all()


def chosen(prices=None, deepest=0.5):
    drawn, pooled = fitted()
    prices = choices.load_category_prices(loaded()[0]) if prices is None else prices
    pulled = elasticity.estimate_pulled(drawn)
    best = choices.estimate_best_prices(pooled, prices, pulled, deepest)
    return (
        best,
        choices.estimate_withdrawals(loaded()[3], pooled, prices, pulled, loaded()[0].as_of),
        pooled,
        pulled,
    )


def test_best_prices_lie_between_the_deepest_coupon_and_the_list_price():
    best, withdrawals, pooled, pulled = chosen()
    assert (best["best"] >= 0.5 * best["list_price"] - 1e-6).all()
    assert (best["best"] <= best["list_price"] + 1e-6).all()
    assert (best["best_low"] <= best["best"]).all() and (best["best"] <= best["best_high"]).all()
    assert withdrawals["depth"].tolist() == [0.1, 0.2, 0.3, 0.4, 0.5]
    curves = choices.assemble_curves(best, pooled, pulled, 0.5)
    for row in best.itertuples():
        own = curves[curves["category"] == row.category]
        top = own.loc[own["margin"].idxmax(), "price"]
        assert abs(top - row.best) < 0.15 * row.list_price


def test_dearer_goods_move_prices_up_and_make_withdrawing_better():
    prices = choices.load_category_prices(loaded()[0])
    best, withdrawals, *_ = chosen(prices)
    dear_best, dear, *_ = chosen(prices.assign(unit_cost=prices["unit_cost"] + 1.0))
    both = best.merge(dear_best, on="category")
    assert (both["best_y"] >= both["best_x"]).all() and (both["best_y"] > both["best_x"]).any()
    assert (dear["gain"] > withdrawals["gain"]).all()


def test_a_category_without_cost_gets_no_price():
    prices = choices.load_category_prices(loaded()[0])
    prices.loc[prices["category"] == "Food", "unit_cost"] = np.nan
    best, *_ = chosen(prices)
    assert "Food" not in set(best["category"])


def test_sentences():
    best, withdrawals, pooled, _ = chosen()
    clear = int((best["gain_low"] > 0).sum())
    assert texts.describe_best(best).startswith(
        f"{int(((best['gain_low'] > 0) & (best['best'] > best['paid_price'])).sum())} of 4"
    )
    assert clear <= len(best)
    assert "respond" in texts.describe_segments(pooled.columns)
    none = texts.describe_decision(best.assign(gain_low=-1.0), withdrawals.assign(p_gain=0.5))
    assert none.endswith("no depth and no price is clearly better than today's.")
    assert "Keep 10 %" in texts.describe_decision(best, withdrawals.assign(p_gain=0.0))
    assert "Withdraw 10 %" in texts.describe_decision(best, withdrawals.assign(p_gain=1.0))
