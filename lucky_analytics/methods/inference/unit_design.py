"""Designs of random effects that are mostly zeros: held as numbers of their own where they are large.

A row belongs to one unit, so that of a thousand units 999 columns are zero in it. Below ``LARGE`` cells a
plain array is as fast and is what it always was, to the last digit.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.linalg import splu

__all__ = ["LARGE", "Design", "as_array", "factorise", "mark_units", "scale_rows", "side_by_side", "weigh"]

Array = NDArray[Any]
Design = Any  # an array or a sparse one (n, q)

LARGE = 500_000


def mark_units(unit: Array, n_units: int, large: int = LARGE) -> Design:
    """1 where a row (n,) is of the unit, else 0: (n, n_units); a unit of -1 has no row of its own.

    >>> mark_units(np.array([0, 1, 1, -1]), 2).tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    """
    if len(unit) * n_units < large:
        return (unit[:, None] == np.arange(n_units)).astype(float)
    rows = np.flatnonzero(unit >= 0)
    return sparse.csr_array((np.ones(len(rows)), (rows, unit[rows])), shape=(len(unit), n_units))


def side_by_side(parts: Sequence[Design]) -> Design:
    """The columns of all parts; sparse where one of them is.

    >>> side_by_side([np.ones((1, 1)), sparse.csr_array(np.eye(1))]).toarray().tolist()
    [[1.0, 1.0]]
    """
    if any(sparse.issparse(part) for part in parts):
        return sparse.hstack([sparse.csr_array(part) for part in parts], format="csr")
    return np.hstack(parts)


def scale_rows(factor: Array, design: Design) -> Design:
    """Each row times its factor (n,)."""
    if sparse.issparse(design):
        return sparse.csr_array(design.multiply(factor[:, None]))
    return factor[:, None] * design


def weigh(design: Design, scaled: Design) -> Array:
    """``design' scaled`` (q, q) as a plain array.

    >>> weigh(np.eye(2), 2 * np.eye(2)).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    return as_array(design.T @ scaled)


def factorise(design: Design, scaled: Design) -> tuple[Callable[[Array], Array], float]:
    """``A -> (I + design' scaled)^-1 A`` and its log determinant.

    Of a sparse design the units' own columns meet no others but the common ones: the factor stays sparse.

    >>> solve, log_det = factorise(np.eye(1), np.eye(1))
    >>> solve(np.ones((1, 1))).round(9).tolist(), round(log_det, 3)
    ([[0.5]], 0.693)
    """
    if not sparse.issparse(design):
        factor = cho_factor(np.eye(design.shape[1]) + weigh(design, scaled), lower=True)
        return functools.partial(cho_solve, factor), 2 * float(np.log(np.diag(factor[0])).sum())
    gram = sparse.csc_array(sparse.eye_array(design.shape[1]) + design.T @ scaled)
    lower = splu(gram, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    return lower.solve, float(np.log(np.abs(lower.U.diagonal())).sum())


def as_array(design: Design) -> Array:
    """The same numbers with their zeros."""
    return design.toarray() if sparse.issparse(design) else np.asarray(design)
