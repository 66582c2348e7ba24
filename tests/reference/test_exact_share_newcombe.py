"""Exact binomial intervals of Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 5."""

from __future__ import annotations

import math

import pytest

from lucky_analytics.methods.ledgers.control_limits import bound_share

PUBLISHED = {
    (81, 263): (0.2527, 0.3676),
    (15, 148): (0.0578, 0.1617),
    (0, 20): (0.0, 0.1684),
    (1, 29): (0.0009, 0.1776),
}


@pytest.mark.parametrize("counts", PUBLISHED)
def test_the_published_intervals_are_found(counts):
    assert bound_share(*counts) == pytest.approx(PUBLISHED[counts], abs=6e-5)


@pytest.mark.parametrize(("n", "of"), [(0, 7), (3, 7), (7, 7), (2, 40)])
def test_each_end_leaves_half_of_the_error_outside_by_a_plain_sum(n, of):
    """At the low end so many or more come with 2.5 %, at the high end so many or fewer."""

    def chance(share: float, counts: range) -> float:
        return sum(math.comb(of, k) * share**k * (1 - share) ** (of - k) for k in counts)

    low, high = bound_share(n, of)
    assert low == 0 if n == 0 else chance(low, range(n, of + 1)) == pytest.approx(0.025)
    assert high == 1 if n == of else chance(high, range(n + 1)) == pytest.approx(0.025)
