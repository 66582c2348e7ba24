"""Whether named days (public holidays) sold another count than the same weekday around them.

Each day is held against the same weekdays before and after it: the median of their pairs, in which steady
growth cancels and one storm does not count. Growth that bends is taken out by the ordinary days of these
weeks. Other named days are never among them. How far an ordinary day is off is seen in all days that have no
name: a name counts only where its day is farther off than chance puts those.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.fieller import fieller

__all__ = ["compare_days", "measure_days", "pool_days"]

_FEWEST_PAIRS = 2
_FEWEST_ORDINARY = 8  # ordinary days that say how far one is off
# A median of absolute deviations is 0.6745 sd of a normal distribution, and worth the mean square of 37 % as
# many values (Huber 1981).
_MEDIAN, _WORTH = float(norm.ppf(0.75)), 0.37


def measure_days(units: pd.DataFrame, named: Mapping[pd.Timestamp, str], n_around: int = 4) -> pd.DataFrame:
    """Every day beside the same weekdays around it, the oldest first.

    ``units``: ``unique_id`` (a shop), ``ds`` (datetime), ``y`` (count; a day without a row sold nothing).
    Returns ``ds``, ``name`` (null for an ordinary day), ``y``, ``usual``, ``n_pairs``; ``usual`` is the
    median of the same weekdays in pairs, up to ``n_around`` weeks before and after, times what the ordinary
    days of those weeks were to theirs (growth that bends); null with fewer than two pairs, as at both ends.
    Of each day those units count that had sold by the first of its weekdays and sold on the last or later.

    >>> ds = pd.date_range("2026-01-05", periods=63)
    >>> days = pd.DataFrame({"unique_id": "a", "ds": ds, "y": np.where(ds.day_of_week < 5, 120, 50)})
    >>> day = pd.Timestamp("2026-02-04")
    >>> measure_days(days, {day: "Holiday"}).set_index("ds").loc[day, ["y", "usual", "n_pairs"]].tolist()
    [120.0, 120.0, 4.0]
    """
    columns = ["ds", "name", "y", "usual", "n_pairs"]
    if units.empty:
        return pd.DataFrame(columns=columns)
    wide = units.pivot_table(index="ds", columns="unique_id", values="y", aggfunc="sum", fill_value=0)
    wide = wide.reindex(pd.date_range(wide.index.min(), wide.index.max()), fill_value=0)
    y, dates = wide.to_numpy(float), pd.DatetimeIndex(wide.index)
    sold = y > 0
    first, last = sold.argmax(axis=0), len(y) - 1 - sold[::-1].argmax(axis=0)
    is_named = dates.isin(list(named))
    rows = []
    for at, date in enumerate(dates):
        steps = 7 * np.arange(1, n_around + 1)
        steps = steps[(at - steps >= 0) & (at + steps < len(y))]
        steps = steps[~is_named[at - steps] & ~is_named[at + steps]]
        usual, own = np.nan, y[at].sum()
        if len(steps) >= _FEWEST_PAIRS:
            is_there = (first <= at - steps[-1]) & (last >= at + steps[-1])
            around = np.median((y[at - steps] + y[at + steps])[:, is_there].sum(axis=1)) / 2
            if around > 0:
                usual, own = around, y[at, is_there].sum()
        rows.append((date, named.get(date), own, usual, len(steps)))
    days = pd.DataFrame(rows, columns=columns)
    return days.assign(usual=days["usual"] * _bend(days, 7 * n_around))


def _bend(days: pd.DataFrame, within: int) -> NDArray[np.float64]:
    """What the ordinary days around each day were to theirs: growth that bends, as of young units.

    Of seven days at a time, so that small counts add up; the median over ``within`` days either way, so that
    a storm does not count.
    """
    is_ordinary = (days["name"].isna() & days["usual"].notna()).to_numpy()
    own, usual = (days[name].where(is_ordinary, 0.0).to_numpy(float) for name in ("y", "usual"))
    own, usual = (np.convolve(sums, np.ones(7), "same")[: len(days)] for sums in (own, usual))
    ratio = np.divide(own, usual, out=np.full(len(days), np.nan), where=usual > 0)
    bend = np.ones(len(days))
    for at in range(len(days)):
        near = ratio[max(at - within, 0) : at + within + 1]
        near = near[near > 0]
        if len(near) >= _FEWEST_ORDINARY:
            bend[at] = np.median(near)
    return bend


def compare_days(measured: pd.DataFrame, chosen: pd.Series, level: float) -> pd.DataFrame:
    """The ``chosen`` (true or false a row) of ``measure_days``, each with its change and whether it is real.

    Adds ``change`` (over the usual, less one), ``low``, ``high`` and ``differs``. The intervals hold all
    together at ``level``: where no day is unlike the others, chance makes one of them differ in 1 - ``level``
    of worlds. Null where the usual count is, or where fewer than eight ordinary days say how far one is off.
    """
    found = measured[chosen].reset_index(drop=True)
    each = level ** (1 / max(int(found["usual"].notna().sum()), 1))  # Sidak
    scatter = _scatter(measured)
    counts = found[["y", "usual", "n_pairs"]].to_numpy(float)
    rows = [_divide(counts[at : at + 1], scatter, each) for at in range(len(found))]
    ends = pd.DataFrame(rows, columns=["change", "low", "high"], index=found.index, dtype=float)
    is_known = ends["low"].notna()
    differs = ((ends["low"] > 0) | (ends["high"] < 0)).astype("boolean").where(is_known)
    return pd.concat([found, ends], axis=1).assign(differs=differs)


def pool_days(measured: pd.DataFrame, chosen: pd.Series, level: float) -> Estimate:
    """The change of all ``chosen`` days together: of just these days, whatever others would do.

    Their counts over what is usual on them, less one; ``n`` days. Null without a day that has a usual count.
    """
    days = measured[chosen & measured["usual"].notna()]
    change, low, high = _divide(days[["y", "usual", "n_pairs"]].to_numpy(float), _scatter(measured), level)
    return Estimate(change, low, high, level=None if low is None else level, n=len(days))


def _divide(
    days: NDArray[np.float64], scatter: tuple[float, int], level: float
) -> tuple[float | None, float | None, float | None]:
    """Change of ``days`` (count, usual count, pairs) together with its ends, -1 at least; null where it
    cannot be said."""
    y, usual, n_pairs = days.T
    total, (extra, n_ordinary) = float(usual.sum()), scatter
    if not total > 0:
        return None, None, None
    change = float(y.sum()) / total - 1
    if n_ordinary < _FEWEST_ORDINARY:
        return change, None, None
    of_days = usual + extra * usual**2
    of_usual = float((of_days / (2 * n_pairs)).sum())
    ends = fieller(float(y.sum()), total, float(of_days.sum()), of_usual, level=level, df=_WORTH * n_ordinary)
    return (change, None, None) if ends is None else (change, max(ends[0] - 1, -1.0), ends[1] - 1)


def _scatter(measured: pd.DataFrame) -> tuple[float, int]:
    """How much ordinary days scatter beyond Poisson, and how many say so.

    ``extra`` of a variance mean + extra * mean^2 (negative binomial), never below 0, from the median of what
    ordinary days are off: a storm among them does not widen it.
    """
    days = measured[measured["name"].isna() & measured["usual"].notna()]
    usual = days["usual"].to_numpy(float)
    off = np.abs(days["y"].to_numpy(float) - usual) / np.sqrt(1 + 1 / (2 * days["n_pairs"].to_numpy(float)))
    low, high = 0.0, 10.0
    for _ in range(60 if len(days) else 0):
        middle = (low + high) / 2
        is_wider = np.median(off / np.sqrt(usual + middle * usual**2)) > _MEDIAN
        low, high = (middle, high) if is_wider else (low, middle)
    return low, len(days)
