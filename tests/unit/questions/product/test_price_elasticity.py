"""Steps of the price question: the queries against plain loops, the choices against arithmetic, the edges."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models import coupon_decisions as decisions
from lucky_analytics.models import elasticities, price_terms
from lucky_analytics.questions.product.price_elasticity import advice, choices, texts
from lucky_analytics.questions.product.price_elasticity import price_checks as checks
from lucky_analytics.questions.product.price_elasticity import steps as elasticity
from tests import price_world
from tests.price_suite import COST_CENTS, SimulatedSuite

NOTHING_PULLED = PulledForward(0.0, 0.0, 0.0, 1, (0.0, 1.0), ((0.0, 0.0), (0.0, 0.0)))


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
    drawn = elasticities.drawn_cells(loaded()[3])
    return drawn, elasticities.pool_elasticities(drawn)


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
    # outside of the program a fifth is off
    assert texts.describe_salience(got).endswith("where 80 % of the list price is paid")
    assert texts.describe_salience(got.assign(list_cents=0)).endswith("no coupon in the category")


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
        elasticities.drawn_cells(cells[cells["assignment"] == "rule"])
    one = cells[(cells["assignment"] == "random") & (cells["depth"] == 0.2)]
    with pytest.raises(LuckyError, match="got 1 depths"):
        elasticities.drawn_cells(one)


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
    ruled = elasticities.drawn_cells(loaded()[3].replace({"assignment": {"random": "x", "rule": "random"}}))
    bad = checks.check_experiment(ruled, checks.estimate_first_stages(ruled), checks.estimate_placebos(ruled))
    failed = set(bad.loc[~bad["passed"], "name"])
    assert "every depth was drawn as often" in failed
    assert "the depth is unrelated to the week before it" in failed


def test_prices_and_costs_are_todays():
    suite = loaded()[0]
    prices = price_terms.load_category_prices(suite, n_weeks=4).set_index("category")
    # two cups of 8 cents, and 5 cents of fee an order
    for category, cost in zip(price_world.CATEGORIES, COST_CENTS, strict=True):
        assert prices.loc[category, "unit_cost"] == pytest.approx((cost + 16) / 100, abs=0.05)
    assert (prices["known_share"] < 1).tolist() == [name == "Tea" for name in prices.index]
    assert (prices["paid_price"] < prices["list_price"]).all()
    # a fee of 5 cents whatever is paid; nobody pays less than half
    assert prices["fee_rate"].abs().max() < 1e-9 and (prices["beyond_share"] == 0).all()
    shallow = price_terms.load_category_prices(suite, n_weeks=4, deepest=0.3)
    assert (shallow["beyond_share"] > 0.02).all()


def test_a_fee_on_the_amount_is_told_from_a_fixed_one():
    def charged(tables):
        fees, paid = tables["fees"], tables["orders"].set_index("order_id")["items_cents"]
        return tables | {"fees": fees.assign(fee_cents=5.0 + 0.03 * fees["order_id"].map(paid))}

    prices = price_terms.load_category_prices(SimulatedSuite(world(), edit=charged), n_weeks=4)
    assert prices["fee_rate"].to_numpy() == pytest.approx(0.03)


def todays():
    return price_terms.load_category_prices(loaded()[0])


def chosen(prices=None, deepest=0.5):
    drawn, pooled = fitted()
    prices, _ = price_terms.split_priced(
        todays() if prices is None else prices, pooled.rows["category"], deepest
    )
    pulled = elasticities.estimate_pulled(drawn)
    best = choices.estimate_best_prices(pooled, prices, pulled, deepest)
    withdrawals = choices.estimate_withdrawals(loaded()[3], pooled, prices, pulled, loaded()[0].as_of)
    return best, withdrawals, pooled, pulled


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
        # the curve is relative to today's margin, and the gain is the way up it
        today = row.units_a_month * (row.paid_price - row.unit_cost)
        assert np.interp(row.paid_price, own["price"], own["margin"]) == pytest.approx(1, abs=0.01)
        assert row.gain == pytest.approx(
            today * (np.interp(row.best, own["price"], own["margin"]) - 1), abs=0.02 * today
        )


def test_a_best_price_at_the_edge_of_what_was_tried_says_so():
    dear = chosen(todays().assign(unit_cost=3.0))[0].set_index("category")["edge"]
    assert (dear == "list price or above").all()
    cheap = chosen(todays().assign(unit_cost=0.05), deepest=0.3)[0].set_index("category")["edge"]
    assert cheap["Food"] == "deepest tried or below"
    edges = {high: choices._describe_edge({"value": 4.0, "high": high}, 3.0, 6.0) for high in (5.0, 6.0)}
    assert edges == {5.0: "", 6.0: "may be above the list price"}


def test_a_deep_coupon_is_judged_by_the_segments_that_use_it():
    cells, (_, pooled) = loaded()[3], fitted()
    prices, pulled = todays(), NOTHING_PULLED
    kept = {
        name: choices.estimate_withdrawals(own, pooled, prices, pulled, loaded()[0].as_of)["kept_share"]
        for name, own in cells.groupby("segment")
    }
    # lapsed customers stay away without the discount, loyal ones do not
    assert (kept["lapsed"] < kept["loyal"] - 0.02).all()


def test_dearer_goods_move_prices_up_and_make_withdrawing_better():
    best, withdrawals, *_ = chosen()
    dear_best, dear, *_ = chosen(todays().assign(unit_cost=lambda own: own["unit_cost"] + 1.0))
    both = best.merge(dear_best, on="category")
    assert (both["best_y"] >= both["best_x"]).all() and (both["best_y"] > both["best_x"]).any()
    assert (dear["gain"] > withdrawals["gain"]).all()


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("unit_cost", np.nan, "costs are not known"),
        ("unit_cost", 9.0, "the list price does not cover its cost"),
        ("paid_price", 1.5, "customers pay less today than with the deepest coupon that was tried"),
        ("category", "Mugs", "too little was bought with coupons of random depth"),
    ],
)
def test_a_category_that_cannot_be_priced_is_refused_with_the_reason(column, value, why):
    prices = todays()
    prices.loc[prices["category"] == "Food", column] = value
    name = value if column == "category" else "Food"
    kept, refused = price_terms.split_priced(prices, fitted()[1].rows["category"], 0.5)
    assert refused == {name: why} and name not in set(kept["category"]) and len(kept) == 3
    best, withdrawals, *_ = chosen(prices)
    assert name not in set(best["category"]) and len(withdrawals) == 5


def test_a_category_that_loses_money_today_has_a_gain_and_no_curve():
    prices = todays()
    prices.loc[prices["category"] == "Food", "unit_cost"] = 3.9
    best, _, pooled, pulled = chosen(prices)
    curves = choices.assemble_curves(best, pooled, pulled, 0.5)
    assert "Food" in set(best["category"]) and "Food" not in set(curves["category"])


def test_without_coupons_in_the_last_weeks_nothing_can_be_withdrawn():
    cells, (drawn, pooled) = loaded()[3], fitted()
    early = cells[cells["week_date"] < cells["week_date"].max() - pd.Timedelta(weeks=9)]
    with pytest.raises(LuckyError, match="bought with a coupon in the 8 weeks before"):
        choices.estimate_withdrawals(
            early, pooled, todays(), elasticities.estimate_pulled(drawn), loaded()[0].as_of
        )


def test_sentences_follow_the_interval_of_the_money():
    best, withdrawals, pooled, _ = chosen()
    assert "respond most" in texts.describe_segments(pooled.columns, 0.001)
    assert texts.describe_segments(pooled.columns, 0.5).startswith("No group")
    unclear = advice.decide(
        best.assign(is_clear=False), withdrawals.assign(gain_low=-1.0, gain_high=1.0), 0.9
    )
    assert "not known yet" in unclear.because and unclear.strength.word == WAIT
    assert not any(verb in unclear.action for verb in ("withdraw", "keep", "discount more", "discount less"))
    assert set(unclear.on.values()) == {"wait"}
    assert "keep 10 %" in advice.decide(best, withdrawals.assign(gain_low=-2, gain_high=-1.0), 0.9).action
    paid = withdrawals.assign(gain_low=1.0, gain_high=2)
    alone = advice.decide(best.assign(gain_low=1.0, is_clear=best["category"] != "Tea"), paid, 0.9)
    assert "Promising, not proven as one of 4 that were looked at: Tea." in alone.because
    assert alone.action.count("in a random half of the stores") == 1 and "try Tea at" in alone.action
    able = advice.decide(best.assign(edge="", gain_low=1.0, is_clear=True), paid, 0.9)
    assert "withdraw 10 %" in able.action and able.strength.word == DO and able.worth.low > 0
    edge = advice.decide(best.assign(edge="list price or above", gain_low=1.0, is_clear=True), paid, 0.9)
    assert edge.strength.word == LEAN and "as far as was tried" in edge.strength.doubts[0]
    assert "earn at 10 %" in texts.describe_withdrawals(withdrawals.assign(gain_low=1.0, gain_high=2))
    silent = best.assign(responds=False)
    assert texts.describe_best(silent).startswith("What another price would earn cannot be said")
    assert advice.decide(silent, withdrawals, 0.9).strength.word == WAIT
    assert "costs more than the units" in able.because and "costs more" not in unclear.because
    some = texts.describe_best(best.assign(responds=best["category"] != "Tea", is_clear=True))
    assert " of 3 categories" in some and some.endswith("1 more does not clearly answer to price")
    overall = pooled.mean.iloc[0]
    assert texts.describe_answer(overall, best, withdrawals).startswith("A price 10 % lower sells")
    unsure = overall.replace(overall["se"], 1.0)
    assert "cannot be said" in texts.describe_answer(unsure, best, withdrawals)


def test_title_and_answer_say_what_is_decided_on_coupons():
    """The title was once "not known yet" above "Do: withdraw 10 %, 20 %, 30 %, 40 %, 50 % off"."""
    best, withdrawals, pooled, _ = chosen()
    overall, best = pooled.mean.iloc[0], best.assign(is_clear=False)
    open_case = withdrawals.assign(gain_low=-1.0, gain_high=1.0)
    assert texts.name_finding(overall, best, open_case).endswith("is not known yet")
    assert "coupon" not in texts.describe_answer(overall, best, open_case)
    earn, lose = (withdrawals.assign(gain_low=low, gain_high=low + 1) for low in (1.0, -2.0))
    assert texts.name_finding(overall, best, earn) == "All coupon depths cost more than they bring"
    assert texts.name_finding(overall, best, lose) == "All coupon depths pay"
    some = withdrawals.assign(gain_low=np.where(withdrawals["depth"] > 0.3, 1.0, -1.0), gain_high=2.0)
    assert texts.name_finding(overall, best, some).startswith("Some coupon depths cost more")
    said = texts.describe_answer(overall, best, earn)
    assert "All coupon depths cost more than they bring. Whether another price" in said
    assert len(said.split()) <= 40


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ([1.0, 1.0, None, None], "2 of 4 categories would clearly earn more at a higher price than today's"),
        ([9.0, None, None, None], "1 of 4 categories would clearly earn more at a lower price than today's"),
        ([None] * 4, "0 of 4 categories would clearly earn more at another price than today's"),
        (
            [1.0, 9.0, 9.0, None],
            "3 of 4 categories would clearly earn more at another price than today's: 1 at a higher, 2 at a "
            "lower one",
        ),
    ],
    ids=["higher", "lower", "none", "both"],
)
def test_the_best_prices_are_said_by_the_side_on_which_they_lie(now, said):
    best = pd.DataFrame({"category": list("ABCD"), "best": 5.0, "responds": True, "paid_price": now})
    best["is_clear"] = best["paid_price"].notna()
    best["gain_low"] = -1.0
    assert texts.describe_best(best) == said
    paid = best["paid_price"].astype(float).fillna(9.0)
    promising = texts.describe_best(best.assign(gain_low=1.0, paid_price=paid))
    n = int(best["paid_price"].isna().sum())
    assert promising == (f"{said}; a lower price is promising in {n} more" if n else said)
    higher = texts.describe_best(best.assign(gain_low=1.0, is_clear=False, paid_price=1.0))
    assert higher.endswith("; a higher price is promising in 4 more")


def best_of(elasticities_by_category, se=0.09):
    """Best prices where a unit is listed at $5, paid at $4 and costs $1.50, and nothing is pulled forward."""
    names = list(elasticities_by_category)
    rows = pd.DataFrame({"category": names, "estimate": list(elasticities_by_category.values()), "se": se})
    terms = {"list_price": 5.0, "paid_price": 4.0, "unit_cost": 1.5, "fee_rate": 0.0, "units_a_month": 100.0}
    pulled = PulledForward(0.0, 0.0, 0.0, 9, (0.0, 1.0), ((1e-9, 0.0), (0.0, 1e-9)))
    pooled = dataclasses.replace(fitted()[1], rows=rows)
    return choices.estimate_best_prices(pooled, pd.DataFrame({"category": names} | terms), pulled, 0.5)


def test_the_best_of_many_categories_is_held_to_more_than_one_alone():
    """A gain that is just clear of nought by itself is what chance brings one of eight categories."""
    alone = best_of({"A": -1.34}).iloc[0]
    assert alone["gain_low"] > 0 and alone["is_clear"]
    many = best_of({"A": -1.34} | {f"B{place}": -1.5 for place in range(7)}).set_index("category")
    assert many.loc["A", "gain_low"] == alone["gain_low"] and many["responds"].all()
    assert not many["is_clear"].any()
    assert "not known" in texts.describe_answer(
        pd.Series({"estimate": -1.5, "se": 0.1}), many.reset_index(), chosen()[1].head(0)
    )


def test_what_is_said_of_todays_prices():
    shares = todays().assign(beyond_share=0.25)
    said = texts.describe_today(shares, 0.5)
    assert "25 % of units go below 50 % of the list price" in said
    known = (shares["known_share"] * shares["units_a_month"]).sum() / shares["units_a_month"].sum()
    assert known < 0.999 and f"Costs are known for {100 * known:.0f} % of units" in said
