"""How far out is far out: the tails of one-step errors, learnt from past ones of all series together."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.methods.baselines.day_filter import SETTLED, WINDOW
from lucky_analytics.methods.baselines.day_spread import TRIM

__all__ = ["Tails", "learn_tails"]

Array = NDArray[Any]

_FREEDOM = np.array([3.0, 5.0, 8.0, 15.0, 40.0, 1e6])  # degrees of freedom that tails may have
_SEEN = 4.0  # standard deviations beyond which a past error says nothing: it may be a real event
_HEAVIER = 1.25  # what is cut off at _SEEN makes tails look lighter than they are
_WORTH = 0.8  # degrees of freedom of a day for its series' own spread


@dataclass(frozen=True)
class Tails:
    """Student's t for each series and day, from the days before alone.

    ``freedom``: degrees; ``unit``: usual deviations in one of t; ``widen``: by how much intervals of
    ``level`` had to be wider (above 1) or narrower than t's to hold as often as they say. All (series, days).
    """

    freedom: Array
    unit: Array
    widen: Array
    level: float

    def above(self, z: Array) -> Array:
        """Chance of a value above ``z`` usual deviations; an interval that had to be wider counts here too,
        one that might have been narrower does not."""
        return np.asarray(student.sf(z / self.unit / np.maximum(self.widen, 1.0), self.freedom))

    def beyond(self, chance: float) -> Array:
        """Usual deviations above which a value has the ``chance`` that ``above`` gives."""
        return np.asarray(student.isf(chance, self.freedom) * self.unit * np.maximum(self.widen, 1.0))

    def reach(self) -> Array:
        """Usual deviations within which the next value lies with a chance of ``level``."""
        return np.asarray(student.ppf(0.5 + self.level / 2, self.freedom) * self.unit * self.widen)


def learn_tails(z: Array, n_past: Array, level: float) -> Tails:
    """From surprises ``z`` (series, days; null where nothing was seen) after ``n_past`` observed days.

    Which t fits is weighed by the likelihood of all earlier surprises within ``_SEEN`` deviations, so that
    events fatten no tail; the error of each series' own spread takes further degrees of freedom, and more of
    them where errors carry over from day to day. Then the width follows how often intervals held: adaptive
    conformal inference (Gibbs and Candes 2021), in which an event counts as one miss, however far it was.
    """
    usable = np.isfinite(z) & (n_past >= SETTLED)
    carried = _correlation(np.where(usable, z, np.nan))
    worth = (1 - carried**2) / (1 + carried**2)  # of a day, for a variance
    known = usable & (np.abs(z) < _SEEN)
    size = np.where(known, np.abs(z), 0.0)
    support = np.zeros((len(_FREEDOM), z.shape[1]))
    for place, freedom in enumerate(_FREEDOM):
        unit = _unit(freedom)
        log = student.logpdf(size / unit, freedom) - np.log(unit)
        log -= np.log(2 * student.cdf(_SEEN / unit, freedom) - 1)
        support[place] = np.where(known, log, 0.0).sum(axis=0)
    log_weight = (np.cumsum(support, axis=1) - support) * worth
    weight = np.exp(log_weight - log_weight.max(axis=0))
    shape = (weight / weight.sum(axis=0) / _FREEDOM[:, None]).sum(axis=0)
    # The first two weeks go into level and weekdays.
    n = np.clip(n_past - SETTLED, 1, WINDOW) * worth
    freedom = 1 / (_HEAVIER * shape + 1 / (_WORTH * n))
    unit = np.interp(shape, 1 / _FREEDOM[::-1], [_unit(value) for value in _FREEDOM[::-1]])
    t = Tails(freedom, np.broadcast_to(unit, freedom.shape), np.ones_like(freedom), level)
    return Tails(freedom, t.unit, _widen(np.where(usable, np.abs(z) / t.reach(), np.nan), level), level)


def _widen(share: Array, level: float) -> Array:
    """The factor of each day, from how often ``share`` (surprise over reach) was above it before."""
    log_factor, factors = 0.0, np.ones(share.shape[1])
    for day in range(share.shape[1]):
        factors[day] = np.exp(log_factor)
        seen = share[np.isfinite(share[:, day]), day]
        if len(seen):
            missed = float((seen > factors[day]).mean())
            speed = 0.15 * len(seen) / (len(seen) + 5)
            log_factor = float(np.clip(log_factor + speed * (missed - 1 + level), -0.3, 0.5))
    return np.broadcast_to(factors, share.shape)


def _correlation(z: Array) -> Array:
    """Of one day's surprise with the next, over all series, from the days before each; (days,)."""
    own = np.clip(np.nan_to_num(z), -2.5, 2.5)
    both = np.isfinite(z[:, 1:]) & np.isfinite(z[:, :-1])
    product = np.concatenate([[0.0], np.where(both, own[:, 1:] * own[:, :-1], 0.0).sum(axis=0)])
    square = np.concatenate([[0.0], np.where(both, own[:, :-1] ** 2, 0.0).sum(axis=0)])
    sums = [np.cumsum(part) - part for part in (product, square)]
    # As if two weeks without any had been seen before: series of nothing but 0 do not hang together.
    return np.clip(sums[0] / (sums[1] + SETTLED), 0.0, 0.95)


@functools.lru_cache
def _unit(freedom: float) -> float:
    """One unit of a t in usual deviations: over its root mean square, trimmed as the filter trims it."""
    reach = TRIM * student.ppf(0.75, freedom) / norm.ppf(0.75)
    square = quad(lambda x: x * x * student.pdf(x, freedom), 0, reach)[0] / (
        student.cdf(reach, freedom) - 0.5
    )
    normal = quad(lambda x: x * x * norm.pdf(x), 0, TRIM)[0] / (norm.cdf(TRIM) - 0.5)
    return float(np.sqrt(normal / square))
