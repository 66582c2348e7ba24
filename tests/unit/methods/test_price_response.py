from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.price_response import (
    draw_elasticities,
    estimate_best_price,
    estimate_margin_curve,
    estimate_withdrawal,
)

DEPTHS = pd.DataFrame({"depth": [0.1, 0.5], "n_units": 100, "list_price": 6.0, "unit_cost": 2.0})


def test_the_best_price_is_the_top_of_the_margin_curve():
    elasticity = np.full(3, -1.8)
    prices = np.linspace(2, 6, 4001)
    curve = estimate_margin_curve(elasticity, 6.0, 2.0, prices)
    best = estimate_best_price(elasticity, 6.0, 2.0, 2.0)["value"]
    # Lerner: 2 x 1.8 / .8
    assert best == pytest.approx(4.5, abs=0.011)
    assert best == pytest.approx(prices[curve["margin"].argmax()], abs=0.011)
    assert curve["margin"].iloc[-1] == pytest.approx(1)


def test_the_interval_carries_the_elasticity_and_stops_at_what_was_tried():
    draws = draw_elasticities(-1.8, 0.1)
    best = estimate_best_price(draws, 9.0, 2.0, 1.0)
    # a more negative elasticity gives a lower best price
    ends = -1.8 + 1.645 * 0.1 * np.array([-1, 1])
    assert [best["low"], best["high"]] == pytest.approx(2 * ends / (1 + ends), rel=0.02)
    assert estimate_best_price(draws, 4.0, 2.0, 1.0)["high"] == 4.0
    assert estimate_best_price(draws, 9.0, 2.0, 5.5)["low"] == 5.5
    narrow = estimate_best_price(draws, 9.0, 2.0, 1.0, level=0.5)
    assert best["low"] < narrow["low"] < narrow["high"] < best["high"]


def test_what_is_pulled_forward_raises_the_best_price():
    elasticity = np.full(3, -2.0)
    without, with_it = (estimate_best_price(elasticity, 9.0, 2.0, 2.0, pulled=p)["value"] for p in (0.0, 0.3))
    assert with_it > without + 0.3
    curve = estimate_margin_curve(elasticity, 9.0, 2.0, np.array([4.5]), pulled=0.3).iloc[0]
    # four times the units at 2.5 of margin each, less .3 x 3 units at 7 later, against 7
    assert curve["margin"] == pytest.approx((4 * 2.5 - 0.3 * 3 * 7) / 7)
    assert curve["units"] == 4


def test_withdrawal_by_hand():
    got = estimate_withdrawal(DEPTHS, np.full(2, -2.0))
    # .9 squared of the units, each with 4 of margin, against 100 with 3.4
    assert got["kept_share"].tolist() == pytest.approx([0.81, 0.25])
    assert got["gain"].tolist() == pytest.approx([81 * 4 - 340, 25 * 4 - 100])
    assert got["margin_now"].tolist() == pytest.approx([340, 100])
    assert got["p_gain"].tolist() == [0, 0]
    # three of four units were added; 20 % of these come back later at list price
    kept = estimate_withdrawal(DEPTHS, np.full(2, -2.0), pulled=0.2)["kept_share"]
    assert kept.iloc[1] == pytest.approx(0.25 + 0.2 * 0.75)


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
    with pytest.raises(LuckyError, match=r"above the unit cost, got 2\.00 and 2\.50"):
        estimate_margin_curve(np.full(2, -2.0), 2.0, 2.5, np.array([2.0]))
    with pytest.raises(LuckyError, match="depths between 0 and 1"):
        estimate_withdrawal(DEPTHS.assign(depth=0.0), np.full(2, -2.0))


def test_draws_are_the_same_for_the_same_seed():
    assert (draw_elasticities(-1, 0.1, seed=1) == draw_elasticities(-1, 0.1, seed=1)).all()
    assert (draw_elasticities(-1, 0.1, seed=1) != draw_elasticities(-1, 0.1, seed=2)).any()
    assert len(draw_elasticities(-1, 0.1, n_draws=10)) == 10
