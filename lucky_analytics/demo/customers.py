"""Candidate customers: MBG/NBD order histories in clock time, many more than the estate needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln

from lucky_analytics.demo.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.horizon import DAYS, MONTH, N_DAYS, clock
from lucky_analytics.demo.targets import RECENCY_STARTS
from lucky_analytics.demo.truth import Plants

__all__ = ["Pool", "draw_pool", "log_likelihood_scores"]

OVERSAMPLING = 6


@dataclass(frozen=True)
class Pool:
    """``n`` candidates and their orders. Days count from 30 June 2025; clock time has mean 1 a day.

    ``order_candidate`` and ``order_day`` list the orders; the other arrays have one value per candidate.
    """

    n: int
    order_candidate: Ints
    order_day: Ints
    n_orders: Ints
    first_day: Ints
    last_day: Ints
    first_clock: Floats
    last_clock: Floats

    @property
    def recency_class(self) -> Ints:
        """Position in the published recency table by days since the last order."""
        return np.searchsorted(RECENCY_STARTS[1:], N_DAYS - 1 - self.last_day, side="right")

    @property
    def is_single(self) -> Bools:
        return self.n_orders == 1


def draw_pool(n_users: int, planted: Plants, seed: int) -> Pool:
    """``OVERSAMPLING`` x ``n_users`` candidates of the planted process, each with one order or more.

    MBG/NBD (Batislam 2007): orders arrive at a rate drawn from Gamma(r, alpha) per day; after every order,
    the first included, the customer leaves for good with a probability drawn from Beta(a, b). It runs in
    clock time, so weekdays and holidays come out right without touching any history.
    """
    rng = stream(seed, "customers")
    plant = planted["customers"]
    n = OVERSAMPLING * n_users
    weight = clock()
    cumulative = np.r_[0, np.cumsum(weight)]
    first_day = rng.choice(N_DAYS, n, p=_first_day_shares(plant["first_order_shares"], weight))
    first_clock = cumulative[first_day] + rng.random(n) * weight[first_day]
    rate = rng.gamma(plant["r"], 1 / plant["alpha"], n) + 1e-9
    leave = rng.beta(plant["a"], plant["b"], n)
    n_orders, last_day, last_clock = np.ones(n, np.int64), first_day.copy(), first_clock.copy()
    candidates, days = [np.arange(n)], [first_day]
    active = np.flatnonzero(rng.random(n) >= leave)
    now = first_clock[active]
    while len(active):
        now = now + rng.exponential(1, len(active)) / rate[active]
        inside = now < N_DAYS
        active, now = active[inside], now[inside]
        day = np.minimum(np.searchsorted(cumulative, now, side="right") - 1, N_DAYS - 1)
        candidates.append(active)
        days.append(day)
        n_orders[active] += 1
        last_day[active], last_clock[active] = day, now
        stays = rng.random(len(active)) >= leave[active]
        active, now = active[stays], now[stays]
    return Pool(
        n, np.concatenate(candidates), np.concatenate(days), n_orders, first_day, last_day,
        first_clock, last_clock,
    )  # fmt: skip


def _first_day_shares(months: list[float], weight: Floats) -> Floats:
    lengths = np.bincount(MONTH)
    centres = np.array([DAYS[m == MONTH].mean() for m in range(8)])
    shares = np.interp(DAYS, centres, np.array(months) / lengths) * weight
    for month, share in enumerate(months):
        shares[month == MONTH] *= share / shares[month == MONTH].sum()
    return shares / shares.sum()


def log_likelihood_scores(pool: Pool, planted: Plants) -> Floats:
    """Derivatives of each candidate's MBG/NBD log likelihood by ln r, ln alpha, ln a, ln b, [n, 4].

    Scaled to unit variance. A selection whose scores sum to zero leaves the maximum-likelihood estimate
    at the planted values.
    """
    plant = planted["customers"]
    at = np.log([plant[name] for name in ("r", "alpha", "a", "b")])
    step = 1e-4 * np.eye(4)
    columns = [(_log_likelihood(at + h, pool) - _log_likelihood(at - h, pool)) / 2e-4 for h in step]
    scores = np.stack(columns, axis=1)
    return scores / scores.std(0)


def _log_likelihood(log_parameters: Floats, pool: Pool) -> Floats:
    r, alpha, a, b = np.exp(log_parameters)
    repeats = np.arange(int(pool.n_orders.max()))
    # Functions of the count alone are looked up: most candidates share a few counts.
    constant = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    stayed, left = betaln(a, b + repeats + 1), betaln(a + 1, b + repeats)
    x = pool.n_orders - 1
    observed, recency = N_DAYS - pool.first_clock, pool.last_clock - pool.first_clock
    return constant[x] + np.logaddexp(
        stayed[x] - (r + x) * np.log(alpha + observed), left[x] - (r + x) * np.log(alpha + recency)
    )
