"""Whether one more value of a short series is unusual, if the series were steady."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from lucky_analytics.errors import ParameterError

__all__ = ["FEWEST", "Expected", "expect_steady"]

FEWEST = 4


@dataclass(frozen=True)
class Expected:
    """A prediction interval for one further value: ``value`` (geometric mean), ``low``, ``high``.

    ``sd``: of a single value's log. ``notices``: the fall, as a share (0 to 1), of which a single value
    would give four alarms in five; a smaller one is missed more often.
    """

    value: float
    low: float
    high: float
    sd: float
    notices: float


def expect_steady(values: Sequence[float] | np.ndarray, level: float, power: float = 0.8) -> Expected:
    """The next value of an evenly spaced series that stays where it is, with its prediction interval at
    ``level``.

    The mean of the logarithms, without a trend: a trend follows a fall down and then finds it usual. The
    scatter is that of the steps from one value to the next, their mean step taken off (von Neumann 1941),
    which a slow change hardly moves; the steps of n values are worth 2 (n - 1)^2 / (3 n - 4) degrees of
    freedom. So a steady series is called unusual with a chance of about 1 - ``level``, and one that moves
    more often. Raises ``ParameterError`` for fewer than ``FEWEST`` values or one that is not above zero.

    >>> expected = expect_steady([100, 110, 90, 101, 99, 104, 96, 100], 0.9)
    >>> round(expected.value), expected.low < 90, expected.high > 110
    (100, True, True)
    """
    y = np.asarray(values, float)
    if len(y) < FEWEST or not (y > 0).all():
        raise ParameterError("series", expected=f"at least {FEWEST} values above zero", got=str(list(values)))
    logs, n = np.log(y), len(y)
    steps = np.diff(logs)
    # The steps add up to last less first, so their mean costs less than a degree of freedom.
    sd = float(np.sqrt(((steps - steps.mean()) ** 2).sum() / (2 * (n - 1 - 1 / (n - 1)))))
    free = 2 * (n - 1) ** 2 / (3 * n - 4)
    quantile = t.ppf((1 + level) / 2, free)
    error = sd * np.sqrt(1 + 1 / n)
    middle, half = logs.mean(), quantile * error
    notices = 1 - np.exp(-(quantile + t.ppf(power, free)) * error)
    value, low, high = (float(np.exp(middle + side * half)) for side in (0, -1, 1))
    return Expected(value, low, high, sd, float(notices))
