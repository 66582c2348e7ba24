"""How often what was silent for so many days is used again: the risk of taking it for unused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate

__all__ = ["Returns", "count_returns", "quiet_days"]


@dataclass(frozen=True)
class Returns:
    """Of ``n`` silences of at least so many days: how many ended in use (``returned``), after ``days`` more
    of silence in all."""

    n: int
    returned: int
    days: int

    def chance(self, ahead: float, level: float) -> Estimate:
        """The chance to be used within ``ahead`` more days of silence; ``high`` is its upper end, ``low`` its
        lower, both of the exact (Garwood) interval of a rate that is the same every day.

        Null where no such silence was watched any further.

        >>> Returns(9, 0, 1_494).chance(30, 0.9)
        Estimate(value=0.0, low=0.0, high=0.0584, level=0.9, n=9)
        """
        if self.days <= 0:
            return Estimate(None, n=self.n)
        tail = (1 - level) / 2
        low = chi2.ppf(tail, 2 * self.returned) / 2 if self.returned else 0.0
        high = chi2.ppf(1 - tail, 2 * self.returned + 2) / 2
        ends = [1 - np.exp(-ahead * rate / self.days) for rate in (self.returned, low, high)]
        value, low, high = (round(float(end), 4) for end in ends)
        return Estimate(value, low, high, level=level, n=self.n)


def quiet_days(is_used: ArrayLike) -> NDArray[np.int64]:
    """Days since each row was last used, up to the last column; all of them where it never was.

    ``is_used``: rows by day in order, true, false or null (NaN: not known, which ends no silence and counts
    as no day of it).

    >>> quiet_days([[1, 0, 0], [0, np.nan, 0], [0, 0, 1]]).tolist()
    [2, 2, 0]
    """
    used = np.asarray(is_used, float)
    since = np.cumsum(np.nan_to_num(used[:, ::-1]) > 0, axis=1)[:, ::-1] == 0
    return (since & ~np.isnan(used)).sum(axis=1)


def count_returns(is_used: ArrayLike, quiet: int) -> Returns:
    """Every silence that came to ``quiet`` known days, and whether it ended in use by the last column.

    Raises ``ParameterError`` for fewer than one day.

    >>> count_returns([[1, 0, 0, 0, 1], [0, 0, 0, 0, 0]], 2)
    Returns(n=2, returned=1, days=5)
    """
    if quiet < 1:
        raise ParameterError("quiet", expected="at least one day", got=str(quiet))
    n = returned = days = 0
    for row in np.asarray(is_used, float):
        known = row[~np.isnan(row)] > 0
        ends = np.flatnonzero(known)
        starts = np.concatenate([[0], ends + 1])
        for start, end in zip(starts, [*ends, None], strict=True):
            length = (len(known) if end is None else int(end)) - int(start)
            if length >= quiet:
                n += 1
                returned += end is not None
                days += length - quiet + (end is not None)
    return Returns(n, returned, days)
