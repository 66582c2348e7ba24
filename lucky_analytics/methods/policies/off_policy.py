"""What a policy would have brought, from choices that were left to chance: off-policy evaluation.

A log holds n choices among k actions, the chance with which each action was drawn, and what came of it. The
value of another policy is the mean of what it would have brought, without ever having run it: inverse
propensity scores weigh each choice by how much more often the policy would have made it; doubly robust scores
start from a prediction and weigh only what it missed. Both are right on average for any policy that does
nothing which was never tried; the second is the surer, the better the prediction.

One person has many choices, so errors are those of persons (clusters): a value is a sum over them, per unit
(a customer's week, say), and its variance that of the persons' own sums.

References: Horvitz and Thompson (1952), JASA 47; Dudik, Erhan, Langford and Li (2014), Statistical Science
29; Swaminathan and Joachims (2015), NeurIPS 28, on self-normalised weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate

__all__ = [
    "ChoiceLog",
    "PolicyValues",
    "always",
    "estimate_values",
    "measure_overlap",
    "normalise_scores",
    "score_actions",
    "score_ips",
    "weigh_choices",
]

Array = NDArray[Any]


@dataclass(frozen=True)
class ChoiceLog:
    """``action`` (n,): which of k was drawn, from 0; ``chances`` (n, k): with which chance each was;
    ``reward`` (n,): what came; ``cluster`` (n,): whose choice it was, codes from 0.

    Raises ``LuckyError`` where an action was drawn that had no chance, or chances do not add up to 1.
    """

    action: Array
    chances: Array
    reward: Array
    cluster: Array

    def __post_init__(self) -> None:
        if not len(self.action):
            raise LuckyError("choices left to chance", expected="one at least", got="none")
        if not np.allclose(self.chances.sum(axis=1), 1.0, atol=1e-6):
            raise LuckyError("chances of the actions", expected="a sum of 1 for each choice", got="another")
        if not (self.drawn > 0).all():
            raise LuckyError("chances of the actions", expected="above 0 for what was drawn", got="0")
        if not np.isfinite(self.reward).all():
            raise LuckyError("rewards of choices", expected="numbers", got="a null among them")

    @property
    def drawn(self) -> Array:
        """Chance of what was drawn, (n,)."""
        chosen: Array = self.chances[np.arange(len(self.action)), self.action]
        return chosen


@dataclass(frozen=True)
class PolicyValues:
    """Values of policies per unit with their covariance (one row and column for each policy)."""

    values: Array
    covariance: Array
    n_clusters: int

    def of(self, policy: int, level: float = 0.9) -> Estimate:
        """Value of one policy."""
        return self._estimate(self._weights(policy), norm.ppf(0.5 + level / 2), level)

    def gain(self, policy: int, over: int, level: float = 0.9, quantile: float | None = None) -> Estimate:
        """How much more one brings than another; ``quantile``: half the interval's width in errors, where it
        is not the usual one of ``level`` (see ``joint_quantile``). Paired: choices alike cancel out."""
        half = norm.ppf(0.5 + level / 2) if quantile is None else quantile
        return self._estimate(self._weights(policy, over), half, level)

    def se(self, policy: int, over: int) -> float:
        weights = self._weights(policy, over)
        return float(np.sqrt(np.maximum(weights @ self.covariance @ weights, 0.0)))

    def joint_quantile(
        self, pairs: Sequence[tuple[int, int]], level: float = 0.9, n_draws: int = 20_000, seed: int = 5
    ) -> float:
        """How many errors wide intervals must be so that all ``gain`` of ``pairs`` hold together.

        The ``level`` quantile of the largest of their errors (Montiel Olea and Plagborg-Moller 2019, Journal
        of Applied Econometrics 34): whichever is picked afterwards because it looks best has an interval that
        keeps its promise.
        """
        rows = np.array([self._weights(*pair) for pair in pairs]).reshape(len(pairs), len(self.values))
        spread = rows @ self.covariance @ rows.T
        sd = np.sqrt(np.maximum(np.diag(spread), 0.0))
        kept = sd > 0
        usual = float(norm.ppf(0.5 + level / 2))
        if kept.sum() < 2:
            return usual
        correlation = spread[np.ix_(kept, kept)] / np.outer(sd[kept], sd[kept])
        size, axes = np.linalg.eigh(correlation)
        root = axes * np.sqrt(np.maximum(size, 0.0))
        drawn = np.random.default_rng(seed).normal(size=(n_draws, len(size))) @ root.T
        return max(usual, float(np.quantile(np.abs(drawn).max(axis=1), level)))

    def _weights(self, policy: int, over: int | None = None) -> Array:
        weights = np.zeros(len(self.values))
        weights[policy] += 1.0
        if over is not None:
            weights[over] -= 1.0
        return weights

    def _estimate(self, weights: Array, half: float, level: float) -> Estimate:
        value = float(weights @ self.values)
        error = float(np.sqrt(np.maximum(weights @ self.covariance @ weights, 0.0)))
        return Estimate(value, value - half * error, value + half * error, level=level, n=self.n_clusters)


def always(action: Array | int, n: int, k: int) -> Array:
    """The policy (n, k) that takes one action for sure: the same for all, or one for each choice.

    >>> always(np.array([1, 0]), 2, 3).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    policy = np.zeros((n, k))
    policy[np.arange(n), action] = 1.0
    return policy


