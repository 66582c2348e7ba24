"""How far forecasts made on dates gone by were from what came, and the interval that this allows today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError

__all__ = ["FEWEST", "Miss", "bound_share", "measure_miss", "walk_days"]

Floats = NDArray[np.float64]
# Fewer forecasts gone by say nothing about how far the next one will be off.
FEWEST = 3


@dataclass(frozen=True)
class Miss:
    """``sd``: root mean square of ln(came / predicted); ``dof``: spans of time among the origins that do not
    overlap; ``n`` origins. Nothing is taken off for a mean miss: the next one may go the other way.
    """

    sd: float
    dof: float
    n: int

    def half(self, level: float = 0.9) -> float:
        """Half width of the interval on the log scale, by Student's t; infinite with fewer than 3 origins.

        >>> round(Miss(0.1, 4.0, 9).half(0.9), 3)
        0.213
        """
        return float(student.ppf(0.5 + level / 2, self.dof)) * self.sd if self.n >= FEWEST else float("inf")

    def stretch(self, times: float) -> Miss:
        """The miss of a forecast that bears ``times`` as much of a random walk's drift (``walk_days``) as
        those that were tested; the drift is a variance, so that its root widens the interval.

        >>> Miss(0.1, 4.0, 9).stretch(4.0).sd
        0.2
        """
        return Miss(self.sd * times**0.5, self.dof, self.n)

    def grid(self, n: int) -> Floats:
        """``n`` equally likely factors by which the next forecast may be off, lowest first: as ``draw``,
        without its chance. Raises ``ParameterError`` below 3 origins.

        >>> Miss(0.1, 4.0, 9).grid(3).round(3).tolist()
        [0.896, 1.0, 1.116]
        """
        self._require_origins()
        return np.asarray(np.exp(self.sd * student.ppf((np.arange(n) + 0.5) / n, self.dof)))

    def draw(self, n: int, chance: np.random.Generator) -> Floats:
        """``n`` factors by which the next forecast may be off. Raises ``ParameterError`` below 3 origins."""
        self._require_origins()
        return np.asarray(np.exp(self.sd * chance.standard_t(self.dof, n)))

    def _require_origins(self) -> None:
        if self.n < FEWEST:
            raise ParameterError("miss of a forecast", expected=f"{FEWEST} origins", got=str(self.n))


def walk_days(day: ArrayLike, come: ArrayLike) -> float:
    """How many days of a random walk's drift a total bears, of which the share ``come`` (rising from 0 to 1)
    has come by each ``day`` (rising from 0).

    Where the level of things, its logarithm, moves by an independent step each day, the logarithm of the
    total is off with the variance of a step times this: the integral of the squared share still to come.
    What comes evenly over a year bears a third of it; what comes early bears less.

    >>> walk_days([0, 90], [0.0, 1.0])
    30.0
    """
    days, left = np.asarray(day, float), 1 - np.asarray(come, float)
    if len(days) < 2 or days[0] != 0 or (np.diff(days) <= 0).any() or (np.diff(left) > 1e-12).any():
        raise ParameterError("days of a walk", expected="days and shares that rise from 0")
    # Between two days the share is a straight line, and the integral of its square exact.
    parts = np.diff(days) * (left[:-1] ** 2 + left[:-1] * left[1:] + left[1:] ** 2) / 3
    return float(parts.sum())


def measure_miss(origin: ArrayLike, period: float, predicted: ArrayLike, came: ArrayLike) -> Miss:
    """The miss of forecasts over ``period`` days made at each ``origin`` (days, any zero; any order).

    Periods that overlap share most of what happened in them: ten origins two weeks apart are not ten tests of
    a forecast over 60 days, so degrees of freedom count the spans that do not overlap. Predictions and what
    came are above 0. Without an origin the miss is not known. Source: Tashman (2000), International Journal
    of Forecasting 16, for rolling origins.

    >>> measure_miss([0, 30, 60], 60, [100, 100, 100], [110, 90, 100]).dof
    2.0
    """
    days, p, y = (np.asarray(values, float) for values in (origin, predicted, came))
    if not period > 0 or (p <= 0).any() or (y <= 0).any():
        raise ParameterError("miss of forecasts", expected="a period, predictions and outcomes above 0")
    if len(days) == 0:
        return Miss(float("nan"), 1.0, 0)
    spans = float(np.ptp(days)) / period + 1
    return Miss(float(np.sqrt((np.log(y / p) ** 2).mean())), min(spans, float(len(days))), len(days))


def bound_share(drawn: Floats, miss: Miss | None, level: float, seed: int = 7) -> tuple[float, float]:
    """Ends of the interval of a share whose futures are ``drawn`` and whose odds are off by ``miss``; from 0
    to 1 where too few dates could be tested. Without a ``miss`` (of all together) the draws alone.

    >>> bound_share(np.full(999, 0.5), Miss(0.1, 1e9, 9), 0.9)[0] < 0.46, bound_share(np.ones(9), None, 0.9)
    (True, (1.0, 1.0))
    """
    if miss is not None and miss.n < FEWEST:
        return 0.0, 1.0
    times: Floats | float = 1.0
    if miss is not None:
        times = np.random.default_rng(seed).permutation(miss.grid(len(drawn)))
    # Odds times a factor, without dividing by what may be 0.
    shares = drawn * times / (1 - drawn + drawn * times)
    low, high = np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)
