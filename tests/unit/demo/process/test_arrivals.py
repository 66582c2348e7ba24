"""Where customers lead, the stores sell what was planned: an opening takes nothing that was not planted."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from lucky_analytics.demo.build import generate
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.arrivals import expect_repeats, share_first_days
from lucky_analytics.demo.process.horizon import N_DAYS, clock
from lucky_analytics.demo.truth.planted import plants
from tests.null_world import TRUTH


def test_orders_after_the_first_are_those_of_simulated_customers():
    chance, n, end = np.random.default_rng(3), 200_000, 100.0
    plant = plants()["customers"]
    rate = chance.gamma(plant["r"], 1 / plant["alpha"], n)
    leave = chance.beta(plant["a"], plant["b"], n)
    times, now, stays = [], np.zeros(n), chance.random(n) > leave
    while stays.any():
        now = np.where(stays, now + chance.exponential(1, n) / np.maximum(rate, 1e-12), now)
        stays &= now < end
        times.append(now[stays])
        stays &= chance.random(n) > leave
    found = np.histogram(np.concatenate(times), [0, 5, 20, 50, 100])[0] / n
    ages = np.arange(0.05, end, 0.1)
    expected = np.histogram(ages, [0, 5, 20, 50, 100], weights=0.1 * expect_repeats(ages, plants()))[0]
    assert found == pytest.approx(expected, rel=0.02)


def test_a_steady_plan_needs_fewer_new_customers_once_old_ones_return():
    shares = share_first_days(clock(), clock(), plants())
    assert shares.shape == (N_DAYS,) and shares.sum() == pytest.approx(1) and shares.min() > 0
    worth = shares / clock()
    assert worth[0] > 1.5 * worth[-1] and (np.diff(worth[1:]) < 1e-6).mean() > 0.9


def test_in_the_null_world_no_store_loses_orders_to_an_opening(tmp_path):
    """The first two stores were once the only ones of all customers, and fell by 40 % as others opened."""
    truth = tmp_path / "null.json"
    truth.write_text(json.dumps(json.loads(TRUTH.read_text()) | {"ramp": {"noise_sd": 0.0}}))
    world = generate.generate(replace(Targets.at(0.05), is_calibrated=False), plants(truth), 7)
    orders, day = world.orders, np.arange(N_DAYS)
    drawn = np.zeros((11, N_DAYS))
    np.add.at(drawn, (orders.row[orders.is_usd], orders.day[orders.is_usd]), 1)
    early, late = (day >= 50) & (day < 110), day >= 169  # nine weeks each
    level = [drawn[:2, days].sum(1) / clock()[days].sum() for days in (early, late)]
    assert level[1] == pytest.approx(level[0], rel=0.12)
    assert drawn.sum(0)[late].sum() / drawn.sum(0)[early].sum() == pytest.approx(
        world.plan.orders.sum(0)[late].sum() / world.plan.orders.sum(0)[early].sum(), rel=0.1
    )
