"""Exact allocation: proportional fitting, controlled rounding and quota filling."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints
from lucky_analytics.errors import DemoError

__all__ = ["controlled_round", "fill", "fit_margins"]


def fit_margins(start: Floats, rows: Floats, columns: Floats, passes: int = 200) -> Floats:
    """Iterative proportional fitting of ``start`` [R, C] to row and column totals; columns end exact.

    Zeros stay zero. A row or column without mass keeps none, whatever its total says.
    """
    fitted = start.astype(float).copy()
    for _ in range(passes):
        fitted *= _ratio(rows, fitted.sum(1))[:, None]
        fitted *= _ratio(columns, fitted.sum(0))[None, :]
        if np.abs(fitted.sum(1) - rows).max() < 1e-7 * max(rows.max(), 1):
            break
    return fitted


def _ratio(wanted: Floats, present: Floats) -> Floats:
    return np.divide(wanted, present, out=np.zeros_like(present), where=present > 0)


def controlled_round(expected: Floats, rows: Ints, columns: Ints) -> Ints:
    """Whole numbers near ``expected`` [R, C] whose row and column sums are exactly the given ones.

    Walks the columns, gives each column's spare units to the rows with the largest running debt, and
    then moves single units between rows inside a column, over a third row where two rows share none.
    Cells with ``expected`` 0 stay 0. Raises ``DemoError`` when the totals cannot be met.

    >>> controlled_round(np.array([[0.5, 1.5], [1.5, 0.5]]), np.array([2, 2]), np.array([2, 2])).tolist()
    [[1, 1], [1, 1]]
    """
    if int(rows.sum()) != int(columns.sum()):
        raise DemoError("controlled rounding", expected=f"{rows.sum()} in columns", got=f"{columns.sum()}")
    allowed = expected > 0
    whole = np.floor(expected).astype(np.int64)
    debt = np.zeros(len(rows))
    for column in range(expected.shape[1]):
        fraction = expected[:, column] - whole[:, column]
        debt += fraction
        spare = int(columns[column] - whole[:, column].sum())
        order = np.argsort(np.where(allowed[:, column], -debt, np.inf), kind="stable")
        n_allowed = int(allowed[:, column].sum())
        if (spare > 0 and n_allowed == 0) or spare < 0:
            raise DemoError(f"controlled rounding, column {column}", expected=f"{columns[column]}")
        for turn in range(spare):
            row = order[turn % n_allowed]
            whole[row, column] += 1
            debt[row] -= 1
    gap = rows - whole.sum(1)
    while gap.any():
        _move_unit(whole, allowed, int(np.argmax(gap)), gap)
        gap = rows - whole.sum(1)
    return whole


def _move_unit(whole: Ints, allowed: Bools, needy: int, gap: Ints) -> None:
    """One unit travels to ``needy`` from a row with too many, along columns that neighbours share."""
    came_from: dict[int, tuple[int, int]] = {}
    frontier = [needy]
    while frontier:
        row = frontier.pop(0)
        for giver in np.argsort(gap, kind="stable"):
            giver = int(giver)
            if giver == needy or giver in came_from:
                continue
            shared = np.flatnonzero(allowed[row] & (whole[giver] > 0))
            if not len(shared):
                continue
            came_from[giver] = (row, int(shared[np.argmax(whole[giver, shared])]))
            if gap[giver] < 0:
                while giver != needy:
                    row, column = came_from[giver]
                    whole[giver, column] -= 1
                    whole[row, column] += 1
                    giver = row
                return
            frontier.append(giver)
    raise DemoError("controlled rounding", expected=f"a way to give row {needy} {gap[needy]} more")


def fill(
    want: Ints, group: Ints, quota: Ints, priority: Floats, rng: np.random.Generator
) -> tuple[Ints, float]:
    """Assign each row a column so that ``quota`` [groups, columns] is met exactly.

    ``want`` is the column a row wishes for. Within a group and column the first ``quota`` wishes by
    ascending ``priority`` stay, the others take the open slots of their group at random. Returns the
    assignment and the share of wishes kept. Raises ``DemoError`` when a group's quotas do not add up to
    its rows.
    """
    n_groups, n_columns = quota.shape
    sizes = np.bincount(group, minlength=n_groups)
    if not np.array_equal(sizes, quota.sum(1)):
        wrong = int(np.flatnonzero(sizes != quota.sum(1))[0])
        raise DemoError(f"quotas of group {wrong}", expected=str(sizes[wrong]), got=str(quota[wrong].sum()))
    if not len(want):
        return want.copy(), 1.0
    key = group * n_columns + want
    order = np.lexsort((priority, key))
    sorted_key = key[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_key, sorted_key)
    keep = np.zeros(len(order), dtype=bool)
    keep[order] = rank < quota.ravel()[sorted_key]
    have = np.bincount(key[keep], minlength=n_groups * n_columns).reshape(n_groups, n_columns)
    left = np.flatnonzero(~keep)
    left = left[np.lexsort((rng.random(len(left)), group[left]))]
    slots = np.repeat(np.arange(n_groups * n_columns), (quota - have).ravel())
    slots = slots[np.lexsort((rng.random(len(slots)), slots // n_columns))]
    assigned = want.copy()
    assigned[left] = slots % n_columns
    return assigned, float(keep.mean())
