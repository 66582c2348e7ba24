"""Places, recall and NDCG against scikit-learn and plain loops; ties and what may not be shown."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.recommenders.ranking import (
    list_top,
    measure_ndcg,
    measure_recall,
    place_targets,
)

RNG = np.random.default_rng(5)
N, ITEMS = 3000, 12  # more rows than are ranked at once
SCORES = RNG.integers(0, 6, (N, ITEMS)).astype(float)  # with ties
BOUGHT = RNG.random((N, ITEMS)) < 0.15
ROW, ITEM = np.nonzero(BOUGHT)
ALLOWED = RNG.random((N, ITEMS)) < 0.7


def ranked(row, allowed=None):
    columns = [j for j in range(ITEMS) if allowed is None or allowed[row, j]]
    return sorted(columns, key=lambda j: (-SCORES[row, j], j))


@pytest.mark.parametrize("allowed", [None, ALLOWED])
def test_places_equal_a_plain_sort(allowed):
    places = place_targets(SCORES, ROW, ITEM, allowed)
    for row, item, place in list(zip(ROW, ITEM, places, strict=True))[::7]:
        order = ranked(row, allowed)
        assert place == (order.index(item) if item in order else len(order))


def test_one_row_of_scores_serves_all():
    whole = np.repeat(SCORES[:1], N, axis=0)
    np.testing.assert_array_equal(
        place_targets(SCORES[:1], ROW, ITEM, ALLOWED), place_targets(whole, ROW, ITEM, ALLOWED)
    )


@pytest.mark.parametrize("k", [1, 3, 5])
def test_measures_equal_scikit_learn_and_a_loop(k):
    distinct = SCORES + np.linspace(0.0, 0.5, ITEMS)[::-1]  # scikit-learn averages over ties, we do not
    places = place_targets(distinct, ROW, ITEM)
    recall, ndcg = (measure(places, ROW, N, k) for measure in (measure_recall, measure_ndcg))
    some = BOUGHT.any(axis=1)
    assert np.isnan(recall[~some]).all() and np.isnan(ndcg[~some]).all()
    assert ndcg[some].mean() == pytest.approx(ndcg_score(BOUGHT[some], distinct[some], k=k))
    for row in np.flatnonzero(some)[::50]:
        top = np.argsort(-distinct[row])[:k]
        assert recall[row] == pytest.approx(BOUGHT[row, top].sum() / min(BOUGHT[row].sum(), k))


def test_the_top_holds_just_what_has_a_place_below_k():
    top = list_top(SCORES, 3, ALLOWED)
    for row in range(0, N, 101):
        order = ranked(row, ALLOWED)[:3]
        assert top[row].tolist() == order + [-1] * (3 - len(order))


def test_a_list_without_places_is_refused():
    for ask in (lambda: measure_recall(ROW, ROW, N, 0), lambda: list_top(SCORES, 0)):
        with pytest.raises(ParameterError, match="at least 1"):
            ask()
