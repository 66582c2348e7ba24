"""Groups held against others of the same cells (a cohort, say): what cells differ in drops out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

__all__ = ["FEWEST", "compare_within_cells"]

Array = NDArray[Any]
FEWEST = 50  # members of a group, and as many others beside them, below which nothing is said of it
_COLUMNS = ["group", "n", "n_others", "own", "others", "gap", "low", "high", "p_value"]


def compare_within_cells(
    rows: pd.DataFrame,
    group: str,
    cell: Sequence[str],
    top: str,
    bottom: str | None = None,
    level: float = 0.9,
) -> pd.DataFrame:
    """Mean of ``top`` (or the ratio of its sum to that of ``bottom``) of each group, against all others that
    share its cells: one row a group, in order of its name.

    ``rows``: one a member, who are independent; rows with a null group, cell or number are left out. ``n``
    members and ``n_others`` stand in cells that hold both; ``own`` and ``others`` are means over these cells
    with the same weight, n_own n_others / (n_own + n_others), which makes the least error of ``gap`` (own
    less others) where cells are alike; ``low``, ``high`` at ``level``, ``p_value`` two-sided. The error is
    the larger of two: from member to member (least squares with an effect of each cell; White 1980, the
    leverage as MacKinnon and White 1985), and from cell to cell (Liang and Zeger 1986), where a group does
    better in some cells than in others. Numbers are null with fewer than ``FEWEST`` members or others.

    >>> half = pd.DataFrame({"who": list("ab") * 50, "week": np.repeat(range(10), 10), "y": [3.0, 1.0] * 50})
    >>> compare_within_cells(half, "who", ["week"], "y")[["group", "n", "own", "gap"]].to_numpy().tolist()
    [['a', 50, 3.0, 2.0], ['b', 50, 1.0, -2.0]]
    """
    names, sums = _tally(rows, group, list(cell), top, bottom)
    whole = sums.sum(axis=1)
    found = [
        (name, *_compare(sums[:, place], whole - sums[:, place], level)) for place, name in enumerate(names)
    ]
    return pd.DataFrame(found, columns=_COLUMNS).astype({"n": int, "n_others": int})


def _tally(
    rows: pd.DataFrame, group: str, cell: list[str], top: str, bottom: str | None
) -> tuple[list[str], Array]:
    """Names of the groups, and by cell and group what all else follows from: members, sums of ``top`` (y)
    and ``bottom`` (x), of y y, x x and x y."""
    known = rows[[group, *cell, top] + ([bottom] if bottom else [])].dropna()
    y = known[top].to_numpy(float)
    x = known[bottom].to_numpy(float) if bottom else np.ones(len(known))
    code, names = pd.factorize(known[group].astype(str), sort=True)
    place = np.zeros(len(known), np.int64)
    for name in cell:
        codes, values = pd.factorize(known[name])
        place = place * max(len(values), 1) + codes
    place, places = pd.factorize(place)
    n_cells, n_groups = len(places), len(names)
    at = place * n_groups + code
    parts = [
        np.bincount(at, each, n_cells * n_groups) for each in (np.ones_like(y), y, x, y * y, x * x, x * y)
    ]
    return list(names), np.stack(parts, axis=-1).reshape(n_cells, n_groups, len(parts))


def _compare(own: Array, others: Array, level: float) -> tuple[float, ...]:
    met = (own[:, 0] > 0) & (others[:, 0] > 0)
    sides = [own[met], others[met]]
    n, m = (side[:, 0] for side in sides)
    nothing = (np.nan,) * 6
    if min(n.sum(), m.sum()) < FEWEST:
        return n.sum(), m.sum(), *nothing
    weight = n * m / (n + m)
    total = weight.sum()
    means, moved, around = [], [], []
    for side in sides:
        share = weight / side[:, 0] / total
        y, x = share @ side[:, 1], share @ side[:, 2]
        if x == 0:
            return n.sum(), m.sum(), *nothing
        means.append(y / x)
        # Each member's pull on the ratio: its sum and its sum of squares in each cell.
        pull = (side[:, 1] - means[-1] * side[:, 2]) / x
        square = (side[:, 3] - 2 * means[-1] * side[:, 5] + means[-1] ** 2 * side[:, 4]) / x**2
        moved.append(pull / side[:, 0])
        around.append((pull, square))
    middle = (n * moved[0] + m * moved[1]) / (n + m)
    by_member = 0.0
    for side, other, (pull, square) in zip(sides, sides[::-1], around, strict=True):
        away = other[:, 0] / (n + m)  # how far a member's place is from the cell's mean
        left = square - 2 * middle * pull + side[:, 0] * middle**2
        kept = np.maximum(1 - 1 / (n + m) - away**2 / total, 1e-9)
        by_member += float((away**2 * np.maximum(left, 0.0) / kept).sum())
    by_cell = float(((weight * (moved[0] - moved[1])) ** 2).sum())
    n_cells = len(weight)
    errors = [(by_member, min(n.sum(), m.sum()) - 1)]
    if n_cells > 1:
        errors.append((by_cell * n_cells / (n_cells - 1), n_cells - 1))
    gap = means[0] - means[1]
    halves = [t.ppf(0.5 + level / 2, free) * np.sqrt(part) / total for part, free in errors]
    half = max(halves)
    p = max(_p_value(gap, np.sqrt(part) / total, free) for part, free in errors)
    return n.sum(), m.sum(), *means, gap, gap - half, gap + half, p


def _p_value(gap: float, error: float, free: float) -> float:
    if error == 0:
        return float(gap == 0)
    return float(2 * t.sf(abs(gap) / error, free))
