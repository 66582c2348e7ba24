"""How many it takes to tell a gain from chance, before a trial is begun."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import ParameterError

__all__ = ["find_arm_size", "find_held_out", "find_more", "find_smallest_gain", "spread_of_ratio"]


def find_arm_size(sd: float, gain: float, level: float = 0.9, power: float = 0.8) -> int:
    """How many in each of two equal arms show a ``gain`` of the mean with chance ``power``.

    ``sd``: standard deviation of one outcome, in the unit of the gain; intervals at ``level``, two-sided. The
    usual normal formula (Fleiss, Levin and Paik 2003).

    >>> find_arm_size(1.0, 0.5, level=0.95)
    63
    """
    if not (gain > 0 and sd >= 0):
        raise ParameterError("size of a trial", expected="a gain above 0", got=f"{gain} with sd {sd}")
    reach = norm.ppf(0.5 + level / 2) + norm.ppf(power)
    return max(2, math.ceil(2 * (reach * sd / gain) ** 2))


def find_held_out(sd: float, gain: float, share: float, level: float = 0.9, power: float = 0.8) -> int:
    """How many must be left out to show a ``gain`` of the mean, where a ``share`` (0 to 1) of all is.

    The others are more, and so known better: a tenth left out takes 1.8 times fewer than an arm of two equal
    ones. Otherwise as ``find_arm_size``, which half of all is:

    >>> find_held_out(1.0, 0.5, 0.5, level=0.95) == find_arm_size(1.0, 0.5, level=0.95)
    True
    >>> find_held_out(1.0, 0.5, 0.1, level=0.95)
    35
    """
    if not (gain > 0 and sd >= 0 and 0 < share < 1):
        raise ParameterError(
            "size of a trial", expected="a gain above 0 and a share within 0 and 1", got=f"{gain}, {share}"
        )
    reach = norm.ppf(0.5 + level / 2) + norm.ppf(power)
    return max(2, math.ceil((reach * sd / gain) ** 2 / (1 - share)))


def find_smallest_gain(n: int, sd: float, level: float = 0.9, power: float = 0.8) -> float | None:
    """The smallest gain that two equal arms of ``n`` each show with chance ``power``; null below two.

    >>> round(find_smallest_gain(63, 1.0, level=0.95), 2)
    0.5
    """
    if n < 2 or not math.isfinite(sd):
        return None
    return float((norm.ppf(0.5 + level / 2) + norm.ppf(power)) * sd * math.sqrt(2 / n))


def spread_of_ratio(total: NDArray[np.float64], count: NDArray[np.float64]) -> float:
    """Standard deviation of one unit's part in the ratio ``sum(total) / sum(count)``: dollars an order where
    a unit is a customer, so that customers of many orders count as one unit each. Null below two units.

    >>> round(spread_of_ratio(np.array([4.0, 6.0]), np.array([1.0, 1.0])), 3)
    1.414
    """
    if len(total) < 2 or not count.sum() > 0:
        return math.nan
    part = (total - total.sum() / count.sum() * count) / count.mean()
    return float(np.std(part, ddof=1))


def find_more(se: float, gain: float, quantile: float, power: float = 0.8) -> float:
    """How many times the data of an estimate it takes to show a ``gain`` with chance ``power``.

    ``se``: the error that the estimate has now; ``quantile``: how many errors its interval reaches to each
    side. At least 1.

    >>> round(find_more(0.02, 0.05, 1.645), 2), round(find_more(0.02, 0.02, 1.645), 2)
    (1.0, 6.18)
    """
    if not gain > 0:
        raise ParameterError("size of a trial", expected="a gain above 0", got=f"{gain}")
    return max(1.0, float(((quantile + norm.ppf(power)) * se / gain) ** 2))
