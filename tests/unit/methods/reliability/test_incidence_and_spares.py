"""Shares of several ends, and spares that last: identities and plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.survival import estimate_survival
from lucky_analytics.methods.reliability.cumulative_incidence import estimate_incidence
from lucky_analytics.methods.reliability.spare_parts import choose_spares, share_enough


def test_shares_of_all_causes_add_up_to_what_has_ended():
    chance = np.random.default_rng(2)
    days, cause = chance.integers(1, 20, 80), np.array(["", "a", "b", "c"], object)[chance.integers(0, 4, 80)]
    found = estimate_incidence(days, cause)
    sums = found.groupby("duration")["share"].sum()
    counts = pd.DataFrame({"duration": days, "n_event": cause != "", "n_censored": cause == ""}).astype(int)
    curve = estimate_survival(counts).set_index("duration")["survival"]
    assert sums.to_numpy() == pytest.approx(1 - curve[sums.index].to_numpy())
    naive = found.groupby("duration")["naive"].sum()
    assert (naive >= sums - 1e-12).all() and naive.iloc[-1] > sums.iloc[-1] + 0.1


def test_one_cause_is_kaplan_meier_and_none_is_empty():
    found = estimate_incidence([1, 2, 2, 5], ["x", "x", "", "x"])
    assert found["share"].tolist() == pytest.approx(found["naive"].tolist())
    assert estimate_incidence([3.0], [""]).empty and estimate_incidence([], []).empty
    with pytest.raises(ParameterError, match="durations"):
        estimate_incidence([np.nan], ["x"])


def test_spares_are_as_few_as_any_that_last():
    needs = np.random.default_rng(4).poisson([0.5, 1.5, 0.2], (400, 3))
    held = choose_spares(needs, 0.9)
    assert share_enough(needs, held) >= 0.9
    grids = itertools.product(range(8), repeat=3)
    fewest = min(sum(grid) for grid in grids if share_enough(needs, np.array(grid)) >= 0.9)
    assert held.sum() <= fewest + 1  # one by one may miss the very least by one
    assert share_enough(needs, choose_spares(needs, 0.99)) >= 0.99
    assert choose_spares(needs * 0, 0.99).tolist() == [0, 0, 0]
    with pytest.raises(ParameterError, match="chance to have enough"):
        choose_spares(needs, 1.0)
