"""The lights of ten numbers in ten stores are as seldom wrong as the page says, and find what is planted.

Rule, stated before the worlds are drawn (seeds from 0 on). A year of ten stores and all numbers of the page,
with the sums of all stores, in which nothing happened: days with an alarm, the chain's among them, are at
most as common as stated (one in 28) by the upper end of the exact binomial band; yellow lights at most as
common as stated (one number in 40) within a tenth. Of planted days on which a store sells 60 % less than
usual, one a world, nine in ten are red.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from lucky_analytics.models.watched_days.judged_days import LEVEL, judge_days
from lucky_analytics.questions.operations.store_performance.lights import RED, YELLOW, light_stores
from tests.store_days import LAST, change, make_days, watch

YEAR, WEEKS_APART = 365, 4.0
LONG = [pytest.mark.full, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("n_years", [pytest.param(n, marks=LONG) for n in (1, 40)])
def test_in_a_year_without_any_event_lights_are_as_seldom_red_as_stated(n_years):
    n_days, alarms, yellow = 0, 0, []
    for seed in range(n_years):
        judged = judge_days(watch(make_days(seed, YEAR)), WEEKS_APART).dropna(subset="p_value")
        by_day = judged.groupby("ds")["is_alarm"].any()
        n_days, alarms = n_days + len(by_day), alarms + int(by_day.sum())
        yellow.append((light_stores(judged)["light"].isin([YELLOW, RED])).mean())
    assert n_days == n_years * (YEAR - 28)
    assert alarms <= binom.ppf(0.99, n_days, 1 / (7 * WEEKS_APART)), f"{alarms} of {n_days} days"
    assert np.mean(yellow) <= 1.1 * (1 - LEVEL) / 2


@pytest.mark.parametrize("n_worlds", [pytest.param(n, marks=LONG) for n in (4, 100)])
def test_days_that_a_manager_should_hear_of_are_red(n_worlds):
    found = 0
    for seed in range(n_worlds):
        store = f"s{seed % 10}"
        days = change(make_days(500 + seed, 120), store, LAST, orders=0.4, dollars=0.4)
        judged = light_stores(judge_days(watch(days), WEEKS_APART))
        red = judged[(judged["ds"] == LAST) & (judged["light"] == RED)]
        found += store in set(red["store_id"])
    assert found >= binom.ppf(0.01, n_worlds, 0.9)
