"""Growth over several forms: how likely each is, profile intervals within one, and the average of them.

No form of growth is known to be the right one, and the time to a share of the plateau depends on it. Each
form counts by its likelihood, and the interval of the average holds what they disagree on. References: Venzon
and Moolgavkar (1988) for profile intervals; Buckland, Burnham and Augustin (1997) for the average.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr, ndtri
from scipy.stats import chi2, t

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.curves import age_at_share
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.inference.reml import restricted_log_likelihood

__all__ = [
    "average_estimates",
    "chance_below",
    "compare_speeds",
    "estimate_one_unit_time",
    "estimate_profile_time",
    "form_weights",
]

Array = NDArray[Any]
# An interval that reaches further than this many weeks is open: the data do not end it.
_FARTHEST = 52.0


def form_weights(fits: Sequence[GrowthFit]) -> Array:
    """How likely each fit is beside the others, (n,), adding up to 1.

    By exp(log likelihood), with equal chances before. The fits are of the same rows and have as many
    parameters; only their form differs.
    """
    log_likelihoods = np.array([fit.reml.log_likelihood for fit in fits])
    weights = np.exp(log_likelihoods - log_likelihoods.max())
    return weights / weights.sum()


def estimate_profile_time(fit: GrowthFit, share: float, level: float = 0.9) -> Estimate:
    """Weeks after opening at which ``share`` of the plateau is reached, with its profile interval.

    The ends are the times at which the log likelihood, at the best b for that time, has fallen by half the
    square of Student's t with units - 1 degrees of freedom; variances are held at their estimates. Unlike
    value +- z standard errors the interval is as lopsided as the data are. 0 when units open above the
    share; ``high`` is null where the data set no end within a year.

    >>> estimate_profile_time(fit, 0.9)                               # doctest: +SKIP
    Estimate(value=4.4, low=3.9, high=5.1, level=0.9, n=7)
    """
    theta, form = fit.reml.theta, fit.shape.form
    value = age_at_share(form, share, *fit.growth)
    lag = -np.log(share) if form == "gompertz" else 1 / share - 1
    drop = t.ppf(0.5 + level / 2, max(fit.n_units - 1, 1)) ** 2 / 2

    def loss(log_b: float, log_k: float) -> float:
        prior = 0.5 * (((np.array([log_b, log_k]) - np.log([1.2, 0.5])) / 2.0) ** 2).sum()
        return prior - restricted_log_likelihood(fit.reml.build(np.r_[log_b, log_k, theta[2:]]))

    def profile(weeks: float) -> float:
        found = minimize_scalar(
            lambda log_b: loss(log_b, float(np.log(np.log(np.exp(log_b) / lag) / weeks))),
            bounds=(np.log(lag) + 1e-3, max(theta[0], np.log(lag)) + 2.0),
            method="bounded",
            options={"xatol": 1e-3},
        )
        return float(found.fun)

    centre = max(value, 0.05)
    best = loss(*theta[:2])

    def below(log_weeks: float) -> float:
        return profile(float(np.exp(log_weeks))) - best - drop

    middle, nearest, farthest = np.log(centre), np.log(centre / 10), np.log(max(2 * centre, _FARTHEST))
    if below(middle) >= 0:  # units that open above the share, without a doubt
        return Estimate(value, 0.0, float(centre), level=level, n=fit.n_units)
    low = (
        0.0 if value == 0 or below(nearest) < 0 else float(np.exp(brentq(below, nearest, middle, xtol=5e-3)))
    )
    high = None if below(farthest) < 0 else float(np.exp(brentq(below, middle, farthest, xtol=5e-3)))
    return Estimate(value, low, high, level=level, n=fit.n_units)


def average_estimates(estimates: Sequence[Estimate], weights: Sequence[float] | Array) -> Estimate:
    """One estimate for several of the same thing, by their weights: median and quantiles of the mixture.

    Each is taken as normal on the log scale, with a spread of its own below and above its value; so the ends
    hold the spread within and between them. A null end anywhere that counts (5 % or more) makes that end
    null. Values below 0.01 count as 0.01. Raises ``ParameterError`` for none, or for different levels.

    >>> both = [Estimate(4.0, 3.0, 5.0, level=0.9), Estimate(5.0, 4.0, 7.0, level=0.9)]
    >>> together = average_estimates(both, [0.5, 0.5])
    >>> [round(end, 1) for end in (together.value, together.low, together.high)]
    [4.5, 3.2, 6.5]
    """
    levels = {estimate.level for estimate in estimates}
    if len(levels) != 1 or None in levels:
        raise ParameterError("average", expected="estimates of one level", got=str(levels))
    level = float(levels.pop() or 0.0)
    value, low, high = (_quantile(estimates, weights, p) for p in (0.5, (1 - level) / 2, (1 + level) / 2))
    known = [e for e, w in zip(estimates, weights, strict=True) if w >= 0.05]
    is_open = any(e.high is None for e in known)
    is_nil = all((e.value or 0) == 0 for e in known)
    return Estimate(0.0 if is_nil else value, low if low > 0.01 else 0.0, None if is_open else high,
                    level=level, n=estimates[0].n)  # fmt: skip


def chance_below(estimates: Sequence[Estimate], weights: Sequence[float] | Array, bound: float) -> float:
    """The chance that what is estimated is at most ``bound``, over the estimates by their weights."""
    return _mixture_below(estimates, weights)(float(np.log(bound)))


def estimate_one_unit_time(time: Estimate, speed_sd: float) -> Estimate:
    """When one further unit reaches a share that units in general reach at ``time``: a prediction interval.

    ``speed_sd`` is the spread of ln k between units, in logs; Student's t with units - 1 degrees of freedom.

    >>> estimate_one_unit_time(Estimate(4.0, 3.0, 5.0, level=0.9, n=7), 0.0).high
    5.0
    """
    if time.value is None or time.value <= 0 or time.level is None:
        return time
    spread = t.ppf(0.5 + time.level / 2, max((time.n or 2) - 1, 1)) * speed_sd
    low = 0.0 if not time.low else time.value * np.exp(-np.hypot(np.log(time.value / time.low), spread))
    high = None
    if time.high is not None:
        high = float(time.value * np.exp(np.hypot(np.log(time.high / time.value), spread)))
    return Estimate(time.value, float(low), high, level=time.level, n=time.n)


def compare_speeds(common: GrowthFit, own: GrowthFit) -> float:
    """Chance of a likelihood ratio like this if all units grew at one speed (p value).

    ``own`` is fitted as ``common`` was, with ``speed_varies``. A standard deviation of 0 lies at the border
    of what is possible, so half of the chi-square's chance is at 0 (Self and Liang 1987).
    """
    ratio = 2 * (own.reml.log_likelihood - common.reml.log_likelihood)
    return 1.0 if ratio <= 0 else float(0.5 * chi2.sf(ratio, 1))


def _mixture_below(
    estimates: Sequence[Estimate], weights: Sequence[float] | Array
) -> Callable[[float], float]:
    """The chance that the mixture lies below a bound on the log scale: a normal each side of each value."""
    value, low = (np.log(np.maximum(ends, 0.01)) for ends in (
        [e.value or 0.0 for e in estimates], [e.low or 0.0 for e in estimates]
    ))  # fmt: skip
    high = np.log([_FARTHEST if e.high is None else e.high for e in estimates])
    z = ndtri(0.5 + np.array([e.level or 0.9 for e in estimates]) / 2)
    below, above = np.maximum(value - low, 1e-9) / z, np.maximum(high - value, 1e-9) / z
    weight = np.asarray(weights, float)
    return lambda bound: float(weight @ ndtr((bound - value) / np.where(bound < value, below, above)))


def _quantile(estimates: Sequence[Estimate], weights: Sequence[float] | Array, p: float) -> float:
    if not estimates:
        raise ParameterError("average", expected="at least one estimate", got="none")
    below = _mixture_below(estimates, weights)
    return float(np.exp(brentq(lambda bound: below(bound) - p, -12.0, 40.0)))
