"""Scores by fifths: against ranks of another library and a plain loop; ties, orders of rows, nulls."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.fifths import score_fifths


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_ranks_where_equals_share_the_first(seed):
    values = np.random.default_rng(seed).integers(0, 12, 203).astype(float)
    ranks = rankdata(values, method="min")
    assert score_fifths(values).tolist() == (5 * (ranks - 1).astype(int) // len(values) + 1).tolist()
    plain = [1 + 5 * sum(other < value for other in values) // len(values) for value in values]
    assert score_fifths(values).tolist() == plain


def test_without_equals_every_score_has_a_fifth_and_growth_alone_counts():
    values = np.random.default_rng(1).permutation(100).astype(float)
    scores = score_fifths(values)
    assert np.bincount(scores)[1:].tolist() == [20] * 5
    assert (score_fifths(np.exp(values / 10)) == scores).all()
    turned = np.random.default_rng(2).permutation(100)
    assert (score_fifths(values[turned]) == scores[turned]).all()


def test_edges():
    assert score_fifths([]).tolist() == [] and score_fifths([3.0]).tolist() == [1]
    assert score_fifths([0, 0, 0]).tolist() == [1, 1, 1]
    with pytest.raises(ParameterError, match="nulls"):
        score_fifths([1.0, np.nan])
