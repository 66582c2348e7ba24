"""A fee schedule, a fixed part and a rate, recovered from fees that were rounded when they were billed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, eye_array
from scipy.stats import norm

__all__ = ["FOLLOWS", "Schedule", "find_followers", "find_grain", "fit_schedule", "mark_on"]

Array = NDArray[Any]
FOLLOWS = 0.95  # the share of payments that one line must reproduce to be called a schedule
_GRAINS = (100, 10)  # hundredths of a cent to which fees may be rounded, coarsest first
_FEWEST_TO_TELL = 20  # fees: fewer could all be whole cents by chance
_SLACK = 1e-3  # hundredths of a cent, for the solver's own rounding
_FARTHEST = 1e6  # times the median amount: one beyond it would cost the solver its digits


@dataclass(frozen=True)
class Schedule:
    """``fixed`` in cents a payment, ``rate`` in cents a cent, each with its ends; from ``n`` payments.

    ``grain`` is what fees are rounded to, in cents. ``share_on``: of the payments, those whose fee the line
    reproduces. Where ``is_exact`` the ends are the least and the most that any line can have that reproduces
    all of these; elsewhere no one line does, ``fixed`` and ``rate`` are of the average line and the ends a
    confidence interval. All null without two different amounts.
    """

    fixed: float
    fixed_low: float
    fixed_high: float
    rate: float
    rate_low: float
    rate_high: float
    n: int
    share_on: float
    is_exact: bool
    grain: float


def find_grain(fees: Array) -> int:
    """To what the fees (hundredths of a cent, whole) are rounded: 100 is a cent, 1 is as fine as they are.

    >>> find_grain(np.arange(40) * 100), find_grain(np.array([100, 200])), find_grain(np.arange(40))
    (100, 1, 1)
    """
    billed = fees[fees != 0]
    if len(billed) < _FEWEST_TO_TELL:
        return 1
    return next((grain for grain in _GRAINS if not (billed % grain).any()), 1)


def fit_schedule(rows: pd.DataFrame, grain: int = 1, level: float = 0.9) -> Schedule:
    """The line fee = fixed + rate x amount that most payments follow.

    ``rows``: ``amount`` (cents, positive), ``fee`` (hundredths of a cent), ``n`` payments of just these; no
    nulls. A fee that was rounded to ``grain`` hundredths says that the line passes within half a grain of it.
    The line is the one with the least sum of distances beyond that (Vapnik's insensitive loss, a linear
    programme), which rows that follow no schedule hardly move. All lines that reproduce every row on it form
    a convex set: its extremes are the ends. Where less than ``FOLLOWS`` is on it, the ends are those of
    least squares with White's standard errors at ``level``, payments taken as independent.

    A processor that rounds up or down instead of to the nearest moves the fixed part by half a grain.

    >>> fees = pd.DataFrame({"amount": [100, 500, 900, 2_000], "fee": [500, 900, 1_300, 2_400], "n": 5})
    >>> made = fit_schedule(fees)
    >>> round(made.fixed, 2), round(made.rate, 4), made.n, made.share_on
    (4.0, 0.01, 20, 1.0)
    """
    amount, fee, n = (rows[name].to_numpy(float) for name in ("amount", "fee", "n"))
    total, half = int(n.sum()), grain / 2
    near = _near(amount)
    if len(np.unique(amount[near])) < 2:
        none = float("nan")
        return Schedule(none, none, none, none, none, none, total, none, False, grain / 100)
    unit = float(amount[near].max())
    is_on, ends = near, _extremes(amount[near] / unit, fee[near], half)
    if ends is None:
        is_on = find_followers(rows, grain)
    share = float(n[is_on].sum() / total)
    if share < FOLLOWS:
        ends = _average(amount[near] / unit, fee[near], n[near], level)
    elif ends is None:
        ends = _extremes(amount[is_on] / unit, fee[is_on], half)
    assert ends is not None  # rows on one line have one
    fixed, rate = ends[0] / 100, ends[1] / 100 / unit
    return Schedule(
        *(float(fixed[0]), float(fixed[1]), float(fixed[2])),
        *(float(rate[0]), float(rate[1]), float(rate[2])),
        total,
        share,
        share >= FOLLOWS,
        grain / 100,
    )


def find_followers(rows: pd.DataFrame, grain: int = 1) -> Array:
    """Which rows (as of ``fit_schedule``) follow the line that most payments follow.

    Rows far from the line pull at it, each as much as its payments, so that some that follow end just beyond
    it: those that are off by more than a grain are left out, and the line is fitted again, until none is.

    >>> find_followers(pd.DataFrame({"amount": [1, 2, 3, 4], "fee": [10, 20, 77, 40], "n": 1})).tolist()
    [True, True, False, True]
    """
    amount, fee, n = (rows[name].to_numpy(float) for name in ("amount", "fee", "n"))
    kept = _near(amount)
    unit = float(amount[kept].max())
    while True:
        line = _least_slack(amount[kept] / unit, fee[kept], n[kept], grain / 2)
        distance = np.abs(fee - line[0] - line[1] * amount / unit)
        closer = kept & (distance <= 1.5 * grain)
        if (closer == kept).all() or len(np.unique(amount[closer])) < 2:
            return _near(amount) & (distance <= grain / 2 + _SLACK)
        kept = closer


def _near(amount: Array) -> Array:
    return amount <= _FARTHEST * np.median(amount) if len(amount) else np.zeros(0, bool)


def mark_on(rows: pd.DataFrame, made: Schedule, is_wide: bool = False) -> Array:
    """Which rows (as of ``fit_schedule``) the schedule reproduces to within half a grain.

    ``is_wide``: which any line between its ends may reproduce, for rows that it was not fitted to.

    >>> made = Schedule(4.0, 4.0, 4.0, 0.01, 0.01, 0.01, 20, 1.0, True, 0.01)
    >>> mark_on(pd.DataFrame({"amount": [100, 100], "fee": [500, 502]}), made).tolist()
    [True, False]
    """
    amount, fee, half = rows["amount"].to_numpy(float), rows["fee"].to_numpy(float), made.grain * 50
    if not is_wide:
        return _reproduces(np.array([made.fixed, made.rate]) * 100, amount, fee, half)
    least, most = (
        100 * (fixed + rate * amount)
        for fixed, rate in ((made.fixed_low, made.rate_low), (made.fixed_high, made.rate_high))
    )
    return (fee >= least - half - _SLACK) & (fee <= most + half + _SLACK)


def _reproduces(line: Array, amount: Array, fee: Array, half: float) -> Array:
    return np.abs(fee - line[0] - line[1] * amount) <= half + 2 * _SLACK


def _least_slack(amount: Array, fee: Array, n: Array, half: float) -> Array:
    """Fixed part and slope that minimise the payments' distances beyond ``half``."""
    design = csr_array(np.column_stack([np.ones(len(amount)), amount]))
    slack = -eye_array(len(amount), format="csr")
    found = linprog(
        np.concatenate([[0, 0], n / n.sum()]),
        A_ub=block_array([[design, slack], [-design, slack]], format="csr"),
        b_ub=np.concatenate([fee + half, half - fee]),
        bounds=[(None, None), (None, None), *[(0, None)] * len(amount)],
        method="highs",
    )
    if found.x is None:  # amounts of a dozen digits are beyond the programme: the line of least squares
        return np.polynomial.polynomial.polyfit(amount, fee, 1, w=np.sqrt(n))
    return np.asarray(found.x[:2])


