"""What packs hide of orders: means, ratios and errors against known ones."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.goods.order_cover import Covers, compare_with_others, draw_covers, fit_covers


def draw(rng, means, n=300, sd=0.15, width=0.3):
    """Intervals of ``width`` that hold what was meant; one in eight is open below."""
    group = np.repeat(np.arange(len(means)), n)
    meant = rng.normal(np.asarray(means)[group], sd)
    low = meant - width * rng.random(len(meant))
    open_ = rng.random(len(meant)) < 0.125
    return np.where(open_, -np.inf, low), low + width, group, np.arange(len(meant)) // 4


def test_narrow_intervals_are_means_and_standard_errors_of_groups():
    rng = np.random.default_rng(1)
    meant = rng.normal(0.2, 0.1, 400)
    found = fit_covers(meant - 1e-4, meant + 1e-4, np.repeat([0, 1], 200), np.arange(400))
    halves = meant.reshape(2, 200)
    assert found.log_cover == pytest.approx(halves.mean(axis=1), abs=1e-4)
    assert found.se == pytest.approx(halves.std(axis=1) / np.sqrt(200), rel=0.02)
    assert found.sd == pytest.approx(np.sqrt((halves.std(axis=1) ** 2).mean()), rel=0.01)


def test_what_is_drawn_is_found_within_its_error():
    inside, n = 0, 40
    for seed in range(n):
        found = fit_covers(*draw(np.random.default_rng(seed), [0.2, 0.8], n=120))
        inside += int((np.abs(found.log_cover - [0.2, 0.8]) < 1.645 * found.se).sum())
    assert 61 <= inside <= 79  # exact 99 % band of 80 at 90 %
    assert found.n.tolist() == [120, 120]


def test_deliveries_that_hang_together_widen_the_error():
    rng = np.random.default_rng(3)
    shared = np.repeat(rng.normal(0, 0.2, 60), 5)
    meant = 0.3 + shared + rng.normal(0, 0.05, 300)
    low, high, one = meant - 0.01, meant + 0.01, np.zeros(300, int)
    apart, together = (fit_covers(low, high, one, c).se[0] for c in (np.arange(300), np.arange(300) // 5))
    assert together > 1.8 * apart


def test_few_deliveries_and_groups_of_which_nothing_came_are_null():
    low, high, group, cluster = draw(np.random.default_rng(4), [0.2, 0.5], n=40)
    low, high = np.append(low, [-np.inf] * 9), np.append(high, [0.1] * 9)
    found = fit_covers(low, high, np.append(group, [2] * 9), np.append(cluster, np.arange(9)))
    assert np.isnan(found.log_cover[2]) and found.n[2] == 9 and np.isfinite(found.log_cover[:2]).all()
    few = fit_covers(low[:80], high[:80], group[:80], np.repeat([0, 1, 2, 3, 4, 5, 6, 7], 10))
    assert few.clusters.tolist() == [4, 4] and np.isnan(few.log_cover).all()
    never = np.full(40, -np.inf)
    none = fit_covers(never, np.zeros(40), np.zeros(40, int), np.arange(40))
    assert np.isnan(none.log_cover[0])
    assert len(fit_covers(np.zeros(0), np.zeros(0), np.zeros(0, int), np.zeros(0)).n) == 0
    with pytest.raises(ParameterError, match="low below high"):
        fit_covers(np.array([0.2]), np.array([0.2]), np.array([0]), np.array([0]))


def test_a_group_is_held_against_the_others_without_itself():
    covers = Covers(
        np.log([1.2, 1.3, 1.4, 2.6]), np.array([0.01, 0.02, 0.03, 0.04]), np.full(4, 50), np.full(4, 40), 0.1
    )
    found = compare_with_others(covers, 0.9)
    assert found["others"].tolist() == pytest.approx([1.4, 1.4, 1.3, 1.3])
    assert found["ratio"].iloc[3] == pytest.approx(2.0)
    own = np.hypot(0.04, np.sqrt(np.pi / 2 * np.mean(np.square([0.01, 0.02, 0.03])) / 3))
    assert found["log_se"].iloc[3] == pytest.approx(own)
    assert found["low"].iloc[3] == pytest.approx(2 * np.exp(-1.6849 * own), rel=1e-4)  # Student, 39
    assert compare_with_others(covers, 0.99)["high"].iloc[3] > found["high"].iloc[3]
    few = compare_with_others(
        Covers(np.log([1.2, 1.3, 2.6]), np.full(3, 0.01), np.full(3, 50), np.full(3, 40), 0.1)
    )
    assert few["ratio"].isna().all() and few["cover"].notna().all()


def test_draws_stay_within_their_interval_and_have_the_mean_of_the_cut_normal():
    covers = Covers(np.array([0.0]), np.array([0.01]), np.array([99]), np.array([9]), 1.0)
    zero = np.zeros(20_000)
    drawn = draw_covers(covers, zero, zero + 1.0, zero.astype(int), np.random.default_rng(2))
    assert drawn.min() >= 0 and drawn.max() <= 1
    assert drawn.mean() == pytest.approx((0.398942 - 0.241971) / (0.841345 - 0.5), abs=0.01)
    blank = Covers(np.array([np.nan]), np.array([np.nan]), np.array([3]), np.array([3]), 1.0)
    assert np.isnan(
        draw_covers(blank, zero[:2], zero[:2] + 1, np.zeros(2, int), np.random.default_rng(2))
    ).all()
