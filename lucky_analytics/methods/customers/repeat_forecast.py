"""What a fitted repeat-buying model says about each customer: still there, coming back, how often."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import hyp2f1

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit

__all__ = [
    "draw_fits",
    "draw_future",
    "draw_orders",
    "estimate_alive",
    "forecast_new_customer",
    "forecast_orders",
    "forecast_silence",
]

Floats = NDArray[np.float64]


def estimate_alive(fit: RepeatFit, histories: pd.DataFrame) -> Floats:
    """Probability that each customer has not left for good; one value a row of ``histories``.

    Source: Fader, Hardie and Lee (2008), "Computing P(alive) using the BG/NBD model"; Batislam et al. (2007).

    >>> estimate_alive(fit, pd.DataFrame({"frequency": [5], "recency": [30], "age": [31]}))  # doctest: +SKIP
    array([0.87])
    """
    r, alpha, a, b = fit.parameters
    x, recency, age = _columns(histories)
    chances = x + (fit.variant == "mbg")
    odds = np.zeros(len(x))
    may = chances > 0
    log_ratio = (r + x[may]) * np.log((alpha + age[may]) / (alpha + recency[may]))
    # The logarithm of the odds is bounded before exp: a customer silent for years is gone, not an overflow.
    odds[may] = np.exp(np.minimum(np.log(a / (b + chances[may] - 1)) + log_ratio, 700))
    return 1 / (1 + odds)


def forecast_silence(fit: RepeatFit, histories: pd.DataFrame, period: float) -> Floats:
    """Probability of no order within ``period`` after the end of observation.

    A customer who is still there stays until the next order, so silence is one who left, or one whose next
    order is later: 1 - P(alive) (1 - ((alpha + age) / (alpha + age + period)) ** (r + x)).
    """
    _require_period(period)
    r, alpha, _, _ = fit.parameters
    x, _, age = _columns(histories)
    waits = ((alpha + age) / (alpha + age + period)) ** (r + x)
    return 1 - estimate_alive(fit, histories) * (1 - waits)


def forecast_orders(fit: RepeatFit, histories: pd.DataFrame, period: float, *, alive: bool = False) -> Floats:
    """Expected orders of each customer within ``period`` after the end of observation.

    With ``alive``, given that the customer is still there at that moment: what somebody won back is worth.

    >>> forecast_orders(fit, histories, 365)           # doctest: +SKIP
    array([0.4, 2.1])
    """
    _require_period(period)
    _, _, _, b = fit.parameters
    x, _, age = _columns(histories)
    given = _orders_while_alive(fit, x, age, b + x + (fit.variant == "mbg"), period)
    return given if alive else given * estimate_alive(fit, histories)


def forecast_new_customer(fit: RepeatFit, period: float) -> float:
    """Expected repeat orders of a customer within ``period`` after the first order."""
    _require_period(period)
    _, _, a, b = fit.parameters
    first = fit.variant == "mbg"
    given = _orders_while_alive(fit, np.zeros(1), np.zeros(1), np.array([b + first]), period)[0]
    return float(given * (b / (a + b) if first else 1.0))


def draw_fits(fit: RepeatFit, n_draws: int, seed: int = 7) -> list[RepeatFit]:
    """The model with its parameters drawn from their joint uncertainty, ``n_draws`` times."""
    chance = np.random.default_rng(seed)
    draws = np.exp(chance.multivariate_normal(np.log(fit.parameters), fit.log_cov, n_draws))
    return [RepeatFit(one, fit.log_cov, fit.log_likelihood, fit.n, fit.variant) for one in draws]


def draw_future(
    fit: RepeatFit, histories: pd.DataFrame, periods: Sequence[float], chance: np.random.Generator
) -> tuple[int, Floats]:
    """One future of the ``n`` customers of each row of ``histories``, by chance as the model has it: how many
    have not left at the end of observation, and the orders of all within each of ``periods`` after it.

    Who is still there orders at a rate from Gamma(r + x, alpha + age), and leaves after each order with a
    probability from Beta(a, b + the chances to leave that were not taken).

    >>> draw_future(fit, histories, [30, 60], np.random.default_rng(7))            # doctest: +SKIP
    (47839, array([31212., 55870.]))
    """
    ends = np.asarray(periods, float)
    for step in np.diff(ends, prepend=0.0):
        _require_period(float(step))
    n_alive = chance.binomial(histories["n"].to_numpy(int), estimate_alive(fit, histories))
    x, _, age = _columns(histories)
    rate, last = _draw_customers(fit, np.repeat(x, n_alive), np.repeat(age, n_alive), chance)
    placed, totals = np.zeros(len(rate)), []
    for step in np.diff(ends, prepend=0.0):
        placed += chance.poisson(rate * step)
        totals.append(float(np.minimum(placed, last).sum()))
    return int(n_alive.sum()), np.array(totals)


def draw_orders(
    fit: RepeatFit, histories: pd.DataFrame, period: float, chance: np.random.Generator
) -> Floats:
    """One future of each customer, a row of ``histories``: the orders within ``period``, as ``draw_future``.

    >>> draw_orders(fit, histories, 365, np.random.default_rng(7))                 # doctest: +SKIP
    array([0., 11., 0.])
    """
    _require_period(period)
    x, _, age = _columns(histories)
    alive = np.flatnonzero(chance.random(len(x)) < estimate_alive(fit, histories))
    rate, last = _draw_customers(fit, x[alive], age[alive], chance)
    orders = np.zeros(len(x))
    orders[alive] = np.minimum(chance.poisson(rate * period), last)
    return orders


def _draw_customers(
    fit: RepeatFit, x: Floats, age: Floats, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """Of customers who are still there: the rate of each, and the order after which each leaves."""
    r, alpha, a, b = fit.parameters
    rate = chance.gamma(r + x, 1 / (alpha + age))
    last = chance.geometric(np.maximum(chance.beta(a, b + x + (fit.variant == "mbg")), 1e-12))
    return rate, last


def _orders_while_alive(fit: RepeatFit, x: Floats, age: Floats, stays: Floats, period: float) -> Floats:
    """Expected orders within ``period`` of one who is still there and leaves after each with a probability
    from Beta(a, ``stays``)."""
    r, alpha, a, _ = fit.parameters
    if abs(a - 1) < 1e-6:
        a += 2e-6  # the formula has a removable singularity there
    z = period / (alpha + age + period)
    power = np.exp((r + x) * np.log1p(-z))
    orders = (a + stays - 1) / (a - 1) * (1 - power * hyp2f1(r + x, stays, a + stays - 1, z))
    return np.asarray(orders, float)


def _columns(histories: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    x, recency, age = (histories[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    return x, recency, age


def _require_period(period: float) -> None:
    if not period > 0:
        raise ParameterError("period of a forecast", expected="more than 0", got=f"{period:g}")
