"""Coming together in time, odd rates, isolation: against enumeration, simulation and plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import betabinom

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.common_window import chance_together, largest_together
from lucky_analytics.methods.inference.isolation import fit_isolation
from lucky_analytics.methods.inference.odd_rates import find_odd_rates


def enumerate_chance(share, size, together, window):
    """The chance that so many of ``size`` come within the window, over all that may happen."""
    days = [*range(len(share)), None]
    weight = [*share, 1 - sum(share)]
    total = 0.0
    for drawn in itertools.product(range(len(days)), repeat=size):
        came = [days[k] for k in drawn if days[k] is not None]
        if largest_together(came, window) >= together:
            total += float(np.prod([weight[k] for k in drawn]))
    return total


@pytest.mark.parametrize(
    ("size", "together", "window"), [(2, 2, 1), (3, 3, 2), (4, 4, 3), (3, 2, 2), (4, 3, 1)]
)
def test_the_chance_is_exact_for_all_members_and_a_bound_for_some(size, together, window):
    share = np.array([0.1, 0.0, 0.2, 0.05, 0.15])
    exact, told = (
        enumerate_chance(share, size, together, window),
        chance_together(share, size, together, window),
    )
    if together == size:
        assert told == pytest.approx(exact, abs=1e-12)
    else:
        assert exact <= told <= 2.5 * exact


def test_p_values_of_chance_are_not_too_small():
    rng, share = np.random.default_rng(3), np.full(100, 0.004)
    p = []
    for _ in range(2_000):
        day = rng.integers(0, 250, 4)
        together = largest_together(day[day < 100], 7)
        p.append(chance_together(share, 4, together, 7))
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2_000)


def test_a_wider_window_and_a_larger_group_are_likelier_to_come_together():
    share = np.full(200, 0.002)
    chances = [chance_together(share, size, 3, window) for size, window in ((3, 7), (3, 14), (6, 14))]
    assert chances == sorted(chances) and chances[0] < chances[-1]


@pytest.mark.parametrize(
    "given", [([0.6, 0.6], 2, 2, 1), ([-0.1, 0.5], 2, 2, 1), ([0.1], 2, 3, 1), ([0.1], 2, 2, 0)]
)
def test_what_is_no_share_is_refused(given):
    with pytest.raises(ParameterError):
        chance_together(*given)


def test_tails_of_refunds_are_sums_of_their_distribution():
    rng = np.random.default_rng(4)
    n = rng.integers(1, 30, 4_000)
    events = rng.binomial(n, rng.beta(0.8, 80.0, 4_000))
    found, spread = find_odd_rates(n, events)
    a, b = spread.mean * spread.size, (1 - spread.mean) * spread.size
    for k in rng.integers(0, 4_000, 50):
        by_hand = sum(betabinom.pmf(j, n[k], a, b) for j in range(events[k], n[k] + 1))
        assert found["p"].iloc[k] == pytest.approx(by_hand, rel=1e-6, abs=1e-12)
    assert np.mean(found["p"] <= 0.01) <= 0.01 + 3 * np.sqrt(0.01 / 4_000)


def test_a_few_who_do_something_else_do_not_set_the_yardstick():
    rng = np.random.default_rng(5)
    n = rng.integers(3, 30, 5_000)
    events = rng.binomial(n, 0.005)
    usual = find_odd_rates(n, events)[1].mean
    events[:40] = np.maximum(n[:40] // 2, 3)
    found, spread = find_odd_rates(n, events)
    assert spread.mean == pytest.approx(usual, rel=0.1) and (found["p"].iloc[:40] < 1e-4).mean() > 0.9


def test_nobody_is_odd_where_nothing_or_everything_is_refunded():
    for events in ([0] * 50, [4] * 50):
        found, _ = find_odd_rates([4] * 50, events)
        assert (found["p"] == 1.0).all()


def path_length(tree, row):
    """Depth at which a row ends, with what an unfinished leaf would take on average."""
    node, depth = 0, 0
    while tree.children_left[node] != -1:
        goes_left = row[tree.feature[node]] <= tree.threshold[node]
        node = tree.children_left[node] if goes_left else tree.children_right[node]
        depth += 1
    return depth + average_length(tree.n_node_samples[node])


def average_length(n):
    if n <= 1:
        return 0.0
    return 1.0 if n == 2 else 2 * (np.log(n - 1) + np.euler_gamma) - 2 * (n - 1) / n


def test_scores_are_those_of_the_paper_by_a_plain_walk_through_the_trees():
    rows = np.random.default_rng(6).normal(size=(400, 3)).astype(np.float32)
    forest = fit_isolation(rows, n_trees=20)
    trees = [each.tree_ for each in forest._forest.estimators_]
    for k in (0, 7, 200):
        depth = np.mean([path_length(tree, rows[k]) for tree in trees])
        assert forest.score(rows[k : k + 1])[0] == pytest.approx(
            2 ** (-depth / average_length(256)), abs=1e-6
        )


def test_parts_are_what_a_number_in_the_middle_takes_off():
    rows = np.random.default_rng(7).normal(size=(400, 3))
    rows[0] = [0.0, 8.0, 0.0]
    forest = fit_isolation(rows)
    parts = forest.explain(rows[:1])
    usual = rows[:1].copy()
    usual[0, 1] = np.median(rows[:, 1].astype(np.float32))
    assert parts[0, 1] == pytest.approx(forest.score(rows[:1])[0] - forest.score(usual)[0])
    assert parts[0].argmax() == 1
