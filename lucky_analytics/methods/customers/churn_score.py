"""A score for each customer from labelled history: boosted trees, and why a score is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from lucky_analytics.errors import LuckyError

__all__ = ["Scorer", "can_fit", "explain_scores", "fit_scorer", "score"]


FEWEST = 200  # rows to learn from


@dataclass(frozen=True)
class Scorer:
    """A fitted classifier with the ``features`` it reads and their ``typical`` values (medians)."""

    model: HistGradientBoostingClassifier
    features: tuple[str, ...]
    typical: pd.Series
    n: int


def can_fit(label: ArrayLike) -> bool:
    """Whether labels are enough to learn from: 200 rows or more, some of each.

    >>> can_fit([0, 1] * 100), can_fit([1] * 500)
    (True, False)
    """
    y = np.asarray(label)
    return len(y) >= FEWEST and len(np.unique(y)) > 1


def fit_scorer(frame: pd.DataFrame, label: ArrayLike, features: Sequence[str], seed: int = 7) -> Scorer:
    """Gradient-boosted trees for the probability of ``label`` (0 or 1) from numeric ``features``.

    Missing values are a value of their own. Shallow trees, early stopping on a tenth of the rows: a score
    must hold on another date, not on these rows. Raises ``LuckyError`` below 200 rows or when all labels
    agree.

    >>> fit_scorer(frame, is_gone, ["days_since_last", "n_orders"]).n         # doctest: +SKIP
    41210
    """
    y = np.asarray(label)
    if not can_fit(y):
        raise LuckyError(
            "churn score",
            expected=f"{FEWEST} customers or more, some with and some without an order",
            got=f"{len(y)}",
        )
    model = HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.1,
        max_leaf_nodes=15,
        min_samples_leaf=100 if len(y) >= 5000 else 20,
        l2_regularization=1.0,
        early_stopping=True,
        validation_fraction=0.1,
        n_iter_no_change=10,
        random_state=seed,
    )
    X = frame[list(features)].to_numpy(float)
    # One thread: on a machine that also does other work, threads that wait for each other cost more.
    with threadpool_limits(1, user_api="openmp"):
        model.fit(X, y)
    return Scorer(model, tuple(features), frame[list(features)].median(), len(y))


def score(scorer: Scorer, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Probability (0-1) for each row of ``frame``."""
    if frame.empty:
        return np.zeros(0)
    X = frame[list(scorer.features)].to_numpy(float)
    with threadpool_limits(1, user_api="openmp"):
        return np.asarray(scorer.model.predict_proba(X)[:, 1], float)


def explain_scores(scorer: Scorer, frame: pd.DataFrame) -> pd.DataFrame:
    """How much each feature moves each score: the score minus what it would be with the typical value.

    One column per feature, one row per row of ``frame``, in probability. One feature is changed at a time,
    so related features share what they say together and the columns need not add up to the score.
    """
    full = score(scorer, frame)
    effects = {}
    for name in scorer.features:
        effects[name] = full - score(scorer, frame.assign(**{name: scorer.typical[name]}))
    return pd.DataFrame(effects, index=frame.index)
