"""Whether intervals hold as often as they promise: predictions that hang together count once.

Ten stores foretold from one fit, or a week foretold anew each day, miss together. So predictions are taken in
rounds: of those that were made first, one by lot; the next round begins with the first that were made when
that one's outcome was known. Each interval of a round then holds with its level, whatever came before, so the
number of misses has an exact distribution (binomial, where all levels are one) under any dependence.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import numpy as np

from lucky_analytics.errors import ParameterError

__all__ = ["RISK", "WINDOW", "chance_of_misses", "draw_rounds", "fewest_failing"]

RISK = 0.05  # chance at most with which intervals that are sound are said to have failed
WINDOW = 12  # newest rounds that are judged: a quarter of a year of weeks


def draw_rounds(
    made: Sequence[dt.date], due: Sequence[dt.date], name: Sequence[str], salt: str = ""
) -> list[int]:
    """The positions of the predictions that count, one a round, in the order of time.

    ``made``: the last day of what each was made from, ``due``: the day as of which it is measured, ``name``:
    what is predicted. The lot is the smallest hash of ``salt``, the day and the name: it is the same each
    time, and nobody chooses it. Raises ``ParameterError`` for one due before it was made.

    >>> day = [dt.date(2026, 1, number) for number in range(1, 32)]
    >>> draw_rounds([day[0], day[1], day[7]], [day[7], day[8], day[14]], ["week"] * 3)
    [0, 2]
    """
    if any(last <= first for first, last in zip(made, due, strict=True)):
        raise ParameterError("prediction", expected="due after the day that it was made from", got="another")
    by_day: dict[dt.date, list[int]] = {}
    for place, day in enumerate(made):
        by_day.setdefault(day, []).append(place)
    chosen: list[int] = []
    for day in sorted(by_day):
        if chosen and day < due[chosen[-1]]:
            continue
        chosen.append(min(by_day[day], key=lambda place: _lot(salt, day, name[place], due[place])))
    return chosen


def chance_of_misses(levels: Sequence[float], n_missed: int) -> float:
    """The chance of ``n_missed`` misses or more of intervals that hold with ``levels`` (0 to 1), one a round.

    Exact: the binomial tail where all levels are one, and its like where they differ.

    >>> round(chance_of_misses([0.9] * 12, 4), 4)
    0.0256
    """
    chance = np.array([1.0])
    for level in levels:
        chance = np.convolve(chance, [level, 1 - level])
    return float(min(chance[n_missed:].sum(), 1.0))


def fewest_failing(levels: Sequence[float], risk: float = RISK) -> int | None:
    """From how many misses on these intervals have failed; null where there are too few to say.

    >>> fewest_failing([0.9] * 12), fewest_failing([0.9])
    (4, None)
    """
    found = (n for n in range(1, len(levels) + 1) if chance_of_misses(levels, n) <= risk)
    return next(found, None)


def _lot(salt: str, day: dt.date, name: str, due: dt.date) -> str:
    return hashlib.sha256(f"{salt}|{day}|{name}|{due}".encode()).hexdigest()
