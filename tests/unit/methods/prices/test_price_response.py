from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.price_response import (
    Terms,
    draw_elasticities,
    estimate_best_price,
    estimate_margin_curve,
    estimate_withdrawal,
    forecast_units,
)

TERMS = {"list_price": 6.0, "paid_price": 6.0, "unit_cost": 2.0, "fee_rate": 0.0}
DEPTHS = pd.DataFrame({"depth": [0.1, 0.5], "n_units": 100} | TERMS)
LAGS = 4


def weeks_sold(shares, elasticity, pulled):
    """Units of each week: a quarter of what is pulled forward is missing in each of four weeks after."""
    units, added = [], []
    for share in shares:
        missing = sum(pulled / LAGS * before for before in added[-LAGS:])
        added.append(share**elasticity - 1)
        units.append(1 + added[-1] - missing)
    return units


def test_a_price_that_stays_by_brute_force():
    terms, elasticity, pulled = Terms(6.0, 4.5, 1.5, 0.02), -1.7, 0.2
    prices = np.array([3.0, 4.0, 4.5, 6.0])
    curve = estimate_margin_curve(np.full(2, elasticity), terms, prices, pulled=pulled)
    settled = [weeks_sold([price / 6.0] * 20, elasticity, pulled)[-1] for price in prices]
    # fee: 2 cents more for each dollar of the price; costs of 1.50 hold at 4.50
    earned = [u * (p - 1.5 - 0.02 * (p - 4.5)) for u, p in zip(settled, prices, strict=True)]
    assert curve["units"].tolist() == pytest.approx([u / settled[2] for u in settled])
    assert curve["margin"].tolist() == pytest.approx([m / settled[2] for m in earned])
    assert curve["margin"].iloc[2] == 3.0
    best = estimate_best_price(np.full(2, elasticity), terms, 3.0, pulled=pulled)["value"]
    grid = np.linspace(3.0, 6.0, 3001)
    tried = [weeks_sold([p / 6.0] * 9, elasticity, pulled)[-1] * (p - 1.5 - 0.02 * (p - 4.5)) for p in grid]
    assert best == pytest.approx(grid[np.argmax(tried)], abs=0.005)


def test_a_coupon_withdrawn_by_brute_force():
    elasticity, pulled, depth, n_units = -1.7, 0.2, 0.4, 50.0
    listed, paid, cost, fee = 6.0, 4.5, 1.5, 0.02

    def margin_of_five_weeks(share):
        # Units missing in the four weeks after would have been bought at what customers then pay.
        units = weeks_sold([share, 1, 1, 1, 1], elasticity, pulled)
        prices = [listed * share] + [paid] * LAGS
        lost = [units[0], *(u - 1 for u in units[1:])]
        return sum(u * (p - cost - fee * (p - paid)) for u, p in zip(lost, prices, strict=True))

    base = n_units / (1 - depth) ** elasticity
    depths = pd.DataFrame(
        {"depth": [depth], "n_units": n_units, "list_price": listed, "paid_price": paid, "unit_cost": cost}
    ).assign(fee_rate=fee)
    got = estimate_withdrawal(depths, np.full(2, elasticity), pulled=pulled).iloc[0]
    assert got["gain"] == pytest.approx(base * (margin_of_five_weeks(1.0) - margin_of_five_weeks(1 - depth)))


def test_the_best_price_is_the_top_of_the_margin_curve():
    elasticity, terms = np.full(3, -1.8), Terms(6.0, 5.0, 2.0)
    prices = np.linspace(2, 6, 4001)
    curve = estimate_margin_curve(elasticity, terms, prices)
    best = estimate_best_price(elasticity, terms, 2.0)["value"]
    # Lerner: 2 x 1.8 / .8
    assert best == pytest.approx(4.5, abs=0.011)
    assert best == pytest.approx(prices[curve["margin"].argmax()], abs=0.011)


def test_the_interval_carries_the_elasticity_and_stops_at_what_was_tried():
    draws, terms = draw_elasticities(-1.8, 0.1), Terms(9.0, 9.0, 2.0)
    best = estimate_best_price(draws, terms, 1.0)
    # a more negative elasticity gives a lower best price
    ends = -1.8 + 1.645 * 0.1 * np.array([-1, 1])
    assert [best["low"], best["high"]] == pytest.approx(2 * ends / (1 + ends), rel=0.02)
    assert estimate_best_price(draws, Terms(4.0, 4.0, 2.0), 1.0)["high"] == 4.0
    assert estimate_best_price(draws, terms, 5.5)["low"] == 5.5
    narrow = estimate_best_price(draws, terms, 1.0, level=0.5)
    assert best["low"] < narrow["low"] < narrow["high"] < best["high"]


def test_what_is_known_today_has_no_interval_and_prices_further_off_a_wider_one():
    terms = Terms(6.0, 4.0, 1.5)
    curve = estimate_margin_curve(draw_elasticities(-1.6, 0.2), terms, np.array([4.0, 4.5, 6.0]))
    width = (curve["margin_high"] - curve["margin_low"]).tolist()
    assert width[0] == 0 < width[1] < width[2]


