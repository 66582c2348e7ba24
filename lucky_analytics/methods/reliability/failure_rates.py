"""Things that fail, are repaired and fail again: whether they wear with time since repair, or with age.

Model: a thing of type k that has worked for s days since it was started (installed or repaired) and was first
installed a days ago fails at the rate r_k (s / 30)^since (a / 30)^age, an event per 30 days. Both exponents 0
is a constant rate; ``age`` 0 is a Weibull life of shape 1 + ``since`` after which a repaired thing is as good
as new; ``since`` 0 is minimal repair, which leaves a thing as worn as it was (the power law of Crow 1974).
Types are alike or not: r_k is drawn from one Gamma distribution, so that a type with few failures is drawn
towards the others. Given exponents and distribution, each type's rate is known exactly (Gamma is conjugate).

References: Lawless and Thiagarajah (1996), A point-process model incorporating renewals and time trends,
Technometrics 38; Crow (1974), Reliability analysis for complex, repairable systems; Clayton (1978) on shared
Gamma factors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, hyp2f1
from scipy.stats import chi2

from lucky_analytics.errors import LuckyError, ParameterError

__all__ = ["UNIT_DAYS", "FailureRates", "Spells", "compare_clocks", "fit_rates"]

Array = NDArray[Any]

UNIT_DAYS = 30.0
_FEWEST = 5  # failures, below which nothing is said of wear
_FEWEST_DAYS = 1 / 24  # a spell is at least an hour long: its logarithm is taken
# Weak: a shape between a third and three is all but left alone.
_EXPONENT_SD, _SPREAD_SD = 1.0, 1.0
_STEPS, _ZOOMS, _MOST_LOST = 15, 3, 1e-5
_CLOCKS = {"constant": (), "since repair": (0,), "age": (1,), "both": (0, 1)}


@dataclass(frozen=True)
class Spells:
    """Times at work, one position each: ``kind`` (0 to ``n_kinds`` - 1), ``age`` at its start and ``days`` it
    lasted, ``failed``: whether a failure ended it (else it was stopped, or goes on: censored)."""

    kind: Array
    age: Array
    days: Array
    failed: Array
    n_kinds: int

    def __post_init__(self) -> None:
        sizes = {len(part) for part in (self.kind, self.age, self.days, self.failed)}
        if len(sizes) > 1 or not ((np.asarray(self.days) >= 0).all() and (np.asarray(self.age) >= 0).all()):
            raise ParameterError(
                "spells", expected="as many kinds, ages and days, none below 0", got="others"
            )
        object.__setattr__(self, "days", np.maximum(np.asarray(self.days, float), _FEWEST_DAYS))

    @property
    def n_failed(self) -> Array:
        """Failures by kind."""
        return np.bincount(self.kind[self.failed], minlength=self.n_kinds)


@dataclass(frozen=True)
class FailureRates:
    """Draws of what the spells allow, one row a draw: ``since`` and ``age`` (exponents), ``rate`` by kind
    (draws x kinds, failures per 30 days where both clocks stand at 30 days), ``spread`` (squared coefficient
    of variation between kinds). ``n``: failures."""

    since: Array
    age: Array
    rate: Array
    spread: Array
    n: int

    def factor(self, days: Array, age: Array) -> Array:
        """Rate at work for ``days`` since start and at ``age``, as a multiple of ``rate``; draws x places."""
        s, a = np.maximum(days, _FEWEST_DAYS) / UNIT_DAYS, np.maximum(age, _FEWEST_DAYS) / UNIT_DAYS
        return np.exp(np.outer(self.since, np.log(s)) + np.outer(self.age, np.log(a)))


def fit_rates(spells: Spells, n_draws: int = 2000, seed: int = 7) -> FailureRates:
    """Draws from all exponents, spreads and rates that the spells allow, over a grid that follows its weight.

    Priors: exponents normal about 0 with standard deviation 1 (no wear), the spread's root half-normal with
    1, the mean rate flat on its logarithm. Raises ``LuckyError`` with fewer than 5 failures.

    >>> lives = Spells(np.zeros(40, int), np.zeros(40), np.arange(1.0, 41), np.arange(40) % 2 == 0, 1)
    >>> found = fit_rates(lives, 400)
    >>> found.n, bool(np.median(found.since) > 0)
    (20, True)
    """
    if (n := int(spells.n_failed.sum())) < _FEWEST:
        raise LuckyError("failures", expected=f"at least {_FEWEST}", got=str(n))
    chance = np.random.default_rng(seed)
    axes = [np.linspace(-0.95, 4.0, _STEPS), np.linspace(-0.95, 4.0, _STEPS)]
    roots, shifts = np.linspace(0.02, 2.0, 12), np.linspace(-4.0, 4.0, 13) / np.sqrt(n)
    for zoom in range(_ZOOMS):
        cells = np.array(np.meshgrid(*axes, indexing="ij")).reshape(2, -1)
        total, logs = _sums(spells, cells[0], cells[1])
        # The mean rate is looked for about its own estimate, which moves with the exponents.
        centre = np.log(n / total.sum(axis=1))
        spread = (roots**2)[:, None, None]
        mean = np.exp(centre[None, :, None] + shifts)
        weight = _marginal(spells.n_failed, total[None, :, None], mean, spread) + logs[None, :, None]
        weight = weight - ((cells**2).sum(axis=0) / (2 * _EXPONENT_SD**2))[None, :, None]
        weight = np.exp(weight - spread / (2 * _SPREAD_SD**2) - weight.max())
        weight /= weight.sum()
        if zoom < _ZOOMS - 1:
            by_cell = weight.sum(axis=(0, 2)).reshape(_STEPS, _STEPS)
            axes = [_narrow(axis, by_cell.sum(axis=1 - k)) for k, axis in enumerate(axes)]
    flat = chance.choice(weight.size, n_draws, p=weight.ravel())
    at_root, at_cell, at_shift = np.unravel_index(flat, weight.shape)
    jitter = [(axis[1] - axis[0]) * (chance.random(n_draws) - 0.5) for axis in axes]
    own_mean = np.exp(centre[at_cell] + shifts[at_shift])
    shape = 1 / roots[at_root] ** 2
    a, b = shape[:, None] + spells.n_failed, (shape / own_mean)[:, None] + total[at_cell]
    return FailureRates(
        cells[0][at_cell] + jitter[0], cells[1][at_cell] + jitter[1], chance.gamma(a) / b, 1 / shape, n
    )


def compare_clocks(spells: Spells) -> pd.DataFrame:
    """The four clocks by maximum likelihood, one row each: ``clock`` ("constant", "since repair", "age",
    "both"), ``since``, ``age``, ``log_likelihood``, ``aic``; ``p_value`` of the likelihood ratio against
    "constant" (of "both": against the better of the two single clocks). Raises ``LuckyError`` with fewer than
    5 failures.

    >>> lives = Spells(np.zeros(40, int), np.zeros(40), np.full(40, 30.0), np.arange(40) % 2 == 0, 1)
    >>> compare_clocks(lives)["clock"].tolist()
    ['constant', 'since repair', 'age', 'both']
    """
    if (n := int(spells.n_failed.sum())) < _FEWEST:
        raise LuckyError("failures", expected=f"at least {_FEWEST}", got=str(n))
    rows = []
    for clock, free in _CLOCKS.items():
        at = np.zeros(0)
        if free:
            steps = {"xatol": 1e-3, "fatol": 1e-5}
            start = np.full(len(free), 0.2)
            at = minimize(
                lambda at, to=free: -_profile(spells, at, to), start, method="Nelder-Mead", options=steps
            ).x
        best, (since, age) = _profile(spells, at, free), _place(at, free)
        rows.append((clock, since, age, best, 2 * (len(free) + 2) - 2 * best))
    table = pd.DataFrame(rows, columns=["clock", "since", "age", "log_likelihood", "aic"])
    fits = table["log_likelihood"].to_numpy(float)
    against = np.array([np.nan, fits[0], fits[0], max(fits[1], fits[2])])
    return table.assign(p_value=chi2.sf(np.maximum(2 * (fits - against), 0.0), 1))


def _place(values: Array, free: tuple[int, ...]) -> tuple[float, float]:
    both = [0.0, 0.0]
    for place, value in zip(free, values, strict=True):
        both[place] = float(value)
    return both[0], both[1]


def _profile(spells: Spells, values: Array, free: tuple[int, ...]) -> float:
    """Log likelihood of the exponents, mean and spread of the kinds' rates at their best."""
    since, age = _place(values, free)
    total, logs = _sums(spells, np.array([since]), np.array([age]))
    if not np.isfinite(logs[0]):
        return -np.inf
    n, own = spells.n_failed, total[0]
    centre = np.log(n.sum() / own.sum())

    def loss(at: Array) -> float:
        spread = np.exp(min(max(at[1], -14.0), 6.0))
        return -float(_marginal(n, own, np.exp(centre + at[0]), np.asarray(spread)))

    inner = minimize(loss, [0.0, -2.0], method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-7})
    return float(logs[0]) - float(inner.fun)


