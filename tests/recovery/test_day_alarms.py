"""The baseline of days holds as often as it says, its alarms are as rare as stated and find what is planted.

Rule, stated before the worlds are drawn (seeds from 0 on). Ten stores. One more day, at four
ages from five weeks on, is inside its interval as often as stated (``coverage_rule``), for noise that is
normal, heavy-tailed, shared by all stores, or the same for a week; of counts, which cannot hit a level
exactly, at least as often. Intervals are at most 1.5 times as wide as those of who knows the truth. In a
year of three metrics in which nothing happened, days with an alarm are at most as common as stated, by the
upper end of the exact binomial band; of twelve planted days that a reader should hear of, nine in ten are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm

from lucky_analytics.methods.baselines.day_baseline import expect_days
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from tests.coverage_rule import holds, holds_at_least

N_STORES, NOISE, LEVEL = 10, 0.1, 0.9
AGES = [35, 60, 90, 120]
WEEK = np.log([1.02, 1.06, 1.03, 1.05, 0.97, 0.45, 0.44])
LONG = [pytest.mark.full, pytest.mark.timeout(1800)]
YEAR, EVENTS, EFFECT, WEEKS_APART = 365, 12, 7.0, 4.0


def shape_noise(chance, noise, n_days):
    size = (N_STORES, n_days)
    if noise == "heavy":
        return chance.standard_t(4, size)
    if noise == "shared":
        return np.sqrt(0.5) * (chance.normal(size=size) + chance.normal(size=(1, n_days)))
    if noise == "weekly":
        weeks = np.repeat(chance.normal(size=(N_STORES, n_days // 7 + 1)), 7, axis=1)[:, :n_days]
        return np.sqrt(0.5) * (weeks + chance.normal(size=size))
    return chance.normal(size=size)


def draw_logs(chance, n_days, level=1000.0):
    """Stores of different size with weekdays of their own that grow after opening and then wander."""
    weekday = (WEEK + chance.normal(0, 0.05, (N_STORES, 7)))[:, np.arange(n_days) % 7]
    ramp = 1.2 * chance.uniform(0, 1, (N_STORES, 1)) * np.exp(-0.08 * np.arange(n_days))
    walk = np.cumsum(chance.normal(0, 0.005, (N_STORES, n_days)), axis=1)
    return np.log(level) + chance.normal(0, 0.4, (N_STORES, 1)) + weekday - ramp + walk


def as_rows(y):
    days = pd.date_range("2025-01-06", periods=y.shape[1])
    names = np.repeat([f"store {place}" for place in range(N_STORES)], len(days))
    return pd.DataFrame({"unique_id": names, "ds": np.tile(days, N_STORES), "y": y.ravel().astype(float)})


def judge(y, kind, level):
    """The share of days at the ages that are inside, and the log width of the interval there."""
    found = expect_days(as_rows(y), kind, level=level)
    own = found[found["n_past"].isin(AGES)]
    with np.errstate(divide="ignore"):
        return own["y"].between(own["low"], own["high"]).mean(), np.log(own["high"] / own["low"]).median()


def amount_world(seed, noise):
    chance, n_days = np.random.default_rng(seed), AGES[-1] + 1
    logs = draw_logs(chance, n_days) + NOISE * shape_noise(chance, noise, n_days)
    return judge(np.exp(logs), "amount", 0.95)


def count_world(seed, mean, scatter):
    chance, n_days = np.random.default_rng(seed), AGES[-1] + 1
    rate = np.exp(draw_logs(chance, n_days, mean)) * chance.gamma(1 / scatter, scatter, (N_STORES, n_days))
    return judge(chance.poisson(rate), "count", LEVEL)[0]


NOISES = ["normal", "heavy", "shared", "weekly"]


@pytest.mark.parametrize(
    ("noise", "n_worlds"), [("weekly", 40), *(pytest.param(noise, 200, marks=LONG) for noise in NOISES)]
)
def test_one_more_day_is_inside_as_often_as_stated(noise, n_worlds):
    inside, width = np.array([amount_world(seed, noise) for seed in range(n_worlds)]).T
    assert holds(inside, 0.95), f"{inside.mean():.3f}"
    if noise == "normal":
        assert np.median(width) / 2 / NOISE <= 1.5 * norm.ppf(0.975)


@pytest.mark.parametrize(
    ("mean", "scatter", "n_worlds"),
    [(300, 0.02, 40), pytest.param(300, 0.02, 200, marks=LONG), pytest.param(4, 0.3, 200, marks=LONG)],
)
def test_one_more_count_is_inside_at_least_as_often_as_stated(mean, scatter, n_worlds):
    inside = np.array([count_world(seed, mean, scatter) for seed in range(n_worlds)])
    assert holds_at_least(inside, LEVEL), f"{inside.mean():.3f}"


def watched_year(seed, planted):
    """Alarms of three metrics of a year: orders and revenue, which go together, and refunds."""
    chance = np.random.default_rng(1000 + seed)
    own = shape_noise(chance, "shared", YEAR)
    lift = np.zeros((N_STORES, YEAR))
    days = 60 + chance.choice(300, EVENTS, replace=False) if planted else np.array([], int)
    stores = chance.integers(0, N_STORES, len(days))
    lift[stores, days] = np.where(chance.uniform(size=len(days)) < 0.7, -1, 1) * EFFECT * NOISE
    logs = draw_logs(chance, YEAR, 300.0) + lift
    orders = chance.poisson(np.exp(logs + NOISE * own))
    revenue = orders * 5.0 * np.exp(0.03 * chance.normal(size=own.shape))
    refunds = chance.poisson(np.exp(draw_logs(chance, YEAR, 2.0)))
    metrics = {"orders": (orders, "count"), "revenue": (revenue, "amount"), "refunds": (refunds, "count")}
    found = [expect_days(as_rows(y), kind).assign(metric=name) for name, (y, kind) in metrics.items()]
    alarms = flag_alarms(pd.concat(found, ignore_index=True).dropna(), WEEKS_APART)
    hit = {(row.unique_id, row.ds) for row in alarms[alarms["is_alarm"]].itertuples()}
    dates = pd.Timestamp("2025-01-06") + pd.to_timedelta(days, unit="D")
    n_found = sum((f"store {store}", date) in hit for store, date in zip(stores, dates, strict=True))
    return alarms.groupby("ds")["is_alarm"].any(), n_found


@pytest.mark.parametrize("n_years", [4, pytest.param(200, marks=LONG)])
def test_days_with_a_false_alarm_are_as_rare_as_stated(n_years):
    days = pd.concat([watched_year(seed, planted=False)[0] for seed in range(n_years)])
    most = binom.ppf(0.99, len(days), 1 / (7 * WEEKS_APART))
    assert days.sum() <= most, f"one in {len(days) / days.sum():.0f} days"


@pytest.mark.parametrize("n_years", [4, pytest.param(200, marks=LONG)])
def test_planted_days_are_found(n_years):
    found = sum(watched_year(seed, planted=True)[1] for seed in range(n_years))
    assert found >= binom.ppf(0.01, n_years * EVENTS, 0.9)
