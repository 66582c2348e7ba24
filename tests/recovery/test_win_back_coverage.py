"""What winning customers back is worth lies in its interval as often as is said, in simulated worlds.

What is known when it is measured: histories of customers who order and leave as planted, the uplift of a
coupon with its error, and how far forecasts of orders were off on dates gone by. The truth is the same sum at
the planted parameters, the planted uplift, and orders that are off as those forecasts were. Rule, stated
before the worlds are drawn (seeds from 0 on): the number of worlds whose interval of all segments together
holds the truth lies in the exact binomial band of the level, or above it; of single segments, their mean
share. Intervals that leave the miss of forecasts out are narrower.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.customers.repeat_buying import RepeatFit, fit_repeat_buying
from lucky_analytics.methods.customers.spend import SpendFit
from lucky_analytics.methods.forecasts.rolling_origin import measure_miss
from lucky_analytics.questions.marketing.churn_cohorts import customer_value, win_back
from tests.churn_world import PLANT, simulate
from tests.coverage_rule import holds

pytestmark = [pytest.mark.full, pytest.mark.timeout(3600)]

LEVEL, N_CUSTOMERS, N_WORLDS = 0.9, 3_000, 200
UPLIFT, UPLIFT_SE, COUPON_CENTS, MISS_SD = 0.012, 0.004, 150.0, 0.10
SILENCES = ["60-89 days", "90-149 days", "150+ days"]
SPAN, N_ORIGINS = 60.0, 4  # forecasts gone by: four whole spans of sixty days
TRUE = RepeatFit(PLANT, 1e-12 * np.eye(4), 0.0, N_CUSTOMERS, "mbg")


def offer_of(value: np.ndarray, se: float) -> win_back.Offer:
    rows = {"value": value, "se": se, "coupon_cents": COUPON_CENTS}
    uplifts = pd.DataFrame(rows, index=pd.Index(SILENCES, name="silence"))
    return win_back.Offer(uplifts, margin_rate=0.7, contact_cents=1.0)


def features_of(world: pd.DataFrame, chance: np.random.Generator) -> pd.DataFrame:
    """What the page knows of each customer; a first order counts from midday."""
    since_first = world["age"] - 0.5
    return world.assign(
        customer_id=world.index.astype(str),
        n_orders=world["frequency"].astype(int) + 1,
        days_since_first=since_first,
        days_since_last=since_first - world["recency"],
        mean_order_cents=chance.gamma(6, 80, len(world)).round(),
    )


@functools.cache
def replication(seed: int) -> tuple[bool, float, float]:
    """Whether the interval of all segments holds the truth; of single segments, the share; how much wider it
    is than one without the miss of forecasts."""
    chance = np.random.default_rng([seed, 3])
    world = simulate(N_CUSTOMERS, seed)
    features = features_of(world, chance)
    fit, spend = fit_repeat_buying(world, "mbg"), customer_value.fit_order_values(features)
    busy = np.exp(MISS_SD * chance.normal(size=N_ORIGINS + 1))  # the last is the year to come
    miss = measure_miss(SPAN * np.arange(N_ORIGINS), SPAN, np.ones(N_ORIGINS), busy[:-1])
    measured = offer_of(UPLIFT + UPLIFT_SE * chance.normal(size=len(SILENCES)), UPLIFT_SE)
    found = win_back.estimate_segments(features, fit, spend, measured, miss=miss, level=LEVEL)
    without = win_back.estimate_segments(features, fit, spend, measured, level=LEVEL)
    true = true_dollars(features, spend, busy[-1])
    found, without = found.set_index("segment"), without.set_index("segment")
    held = (found["low"] <= true[found.index]) & (true[found.index] <= found["high"])
    width, narrow = (one.loc["all", "high"] - one.loc["all", "low"] for one in (found, without))
    return bool(held["all"]), float(held.drop("all").mean()), float(width / narrow)


def true_dollars(features: pd.DataFrame, spend: SpendFit, busy: float) -> pd.Series:
    """Dollars of each segment at what was planted: a plain sum over its customers."""
    value = customer_value.value_lapsed(features, TRUE, spend, 60, 7.0)
    offer = offer_of(np.full(len(SILENCES), UPLIFT), 0.0)
    planted = win_back.estimate_segments(features, TRUE, spend, offer).set_index("segment")
    later = (value["orders_after"] - value["year_orders"] - 1) * value["order_cents"]
    segment = win_back.list_segments(features, planted.index.to_series()).set_index("customer_id")["segment"]
    extra = (later * UPLIFT * offer.margin_rate * (busy - 1) / 100).set_axis(value["customer_id"])
    true = planted["dollars"] + extra.groupby(segment).sum().reindex(planted.index).fillna(0)
    true["all"] = true.drop("all").sum()
    return true


def test_the_value_of_winning_back_is_covered_as_often_as_is_said():
    found = np.array([replication(seed) for seed in range(N_WORLDS)], float)
    for who, coverage in (("all", found[:, 0]), ("segments", found[:, 1])):
        assert coverage.mean() >= LEVEL or holds(coverage, LEVEL, 0.005), f"{who}: {coverage.mean():.3f}"


def test_the_miss_of_forecasts_is_in_the_interval():
    assert np.mean([replication(seed)[2] for seed in range(8)]) > 1
