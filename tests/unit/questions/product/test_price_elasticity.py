"""Steps of the price question: the queries against plain loops, the choices against arithmetic, the edges."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN
from lucky_analytics.decisions import WAIT as UNDECIDED
from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.pull_forward import PulledForward
from lucky_analytics.models import coupon_decisions as decisions
from lucky_analytics.models import elasticities, price_steps, price_terms
from lucky_analytics.models.coupon_program import aggregate_program
from lucky_analytics.models.coupon_withdrawals import estimate_withdrawals
from lucky_analytics.models.price_steps import CUT, RAISE, WAIT
from lucky_analytics.questions.product.price_elasticity import advice, choices, texts
from lucky_analytics.questions.product.price_elasticity import price_checks as checks
from lucky_analytics.questions.product.price_elasticity import steps as elasticity
from tests import price_world
from tests.price_suite import COST_CENTS, SimulatedSuite

WORDS = {RAISE: "less discount", CUT: "more discount", WAIT: "as today"}
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


def test_sums_over_parts_of_the_customers_are_those_of_all_at_once():
    suite, bought, shown, cells = loaded()
    program = aggregate_program(suite, most_shown=len(shown.execute()) // 5)  # eight parts
    pd.testing.assert_frame_equal(program.cells, cells, check_exact=True)
    keys = ["category", "segment"]
    expected = decisions.aggregate_not_shown(shown, bought).sort_values(keys, ignore_index=True)
    got = program.not_shown.sort_values(keys, ignore_index=True)
    pd.testing.assert_frame_equal(got, expected, check_dtype=False, check_exact=True)
    pd.testing.assert_frame_equal(aggregate_program(suite).cells, cells, check_exact=True)


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


@functools.cache
def loaded_prices():
    return price_terms.load_category_prices(loaded()[0])


def todays():
    return loaded_prices().copy()


@functools.cache
def chosen_today():
    return chosen_at(todays(), 0.5)


def chosen(prices=None, deepest=0.5):
    return chosen_today() if prices is None else chosen_at(prices, deepest)


def chosen_at(prices, deepest):
    drawn, pooled = fitted()
    prices, _ = price_terms.split_priced(prices, pooled.rows["category"], deepest)
    pulled = elasticities.estimate_pulled(drawn)
    best = choices.estimate_best_prices(pooled, prices, pulled, deepest)
    withdrawals = estimate_withdrawals(loaded()[3], pooled, prices, pulled, loaded()[0].as_of)
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
        name: estimate_withdrawals(own, pooled, prices, pulled, loaded()[0].as_of)["kept_share"]
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
        estimate_withdrawals(early, pooled, todays(), elasticities.estimate_pulled(drawn), loaded()[0].as_of)


TODAY = dt.date(2026, 2, 13)


def stepped(**stances):
    """Categories whose step gains $2 (1 to 3) a month; those that wait may lose."""
    rows = [
        {"category": name, "stance": stance, "paid_price": 4.0, "next_price": 3.5 if stance == CUT else 4.5}
        for name, stance in stances.items()
    ]
    steps = pd.DataFrame(rows).assign(list_price=5.0, gain=2.0, gain_high=3.0)
    return steps.assign(gain_low=np.where(steps["stance"] == WAIT, -1.0, 1.0))


def test_sentences_follow_the_interval_of_the_money():
    best, withdrawals, pooled, _ = chosen()
    assert "respond most" in texts.describe_segments(pooled.columns, 0.001)
    assert texts.describe_segments(pooled.columns, 0.5).startswith("No group")
    nothing, some = stepped(Tea=WAIT, Food=WAIT), stepped(Tea=RAISE, Food=CUT, Coffee=WAIT)
    open_case = withdrawals.assign(gain_low=-1.0, gain_high=1.0)
    unclear = advice.decide(nothing, open_case, 0.9, TODAY)
    assert "In none of 2 categories is it known yet" in unclear.because and unclear.strength.word == UNDECIDED
    assert unclear.action == "leave prices and discounts as they are" and set(unclear.on.values()) == {WAIT}
    lose, earn = (withdrawals.assign(gain_low=low, gain_high=low + 0.5) for low in (-2.0, 1.0))
    assert "keep 10 %" in advice.decide(nothing, lose, 0.9, TODAY).action
    able = advice.decide(nothing, earn, 0.9, TODAY)
    assert "withdraw 10 %" in able.action and able.strength.word == DO and able.worth.low > 0
    assert "costs more than the units" in able.because and "costs more" not in unclear.because
    moved = advice.decide(some, open_case, 0.9, TODAY)
    assert moved.action.endswith("sell Tea at $4.50, not $4.00; Food at $3.50, not $4.00")
    assert moved.strength.word == LEAN and moved.worth.value == 4.0 and "18 May" in moved.would_change_if
    assert "In Coffee a step may lose as well as gain: their prices stay" in moved.because
    alone = some.assign(gain_low=some["gain_low"].where(some["category"] != "Coffee", 0.5))
    because = advice.decide(alone, open_case, 0.9, TODAY).because
    assert "In Coffee a step looks like a gain, but with 3 categories looked at that may be chance" in because
    prices = {of: stance for of, stance in moved.on.items() if of.startswith("price of ")}
    assert prices == {"price of Tea": RAISE, "price of Food": CUT, "price of Coffee": WAIT}
    assert set(moved.on) - set(prices) == {f"weekly coupons of {depth} % off" for depth in range(10, 60, 10)}
    silent = advice.decide(nothing.assign(gain=np.nan), open_case, 0.9, TODAY)
    assert silent.strength.word == UNDECIDED and "not known yet" in silent.because
    assert "earn at 10 %" in texts.describe_withdrawals(earn)
    assert texts.describe_best(best.assign(responds=False)).startswith("What another price would earn cannot")
    tea = texts.describe_best(best.assign(responds=best["category"] != "Tea", edge=""))
    assert tea.startswith("None of 3 best prices lie") and tea.endswith(
        "1 more does not clearly answer to price"
    )
    overall = pooled.mean.iloc[0]
    assert "{price_step}" in texts.describe_answer(overall, some, open_case)
    unsure = overall.replace(overall["se"], 1.0)
    assert "cannot be said" in texts.describe_answer(unsure, some, open_case)


def test_title_and_answer_say_what_is_decided_on_coupons():
    """The title was once "not known yet" above "Do: withdraw 10 %, 20 %, 30 %, 40 %, 50 % off"."""
    _, withdrawals, pooled, _ = chosen()
    overall, steps = pooled.mean.iloc[0], stepped(Tea=WAIT)
    open_case = withdrawals.assign(gain_low=-1.0, gain_high=1.0)
    assert texts.name_finding(overall, steps, open_case, 0.9).endswith("is not known yet")
    assert "bring {programme}" in texts.describe_answer(overall, steps, open_case)
    earn, lose = (withdrawals.assign(gain_low=low, gain_high=low + 1) for low in (1.0, -2.0))
    assert texts.name_finding(overall, steps, earn, 0.9) == "All coupon depths cost more than they bring"
    assert texts.name_finding(overall, steps, lose, 0.9) == "All coupon depths pay"
    some = withdrawals.assign(gain_low=np.where(withdrawals["depth"] > 0.3, 1.0, -1.0), gain_high=2.0)
    assert texts.name_finding(overall, steps, some, 0.9).startswith("Some coupon depths cost more")
    said = texts.describe_answer(overall, steps, earn)
    assert "All coupon depths cost more than they bring." in said and len(said.split()) <= 40
    title = texts.name_finding(overall, stepped(Tea=RAISE, Food=WAIT), open_case, 0.9)
    assert title == "Charge more for Tea: $2.00 a month, if a trial confirms"
    many = stepped(**{f"Fresh Ground Tea {n}": CUT for n in range(3)}, Food=WAIT)
    assert (
        texts.name_finding(overall, many, open_case, 0.9)
        == "A price step in 3 of 4 categories would earn $6.00 a month more"
    )


@pytest.mark.parametrize(
    ("stances", "said"),
    [
        ((RAISE, RAISE, WAIT), "Charge more in 2 of 3 categories; 1 stays as today"),
        ((CUT, WAIT, WAIT), "Charge less in 1 of 3 categories; 2 stay as today"),
        ((RAISE, CUT, CUT), "Charge more in 1 and less in 2 of 3 categories"),
        ((WAIT,) * 3, "In none of 3 categories would a step in price clearly earn more"),
    ],
)
def test_the_picture_says_where_to_charge_more_and_where_less(stances, said):
    steps = stepped(**dict(zip("ABC", stances, strict=True)))
    assert texts.describe_steps(steps) == said
    assert texts.describe_steps(steps.assign(gain=np.nan)).startswith("What another price would earn cannot")


def test_one_table_has_the_step_and_the_best_price_of_each_category():
    best, withdrawals, pooled, pulled = chosen()
    known = elasticities.make_price_answer(pooled, pulled, [0.0, 0.1, 0.3, 0.5], todays())
    assert (known.deepest, known.depth_step) == (0.5, pytest.approx(0.1))
    steps = price_steps.estimate_steps(todays(), known)
    prices = choices.assemble_prices(best, steps)
    by_name = steps.set_index("category")
    assert prices["step_gain"].tolist() == [by_name.loc[name, "gain"] for name in prices["category"]]
    charges = choices.assemble_charges(prices, 0.5)
    for row in charges.itertuples():
        assert (row.stance == WAIT) == np.isnan(row.next_price) == row.label.endswith("stays")
        assert row.decision == WORDS[row.stance]
    whole = estimate_withdrawals(loaded()[3], pooled, todays(), pulled, loaded()[0].as_of, by="programme")
    worth = choices.value_programme(whole)
    assert worth["worth_low"] < worth["worth"] < worth["worth_high"]
    assert worth["worth"] == pytest.approx(-withdrawals["gain"].sum(), rel=0.1)


def test_what_is_said_of_todays_prices():
    shares = todays().assign(beyond_share=0.25)
    said = texts.describe_today(shares, 0.5)
    assert "25 % of units go below 50 % of the list price" in said
    known = (shares["known_share"] * shares["units_a_month"]).sum() / shares["units_a_month"].sum()
    assert known < 0.999 and f"Costs are known for {100 * known:.0f} % of units" in said
