"""Whether a way to predict beats the plain mean for points left out, or only seems to.

With nine stores some way always looks better by luck. The test here asks how often the best of all the ways
looked at would beat the mean by as much if the values were dealt out among the points at random: a
permutation test of the largest gain (Westfall and Young 1993), exact when nothing tells the points apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.ridge import ridge_weights

__all__ = ["Way", "judge_ways", "left_out_errors"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Way:
    """One way to predict: ``offset`` (n,) taken as it is, plus a mean and slopes on ``X`` (n, p) by ridge.

    No offset is 0; no column of ``X`` is the mean of the others, and then ``penalty`` says nothing.
    """

    offset: Array
    X: Array
    penalty: float = 0.0

    def operator(self) -> Array:
        """(n, n): row i gives the prediction for point i from the others' values less their offsets."""
        n = len(self.offset)
        if not self.X.shape[1]:
            return np.asarray((1 - np.eye(n)) / (n - 1))
        rows = np.zeros((n, n))
        for i, keep in enumerate(~np.eye(n, dtype=bool)):
            rows[i, keep] = ridge_weights(self.X[keep], self.X[[i]], self.penalty)[0]
        return rows


def left_out_errors(y: ArrayLike, way: Way) -> Array:
    """Prediction less value, (n,), of each point by the others. Raises ``ParameterError`` below 3 points.

    >>> left_out_errors([1.0, 2.0, 6.0], Way(np.zeros(3), np.zeros((3, 0)))).tolist()
    [3.0, 1.5, -4.5]
    """
    return _errors(np.asarray(y, float)[None], way)[0]


def judge_ways(y: ArrayLike, ways: Mapping[str, Way], *, seed: int = 1, n_draws: int = 1999) -> pd.DataFrame:
    """Mean absolute error for points left out of each way, its gain over the mean, and its chance by luck.

    One row per way, in their order: ``way``, ``error``, ``gain`` (error of the mean of the other points less
    ``error``; positive: better), ``p_luck``: how often the best of all ways would gain as much if the values
    were dealt out at random, so that looking at several ways costs nothing. Units of ``y``. Assumes points
    that could be exchanged when nothing tells them apart; ties count against the way. Raises
    ``ParameterError`` below 3 points.

    >>> y = np.array([1.0, 2, 3, 4, 5, 6, 7])
    >>> judge_ways(y, {"line": Way(y, np.zeros((7, 0)))})[["error", "p_luck"]].round(2).values.tolist()
    [[0.0, 0.0]]
    """
    values = np.asarray(y, float)
    mean = Way(np.zeros(len(values)), np.zeros((len(values), 0)))
    dealt = np.random.default_rng(seed).permuted(np.tile(values, (n_draws, 1)), axis=1)
    drawn = np.vstack([values, dealt])
    base = np.abs(_errors(drawn, mean)).mean(axis=1)
    gains = np.array([base - np.abs(_errors(drawn, way)).mean(axis=1) for way in ways.values()])
    largest = gains.max(axis=0)[1:]
    rows = [
        (name, base[0] - gain[0], gain[0], (1 + (largest >= gain[0] - 1e-12).sum()) / (1 + n_draws))
        for name, gain in zip(ways, gains, strict=True)
    ]
    return pd.DataFrame(rows, columns=["way", "error", "gain", "p_luck"])


def _errors(drawn: Array, way: Way) -> Array:
    if drawn.shape[1] < 3 or not np.isfinite(drawn).all():
        raise ParameterError("points left out", expected="at least 3, none missing", got=str(drawn.shape[1]))
    residual = drawn - way.offset
    errors: Array = residual @ way.operator().T - residual
    return errors
