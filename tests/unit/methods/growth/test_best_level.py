from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.growth.best_level import fall_of_steady


def test_one_steady_series_in_twenty_falls_further():
    bound, falls = fall_of_steady(20, 0.1, 0.05), []
    for row in np.random.default_rng(5).normal(0, 0.1, (2000, 20)):
        means = np.convolve(row, np.full(4, 0.25), "valid")
        falls.append(means.max() - means[-1])
    assert np.mean(np.array(falls) > bound) == pytest.approx(0.05, abs=0.015)


def test_it_grows_with_scatter_and_weeks_and_needs_twice_the_best():
    assert fall_of_steady(20, 0.2, 0.05) == pytest.approx(2 * fall_of_steady(20, 0.1, 0.05))
    assert fall_of_steady(30, 0.1, 0.05) > fall_of_steady(10, 0.1, 0.05)
    assert fall_of_steady(7, 0.1, 0.05) == 0.0
    assert fall_of_steady(20, 0.1, 0.05, n_best=8) < fall_of_steady(20, 0.1, 0.05)
    assert fall_of_steady(20, 0.1, 0.05, seed=1) != fall_of_steady(20, 0.1, 0.05)
