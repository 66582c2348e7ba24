"""Who works which shift: an assignment by integer programme that keeps rest, hours and skills.

Each shift goes to one person or stays open. Nobody works two shifts of one day, begins sooner after the last
one than the rest allows, works on more days or hours than may be, or on a day on which they cannot. Hours
beyond a limit are overtime. What is asked of a group of shifts (that one of them goes to somebody who can
open the store) may be missed, and is counted. Ernst et al. (2004), "Staff scheduling and rostering: a
review", European Journal of Operational Research 153, 3-27.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

__all__ = ["Assignment", "Rules", "assign_shifts", "find_breaches"]

_MOST_NODES = 500
_OPEN, _MISSED = 1e4, 1e3  # in hours of wages: a shift left open, a demand missed
_UNEVEN = 2.0  # an hour that somebody works further from the even share than may be, in hours of wages


@dataclass(frozen=True)
class Rules:
    """``rest_hours`` between two shifts of a person; ``straight_hours`` a week, beyond which an hour costs
    ``overtime`` times its wage; ``most_hours`` and ``most_days`` a week; ``uneven_hours``: how far somebody's
    hours may be from the even share before it counts against an answer."""

    rest_hours: float = 11.0
    straight_hours: float = 40.0
    overtime: float = 1.5
    most_hours: float = 48.0
    most_days: int = 5
    uneven_hours: float = 4.0


@dataclass(frozen=True)
class Assignment:
    """``person`` (shifts): row of the one who works it, -1 where it stays open. ``cost``: wages with
    overtime, in the unit of wages. ``missed`` (names): which groups have nobody who can. ``gap``: how far
    the answer is from the best at most, as a share."""

    person: NDArray[np.int64]
    cost: float
    missed: tuple[str, ...]
    gap: float


def assign_shifts(
    shifts: pd.DataFrame,
    wage: NDArray[Any],
    can_work: NDArray[Any],
    rules: Rules,
    groups: Mapping[str, tuple[Sequence[int], NDArray[Any]]] | None = None,
    gap: float = 0.02,
) -> Assignment:
    """Shifts to people at least cost, their hours about even.

    ``shifts``: ``day``, ``start``, ``end`` (hours since the week began). ``wage`` (people): of an hour.
    ``can_work`` (people, shifts): whether they may. ``groups``: by name the positions of shifts and who can
    (people): at least one of those shifts is to go to one of those people.

    >>> day = pd.DataFrame({"day": [0, 1], "start": [14.0, 30.0], "end": [22.0, 38.0]})
    >>> assign_shifts(day, np.array([10.0]), np.ones((1, 2), bool), Rules()).person.tolist()
    [0, -1]
    >>> assign_shifts(day, np.array([10.0, 12.0]), np.ones((2, 2), bool), Rules()).person.tolist() in (
    ...     [0, 1], [1, 0])
    True
    """
    groups = dict(groups or {})
    n_people, n_shifts = len(wage), len(shifts)
    if not n_people or not n_shifts:
        return Assignment(np.full(n_shifts, -1, np.int64), 0.0, tuple(groups), 0.0)
    hours = (shifts["end"] - shifts["start"]).to_numpy(float)
    unit = float(np.mean(wage))
    n_pairs = n_people * n_shifts
    # Variables: who works what, shifts left open, demands missed, overtime and distance of each from the
    # even.
    parts = np.cumsum([n_pairs, n_shifts, len(groups), n_people, n_people])
    rows, lows, highs = _Rows(int(parts[-1])), [], []

    def limit(columns: Any, values: Any, low: float, high: float) -> None:
        rows.add(columns, values)
        lows.append(low)
        highs.append(high)

    pair = np.arange(n_pairs).reshape(n_people, n_shifts)
    for shift in range(n_shifts):
        limit(np.r_[pair[:, shift], parts[0] + shift], 1.0, 1.0, 1.0)
    clashes = find_clashes(shifts, rules.rest_hours)
    even = float(hours.sum() / n_people)
    for person in range(n_people):
        for clash in clashes:
            limit(pair[person, clash], 1.0, 0.0, 1.0)
        limit(pair[person], 1.0, 0.0, rules.most_days)
        limit(pair[person], hours, 0.0, rules.most_hours)
        over, off = parts[2] + person, parts[3] + person
        limit(np.r_[pair[person], over], np.r_[hours, -1.0], -np.inf, rules.straight_hours)
        limit(np.r_[pair[person], off], np.r_[hours, -1.0], -np.inf, even + rules.uneven_hours)
        limit(np.r_[pair[person], off], np.r_[hours, 1.0], even - rules.uneven_hours, np.inf)
    for place, (those, able) in enumerate(groups.values()):
        own = pair[np.flatnonzero(able)][:, list(those)].ravel()
        limit(np.r_[own, parts[1] + place], 1.0, 1.0, np.inf)
    aim = np.r_[
        np.outer(wage, hours).ravel(),
        _OPEN * unit * np.ones(n_shifts),
        _MISSED * unit * np.ones(len(groups)),
        (rules.overtime - 1) * np.asarray(wage, float),
        _UNEVEN * unit * np.ones(n_people),
    ]
    most = np.r_[
        np.asarray(can_work, float).ravel(), np.ones(n_shifts + len(groups)), np.full(2 * n_people, np.inf)
    ]
    whole = np.r_[np.ones(n_pairs + n_shifts + len(groups)), np.zeros(2 * n_people)]
    found = milp(
        aim,
        constraints=LinearConstraint(rows.matrix, np.array(lows), np.array(highs)),
        integrality=whole,
        bounds=Bounds(0, most),
        options={"mip_rel_gap": gap, "node_limit": _MOST_NODES},
    )
    if found.x is None:  # never: all may stay open
        return Assignment(np.full(n_shifts, -1, np.int64), 0.0, tuple(groups), 1.0)
    chosen = found.x[:n_pairs].reshape(n_people, n_shifts) > 0.5
    worker = np.where(chosen.any(axis=0), chosen.argmax(axis=0), -1).astype(np.int64)
    missed = tuple(name for name, out in zip(groups, found.x[parts[1] : parts[2]], strict=True) if out > 0.5)
    worked = chosen @ hours
    over = np.maximum(worked - rules.straight_hours, 0) * (rules.overtime - 1)
    cost = float(np.asarray(wage, float) @ (worked + over))
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
    return Assignment(
        worker,
        cost,
        missed,
        max(float(found.fun - bound), 0.0) / max(float(found.fun), 1e-9),
    )


def find_clashes(shifts: pd.DataFrame, rest_hours: float) -> list[NDArray[np.int64]]:
    """Sets of positions of ``shifts`` of which a person works one at most: of a day, or too near in time.

    >>> day = pd.DataFrame({"day": [0, 0, 1], "start": [7.0, 14.0, 30.0], "end": [13.0, 22.0, 38.0]})
    >>> [clash.tolist() for clash in find_clashes(day, 11)]
    [[0, 1], [1, 2]]
    """
    day, start, end = (shifts[name].to_numpy() for name in ("day", "start", "end"))
    same = [np.flatnonzero(day == one) for one in np.unique(day)]
    found = [each for each in same if len(each) > 1]
    for one in range(len(shifts)):
        soon = np.flatnonzero((start >= end[one]) & (start < end[one] + rest_hours) & (day != day[one]))
        found += [np.array([one, other]) for other in soon]
    return found


def find_breaches(worked: pd.DataFrame, rules: Rules) -> dict[str, int]:
    """How often a roster breaks the rules: ``worked`` has ``person``, ``day``, ``start``, ``end`` of a week.

    ``rest`` (shifts that begin too soon after the one before), ``two_a_day``, ``days`` and ``hours`` (people
    over the most of a week). Shifts left open have a null person.

    >>> week = pd.DataFrame({"person": ["a", "a"], "day": [0, 1], "start": [12.0, 30.0], "end": [20.0, 38.0]})
    >>> find_breaches(week, Rules())
    {'rest': 1, 'two_a_day': 0, 'days': 0, 'hours': 0}
    """
    known = worked[worked["person"].notna()].sort_values(["person", "start"])
    before = known.groupby("person")["end"].shift()
    gap = known["start"] - before
    week = known.assign(hours=known["end"] - known["start"]).groupby("person")
    return {
        "rest": int((gap < rules.rest_hours - 1e-9).sum()),
        "two_a_day": int(known.duplicated(["person", "day"]).sum()),
        "days": int((week["day"].nunique() > rules.most_days).sum()),
        "hours": int((week["hours"].sum() > rules.most_hours + 1e-9).sum()),
    }


class _Rows:
    """Rows of a sparse matrix, one after the other."""

    def __init__(self, n_columns: int):
        self.n_columns = n_columns
        self.columns: list[NDArray[np.int64]] = []
        self.values: list[NDArray[np.float64]] = []

    def add(self, columns: Any, values: Any) -> None:
        places = np.asarray(columns, np.int64)
        self.columns.append(places)
        self.values.append(np.broadcast_to(np.asarray(values, float), places.shape))

    @property
    def matrix(self) -> Any:
        ends = np.cumsum([0, *(len(each) for each in self.columns)])
        return sparse.csr_matrix(
            (np.concatenate(self.values), np.concatenate(self.columns), ends),
            shape=(len(self.columns), self.n_columns),
        )
