"""What a short series leads to expect next, when it grows or shrinks by about the same share each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from lucky_analytics.errors import ParameterError

__all__ = ["Expected", "expect_next"]

FEWEST = 4


@dataclass(frozen=True)
class Expected:
    """A prediction interval for one further value: ``value`` (median), ``low``, ``high``."""

    value: float
    low: float
    high: float


def expect_next(values: Sequence[float] | np.ndarray, level: float) -> Expected:
    """The next value of an evenly spaced series, with its prediction interval at ``level`` (0 to 1).

    A straight line through the logarithms by least squares; its errors are taken as independent and normal,
    so the interval is wider for a series that jumps, and is no statement about a value that something new
    moves. Raises ``ParameterError`` for fewer than ``FEWEST`` values or one that is not above zero.
    Reference: Weisberg, Applied Linear Regression, 4th ed. (2014), section 2.6.2.

    >>> expected = expect_next([100, 110, 121, 133.1], 0.9)
    >>> round(expected.value, 2), round(expected.high - expected.low, 2)
    (146.41, 0.0)
    """
    y = np.asarray(values, float)
    if len(y) < FEWEST or not (y > 0).all():
        raise ParameterError("series", expected=f"at least {FEWEST} values above zero", got=str(list(values)))
    n = len(y)
    x = np.arange(n) - (n - 1) / 2
    logs = np.log(y)
    slope = x @ logs / (x @ x)
    residuals = logs - logs.mean() - slope * x
    next_x = (n + 1) / 2
    error = np.sqrt(residuals @ residuals / (n - 2) * (1 + 1 / n + next_x**2 / (x @ x)))
    middle, half = logs.mean() + slope * next_x, t.ppf((1 + level) / 2, n - 2) * error
    return Expected(*(float(np.exp(value)) for value in (middle, middle - half, middle + half)))
