"""Shares of the few against closed forms, a plain loop and resampling."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.top_shares import (
    estimate_gini,
    estimate_share_of,
    estimate_top_share,
)

EXPONENTIAL = np.random.default_rng(1).exponential(5, 40_000)
# Pareto with exponent 3: the top p have p ** (1 - 1/3) of all, the Gini coefficient is 1 / (2 * 3 - 1).
PARETO = 1 + np.random.default_rng(2).pareto(3, 40_000)


@pytest.mark.parametrize(("values", "share", "gini"), [
    (EXPONENTIAL, 0.1 * (1 + np.log(10)), 0.5), (PARETO, 0.1 ** (2 / 3), 0.2),
])  # fmt: skip
def test_closed_forms_lie_in_the_intervals(values, share, gini):
    top, all_of_it = estimate_top_share(values, 0.1, 0.99), estimate_gini(values, 0.99)
    assert top.holds(share) and top.high - top.low < 0.05
    assert all_of_it.holds(gini) and all_of_it.high - all_of_it.low < 0.05


def test_intervals_are_as_wide_as_resampling_makes_them():
    values, chance = EXPONENTIAL[:1_500], np.random.default_rng(3)
    again = [chance.choice(values, len(values)) for _ in range(400)]
    for estimate in (lambda v: estimate_top_share(v, 0.1), estimate_gini):
        ends = np.quantile([estimate(each).value for each in again], [0.05, 0.95])
        own = estimate(values)
        assert own.high - own.low == pytest.approx(ends[1] - ends[0], rel=0.15)


def test_a_plain_loop_over_pairs_gives_the_same_gini():
    v = np.array([0.0, 1.0, 4.0, 4.0, 11.0])
    pairs = sum(abs(a - b) for a in v for b in v) / (2 * len(v) ** 2 * v.mean())
    assert estimate_gini(v).value == pytest.approx(pairs)


def test_a_chosen_group_has_its_part_and_a_tie_does_not_move_the_top():
    chosen = np.arange(len(PARETO)) < 10_000
    assert estimate_share_of(PARETO, chosen).holds(0.25)
    assert estimate_top_share([2.0] * 7, 0.1).value == pytest.approx(0.1)
    assert estimate_top_share([5.0, -1.0, 0.0, 1.0], 0.25).value == 1.0


def test_nothing_to_share_is_null_and_wrong_questions_are_refused():
    assert estimate_gini([0.0, 0.0]).value is None is estimate_top_share([0.0], 0.5).value
    assert estimate_share_of([0.0, 0.0], [True, False]).value is None
    with pytest.raises(ParameterError, match="between 0 and 1"):
        estimate_top_share([1.0], 1.0)
    with pytest.raises(ParameterError, match="0 or more"):
        estimate_gini([-1.0, 2.0])
