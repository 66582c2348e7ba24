"""How many shifts of each kind cover what is needed at least cost: a covering integer programme.

Needs stand in rows (half-hours of a week, days), kinds of shifts in columns; a shift covers the rows where
its column is 1. Whole numbers of shifts are chosen by branch and bound (HiGHS), which says how far the answer
can be from the best. No clock stops the search, so that the same needs give the same answer.

Dantzig (1954), "A comment on Edie's traffic delays at toll booths", Operations Research 2, 339-341.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from lucky_analytics.errors import LuckyError, ParameterError

__all__ = ["Cover", "cover_need", "list_shifts"]

Floats = NDArray[np.float64]
_MOST_NODES = 300
_TIE = 1e-4  # a dearer answer is taken only where something is less short


@dataclass(frozen=True)
class Cover:
    """``counts`` (kinds): how many shifts of each; ``cost`` of them; ``short`` (rows): by how much each need
    is missed; ``value``: what was made least, ``bound``: what it cannot be less than."""

    counts: NDArray[np.int64]
    cost: float
    short: Floats
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """By what share of the answer a better one could differ at most: 0 is proved best."""
        return max(self.value - self.bound, 0.0) / max(abs(self.value), 1e-9)


def list_shifts(n_slots: int, shortest: int, longest: int, first: int = 0) -> NDArray[np.int64]:
    """Every shift of a day that fits from slot ``first`` up to ``n_slots``: (shifts, 2), start and end slot.

    >>> list_shifts(4, 3, 4).tolist()
    [[0, 3], [0, 4], [1, 4]]
    """
    found = [
        (start, start + length)
        for start in range(first, n_slots)
        for length in range(shortest, longest + 1)
        if start + length <= n_slots
    ]
    return np.array(found, np.int64).reshape(-1, 2)


def cover_need(
    need: ArrayLike,
    patterns: Any,
    cost: ArrayLike,
    *,
    must: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    most_cost: float | None = None,
    most_short: float | None = None,
    gap: float = 1e-6,
) -> Cover:
    """The shifts that cover ``need`` (rows) at least ``cost`` (kinds), of ``patterns`` (rows, kinds; 0 or 1).

    With ``most_cost`` needs may be missed: then the sum of ``weight`` (rows, 1 unless given) times what is
    missing is made least for no more than that cost, and among equals the cost. With ``most_short`` the cost
    is made least while that sum is no larger. ``must`` (rows) is never missed. ``gap``: how far from the best
    an answer may be, as a share. Raises ``LuckyError`` where nothing does what is asked, ``ParameterError``
    for a need that is negative or null.

    Needs of seven days, of people who work five in a row (the textbook's days-off problem):

    >>> five = np.array([[(day - start) % 7 < 5 for start in range(7)] for day in range(7)])
    >>> found = cover_need([17, 13, 15, 19, 14, 16, 11], five, np.ones(7))
    >>> found.cost, found.gap
    (23.0, 0.0)
    """
    needs = np.asarray(need, float)
    costs = np.asarray(cost, float)
    if not (needs >= 0).all():
        raise ParameterError("need of a schedule", expected="0 or more", got=f"{needs.min():g}")
    matrix = sparse.csc_matrix(patterns, dtype=float)
    n_rows, n_kinds = matrix.shape
    floor = np.zeros(n_rows) if must is None else np.minimum(np.asarray(must, float), needs)
    weights = np.ones(n_rows) if weight is None else np.asarray(weight, float)
    may_miss = most_cost is not None or most_short is not None
    room = np.where(may_miss, np.maximum(needs - floor, 0), 0.0)
    # Covered + missing - spare = needed, row by row less the row before: a shift then stands in two rows
    # alone, where it begins and after it ends, which is the same programme and solved in half the time. What
    # is never missed bounds what is missing.
    step = sparse.diags([np.ones(n_rows), -np.ones(max(n_rows - 1, 0))], [0, -1], shape=(n_rows, n_rows))
    balance = sparse.hstack([step @ matrix, step, -step], format="csc")
    balance.eliminate_zeros()
    limits = [LinearConstraint(balance, step @ needs, step @ needs)]
    if most_cost is not None:
        limits.append(LinearConstraint(np.r_[costs, np.zeros(2 * n_rows)], -np.inf, most_cost + 1e-9))
    if most_short is not None:
        missing = np.r_[np.zeros(n_kinds), weights, np.zeros(n_rows)]
        limits.append(LinearConstraint(missing, -np.inf, most_short + 1e-9))
    aim = np.r_[costs, np.zeros(2 * n_rows)]
    if most_cost is not None:
        tie = costs * _TIE * max(weights.max(initial=0.0), 1e-9) / max(costs.max(), 1e-9)
        aim = np.r_[tie, weights, np.zeros(n_rows)]
    most = np.r_[np.full(n_kinds, max(float(needs.max(initial=0.0)), 1.0)), room, np.full(n_rows, np.inf)]
    whole = np.r_[np.ones(n_kinds), np.zeros(2 * n_rows)]
    found, bound = _solve(aim, limits, whole, most, gap)
    if found.x is None:
        raise LuckyError(
            "schedule",
            expected="shifts that cover what is needed within the limits",
            got="none",
            remedy="Allow longer or more shifts, a larger cost, or fewer heads",
        )
    counts = np.rint(found.x[:n_kinds]).astype(np.int64)
    short = np.maximum(needs - matrix @ counts, 0)
    return Cover(counts, float(costs @ counts), short, float(found.fun), min(bound, float(found.fun)))


def _solve(
    aim: Floats, limits: list[LinearConstraint], whole: Floats, most: Floats, gap: float
) -> tuple[Any, float]:
    """The programme's answer and what it cannot be less than.

    First without whole numbers: most come out whole, because a shift covers rows that follow one another;
    where all do, that is the answer. Then between the whole numbers beside those; where that is not within
    ``gap``, among all.
    """
    options = {"mip_rel_gap": gap, "node_limit": _MOST_NODES}
    smooth = milp(aim, constraints=limits, bounds=Bounds(0, most))
    if smooth.x is None:
        return smooth, -np.inf
    bound = float(smooth.fun)
    if (np.abs(smooth.x - np.rint(smooth.x))[whole > 0] < 1e-7).all():
        return smooth, bound
    low = np.where(whole > 0, np.floor(smooth.x + 1e-7), 0.0)
    high = np.where(whole > 0, np.ceil(smooth.x - 1e-7), most)
    near = milp(aim, constraints=limits, integrality=whole, bounds=Bounds(low, high), options=options)
    if near.x is not None and near.fun - bound <= max(gap * abs(near.fun), 1e-6):
        return near, bound
    found = milp(aim, constraints=limits, integrality=whole, bounds=Bounds(0, most), options=options)
    if found.mip_dual_bound is not None:
        bound = max(bound, float(found.mip_dual_bound))
    is_near = near.x is not None and (found.x is None or near.fun <= found.fun)
    return near if is_near else found, bound
