"""Exact allocation against brute force and by its promises."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lucky_analytics.demo.build.allocate import controlled_round, fill, fit_margins
from lucky_analytics.demo.build.arrays import largest_remainder, stream
from lucky_analytics.errors import DemoError


@pytest.mark.parametrize("seed", range(20))
def test_largest_remainder_is_the_nearest_vector_with_the_total(seed: int):
    rng = np.random.default_rng(seed)
    shares, total = rng.random(4) + 0.01, int(rng.integers(0, 9))
    exact = shares / shares.sum() * total
    best = min(
        np.abs(np.array(whole) - exact).sum()
        for whole in itertools.product(range(total + 1), repeat=4)
        if sum(whole) == total
    )
    found = largest_remainder(shares, total)
    assert found.sum() == total
    assert np.abs(found - exact).sum() == pytest.approx(best)


@pytest.mark.parametrize("seed", range(20))
def test_controlled_rounding_keeps_rows_columns_and_zeros(seed: int):
    rng = np.random.default_rng(seed)
    start = rng.random((6, 30)) * (rng.random((6, 30)) < 0.6) + 1e-3 * np.eye(6, 30)
    rows = largest_remainder(start.sum(1), 400)
    columns = largest_remainder((start * (rows / start.sum(1))[:, None]).sum(0), 400)
    fitted = fit_margins(start, rows.astype(float), columns.astype(float))
    whole = controlled_round(fitted, rows, columns)
    assert (whole.sum(1) == rows).all()
    assert (whole.sum(0) == columns).all()
    assert (whole[start == 0] == 0).all() and (whole >= 0).all()
    assert np.abs(whole - fitted).max() < 3


def test_controlled_rounding_moves_units_over_a_third_row():
    # Rows 0 and 1 share no column: a unit can only travel from one to the other through row 2.
    expected = np.array([[2.0, 0.0], [0.0, 2.0], [3.0, 3.0]])
    whole = controlled_round(expected, np.array([3, 1, 6]), np.array([5, 5]))
    assert whole.tolist() == [[3, 0], [0, 1], [2, 4]]


def test_controlled_rounding_refuses_totals_that_differ():
    with pytest.raises(DemoError, match="expected 3 in columns, got 4"):
        controlled_round(np.ones((2, 2)), np.array([2, 1]), np.array([2, 2]))


def test_margins_are_fitted():
    fitted = fit_margins(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([4.0, 6.0]), np.array([5.0, 5.0]))
    assert fitted.sum(0) == pytest.approx([5, 5])
    assert fitted.sum(1) == pytest.approx([4, 6], abs=1e-6)
    # The odds ratio is what proportional fitting never changes.
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(1 * 4 / (2 * 3))


@pytest.mark.parametrize("seed", range(10))
def test_fill_meets_quotas_and_keeps_as_many_wishes_as_a_loop(seed: int):
    rng = np.random.default_rng(seed)
    group, want = rng.integers(0, 5, 300), rng.integers(0, 4, 300)
    quota = np.stack([rng.multinomial(n, [0.4, 0.3, 0.2, 0.1]) for n in np.bincount(group, minlength=5)])
    priority = rng.random(300)
    assigned, kept = fill(want, group, quota, priority, stream(seed, "test"))
    left, n_kept = quota.copy(), 0
    for i in np.argsort(priority):
        if left[group[i], want[i]] > 0:
            left[group[i], want[i]] -= 1
            n_kept += 1
            assert assigned[i] == want[i]
    assert kept == pytest.approx(n_kept / 300)
    assert (np.bincount(group * 4 + assigned, minlength=20).reshape(5, 4) == quota).all()


def test_fill_names_the_group_whose_quotas_do_not_fit():
    zero = np.zeros(3, np.int64)
    with pytest.raises(DemoError, match="quotas of group 0: expected 3, got 2"):
        fill(zero, zero, np.array([[1, 1]]), np.zeros(3), stream(1, "test"))
