"""The customer process, the clock and the load, against plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process import candidates as customers
from lucky_analytics.demo.process import horizon
from lucky_analytics.demo.process.assortment import plan_assortment
from lucky_analytics.demo.process.menu_list import load_menu
from lucky_analytics.demo.process.store_plan import plan_stores
from lucky_analytics.demo.process.timing import local_midnight_utc, open_tickets
from lucky_analytics.demo.truth import scores
from lucky_analytics.demo.truth.planted import plants


def _log_likelihood(r: float, alpha: float, a: float, b: float, x: int, tx: float, t: float) -> float:
    """MBG/NBD, Batislam, Denizel & Filiztekin (2007), one customer, term by term."""

    def beta(p: float, q: float) -> float:
        return math.gamma(p) * math.gamma(q) / math.gamma(p + q)

    common = math.gamma(r + x) / math.gamma(r) * alpha**r
    alive = beta(a, b + x + 1) / beta(a, b) * (alpha + t) ** -(r + x)
    left = beta(a + 1, b + x) / beta(a, b) * (alpha + tx) ** -(r + x)
    return math.log(common * (alive + left))


def _pool(n_users: int, seed: int) -> customers.Pool:
    targets, planted = Targets.at(0.02), plants()
    plan = plan_stores(targets, planted, seed)
    return customers.draw_pool(
        n_users, plan, plan_assortment(load_menu(), targets, seed), targets, planted, seed
    )


def test_log_likelihood_is_the_published_formula():
    pool = _pool(200, 3)
    at = np.log([0.433, 4.58, 0.834, 1.275])
    got = scores.log_likelihood(at, pool)
    for i in range(0, pool.n, 37):
        if pool.n_orders[i] > 100:
            continue
        expected = _log_likelihood(
            *np.exp(at),
            int(pool.n_orders[i]) - 1,
            pool.last_clock[i] - pool.first_clock[i],
            horizon.N_DAYS - pool.first_clock[i],
        )
        assert got[i] == pytest.approx(expected, rel=1e-9)


def test_pool_counts_agree_with_its_orders():
    pool = _pool(300, 5)
    assert (np.bincount(pool.order_candidate, minlength=pool.n) == pool.n_orders).all()
    for i in range(0, pool.n, 101):
        days = pool.order_day[pool.order_candidate == i]
        assert (days.min(), days.max()) == (pool.first_day[i], pool.last_day[i])


def test_clock_has_mean_one_and_quiet_weekends():
    weight = horizon.clock()
    assert weight.mean() == pytest.approx(1)
    assert weight[horizon.WEEKDAY >= 5].max() < weight[horizon.WEEKDAY < 5].mean() / 2


def test_open_tickets_against_a_loop():
    rng = np.random.default_rng(1)
    accepted, shop = rng.integers(0, 5_000, 300), rng.integers(0, 3, 300)
    done = accepted + rng.integers(1, 400, 300)
    expected = [
        sum(shop[j] == shop[i] and accepted[j] < accepted[i] < done[j] for j in range(300))
        for i in range(300)
    ]
    assert open_tickets(accepted, done, shop).tolist() == expected
    assert max(expected) > 3


def test_midnight_follows_daylight_saving_and_the_other_market():
    days = np.array([horizon.day_of("2025-11-01"), horizon.day_of("2025-11-03")])
    hours = local_midnight_utc(days, np.array([False, False])) % 86_400 / 3600
    assert hours.tolist() == [4, 5]
    assert (local_midnight_utc(days, np.array([True, True])) % 86_400 / 3600).tolist() == [10, 10]
