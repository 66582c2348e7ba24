"""Crews: by the orders of each hour, never nobody, and training before an opening."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.crews import crew_hours
from lucky_analytics.demo.process.store_plan import OPENED, StorePlan, plan_stores
from lucky_analytics.demo.truth.planted import plants


@pytest.fixture(scope="module")
def plan() -> StorePlan:
    return plan_stores(Targets.at(0.1), plants(), 7)


def test_hours_follow_the_orders_hour_by_hour(plan: StorePlan):
    hours = crew_hours(plan, plants(), 0.1)
    weekdays = [6, 9, 14.5, 12.5, 7.5, 8, 12, 11, 6.5, 5, 4, 2.5, 1.5]  # of the clock, Monday 4 August
    for store in (0, 1, 10):
        for hour, share in enumerate(weekdays):
            orders = plan.orders[store, 35] * 10 * share / 100
            fewest = 2 if store != 10 and 35 - OPENED[store] < 42 and OPENED[store] > 0 else 1
            assert hours[store, 35, hour] == max(fewest, np.ceil(orders / 22 - 0.25))


def test_nobody_before_the_training_two_while_young_and_more_for_slower_crews(plan: StorePlan):
    hours, store = crew_hours(plan, plants(), 0.1), 8
    opened = OPENED[store]
    assert hours[store, : opened - 14].sum() == 0
    assert (hours[store, opened - 14 : opened].sum(1) == 24).all()
    assert hours[store, opened : opened + 42, :13].min() == 2
    assert hours[store, opened + 42 :, :13].min() == 1
    slower = copy.deepcopy(plants())
    slower["costs"]["orders_a_crew_hour"] = 11.0
    assert crew_hours(plan, slower, 0.1).sum() > 1.2 * hours.sum()


def test_the_scale_changes_no_crew():
    small, large = (crew_hours(plan_stores(Targets.at(s), plants(), 7), plants(), s) for s in (0.02, 1.0))
    assert small.sum() == pytest.approx(large.sum(), rel=0.02)
