"""The slope of making on open tickets: covered as stated, with intervals no wider than they need be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from lucky_analytics.questions.operations.production_time import effects
from tests.tickets_made import make_tickets

SLOPE, LEVEL = 0.18, 0.9


def cover(n_worlds: int) -> tuple[int, list[float]]:
    n_covered, widths = 0, []
    for seed in range(n_worlds):
        made = make_tickets(1_500, seed=10_000 + seed, left_open=0.004)
        found = effects.estimate_number(effects.fit_making(made), "log_load", LEVEL)
        n_covered += found.holds(SLOPE)
        # The oracle knows each product's seconds and all but the slope and the noise.
        oracle = 2 * 1.645 * 0.3 / np.sqrt(((made["log_load"] - made["log_load"].mean()) ** 2).sum())
        widths.append((found.high - found.low) / oracle)
    return n_covered, widths


def check(n_worlds: int) -> None:
    n_covered, widths = cover(n_worlds)
    low, high = binomtest(n_covered, n_worlds).proportion_ci(0.99, method="exact")
    assert low <= LEVEL <= high, n_covered / n_worlds
    assert np.median(widths) < 1.5


def test_the_planted_slope_is_covered():
    check(40)


@pytest.mark.full
def test_the_planted_slope_is_covered_over_many_worlds():
    check(200)
