"""The parts of a product's change: they add up, both ways, and agree with the published two-factor case."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.product_parts import split_change

FACTORS = st.lists(st.tuples(st.floats(0.01, 1e4), st.floats(0.01, 1e4)), min_size=1, max_size=6)


@given(FACTORS)
def test_parts_add_up_and_going_back_turns_the_signs(pairs):
    before = {str(n): old for n, (old, _) in enumerate(pairs)}
    after = {str(n): new for n, (_, new) in enumerate(pairs)}
    parts, back = split_change(before, after), split_change(after, before)
    old, new = math.prod(before.values()), math.prod(after.values())
    assert sum(parts.values()) == pytest.approx(new - old, rel=1e-6, abs=1e-6 * max(old, new))
    for name, part in parts.items():
        assert back[name] == pytest.approx(-part, rel=1e-9, abs=1e-9 * max(old, new))


def test_it_is_the_logarithmic_mean_times_the_logarithm_of_the_ratio():
    parts = split_change({"a": 2.0, "b": 3.0}, {"a": 4.0, "b": 3.0})
    assert parts == {"a": pytest.approx(6.0), "b": 0.0}
    parts = split_change({"a": 2.0, "b": 3.0}, {"a": 4.0, "b": 1.5})  # the product stays
    assert parts["a"] == pytest.approx(6 * math.log(2)) and parts["b"] == -parts["a"]


def test_factors_that_do_not_fit_are_named():
    with pytest.raises(ParameterError, match="the same before and after, got b"):
        split_change({"a": 1.0}, {"a": 1.0, "b": 2.0})
    with pytest.raises(ParameterError, match="factor a: expected above 0, got 0"):
        split_change({"a": 1.0}, {"a": 0.0})
