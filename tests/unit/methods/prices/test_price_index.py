"""The interval of a price index: by hand where it can be, and what clusters, weights and groups do to it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from lucky_analytics.methods.prices.price_index import estimate_off

SIX = np.array([0.95, 1.02, 1.10, 1.15, 1.21, 1.3])


def off(relatives, weights=None, items=None, places=None, groups=None, level=0.9):
    n = len(relatives)
    weights = np.ones(n) if weights is None else weights
    items = np.arange(n) if items is None else items
    return estimate_off(relatives, weights, items, places or ["here"] * n, groups or ["one"] * n, level=level)


def test_one_place_and_even_weights_are_students_interval_of_the_logs():
    found, logs = off(SIX), np.log(SIX)
    se = logs.std(ddof=1) / np.sqrt(6)
    ends = np.expm1(logs.mean() + student.ppf([0.05, 0.95], 5) * se)
    assert (found.off.low, found.off.high) == pytest.approx(tuple(ends))
    assert found.p_value == pytest.approx(2 * student.sf(logs.mean() / se, 5))
    assert found.off.n == 6 and off(SIX, level=0.5).off.low > found.off.low


def test_weights_move_the_value_and_widen_the_interval():
    even, uneven = off(SIX), off(SIX, weights=[1, 1, 1, 1, 1, 20])
    assert uneven.off.value > even.off.value
    assert np.ptp([uneven.off.low, uneven.off.high]) > np.ptp([even.off.low, even.off.high])
    scaled = off(SIX, weights=np.full(6, 7.0))
    assert (scaled.off.value, scaled.off.low) == pytest.approx((even.off.value, even.off.low))


def test_an_item_that_is_seen_twice_is_no_second_item():
    twice = off(np.repeat(SIX, 2), items=np.repeat(np.arange(6), 2), places=["a", "b"] * 6)
    once = off(SIX)
    assert twice.off.value == pytest.approx(once.off.value) and twice.off.n == 6
    assert twice.off.low == pytest.approx(once.off.low)  # places agree: they add nothing


def test_places_that_differ_widen_the_interval():
    factor = np.tile([0.9, 1.1], 6)
    alike = off(np.repeat(SIX, 2), items=np.repeat(np.arange(6), 2), places=["a", "b"] * 6)
    apart = off(np.repeat(SIX, 2) * factor, items=np.repeat(np.arange(6), 2), places=["a", "b"] * 6)
    assert apart.off.low < alike.off.low and apart.off.high > alike.off.high


def test_groups_count_alike_however_many_prices_they_have():
    relatives = [1.2] * 6 + [1.0] * 3
    found = off(
        np.array(relatives) * np.r_[np.tile([0.99, 1.0, 1.01], 3)],
        items=[0, 1, 2, 0, 1, 2, 0, 1, 2], places=["a"] * 3 + ["b"] * 3 + ["c"] * 3,
        groups=["g"] * 6 + ["h"] * 3,
    )  # fmt: skip
    assert found.off.value == pytest.approx(np.sqrt(1.2) - 1, abs=1e-3)


def test_a_name_of_a_place_in_two_groups_is_two_places():
    rng = np.random.default_rng(1)
    logs = rng.normal(0, 0.1, 12)
    labels = {"items": list(range(6)) * 2, "groups": ["g"] * 6 + ["h"] * 6}
    both = off(np.exp(logs), places=["all"] * 12, **labels)
    own = off(np.exp(logs), places=["g"] * 6 + ["h"] * 6, **labels)
    assert both.off == own.off


@pytest.mark.parametrize("case", ["one item", "all alike", "none", "one group of one item"])
def test_where_nothing_tells_the_error_there_is_no_interval(case):
    if case == "none":
        found = off(np.array([]))
        assert found.off.value is None and found.off.n == 0
        return
    if case == "one item":
        found = off(np.array([1.1, 1.2]), items=[0, 0], places=["a", "b"])
    elif case == "all alike":
        found = off(np.full(5, 1.05))
    else:
        found = off(np.array([1.0, 1.1, 1.2, 1.3]), items=[0, 1, 2, 0], groups=["g"] * 3 + ["h"])
    assert found.off.value is not None and found.off.low is None and np.isnan(found.p_value)


def test_rows_without_weight_do_not_count():
    found = off(np.r_[SIX, 9.0], weights=[1] * 6 + [0])
    assert found.off == off(SIX).off
