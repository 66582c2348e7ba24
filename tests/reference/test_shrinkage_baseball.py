"""Eighteen batting averages of 1970 drawn to their common one: the classic example of shrinkage.

Efron and Morris (1977), "Stein's Paradox in Statistics", Scientific American 236, 119-127: hits in the
first 45 at bats, the James-Stein estimate of each, the average of the rest of the season.
"""

from __future__ import annotations

import numpy as np

from lucky_analytics.methods.inference.shrunken_rates import average_rates

HITS = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]
PUBLISHED = [0.294, 0.289, 0.284, 0.279, 0.275, 0.275, 0.270, 0.266, 0.261, 0.261, 0.256, 0.256, 0.256,
             0.256, 0.256, 0.252, 0.247, 0.242]  # fmt: skip
REST = [0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269, 0.230, 0.264, 0.256, 0.303, 0.264,
        0.226, 0.286, 0.316, 0.200]  # fmt: skip


def test_averages_are_drawn_as_far_as_published():
    """Theirs is normal with one spread estimated, ours binomial with every spread averaged: within .005."""
    found = average_rates([45] * 18, HITS)["rate"].to_numpy()
    assert np.abs(found - PUBLISHED).max() < 0.005


def test_the_rest_of_the_season_is_foretold_three_times_as_well():
    """Published: a total squared error of .022 for the drawn ones, .077 for the plain ones."""
    found = average_rates([45] * 18, HITS)["rate"].to_numpy()
    drawn, plain = (((np.asarray(x) - REST) ** 2).sum() for x in (found, np.divide(HITS, 45)))
    assert abs(drawn - 0.022) < 0.002 and abs(plain - 0.077) < 0.002 and drawn < plain / 3