def test_what_is_pulled_forward_and_a_fee_on_the_price_raise_and_lower_the_best_price():
    elasticity, terms = np.full(3, -2.0), Terms(9.0, 9.0, 2.0)
    without, with_it = (estimate_best_price(elasticity, terms, 2.0, pulled=p)["value"] for p in (0.0, 0.3))
    assert with_it > without + 0.3
    # with a fee of a tenth of the price, of which .9 are in the cost today: 1.1 / .9 instead of 2
    charged = estimate_best_price(elasticity, Terms(9.0, 9.0, 2.0, 0.1), 1.0)["value"]
    assert charged == pytest.approx(2 * 1.1 / 0.9, abs=0.03)
    assert forecast_units(elasticity, terms, np.array([4.5]), 0.3)[0, 0] == pytest.approx(1 + 0.7 * 3)


def test_withdrawal_by_hand():
    got = estimate_withdrawal(DEPTHS, np.full(2, -2.0))
    # .9 squared of the units, each with 4 of margin, against 100 with 3.4
    assert got["kept_share"].tolist() == pytest.approx([0.81, 0.25])
    assert got["gain"].tolist() == pytest.approx([81 * 4 - 340, 25 * 4 - 100])
    assert got["margin_now"].tolist() == pytest.approx([340, 100])
    assert got["p_gain"].tolist() == [0, 0]
    # three of four units were added; 20 % of these come back later, at the price then paid
    later = estimate_withdrawal(DEPTHS.assign(paid_price=3.5), np.full(2, -2.0), pulled=0.2)
    assert later["kept_share"].iloc[1] == pytest.approx(0.25 + 0.2 * 0.75)
    assert later["gain"].iloc[1] == pytest.approx(25 * 4 + 15 * 1.5 - 100)


def test_rows_of_one_depth_are_added_up_draw_by_draw():
    twice = pd.concat([DEPTHS, DEPTHS], ignore_index=True)
    one, two = draw_elasticities(-1.6, 0.3, seed=1), draw_elasticities(-1.6, 0.3, seed=2)
    same = estimate_withdrawal(twice, np.stack([one] * 4))
    apart = estimate_withdrawal(twice, np.stack([one, one, two, two]))
    alone = estimate_withdrawal(DEPTHS, one)
    assert same["gain"].tolist() == pytest.approx((2 * alone["gain"]).tolist())
    assert same["kept_share"].tolist() == pytest.approx(alone["kept_share"].tolist())
    # errors that are unrelated partly cancel
    assert (apart["gain_high"] - apart["gain_low"] < 0.8 * (same["gain_high"] - same["gain_low"])).all()


def test_the_interval_of_a_withdrawal_widens_with_the_level_and_the_error():
    draws = draw_elasticities(-1.6, 0.2)
    narrow, wide = (estimate_withdrawal(DEPTHS, draws, level=level) for level in (0.5, 0.95))
    assert (wide["gain_low"] < narrow["gain_low"]).all()
    assert ((wide["gain_low"] < wide["gain"]) & (wide["gain"] < wide["gain_high"])).all()
    assert wide["p_gain"].between(0, 1).all()


def test_what_makes_no_sense_is_refused():
    with pytest.raises(LuckyError, match=r"above the unit cost, got 2\.00, of which -0\.50 remain"):
        Terms(2.0, 2.0, 2.5)
    with pytest.raises(LuckyError, match=r"got 3\.00, of which -1\.00 remain"):
        estimate_withdrawal(DEPTHS.assign(list_price=[6.0, 3.0], unit_cost=4.0), np.full(2, -2.0))
    with pytest.raises(LuckyError, match="depths between 0 and 1"):
        estimate_withdrawal(DEPTHS.assign(depth=0.0), np.full(2, -2.0))


def test_draws_are_the_same_for_the_same_seed():
    assert (draw_elasticities(-1, 0.1, seed=1) == draw_elasticities(-1, 0.1, seed=1)).all()
    assert (draw_elasticities(-1, 0.1, seed=1) != draw_elasticities(-1, 0.1, seed=2)).any()
    assert len(draw_elasticities(-1, 0.1, n_draws=10)) == 10


def test_a_dearer_latte_brings_what_its_buyers_leave_of_it():
    """The product that sells most, 42 cents dearer: $3,307 a month if nobody reacted, about $142 at its
    category's elasticity with 15 % of what coupons add pulled forward; at a stronger response it loses."""
    terms, units = Terms(6.3075, 3.4457, 1.3405, 0.0121), 7_819
    prices = terms.paid_price + np.array([0.0, 3_307 / units])

    def gain(elasticity):
        curve = estimate_margin_curve(np.full(2, elasticity), terms, prices, pulled=0.15)
        return units * float(curve["margin"].diff().iloc[1])

    assert gain(0.0) == pytest.approx(3_307, rel=0.02)
    assert gain(-1.6) == pytest.approx(142, abs=10)
    assert gain(-1.8) < 0
