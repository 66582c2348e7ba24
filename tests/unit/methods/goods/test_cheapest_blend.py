"""The cheapest blend: a textbook's answer, a second solver, every corner by hand, and what does not fit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.goods.cheapest_blend import find_blend

FREE = np.inf


def test_the_wyndor_glass_company_makes_36_as_published():
    """Hillier and Lieberman, "Introduction to Operations Research", section 3.1: x = (2, 6), profit 36."""
    found = find_blend([-3, -5], [0, 0], [4, 6], [[3, 2]], [-FREE], [18])
    assert found.amounts == pytest.approx([2, 6]) and found.cost == pytest.approx(-36)
    assert found.binds.tolist() == [True]


def draw(seed, n=5):
    rng = np.random.default_rng(seed)
    now = rng.uniform(5, 200, n)
    rows = np.vstack([np.ones(n), (rng.random(n) < 0.5).astype(float)])
    limits = [now.sum(), -FREE], [now.sum(), float(rows[1] @ now)]
    return rng.uniform(0.001, 0.08, n), 0.9 * now, 1.1 * now, rows, *limits


@pytest.mark.parametrize("seed", range(8))
def test_a_second_solver_finds_the_same_cost(seed):
    cost, low, high, rows, row_low, row_high = draw(seed)
    found = find_blend(cost, low, high, rows, row_low, row_high)
    limits = [{"type": "eq", "fun": lambda x: rows[0] @ x - row_low[0]},
              {"type": "ineq", "fun": lambda x: row_high[1] - rows[1] @ x}]  # fmt: skip
    other = minimize(lambda x: 100 * cost @ x, low / 0.9, method="SLSQP", constraints=limits,
                     bounds=np.column_stack([low, high]),
                     options={"ftol": 1e-12, "maxiter": 500})  # fmt: skip
    assert other.success and found.cost == pytest.approx(other.fun / 100, rel=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_no_corner_is_cheaper_and_every_limit_holds(seed):
    cost, low, high, rows, row_low, row_high = draw(seed, 4)
    found = find_blend(cost, low, high, rows, row_low, row_high)
    assert (found.amounts >= low - 1e-7).all() and (found.amounts <= high + 1e-7).all()
    assert rows[0] @ found.amounts == pytest.approx(row_low[0])
    assert rows[1] @ found.amounts <= row_high[1] + 1e-6
    best = np.inf
    walls = [*((np.eye(4)[k], low[k]) for k in range(4)), *((np.eye(4)[k], high[k]) for k in range(4)),
             (rows[1], row_high[1])]  # fmt: skip
    for chosen in itertools.combinations(walls, 3):
        a = np.vstack([rows[0], *(wall for wall, _ in chosen)])
        if abs(np.linalg.det(a)) < 1e-9:
            continue
        x = np.linalg.solve(a, [row_low[0], *(at for _, at in chosen)])
        inside = (x >= low - 1e-6).all() and (x <= high + 1e-6).all() and rows[1] @ x <= row_high[1] + 1e-6
        best = min(best, cost @ x) if inside else best
    assert found.cost == pytest.approx(best, rel=1e-7)


def test_edges_nothing_fits_no_totals_and_numbers_that_are_none():
    assert find_blend([1.0, 2.0], [1, 1], [2, 2], [[1, 1]], [9], [9]) is None
    assert find_blend([1.0, -2.0], [1, 1], [2, 3], [], [], []).amounts.tolist() == [1.0, 3.0]
    for bad in ([np.nan, 1.0], [1.0]):
        with pytest.raises(ParameterError, match="cheapest blend"):
            find_blend(bad, [1, 1], [2, 2], [[1, 1]], [3], [3])