def _sums(spells: Spells, since: Array, age: Array) -> tuple[Array, Array]:
    """Cumulative rate of each kind (cells x kinds) where its rate is 1, and the sum of the logarithms of the
    rate's factor at the failures (cells)."""
    s, a = spells.days / UNIT_DAYS, spells.age / UNIT_DAYS
    is_first = a <= 0
    lost = np.minimum(np.minimum(since, age), since + age) <= -0.99  # the rate has no finite sum
    g, b = (np.where(lost, 0.0, part)[:, None] for part in (since, age))
    grown = np.empty((len(since), len(s)))
    grown[:, is_first] = s[is_first] ** (g + b + 1) / (g + b + 1)
    # The integral of u^g (a + u)^b from 0 to s, by Pfaff's form of the hypergeometric function.
    s, a = s[~is_first], a[~is_first]
    part = hyp2f1(-b, 1.0, g + 2, s / (s + a))
    grown[:, ~is_first] = s ** (g + 1) * (s + a) ** b / (g + 1) * part
    member = np.zeros((len(spells.days), spells.n_kinds))
    member[np.arange(len(member)), spells.kind] = 1.0
    ends = np.log((spells.days + np.array([[0.0], [1.0]]) * spells.age)[:, spells.failed] / UNIT_DAYS)
    logs = since * ends[0].sum() + age * ends[1].sum()
    return grown @ member, np.where(lost, -np.inf, logs)


def _marginal(n: Array, total: Array, mean: Array, spread: Array) -> Array:
    """Log likelihood of ``n`` failures by kind (last axis of ``total``), each kind's rate integrated over its
    Gamma distribution of ``mean`` and squared coefficient of variation ``spread``."""
    shape = (1 / spread)[..., None]
    scale = shape / mean[..., None]
    each = gammaln(shape + n) - gammaln(shape) + shape * np.log(scale) - (shape + n) * np.log(scale + total)
    return np.asarray(each.sum(axis=-1))


def _narrow(axis: Array, weight: Array) -> Array:
    """The part of an axis that bears weight, one step of its own beyond it at either side."""
    kept = np.flatnonzero(weight > _MOST_LOST * weight.max())
    step = axis[1] - axis[0]
    return np.linspace(max(axis[kept[0]] - step, -0.99), axis[kept[-1]] + step, len(axis))
