"""What each action would add for whom: T-, X- and doubly robust learners, each fold from the other folds.

Actions were drawn with chances that are known; the first one does nothing. Three ways to predict what another
adds to it, given what is known before the draw:

- **T**: a prediction of the reward for each action apart; the difference of two.
- **X**: what those who got the action left more than the first prediction for them, and what that of the
  action leaves over for those who got nothing, each predicted from fewer features; weighed by chance.
- **DR**: the doubly robust score of the difference, which is right on average whatever the predictions are,
  predicted from the same fewer features. Its scores are made by folds, too: those who are predicted have no
  part in them.

All predictions are least squares, so everything follows from the sums of squares and products of folds and
actions: a million rows are read once. With many rows of rare purchases straight lines lose least; what is
not straight belongs in the features.

References: Kunzel, Sekhon, Bickel and Yu (2019), PNAS 116, on T and X; Kennedy (2023), Electronic Journal of
Statistics 17, on DR; Chernozhukov and others (2018), Econometrics Journal 21, on folds.
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError

__all__ = ["FIRST_JUDGED", "LEARNERS", "Learnt", "contrast_line", "learn_gains"]

Array = NDArray[Any]
LEARNERS = ("T", "X", "DR")
FIRST_JUDGED = 2  # fold, where each is predicted from those before it: one to learn from, one to score by


class Learnt(NamedTuple):
    """``gains`` (n, k) by learner: what each action is predicted to add to the first (whose gain is 0);
    ``level`` (n,): the reward that is predicted without it. Each from others alone."""

    gains: dict[str, Array]
    level: Array


class _Sums(NamedTuple):
    """Sums over the rows of one cell: features by features, by reward; modifiers by features, by
    modifiers, by reward. Leading axes are added up as they come."""

    xx: Array
    xy: Array
    mx: Array
    mm: Array
    my: Array

    def over(self, *axes: Any) -> _Sums:
        return _Sums(*(part[axes] for part in self))

    def total(self, axis: Any = 0) -> _Sums:
        return _Sums(*(part.sum(axis=axis) for part in self))


def learn_gains(
    action: Array,
    reward: Array,
    chances: Array,
    features: Array,
    modifiers: Array,
    folds: Array,
    forward: bool = False,
) -> Learnt:
    """Gains of each action over the first one, by the three learners, for every row from the other folds.

    With ``forward`` from the folds before its own alone, null in the first two: then no two folds are judged
    by each other, and what is found in them are independent looks (``heterogeneity.calibrate_gains``).

    ``action`` (n,): which of k was drawn, from 0; ``reward`` (n,); ``chances`` (k,): with which chance each
    was; ``features`` (n, m) predict rewards, ``modifiers`` (n, p) what an action adds: both known before the
    draw, with a column of ones or its like; ``folds`` (n,): codes from 0, rows of one person in one fold.
    Raises ``LuckyError`` below three folds, or where a fold's others lack an action.

    >>> half = np.array([0.5, 0.5])
    >>> action, ones, folds = np.array([0, 1] * 6), np.ones((12, 1)), np.arange(12) // 2 % 3
    >>> found = learn_gains(action, np.array([1.0, 3.0] * 6), half, ones, ones, folds)
    >>> {name: gains[0].round(6).tolist() for name, gains in found.gains.items()}
    {'T': [0.0, 2.0], 'X': [0.0, 2.0], 'DR': [0.0, 2.0]}
    """
    n_folds, k = int(folds.max()) + 1, len(chances)
    counts = np.bincount(folds * k + action, minlength=n_folds * k).reshape(n_folds, k)
    known_by = counts[:1] if forward else counts.sum(axis=0) - counts
    if n_folds < 3 or (known_by == 0).any():
        raise LuckyError(
            "what an action adds", expected="three folds, each action in the others of each",
            got=f"{n_folds} folds, an action {int((counts > 0).sum(axis=0).min())} times among them",
        )  # fmt: skip
    # Rows of a fold and action are brought together once; all that follows reads them in one piece.
    order = np.argsort(folds * k + action, kind="stable")
    x, m, y = features[order], modifiers[order], reward[order]
    sums = _add_up(np.r_[0, np.cumsum(counts)], n_folds, k, x, m, y)
    ends = np.r_[0, np.cumsum(counts.sum(axis=1))]
    gains = {name: np.full((len(y), k), np.nan) for name in LEARNERS}
    level = np.full(len(y), np.nan)
    for fold, (start, stop) in enumerate(itertools.pairwise(ends)):
        kept, rows = np.arange(n_folds) != fold, order[start:stop]
        if forward:
            kept = np.arange(n_folds) < fold
            if fold < FIRST_JUDGED:
                continue
        known = sums.over(kept).total()
        base = _solve(known.xx, known.xy)
        gains["T"][rows] = x[start:stop] @ (base - base[:1]).T
        gains["X"][rows] = m[start:stop] @ _cross(known, base, chances).T
        gains["DR"][rows] = m[start:stop] @ _robust(sums, np.flatnonzero(kept), chances).T
        level[rows] = x[start:stop] @ base[0]
    return Learnt(gains, level)


def contrast_line(doses: Array, chances: Array, at: float) -> Array:
    """Weights (k,) of actions that are doses: what ``at`` adds to 0 by a straight line through all of them.

    ``chances`` (k,): how often each was drawn. The weights add up to 0.

    >>> contrast_line(np.array([0.0, 0.5]), np.array([0.5, 0.5]), 0.5).tolist()
    [-1.0, 1.0]
    """
    away = doses - chances @ doses / chances.sum()
    weights: Array = chances * away / (chances @ away**2) * at
    return weights


def _add_up(ends: Array, n_folds: int, k: int, features: Array, modifiers: Array, reward: Array) -> _Sums:
    """Sums of each fold and action, (folds, k, ...), of rows whose cells lie between ``ends``."""
    parts: list[_Sums] = []
    for start, stop in itertools.pairwise(ends):
        x, m, y = features[start:stop], modifiers[start:stop], reward[start:stop]
        parts.append(_Sums(x.T @ x, x.T @ y, m.T @ x, m.T @ m, m.T @ y))
    stacked = (np.array(part) for part in zip(*parts, strict=True))
    return _Sums(*(part.reshape(n_folds, k, *part.shape[1:]) for part in stacked))


def _solve(squares: Array, products: Array) -> Array:
    """Least squares of each action; of features that say the same, each has a part (pseudo-inverse)."""
    coefficients: Array = (np.linalg.pinv(squares, rcond=1e-10, hermitian=True) @ products[..., None])[..., 0]
    return coefficients


def _cross(known: _Sums, base: Array, chances: Array) -> Array:
    """The X-learner's coefficients (k, p)."""
    without = known.mx[0] @ base.T - known.my[0][:, None]  # (p, k): predicted with it, less what came without
    treated = known.my - (known.mx @ base[0])  # (k, p): what came with it, less predicted without
    of_control = _solve(np.repeat(known.mm[:1], len(base), axis=0), without.T)
    of_treated = _solve(known.mm, treated)
    share = (chances / (chances + chances[0]))[:, None]
    coefficients: Array = share * of_control + (1 - share) * of_treated
    coefficients[0] = 0.0
    return coefficients


def _robust(sums: _Sums, folds: Array, chances: Array) -> Array:
    """The doubly robust learner's coefficients (k, p); scores of each of ``folds`` from the other ones."""
    products, squares = np.zeros(sums.my.shape[1:]), np.zeros(sums.mm.shape[2:])
    for fold in folds:
        others = sums.over(folds[folds != fold]).total()
        base = _solve(others.xx, others.xy)
        own = sums.over(fold)
        predicted = base @ own.mx.sum(axis=0).T  # (k, p): over all rows of the fold
        missed = own.my - np.einsum("kpm,km->kp", own.mx, base)  # over those who got the action
        products += predicted + missed / chances[:, None]
        squares += own.mm.sum(axis=0)
    return _solve(np.repeat(squares[None], len(chances), axis=0), products - products[:1])
