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
    prices = np.linspace(2, 7, 5001)
    curve = estimate_margin_curve(elasticity, 6.0, 2.0, prices)
    best = estimate_best_price(elasticity, 2.0, 2.0, 7.0)[0]
    assert best == pytest.approx(prices[curve["margin"].argmax()], abs=0.001)
    assert curve.loc[(curve["price"] - 6).abs().idxmin(), "margin"] == pytest.approx(1, abs=1e-3)


def test_the_interval_carries_the_elasticity_and_stops_at_what_was_tried():
    draws = draw_elasticities(-1.8, 0.2)
    best, low, high = estimate_best_price(draws, 2.0, 1.0, 9.0)
    assert low < best < high
    # a more negative elasticity gives a lower best price
    ends = -1.8 + 1.645 * 0.2 * np.array([-1, 1])
    assert [low, high] == pytest.approx(2 * ends / (1 + ends), rel=0.03)
    assert estimate_best_price(draws, 2.0, 1.0, 4.0)[2] == 4.0
    assert estimate_best_price(draws, 2.0, 5.5, 9.0)[1] == 5.5
    narrow = estimate_best_price(draws, 2.0, 1.0, 9.0, level=0.5)
    assert low < narrow[1] < narrow[2] < high


def test_withdrawal_by_hand():
    got = estimate_withdrawal(DEPTHS, np.full(2, -2.0))
    # .9 squared of the units, each with 4 of margin, against 100 with 3.4
    assert got["kept_share"].tolist() == pytest.approx([0.81, 0.25])
    assert got["gain"].tolist() == pytest.approx([81 * 4 - 340, 25 * 4 - 100])
    assert got["margin_now"].tolist() == pytest.approx([340, 100])
    assert got["p_gain"].tolist() == [0, 0]


def test_units_that_only_came_for_the_reminder_are_lost_too():
    without, with_it = (estimate_withdrawal(DEPTHS, np.full(2, -1.0), s) for s in (0.0, np.log(1.25)))
    assert (with_it["kept_share"] / without["kept_share"]).tolist() == pytest.approx([0.8, 0.8])


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
