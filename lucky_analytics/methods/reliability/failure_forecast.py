"""How many things fail in the days ahead: lives played out from the draws of ``failure_rates``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.reliability.failure_rates import UNIT_DAYS, FailureRates

__all__ = ["Ahead", "Standing", "find_quantile_days", "play_out", "survive"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Standing:
    """Things that are there today, one position each: ``kind``; ``age`` in days; ``is_up``; ``days`` at work
    since it was started, or out of work since it failed."""

    kind: Array
    age: Array
    is_up: Array
    days: Array


@dataclass(frozen=True)
class Ahead:
    """Days x draws x things: ``fails``, whether each fails on that day, and ``works``, whether it works."""

    fails: Array
    works: Array

    @property
    def failures(self) -> Array:
        """How often each thing fails in the days ahead: draws x things."""
        return np.asarray(self.fails.sum(axis=0, dtype=np.int64))


def play_out(
    rates: FailureRates, standing: Standing, repairs: ArrayLike, out_rate: ArrayLike, n_days: int = 30,
    seed: int = 7,
) -> Ahead:  # fmt: skip
    """The next ``n_days`` of each thing, day by day, once for each draw of ``rates``.

    ``repairs``: days that repairs took, of which each new one is drawn; one that is under way is drawn of the
    longer ones (a day more where none was). ``out_rate``: chance a day to be taken out for good, up or down,
    one number or one a draw; what is taken out neither works nor fails again. A repaired thing starts a new
    spell; what that means for its rate is in ``rates``. Raises ``ParameterError`` without a repair time.

    >>> rates = FailureRates(np.zeros(500), np.zeros(500), np.ones((500, 1)), np.zeros(500), 9)
    >>> ahead = play_out(rates, Standing(*(np.array([x]) for x in (0, 10.0, True, 10.0))), [1.0], 0.0)
    >>> bool(0.85 < ahead.failures.mean() < 1.05)
    True
    """
    took = np.sort(np.maximum(np.rint(np.asarray(repairs, float)), 1))
    if not len(took) or not np.isfinite(took).all():
        raise ParameterError("repair times", expected="at least one", got="none")
    chance = np.random.default_rng(seed)
    n_draws, n = len(rates.since), len(standing.kind)
    shape = (n_draws, n)
    level = rates.rate[:, standing.kind] / UNIT_DAYS
    since, age = rates.since[:, None], rates.age[:, None]
    out = np.broadcast_to(np.reshape(np.asarray(out_rate, float), (-1, 1)), (n_draws, 1))
    worked = np.broadcast_to(np.where(standing.is_up, standing.days, 0.0), shape).copy()
    down = np.zeros(shape, np.int16)
    for place in np.flatnonzero(~np.asarray(standing.is_up, bool)):
        longer = took[took > standing.days[place]]
        down[:, place] = chance.choice(longer, n_draws) - np.floor(standing.days[place]) if len(longer) else 1
    gone = np.zeros(shape, bool)
    failed, works = np.zeros((n_days, *shape), bool), np.zeros((n_days, *shape), bool)
    for day in range(n_days):
        gone |= chance.random(shape) < out
        up = (down == 0) & ~gone
        days = np.log((worked + 0.5) / UNIT_DAYS)
        ages = np.log((standing.age + day + 0.5) / UNIT_DAYS)
        fails = up & (chance.random(shape) < -np.expm1(-level * np.exp(since * days + age * ages)))
        failed[day], works[day] = fails, up & ~fails
        worked = np.where(fails, 0.0, worked + up)
        down = np.where(fails, chance.choice(took, shape), np.maximum(down - 1, 0)).astype(np.int16)
    return Ahead(failed, works)


def survive(rates: FailureRates, standing: Standing, n_days: int) -> Array:
    """Chance that each thing, at work today, has not failed after 1 to ``n_days`` more days of work: draws x
    things x days. Being taken out is left aside.

    >>> rates = FailureRates(np.zeros(1), np.zeros(1), np.ones((1, 1)), np.zeros(1), 9)
    >>> one = Standing(*(np.array([x]) for x in (0, 10.0, True, 10.0)))
    >>> round(float(survive(rates, one, 30)[0, 0, -1]), 3)
    0.368
    """
    ahead = np.arange(n_days) + 0.5
    total = np.empty((len(rates.since), len(standing.kind), n_days))
    for place, kind in enumerate(standing.kind):
        days = (standing.days[place] if standing.is_up[place] else 0.0) + ahead
        total[:, place] = rates.rate[:, [kind]] / UNIT_DAYS * rates.factor(days, standing.age[place] + ahead)
    return np.asarray(np.exp(-np.cumsum(total, axis=-1)))


def find_quantile_days(survival: Array, share: float) -> Array:
    """By which day the share of the lives has ended, of ``survival`` (things x days); null beyond the last.

    >>> find_quantile_days(np.array([[0.9, 0.4], [1.0, 0.9]]), 0.5).tolist()
    [2.0, nan]
    """
    is_over = survival <= 1 - share
    first = np.where(is_over.any(axis=-1), is_over.argmax(axis=-1) + 1.0, np.nan)
    return np.asarray(first)