def weigh_choices(log: ChoiceLog, policy: Array) -> Array:
    """How much more often than the draw the ``policy`` (n, k) would have chosen what was drawn, (n,).

    Raises ``LuckyError`` for a policy that does what had no chance: nothing tells what would come of it.
    """
    if ((policy > 0) & (log.chances <= 0)).any():
        raise LuckyError(
            "value of a policy",
            expected="one that does only what was tried",
            got="an action that had no chance",
            remedy="Leave it out, or draw it for some",
        )
    weights: Array = policy[np.arange(len(log.action)), log.action] / log.drawn
    return weights


def score_ips(log: ChoiceLog, weights: Array) -> Array:
    """Inverse propensity scores of a policy, (n,): their mean is its value, whatever brings the rewards.

    ``weights``: ``weigh_choices``. Two actions at even chances brought 1 and 3; always the second one is
    worth 3 on average:

    >>> log = ChoiceLog(np.array([0, 1]), np.full((2, 2), 0.5), np.array([1.0, 3.0]), np.array([0, 1]))
    >>> score_ips(log, weigh_choices(log, always(1, 2, 2))).tolist()
    [0.0, 6.0]
    """
    scores: Array = weights * log.reward
    return scores


def score_actions(log: ChoiceLog, predicted: Array) -> Array:
    """Doubly robust score of each action at each choice, (n, k); of a policy: ``(policy * scores).sum(1)``.

    ``predicted`` (n, k): what each action is predicted to bring, from others' choices alone. An action that
    had no chance has only its prediction: ``weigh_choices`` refuses policies that take it.

    >>> log = ChoiceLog(np.array([0, 1]), np.full((2, 2), 0.5), np.array([1.0, 3.0]), np.array([0, 1]))
    >>> score_actions(log, np.array([[1.0, 2.0], [1.0, 2.0]])).tolist()
    [[1.0, 2.0], [1.0, 4.0]]
    """
    rows = np.arange(len(log.action))
    scores = np.array(predicted, dtype=float)
    scores[rows, log.action] += (log.reward - scores[rows, log.action]) / log.drawn
    return scores


def normalise_scores(log: ChoiceLog, weights: Array) -> Array:
    """Inverse propensity scores with weights that add up to n, (n,), so that a constant has its own value.

    ``estimate_values`` of them has the value and the error of the self-normalised estimator when every
    cluster has a unit for each choice.
    """
    total = weights.sum()
    if not total > 0:
        raise LuckyError("value of a policy", expected="some choices that it would have made", got="none")
    mean = float(weights @ log.reward / total)
    scores: Array = mean + weights * (log.reward - mean) * len(weights) / total
    return scores


def estimate_values(scores: Array, cluster: Array, units: Array) -> PolicyValues:
    """Values per unit of the policies whose scores are the columns of ``scores`` (n, p).

    ``cluster`` (n,): codes from 0; ``units`` (clusters,): for how many units each stands. A ratio of sums:
    its error is that of the clusters' sums less the value of their units. Raises ``LuckyError`` for fewer
    than two clusters.

    >>> found = estimate_values(np.array([[1.0], [3.0], [2.0]]), np.array([0, 0, 1]), np.array([2.0, 1.0]))
    >>> found.values.tolist(), found.covariance.tolist()
    ([2.0], [[0.0]])
    """
    n_clusters = len(units)
    if n_clusters < 2:
        raise LuckyError("value of a policy", expected="two customers at least", got=str(n_clusters))
    sums = np.column_stack(
        [np.bincount(cluster, scores[:, place], minlength=n_clusters) for place in range(scores.shape[1])]
    )
    values = sums.sum(axis=0) / units.sum()
    own = (sums - units[:, None] * values) / units.sum()
    return PolicyValues(values, own.T @ own * n_clusters / (n_clusters - 1), n_clusters)


def measure_overlap(weights: Array) -> dict[str, float]:
    """How much of the log a policy can be judged by; ``weights``: ``weigh_choices``.

    ``n_alike``: as many choices made by the policy itself would tell as much (Kish 1965), before any
    prediction helps; ``share`` of all that is; ``largest``: the largest weight, 1 where log and policy agree.

    >>> measure_overlap(np.array([0.0, 2.0]))
    {'n_alike': 1.0, 'share': 0.5, 'largest': 2.0}
    """
    squares = float(weights @ weights)
    alike = float(weights.sum() ** 2 / squares) if squares > 0 else 0.0
    return {"n_alike": alike, "share": alike / len(weights), "largest": float(weights.max())}
