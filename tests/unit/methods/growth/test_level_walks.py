"""Levels that wander: their steps are recovered, their draws keep the mean, and still levels have none."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.level_walks import draw_walks, estimate_step


@pytest.mark.parametrize("step", [0.0, 0.05, 0.12])
def test_the_step_is_that_of_the_walk_whatever_the_noise(step: float):
    chance = np.random.default_rng(5)
    found = []
    for _ in range(60):
        walk = chance.normal(0, step, 200).cumsum()
        found.append(estimate_step(walk + chance.normal(0, 0.1, 200), 0.1) ** 2)
    assert np.mean(found) == pytest.approx(step**2, abs=0.0009)


def test_a_level_is_its_own_forecast_in_dollars_and_its_log_spreads_by_the_root_of_time():
    drawn = draw_walks(np.random.default_rng(2), [0.05, 0.0], 20_000, 30)
    assert np.exp(drawn[:, 0]).mean(axis=0) == pytest.approx(1.0, abs=0.01)
    assert drawn[:, 0].std(axis=0) == pytest.approx(0.05 * np.sqrt(np.arange(1, 31)), rel=0.03)
    assert not drawn[:, 1].any()


def test_a_negative_step_is_refused():
    with pytest.raises(ParameterError, match="0 or more"):
        draw_walks(np.random.default_rng(1), [-0.1], 2, 2)
