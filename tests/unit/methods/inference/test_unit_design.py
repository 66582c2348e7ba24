"""A sparse design says what a plain one says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from lucky_analytics.methods.inference import reml, unit_design
from lucky_analytics.methods.inference.reml import MixedModel, restricted_log_likelihood

RNG = np.random.default_rng(3)
UNIT = RNG.integers(0, 7, 60)
WALK = np.tri(60)[:, ::10][:, 1:]
X, Y, NOISE = np.ones((60, 1)), RNG.normal(size=60), RNG.uniform(0.5, 2, 60)


def model(large: int) -> MixedModel:
    units = unit_design.mark_units(UNIT, 7, large)
    design = unit_design.side_by_side([0.7 * units, 0.2 * WALK, unit_design.scale_rows(NOISE, units)])
    return MixedModel(Y, X, design, NOISE)


def test_a_large_design_is_sparse_and_the_same():
    plain, thin = model(10_000), model(1)
    assert not sparse.issparse(plain.W) and sparse.issparse(thin.W)
    np.testing.assert_array_equal(unit_design.as_array(thin.W), plain.W)
    assert restricted_log_likelihood(thin) == pytest.approx(restricted_log_likelihood(plain), rel=1e-12)


def test_effects_and_their_covariance_are_those_of_the_plain_design():
    for one, other in zip(reml._effects(model(10_000)), reml._effects(model(1)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_a_unit_without_rows_has_no_column_of_ones():
    thin = unit_design.mark_units(np.array([1, -1, 1]), 3, large=1)
    assert unit_design.as_array(thin).tolist() == [[0, 1, 0], [0, 0, 0], [0, 1, 0]]
