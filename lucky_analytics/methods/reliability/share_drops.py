"""Whether one of several things that share a load does less of it than it did, whatever the load was.

A machine makes fewer cups when its store sells less, when others are back from repair, on a Sunday. So each
is held against its part of what all at work in its group did on the same day: in the days before, the load of
a group and day is split in proportion to a weight for each thing among those at work (quasi-independence in a
table with gaps: Goodman 1968; the fit is iterative proportional). With these weights the recent loads say
what each should have done. How far counts scatter about such parts from week to week is measured, not taken
for chance alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

__all__ = ["compare_parts", "fit_weights"]

Array = NDArray[Any]

_ROUNDS, _CLOSE = 200, 1e-9
_WEEK = 7
FEWEST_EXPECTED = 20.0  # of a thing in the recent days, below which a fall by a fifth cannot be seen
_FEWEST_DAYS = 3  # recent days at work


def fit_weights(counts: Array, at_work: Array, group: Array) -> Array:
    """Weight of each thing, such that its part of its group's load on the days it worked adds up to what it
    did. Adds up to the number of things at work at some time in each group; null for one that never was.

    ``counts``: things x days; ``at_work``: the same shape, whether it counts on that day; ``group``: by
    thing.

    >>> counts, at_work = np.array([[10, 20], [30, 0]]), np.array([[True, True], [True, False]])
    >>> fit_weights(counts, at_work, np.zeros(2, int)).round(6).tolist()
    [0.5, 1.5]
    """
    number = np.unique(group, return_inverse=True)[1]
    member = (
        (number == np.arange(number.max() + 1)[:, None]).astype(float) if len(group) else np.empty((0, 0))
    )
    done = np.where(at_work, counts, 0.0)
    load, own = member @ done, done.sum(axis=1)
    weight = np.where(at_work.any(axis=1), 1.0, np.nan)
    for _ in range(_ROUNDS):
        expected = _split(weight, load, at_work, member).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(expected > 0, own / expected, 1.0)
        weight = weight * step
        if np.nanmax(np.abs(step - 1), initial=0.0) < _CLOSE:
            break
    total = member.T @ (member @ np.nan_to_num(weight))
    there = member.T @ (member @ (~np.isnan(weight)).astype(float))
    return np.asarray(weight * there / np.where(total > 0, total, np.nan))


def compare_parts(
    counts: Array, at_work: Array, group: Array, n_recent: int, level: float = 0.9
) -> pd.DataFrame:
    """What each thing did in the last ``n_recent`` days against its part of its group's load, as the days
    before have it.

    Arguments as ``fit_weights``, days in order. One row a thing: ``expected``, ``done``, ``ratio`` (done by
    expected) with ``low``, ``high``, ``p_value`` (of a fall, one-sided), ``n_days`` (recent days at work) and
    ``scatter``: variance of a week's count about its part, as a multiple of chance (1 at least), the same for
    all. Null where it worked on fewer than 3 recent days, alone in its group (its part is then always all),
    or where fewer than 20 are expected, or too little is known of before. A fall of all things of a group
    together cannot be seen.

    >>> rng = np.random.default_rng(7)
    >>> counts = rng.poisson(25, (6, 42)).astype(float)
    >>> counts[0, 28:] = rng.poisson(15, 14)
    >>> found = compare_parts(counts, np.ones((6, 42), bool), np.zeros(6, int), 14)
    >>> bool(found["p_value"][0] < 0.001), bool(found["p_value"][1:].min() > 0.01)
    (True, True)
    """
    group = np.unique(group, return_inverse=True)[1]
    member = (group == np.arange(group.max(initial=-1) + 1)[:, None]).astype(float)
    n_before = counts.shape[1] - n_recent
    before, recent = np.s_[:, :n_before], np.s_[:, n_before:]
    counts = np.where(at_work, counts, 0.0)
    weight = fit_weights(counts[before], at_work[before], group)
    # Who is new has no weight: on its days the load of the others is what they did among themselves.
    known = at_work & ~np.isnan(weight)[:, None]
    load = member @ np.where(known, counts, 0.0)
    part = _split(weight, load, known, member)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(known, part / (member.T @ load), 0.0)
    done, expected = (np.where(known, all_, 0.0)[recent].sum(axis=1) for all_ in (counts, part))
    base, free = counts[before].sum(axis=1), 1 - np.nan_to_num(share)
    scatter, dof = _scatter(counts[before], part[before], share[before])
    n_days = known[recent].sum(axis=1)
    is_alone = (share > 1 - 1e-9)[recent].sum(axis=1) >= n_days
    enough = (n_days >= _FEWEST_DAYS) & (expected >= FEWEST_EXPECTED) & (base >= FEWEST_EXPECTED) & ~is_alone
    # A part of a load scatters less than a count of its own: by the part that others could have done.
    room = np.where(expected > 0, (part * free)[recent].sum(axis=1) / np.where(expected > 0, expected, 1), 1)
    error = np.sqrt(scatter * room * (1 / np.maximum(expected, 1) + 1 / np.maximum(base, 1)))
    ratio = np.where(enough, done / np.where(enough, expected, 1.0), np.nan)
    # On square roots the scatter hardly depends on the size of the fall, and nought done needs no care.
    away = 2 * (np.sqrt(ratio) - 1) / error
    half = t.ppf(0.5 + level / 2, dof) * error / 2
    root = np.sqrt(ratio)
    return pd.DataFrame(
        {
            "expected": expected,
            "done": done,
            "ratio": ratio,
            "low": np.maximum(root - half, 0.0) ** 2,
            "high": (root + half) ** 2,
            "p_value": np.where(enough, t.cdf(away, dof), np.nan),
            "n_days": n_days,
            "scatter": scatter,
        }
    )


def _split(weight: Array, load: Array, at_work: Array, member: Array) -> Array:
    """The load of each group and day, split by the weights of those at work."""
    own = np.where(at_work, np.nan_to_num(weight)[:, None], 0.0)
    total = member.T @ (member @ own)
    return np.asarray(np.where(total > 0, own * (member.T @ load) / np.where(total > 0, total, 1.0), 0.0))


def _scatter(counts: Array, part: Array, share: Array) -> tuple[float, float]:
    """Mean square of weekly counts about their parts by what chance alone gives, at least 1, and how many
    weeks it is known from."""
    n_weeks = counts.shape[1] // _WEEK
    if n_weeks < 2:
        return 1.0, np.inf
    cut = slice(counts.shape[1] - n_weeks * _WEEK, None)
    weekly = [
        all_[:, cut].reshape(len(counts), n_weeks, _WEEK).sum(axis=2)
        for all_ in (counts, part, part * (1 - share))
    ]
    usable = weekly[2] >= 5.0
    dof = float(usable.sum() - usable.any(axis=1).sum())
    if dof < 1:
        return 1.0, np.inf
    square = ((weekly[0] - weekly[1]) ** 2 / np.where(usable, weekly[2], 1.0))[usable].sum()
    return max(float(square) / dof, 1.0), dof
