"""How many it takes to tell a gain from chance, before a trial is begun."""

from __future__ import annotations

import math

from scipy.stats import norm

from lucky_analytics.errors import ParameterError

__all__ = ["find_arm_size", "find_more"]


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
