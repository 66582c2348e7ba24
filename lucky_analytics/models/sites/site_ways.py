"""By which way places are told apart: chosen on stores left out, and anew without each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.left_out import Way, judge_ways
from lucky_analytics.methods.inference.ridge import RidgeFit, fit_ridge

__all__ = ["Fold", "choose_way", "name_ways", "refit_without_each"]


@dataclass(frozen=True, eq=False)
class Fold:
    """One store left out: the ``way`` that the others choose, its ``fit``, and by how much it misses the
    store, ``error`` (log; prediction - actual)."""

    way: str
    fit: RidgeFit
    error: float


def name_ways(demand: np.ndarray, terms: np.ndarray, penalty: float) -> dict[str, Way]:
    """The ways to foretell a log level: ``mean``, ``demand`` (n,), that ``corrected`` by ``terms`` (n, p).

    >>> list(name_ways(np.zeros(3), np.zeros((3, 1)), 1.0))
    ['mean', 'demand', 'corrected']
    """
    none = np.zeros((len(demand), 0))
    return {
        "mean": Way(np.zeros(len(demand)), none),
        "demand": Way(demand, none),
        "corrected": Way(demand, terms, penalty * max(terms.shape[1], 1)),
    }


def choose_way(y: np.ndarray, ways: Mapping[str, Way], level: float, seed: int) -> tuple[str, pd.DataFrame]:
    """The way that errs least for stores left out, of those that beat the mean by more than luck would.

    ``mean`` where none is proven at ``level`` (one-sided); with it what ``judge_ways`` found, by way.
    """
    others = {name: way for name, way in ways.items() if name != "mean"}
    judged = judge_ways(y, others, seed=seed).set_index("way")
    proven = judged[judged["p_luck"] <= (1 - level) / 2]
    return (str(proven["error"].idxmin()) if len(proven) else "mean"), judged


def refit_without_each(y: np.ndarray, ways: Mapping[str, Way], level: float, seed: int) -> tuple[Fold, ...]:
    """The whole procedure, the choice of a way included, without each store in turn.

    A way that was chosen because it erred least for these stores errs more for others: only errors of a
    choice made without the store say how much.
    """
    folds = []
    for i, keep in enumerate(~np.eye(len(y), dtype=bool)):
        kept = {name: Way(way.offset[keep], way.X[keep], way.penalty) for name, way in ways.items()}
        way, _ = choose_way(y[keep], kept, level, seed)
        fit = fit_ridge(kept[way].X, y[keep] - kept[way].offset, kept[way].penalty)
        foretold = ways[way].offset[i] + fit.predict(ways[way].X[[i]])[0]
        folds.append(Fold(way, fit, float(foretold - y[i])))
    return tuple(folds)
