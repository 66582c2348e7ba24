"""How much of a server's load is there whatever is sold, and how much follows what drives it.

load = fixed + slope x drive + error. The slope comes from hours of one day held against each other (whatever
grows with the months, or with the number of stores, drops out), so a system that merely grew in the same
months as the stores is not said to grow with them; errors may hang together within a day. The line goes
through the means of all hours. How far an hour stands above its line is told by its busiest hours.

Assumes that the line is straight also where nobody has been: beyond the busiest hour seen it is an
assumption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.fieller import fieller
from lucky_analytics.methods.inference.within_units import fit_within

__all__ = ["LoadLine", "fit_load_line"]

Array = NDArray[Any]
_BUSY, _HIGH = 0.75, 0.99  # hours from this quantile of the drive on tell how far loads stand above the line


@dataclass(frozen=True)
class LoadLine:
    """``level``: the mean load at the mean ``drive``, with ``level_se``; ``slope`` with ``slope_se``, over
    ``n_days``; ``most``: the largest load seen, ``most_drive`` the largest drive; ``above``: how many times
    its line the load of a busy hour comes to, 99 of 100 times."""

    level: float
    level_se: float
    drive: float
    slope: float
    slope_se: float
    above: float
    most: float
    most_drive: float
    n: int
    n_days: int

    @property
    def p_value(self) -> float:
        """The chance of a slope so far above 0 where there is none; 1 where it is not above."""
        if self.slope <= 0 or self.slope_se <= 0:
            return float(self.slope <= 0)
        return float(student.sf(self.slope / self.slope_se, self.n_days - 1))

    def peak(self, drive: float, level: float = 0.9) -> Estimate:
        """The load of a busy hour with so much drive: its line ``above`` times, never below 0.

        A slope below 0 counts as none: nothing gets less because more is sold.
        """
        slope = max(self.slope, 0.0)
        middle = self.level + slope * (drive - self.drive)
        half = self._quantile(level) * float(np.hypot(self.level_se, (drive - self.drive) * self.slope_se))
        low, high = (max(self.above * (middle + side * half), 0.0) for side in (-1, 1))
        return Estimate(max(self.above * middle, 0.0), low, high, level=level, n=self.n_days)

    def share(self, drive: float, level: float = 0.9) -> Estimate:
        """What part of the load at ``drive`` follows it, 0 to 1."""
        whole = self.level + self.slope * (drive - self.drive)
        if whole <= 0:
            return Estimate(None, n=self.n_days)
        value = self.slope * drive / whole
        by_slope = drive * (self.level - self.slope * self.drive) / whole**2 * self.slope_se
        by_level = -self.slope * drive / whole**2 * self.level_se
        half = self._quantile(level) * float(np.hypot(by_slope, by_level))
        low, middle, high = (min(max(end, 0.0), 1.0) for end in (value - half, value, value + half))
        return Estimate(middle, low, high, level=level, n=self.n_days)

    def drive_at(self, load: float, level: float = 0.9) -> Estimate:
        """The drive at which a busy hour comes to ``load``; null where the load surely follows nothing, no
        upper end where it may not. Fieller's interval."""
        room = load / self.above - self.level
        ends = fieller(room, self.slope, self.level_se**2, self.slope_se**2, 0.0, level, self.n_days - 1)
        if self.slope <= 0:
            return Estimate(None, n=self.n_days)
        value = max(self.drive + room / self.slope, 0.0)
        if ends is None:
            top = self.slope + self._quantile(level) * self.slope_se
            low = min(max(self.drive + room / top, 0.0), value)
            return Estimate(value, low, None, level=level, n=self.n_days)
        low, high = (max(self.drive + end, 0.0) for end in ends)
        return Estimate(value, min(low, value), max(high, value), level=level, n=self.n_days)

    def _quantile(self, level: float) -> float:
        return float(student.ppf((1 + level) / 2, self.n_days - 1))


def fit_load_line(load: ArrayLike, drive: ArrayLike, day: ArrayLike) -> LoadLine:
    """The line of loads (n,) over ``drive`` (n,), hours of the days ``day`` (n,: any labels).

    Null loads are left out. Raises ``LuckyError`` with fewer than five days whose hours differ in drive.

    >>> day, drive = np.repeat(np.arange(6), 3), np.tile([0.0, 10.0, 20.0], 6)
    >>> line = fit_load_line(5 + 2 * drive, drive, day)
    >>> round(line.slope, 3), round(line.peak(40.0).value, 1), round(line.drive_at(105.0).value, 1)
    (2.0, 85.0, 50.0)
    """
    y, x, of = np.asarray(load, float), np.asarray(drive, float), np.asarray(day)
    known = np.isfinite(y) & np.isfinite(x)
    y, x, of = y[known], x[known], of[known]
    days, unit = np.unique(of, return_inverse=True)
    spread = sum(float(np.ptp(x[unit == place])) > 0 for place in range(len(days)))
    if spread < 5:
        raise LuckyError(
            "load that follows sales", expected="five days with hours of different sales", got=str(spread)
        )
    fit = fit_within(y, {"drive": x}, unit)
    slope = float(fit.effects[0])
    slope_se = float(np.sqrt((fit.influence[:, 0] ** 2).sum()))
    own = np.bincount(unit, y - slope * x) / np.bincount(unit)
    level_se = float(own.std(ddof=1) / np.sqrt(len(days)))
    line = y.mean() + slope * (x - x.mean())
    busy = (x >= np.quantile(x, _BUSY)) & (line > 0)
    above = max(1.0, float(np.quantile(y[busy] / line[busy], _HIGH))) if busy.any() else 1.0
    return LoadLine(
        float(y.mean()), level_se, float(x.mean()), slope, slope_se, above, float(y.max()), float(x.max()),
        len(y), len(days),
    )  # fmt: skip