def _extremes(amount: Array, fee: Array, half: float) -> tuple[Array, Array] | None:
    """Value, least and most of the fixed part and of the slope among the lines within ``half`` of each row.

    Null where there is none. Of the rows of one amount only the least and the largest fee bound a line, and
    of those only the corners of their hulls.
    """
    bounds = pd.DataFrame({"amount": amount, "fee": fee}).groupby("amount")["fee"].agg(["min", "max"])
    x, room = bounds.index.to_numpy(float), half + _SLACK
    roof, floor = bounds["min"].to_numpy(float) + room, bounds["max"].to_numpy(float) - room
    if (roof < floor).any():
        return None
    under, over = _lower_hull(x, roof), _lower_hull(x, -floor)
    high, low = (x[under], roof[under]), (x[over], floor[over])
    slopes = _slopes(*high, *low)
    if slopes is None:
        return None
    # Divided by the amount, the fixed part is a slope over its inverse.
    fixed = _slopes(
        *((1 / high[0])[::-1], (high[1] / high[0])[::-1]), *((1 / low[0])[::-1], (low[1] / low[0])[::-1])
    )
    assert fixed is not None  # it is the same set
    corners = [(float(np.min(high[1] - slope * high[0])), slope) for slope in slopes]
    corners += [(part, float(np.min((high[1] - part) / high[0]))) for part in fixed]
    middle = np.mean(corners, axis=0)  # of lines of a convex set: one of them, too
    return np.array([middle[0], *fixed]), np.array([middle[1], *slopes])


def _lower_hull(x: Array, y: Array) -> list[int]:
    """Places of the points (``x`` rising) that bound all from below (Andrew's monotone chain)."""
    hull: list[int] = []
    for place in range(len(x)):
        while len(hull) > 1:
            a, b = hull[-2:]
            if (y[b] - y[a]) * (x[place] - x[a]) < (y[place] - y[a]) * (x[b] - x[a]):
                break
            hull.pop()
        hull.append(place)
    return hull


def _slopes(x_high: Array, high: Array, x_low: Array, low: Array) -> tuple[float, float] | None:
    """The least and the most slope of a line that is nowhere above ``high`` and nowhere below ``low``.

    Each pair of a point above and one below bounds it (Fourier-Motzkin elimination of the line's level).
    """
    apart = x_high[:, None] - x_low
    rise = high[:, None] - low
    most = np.min(rise[apart > 0] / apart[apart > 0], initial=np.inf)
    least = np.max(rise[apart < 0] / apart[apart < 0], initial=-np.inf)
    return (float(least), float(most)) if least <= most else None


def _average(amount: Array, fee: Array, n: Array, level: float) -> tuple[Array, Array]:
    """The same of least squares, the ends by White's standard errors."""
    design = np.column_stack([np.ones(len(amount)), amount])
    inverse = np.linalg.inv(design.T @ (design * n[:, None]))
    line = inverse @ (design.T @ (n * fee))
    meat = design.T @ (design * (n * (fee - design @ line) ** 2)[:, None])
    half = norm.ppf(0.5 + level / 2) * np.sqrt(np.diag(inverse @ meat @ inverse))
    fixed, slope = np.stack([line, line - half, line + half], axis=1)
    return fixed, slope
