"""How well a ranking of products names what was bought then: places, recall and NDCG at k.

A *target* is one product that a customer bought. Targets come in long form: ``row`` (the customer's row of
the scores) and ``item`` (the product's column), one entry each; ``scores`` are (customers, products), higher
is shown first, and of equal scores the earlier column: let columns be in the order of popularity.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["list_top", "measure_ndcg", "measure_recall", "place_targets"]

Array = NDArray[Any]
# Targets ranked at once: as many as stay in a processor's cache.
_CHUNK = 2_000


def place_targets(scores: Array, row: Array, item: Array, allowed: Array | None = None) -> Array:
    """Place of each target in its customer's ranking, 0 is the first, as integers.

    ``allowed`` (customers, products) says what may be shown; a target that may not be shown has the place
    after all that may. ``scores`` may be one row for all.

    >>> place_targets(np.array([[0.1, 0.9, 0.9]]), np.array([0, 0, 0]), np.array([0, 1, 2])).tolist()
    [2, 0, 1]
    """
    column = np.arange(scores.shape[1])
    places = np.empty(len(row), np.int64)
    for start in range(0, len(row), _CHUNK):
        part = slice(start, start + _CHUNK)
        r, i = row[part], item[part]
        all_scores = scores[r] if len(scores) > 1 else np.repeat(scores, len(r), axis=0)
        own = all_scores[np.arange(len(r)), i][:, None]
        is_before = (all_scores > own) | ((all_scores == own) & (column < i[:, None]))
        if allowed is None:
            places[part] = is_before.sum(axis=1)
        else:
            may = allowed[r]
            is_shown = may[np.arange(len(r)), i]
            places[part] = np.where(is_shown, (is_before & may).sum(axis=1), may.sum(axis=1))
    return places


def measure_recall(places: Array, row: Array, n_rows: int, k: int) -> Array:
    """Recall at ``k`` of each row: targets among the first ``k`` over those that could be (at most k).

    Null for a row without a target.

    >>> measure_recall(np.array([0, 9, 2]), np.array([0, 0, 1]), 3, k=5).tolist()
    [0.5, 1.0, nan]
    """
    hits, possible = _count(places < _positive(k), row, n_rows), _count(np.ones(len(row)), row, n_rows)
    return _ratio(hits, np.minimum(possible, k))


def measure_ndcg(places: Array, row: Array, n_rows: int, k: int) -> Array:
    """NDCG at ``k`` of each row: 1 where the targets stand first, less the later, 0 where none is shown.

    Each target counts 1 / log2(place + 2) where its place is below ``k``, over the most that its row could
    have. Null for a row without a target. Source: Järvelin and Kekäläinen (2002), ACM TOIS 20.

    >>> measure_ndcg(np.array([1]), np.array([0]), 1, k=5).round(3).tolist()
    [0.631]
    """
    worth = 1 / np.log2(np.arange(_positive(k)) + 2)
    shown = np.where(places < k, worth[np.minimum(places, k - 1)], 0.0)
    best = np.r_[0.0, np.cumsum(worth)]
    possible = _count(np.ones(len(row)), row, n_rows).astype(int)
    return _ratio(_count(shown, row, n_rows), best[np.minimum(possible, k)])


def list_top(scores: Array, k: int, allowed: Array | None = None) -> Array:
    """The first ``k`` columns of each row, (rows, k); -1 where fewer may be shown.

    >>> list_top(np.array([[0.1, 0.9, 0.9]]), 2, np.array([[True, False, True]])).tolist()
    [[2, 0]]
    """
    shown = scores if allowed is None else np.where(allowed, scores, -np.inf)
    order = np.argsort(-shown, axis=1, kind="stable")[:, : _positive(k)]
    if allowed is None:
        return order
    return np.where(np.take_along_axis(allowed, order, axis=1), order, -1)


def _positive(k: int) -> int:
    if k < 1:
        raise ParameterError("places of a list", expected="at least 1", got=str(k))
    return k


def _count(weight: Array, row: Array, n_rows: int) -> Array:
    counted: Array = np.bincount(row, weight, n_rows)
    return counted


def _ratio(top: Array, bottom: Array) -> Array:
    ratio: Array = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return ratio
