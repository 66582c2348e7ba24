"""How fast something grows by percent, and when it will be at a limit: a time with its range, or never.

The trend is a straight line through the logarithms of days. The time to a limit is a ratio of two uncertain
numbers (what is left over how fast it goes), so its range is Fieller's: where growth itself is not clear of
nought the range has no end, and the answer may be never.

References: Huber (1964) on robust fits; Kendall (1954) and Marriott and Pope (1954) on the bias of the
correlation of one day with the next, which widens the ranges; Fieller (1954).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate

__all__ = ["FEWEST_DAYS", "LogTrend", "fit_log_trend"]

Array = NDArray[Any]
FEWEST_DAYS = 14
_HUBER, _MAD = 1.345, 0.6745
_ROUNDS = 30
_MOST_CARRIED = 0.95


@dataclass(frozen=True)
class LogTrend:
    """``now``: the logarithm at the last day; ``slope``: its change a day; their variances and covariance,
    ``sd`` of a single day about the line, ``df`` (Student's) and ``n`` days."""

    now: float
    slope: float
    var_now: float
    var_slope: float
    cov: float
    sd: float
    df: float
    n: int

    def widen(self, factor: float) -> LogTrend:
        """The same with all ranges ``factor`` times as wide on the logarithmic scale.

        >>> trend = fit_log_trend(np.arange(20), 100 * 1.01 ** np.arange(20) * (1 + np.arange(20) % 2 / 99))
        >>> wide, own = trend.widen(2.0).growth(7, 0.9), trend.growth(7, 0.9)
        >>> wide.low < own.low and wide.value == own.value
        True
        """
        square = factor**2
        return replace(self, var_now=self.var_now * square, var_slope=self.var_slope * square,
                       cov=self.cov * square, sd=self.sd * factor)  # fmt: skip

    def growth(self, days: float, level: float) -> Estimate:
        """By what share it grows in so many days, as a share of what it was."""
        half = self._reach(level) * math.sqrt(self.var_slope)
        ends = (self.slope, self.slope - half, self.slope + half)
        value, low, high = (math.expm1(days * end) for end in ends)
        return Estimate(value, low, high, level=level, n=self.n)

    def foretell(self, ahead: float, level: float) -> Estimate:
        """What a day so many days ahead will say, if growth goes on as it did; the range is of that day."""
        middle = self.now + ahead * self.slope
        var = self.var_now + 2 * ahead * self.cov + ahead**2 * self.var_slope + self.sd**2
        half = self._reach(level) * math.sqrt(var)
        value, low, high = (math.exp(end) for end in (middle, middle - half, middle + half))
        return Estimate(value, low, high, level=level, n=self.n)

    def time_to(self, limit: float, level: float) -> Estimate:
        """Days until the line is at ``limit`` (in the unit of the values, above 0), from the last day on.

        0 where it is there already. A null ``high`` is never, as far as these days tell; a null ``value`` is
        never at the growth that was found, or in over a hundred years. ``low`` is null where it is never at
        any growth in the range.
        Raises ``ParameterError`` for a limit that is not above 0.
        """
        if not limit > 0:
            raise ParameterError("limit", expected="above 0", got=f"{limit:g}")
        left = math.log(limit) - self.now
        value = 0.0 if left <= 0 else left / self.slope if self.slope > 0 else None
        low, high = self._solve(left, level)
        value, low, high = (None if end is None or end > _FOREVER else end for end in (value, low, high))
        return Estimate(value, low, high, level=level, n=self.n)

    def _solve(self, left: float, level: float) -> tuple[float | None, float | None]:
        """All r of at least 0 at which the line, within its own error, is at the limit: the first, the last.

        Those with (left - r slope)^2 <= reach^2 (var_now + 2 r cov + r^2 var_slope).
        """
        square_reach = self._reach(level) ** 2
        a = self.slope**2 - square_reach * self.var_slope
        b = left * self.slope + square_reach * self.cov
        c = left**2 - square_reach * self.var_now
        is_there = left <= 0 or c <= 0  # or may be, as far as the level of today is known
        root = b**2 - a * c
        if root < 0 or a == 0:
            return (0.0 if is_there else None), (0.0 if left <= 0 and c > 0 else None)
        ends = sorted(((b - math.sqrt(root)) / a, (b + math.sqrt(root)) / a))
        if a > 0:  # between the ends; growth and decline are told apart
            if ends[1] < 0:  # it was there: long ago and above since, or it goes the other way
                return (0.0, 0.0) if left <= 0 else (None, None)
            return max(0.0, ends[0]), (0.0 if left <= 0 and c > 0 else ends[1])
        return (0.0 if is_there else max(ends[1], 0.0)), (0.0 if left <= 0 and c > 0 else None)

    def _reach(self, level: float) -> float:
        return float(student.ppf(0.5 + level / 2, self.df))


_FOREVER = 36_500.0


def fit_log_trend(days: ArrayLike, values: ArrayLike) -> LogTrend | None:
    """The trend of ``values`` (above 0; null or 0 is left out) on ``days`` (numbers, rising), robustly.

    Single days far off the line weigh less (Huber). Errors carry over from day to day; their correlation,
    with its bias taken out, widens the ranges. None with fewer than ``FEWEST_DAYS`` known days. Assumes that
    growth by percent is steady over the days and goes on: hold it against what came later before use.

    >>> days = np.arange(56)
    >>> trend = fit_log_trend(days, 50 * 1.25 ** (days / 7) * np.exp(0.02 * np.sin(days * 2.0)))
    >>> round(trend.growth(7, 0.9).value, 2), round(trend.time_to(50 * 1.25**12, 0.9).value)
    (0.25, 29)
    >>> fit_log_trend(days, np.full(56, 7.0)).time_to(9.0, 0.9).value is None
    True
    """
    x, y = np.asarray(days, float), np.asarray(values, float)
    known = np.isfinite(y) & (y > 0)
    if known.sum() < FEWEST_DAYS:
        return None
    last = y[known][-1]
    x, y = x[known] - x[known][-1], np.log(y[known] / last)  # a steady series is nought, to the last bit
    design = np.column_stack([np.ones_like(x), x])
    weight = np.ones_like(y)
    for _ in range(_ROUNDS):
        root = np.sqrt(weight)
        line, *_rest = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)
        off = y - design @ line
        scale = float(np.median(np.abs(off))) / _MAD
        if scale <= 0:
            break
        weight = np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(off), 1e-300))
    n = len(y)
    pulled = np.clip(off, -_HUBER * scale, _HUBER * scale) if scale > 0 else np.zeros_like(off)
    inside = float((np.abs(off) <= _HUBER * scale).mean()) if scale > 0 else 1.0
    # Huber's variance of a robust fit: that of the pulled-in errors over the share that is not pulled in.
    carried = _carry(pulled)
    spread = (1 + carried) / (1 - carried)
    # The line takes two days' worth of errors; where they carry over, one's worth is several days.
    left = max(n - 2 * spread, n / 3)
    variance = float((pulled**2).sum()) / left / max(inside, 0.5) ** 2
    cov = np.linalg.inv(design.T @ design) * variance * spread
    df = max(n / spread - 2, 2.0)
    sd = math.sqrt(float((off**2).sum()) / left)
    return LogTrend(
        float(line[0]) + math.log(last), float(line[1]), cov[0, 0], cov[1, 1], cov[0, 1], sd, df, n
    )


def _carry(off: Array) -> float:
    """The correlation of one day's error with the next, its bias towards less taken out."""
    square = float((off**2).sum())
    if square <= 0:
        return 0.0
    own = float((off[1:] * off[:-1]).sum()) / square
    n = len(off)
    return float(np.clip((own + 2 / n) / (1 - 4 / n), 0.0, _MOST_CARRIED))
