"""Least squares within units against a library's, with a column for each unit and errors by unit."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference import within_units
from lucky_analytics.methods.inference.within_units import fit_within


def make(seed=3, n=600, n_units=60):
    rng = np.random.default_rng(seed)
    unit = rng.integers(0, n_units, n)
    x, z = rng.normal(size=n) + 0.05 * unit, rng.random(n)
    y = 2.0 * x - z + 0.3 * unit + rng.normal(size=n_units)[unit] * x + rng.normal(size=n)
    return y, {"x": x, "z": z}, unit


def test_effects_and_errors_are_those_of_a_column_for_each_unit(monkeypatch):
    monkeypatch.setattr(within_units, "_BLOCK", 100)
    y, columns, unit = make()
    fit = fit_within(y, columns, unit)
    whole = np.column_stack([*columns.values(), np.eye(unit.max() + 1)[unit]])
    found = sm.OLS(y, whole).fit(cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False})
    assert fit.effects == pytest.approx(found.params[:2], rel=1e-5)
    assert fit.n == 600 and fit.names == ("x", "z")
    few = 60 / 59
    for place, name in enumerate(fit.names):
        value, moves = fit.combine({name: 1.0, "unknown": 5.0})
        assert value == fit.effects[place]
        assert (moves**2).sum() / few == pytest.approx(found.cov_params()[place, place], rel=1e-3)


def test_what_units_are_like_drops_out_and_what_says_the_same_does_no_harm():
    y, columns, unit = make()
    plain = fit_within(y, columns, unit)
    moved = fit_within(y + 100.0 * unit, {**columns, "of the unit": unit * 7.0, "again": columns["x"]}, unit)
    value, _ = moved.combine({"x": 1.0, "again": 1.0})
    assert "of the unit" not in moved.names and value == pytest.approx(plain.effects[0], rel=1e-4)


def test_nothing_to_compare_is_refused():
    y = np.arange(4.0)
    with pytest.raises(LuckyError, match="two ways"):
        fit_within(y, {"x": np.ones(4)}, np.array([0, 0, 1, 1]))
    with pytest.raises(LuckyError, match="got 1"):
        fit_within(y, {"x": y}, np.array([0, 0, 1, 2]))
