"""The coupon program: one coupon wherever it is looked up, effects as planted, a bound that bounds."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.demo.process.discounts import (
    NO_COUPONS,
    RANDOMISED,
    TARGETED,
    Program,
    blend,
    segment_of,
)
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.truth.planted import plants

N = 40_000
SHARE = np.full(len(CATEGORIES), 1 / len(CATEGORIES))


@pytest.fixture(scope="module")
def program() -> Program:
    return Program(plants(), 7, np.linspace(0, 1, N, endpoint=False), SHARE, np.tile(SHARE, (33, 1)))


def test_arms_have_the_planted_shares(program: Program):
    share = np.bincount(program.arm(np.arange(N)), minlength=3) / N
    assert share == pytest.approx([0.7, 0.2, 0.1], abs=0.01)


def test_randomised_depths_are_uniform_and_independent_of_the_order_rate(program: Program):
    key = np.flatnonzero(program.arm(np.arange(N)) == RANDOMISED)
    _, depth = program.coupons(key, np.full(len(key), 20))
    for level in program.depths:
        assert (depth == level).mean() == pytest.approx(1 / 6, abs=0.015)
    assert abs(np.corrcoef(program.rate_rank[key], depth[:, 0])[0, 1]) < 0.03


def test_targeted_depths_fall_with_the_order_rate(program: Program):
    key = np.flatnonzero(program.arm(np.arange(N)) == TARGETED)
    _, depth = program.coupons(key, np.full(len(key), 20))
    assert np.corrcoef(program.rate_rank[key], depth[:, 0])[0, 1] < -0.4


def test_depth_looks_up_what_coupons_offers(program: Program):
    key, week = np.arange(500), np.full(500, 15)
    category, depth = program.coupons(key, week)
    assert (category[:, 0] != category[:, 1]).all()
    assert (program.depth(key, week, category[:, 1]) == depth[:, 1]).all()
    for k in range(len(CATEGORIES)):
        offered = (category == k).any(1)
        assert (np.isnan(program.depth(key, week, np.full(500, k))) == ~offered).all()


def test_nobody_has_coupons_before_the_program_or_in_the_first_week(program: Program):
    key = np.flatnonzero(program.arm(np.arange(N)) != NO_COUPONS)[:100]
    zero = np.zeros(len(key), np.int64)
    assert not program.is_eligible(key, zero + program.start_week - 1, zero).any()
    assert not program.is_eligible(key, zero + 20, zero + 20).any()
    assert program.is_eligible(key, zero + 20, zero + 19).all()


def test_response_is_the_planted_curve(program: Program):
    coffee, half = np.array([0]), np.array([0.5])
    got = [program.response(half, coffee, np.array([k]))[0] for k in range(4)]
    expected = [np.exp(0.10) * 0.5 ** (-1.6 * scale) for scale in (1.0, 1.25, 1.4, 0.7)]
    assert got == pytest.approx(expected)


def test_effects_lack_what_earlier_coupons_pulled_forward(program: Program):
    key = np.flatnonzero(program.arm(np.arange(N)) != NO_COUPONS)[:2000]
    week, zero = np.full(len(key), 20), np.zeros(len(key), np.int64)
    effect = program.effects(key, week, zero, zero)
    i = 17
    expected = np.ones(len(CATEGORIES))
    for lag in range(1, 5):
        category, depth = program.coupons(key[[i]], week[[i]] - lag)
        for c, d in zip(category[0], depth[0], strict=True):
            gain = program.response(np.array([d]), np.array([c]), np.array([0]))[0] - 1
            expected[c] -= 0.15 / 4 * max(gain, 0)
    category, depth = program.coupons(key[[i]], week[[i]])
    for c, d in zip(category[0], depth[0], strict=True):
        expected[c] += program.response(np.array([d]), np.array([c]), np.array([0]))[0] - 1
    assert effect[i] == pytest.approx(np.maximum(expected, 0.1))


def test_the_mean_effect_is_the_mean_and_the_bound_a_bound(program: Program):
    key = np.flatnonzero(program.arm(np.arange(N)) == RANDOMISED)
    week, zero = np.full(len(key), 25), np.zeros(len(key), np.int64)
    for segment in range(4):
        effects = program.effects(key, week, zero, zero + segment)
        assert (effects @ SHARE).mean() == pytest.approx(program.mean_effect()[segment], rel=0.01)
    favourite = np.arange(len(key)) % len(CATEGORIES)
    for segment in range(4):
        effects = program.effects(key, week, zero, zero + segment)
        total = (blend(SHARE, favourite, 0.5) * effects).sum(1)
        assert (total <= program.bound(0.5)[favourite] + 1e-9).all()


def test_segments_at_their_edges():
    n, gap, age = np.array([4, 5, 5, 1]), np.array([30, 30, 31, 10]), np.array([29, 60, 60, 28])
    assert segment_of(n, gap, age).tolist() == [0, 3, 2, 1]
