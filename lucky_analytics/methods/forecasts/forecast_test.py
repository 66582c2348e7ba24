"""Whether one forecast is better than another, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError

__all__ = ["Comparison", "compare_forecasts"]


@dataclass(frozen=True)
class Comparison:
    """``difference``: mean loss of the first forecast minus the second's (below 0: the first is better), with
    its interval; ``statistic`` and two-sided ``p_value`` of equal accuracy; ``n`` periods."""

    difference: float
    low: float
    high: float
    statistic: float
    p_value: float
    n: int


def compare_forecasts(
    loss: ArrayLike, other_loss: ArrayLike, horizon: int = 1, level: float = 0.9
) -> Comparison:
    """Diebold-Mariano test with the correction of Harvey, Leybourne and Newbold.

    ``loss`` and ``other_loss``: one value per period in the order of time, such as a day's absolute error.
    Forecasts ``horizon`` periods ahead have errors that overlap: their autocovariances up to horizon - 1
    enter the variance. Student's t with n - 1 degrees of freedom. Raises ``ParameterError`` for fewer than 10
    periods or 2 horizons. A statistic of 0 with p 1 for equal losses. Source: Harvey, Leybourne and
    Newbold (1997), International Journal of Forecasting 13.

    >>> compare_forecasts([1, 2, 1, 2, 1, 2, 1, 2, 1, 2], [2, 2, 2, 2, 2, 2, 2, 2, 2, 3]).difference
    -0.6
    """
    gap = np.asarray(loss, float) - np.asarray(other_loss, float)
    n = len(gap)
    if n < max(10, 2 * horizon) or horizon < 1 or np.isnan(gap).any():
        raise ParameterError(
            "comparison of forecasts", expected=f"{max(10, 2 * horizon)} periods, none missing", got=str(n)
        )
    mean, centred = float(gap.mean()), gap - gap.mean()
    covariances = [float(centred[lag:] @ centred[: n - lag]) / n for lag in range(horizon)]
    variance = (covariances[0] + 2 * sum(covariances[1:])) / n
    if variance <= 0:
        # The truncated sum may be negative; the plain variance is then the safe choice.
        variance = covariances[0] / n
    correction = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n
    se = float(np.sqrt(variance / correction))
    if se == 0:
        return Comparison(
            mean, mean, mean, 0.0 if mean == 0 else np.copysign(np.inf, mean), float(mean == 0), n
        )
    half = float(student.ppf(0.5 + level / 2, n - 1)) * se
    p = 2 * float(student.sf(abs(mean / se), n - 1))
    return Comparison(mean, mean - half, mean + half, mean / se, p, n)
