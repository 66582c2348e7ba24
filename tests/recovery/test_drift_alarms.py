"""The drift alarm of the forecasts is as rare as it says, and finds a planted drift within days.

Rule, stated before the worlds are drawn (seeds from 0 on). Without a drift: alarms a day are one in
``RUN_LENGTH`` (``coverage_rule``), also where part of a day's error carries over to the next, and the share
of worlds in which a reader is told of a drift on the last day is the chance of an alarm in the days for which
it is shown. With a drift of 10 %: 95 % are found, and dated, within five days, by the lower end of the exact
binomial band; intervals of its size hold it.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter
from scipy.stats import binom

from lucky_analytics.methods.forecasts import control_chart
from lucky_analytics.methods.forecasts.forecast_error import SUMS
from lucky_analytics.questions.supply_chain.forecast_accuracy import drift_alarms
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import ALARM_GAP, estimate_drift
from lucky_analytics.questions.supply_chain.forecast_accuracy.views import describe_drift
from tests.coverage_rule import holds

RUN_LENGTH, REFERENCE, N_DAYS, WITHIN = 365.0, 56, 229, 5
N_STORES, NOISE, DRIFT, STARTS = 5, 0.06, 0.10, 199
FIRST = pd.Timestamp("2025-06-30")
WORLDS = [300, pytest.param(3_000, marks=[pytest.mark.full, pytest.mark.timeout(1800)])]


def carried_over(noise, correlation):
    """The noise of each day (its last axis) with part of the day before in it, spread as before."""
    fresh = noise * np.sqrt(1 - correlation**2)
    fresh[..., 0] = noise[..., 0]
    return lfilter([1.0], [1.0, -correlation], fresh, axis=-1)


def draw_drift(seed, drift=0.0, correlation=0.0, smallest=0.0):
    """Stores with a bias of their own and noise of 6 % a day; all drift from day ``STARTS`` on."""
    chance = np.random.default_rng(seed)
    day, store = (part.ravel() for part in np.meshgrid(np.arange(N_DAYS), np.arange(N_STORES)))
    actual = chance.uniform(300, 900, N_STORES)[store]
    own, noise = chance.normal(0, 0.1, N_STORES), chance.normal(0, NOISE, (N_STORES, N_DAYS))
    log_ratio = own[store] + carried_over(noise, correlation).ravel()
    predicted = actual * np.exp(log_ratio + np.log1p(drift) * (day >= STARTS))
    cells = pd.DataFrame(
        {
            "store_id": store,
            "demand_date": FIRST + pd.to_timedelta(day, unit="D"),
            "prediction": "predicted",
            "actual": actual,
            "error": predicted - actual,
        }
    ).reindex(columns=["store_id", "demand_date", "prediction", *SUMS], fill_value=0.0)
    opened = pd.Series(FIRST - pd.Timedelta(days=365), index=np.arange(N_STORES))
    return estimate_drift(cells, opened, reference_days=REFERENCE, run_length=RUN_LENGTH, smallest=smallest)


@functools.cache
def quiet_worlds(n_worlds):
    """Alarms a day after the reference, and whether a drift is shown on the last day, of each world."""
    found = [draw_drift(seed) for seed in range(n_worlds)]
    rate = [len(drift.chart.alarms) / (N_DAYS - REFERENCE) for drift in found]
    return np.array(rate), np.array([drift.since is not None for drift in found])


@pytest.mark.full
@pytest.mark.parametrize("n_worlds", WORLDS)
def test_false_alarms_are_as_rare_as_stated(n_worlds):
    rate, shown = quiet_worlds(n_worlds)
    assert holds(rate, 1 / RUN_LENGTH), f"one in {1 / rate.mean():.0f} days where {RUN_LENGTH:g} are stated"
    assert holds(shown, (ALARM_GAP + 1) / RUN_LENGTH), f"{shown.sum()} of {n_worlds}"


def test_a_change_from_a_date_that_chance_picked_is_not_what_is_shown(monkeypatch):
    """Where no drift follows from an alarm, the change that stands on the page is that of the last four
    weeks, alarm or none: an interval of the change since the alarm's date leaves out nought by selection."""
    seeds = [seed for seed in range(150) if draw_drift(seed, smallest=0.05).small_since is not None]
    shown = [draw_drift(seed, smallest=0.05) for seed in seeds]
    monkeypatch.setattr(drift_alarms, "_last_run", lambda alarms, n_days: alarms.head(0))
    silent = [draw_drift(seed, smallest=0.05) for seed in seeds]
    assert seeds
    assert [(each.low, each.high) for each in shown] == [(each.low, each.high) for each in silent]


def test_no_drift_is_said_to_be_none_beside_an_interval_beyond_the_smallest(monkeypatch):
    """A chart that is still after its alarms once hid a bias that stayed: "no drift", and 11 % (9 to 13)."""
    monkeypatch.setattr(drift_alarms, "_last_run", lambda alarms, n_days: alarms.head(0))
    for seed in range(20):
        stays, none = draw_drift(seed, DRIFT, smallest=0.05), draw_drift(seed, smallest=0.05)
        assert (stays.since is None) == (stays.low <= 0.05) and none.since is None
    assert stays.since == FIRST + pd.Timedelta(days=N_DAYS - 28) and stays.low < DRIFT < stays.high


@functools.cache
def correlated_rate(correlation, n_charts):
    """Alarms a day of charts of single series."""
    noise = np.random.default_rng(17).normal(size=(n_charts, N_DAYS))
    days = carried_over(noise, correlation)
    charts = [control_chart.chart_cusum(own, REFERENCE, run_length=RUN_LENGTH) for own in days]
    return np.array([len(chart.alarms) for chart in charts]) / (N_DAYS - REFERENCE)


@pytest.mark.full
@pytest.mark.parametrize("n_charts", [400, pytest.param(4_000, marks=pytest.mark.full)])
@pytest.mark.parametrize("correlation", [0.2, 0.5])
def test_what_carries_over_from_day_to_day_makes_no_more_false_alarms(correlation, n_charts):
    rate = correlated_rate(correlation, n_charts)
    assert holds(rate, 1 / RUN_LENGTH), f"one in {1 / rate.mean():.0f} days where {RUN_LENGTH:g} are stated"


def test_a_chart_that_takes_days_for_independent_fails(monkeypatch):
    monkeypatch.setattr(control_chart, "estimate_correlation", lambda _: 0.0)
    rate = correlated_rate.__wrapped__(0.3, 400)
    assert rate.mean() > 2 / RUN_LENGTH and not holds(rate, 1 / RUN_LENGTH)


@pytest.mark.full
def test_a_threshold_that_takes_the_reference_for_the_truth_fails(monkeypatch):
    known = control_chart.find_threshold(RUN_LENGTH)
    monkeypatch.setattr(control_chart, "find_threshold", lambda *_: known)
    alarms = np.array([len(draw_drift(seed).chart.alarms) for seed in range(100)])
    rate = alarms / (N_DAYS - REFERENCE)
    assert rate.mean() > 2 / RUN_LENGTH and not holds(rate, 1 / RUN_LENGTH)


def test_a_drift_of_ten_percent_is_found_and_dated_within_five_days():
    n_worlds, starts = 100, FIRST + pd.Timedelta(days=STARTS)
    found = [draw_drift(seed, DRIFT if seed % 2 else -DRIFT, smallest=0.05) for seed in range(n_worlds)]
    hits = sum(
        drift.since is not None
        and abs((drift.since - starts).days) <= WITHIN
        and 0 <= (drift.found - starts).days <= WITHIN
        for drift in found
    )
    assert hits >= binom.ppf(0.005, n_worlds, 0.95), hits
    assert holds([drift.low <= DRIFT * np.sign(drift.shift) <= drift.high for drift in found], 0.9)


def test_a_change_of_three_percent_is_found_and_called_too_small():
    found = [draw_drift(seed, 0.03, smallest=0.05) for seed in range(40)]
    assert not any(drift.since is not None for drift in found)
    alarmed = [drift for drift in found if drift.small_since is not None]
    assert len(alarmed) > 10 and all(drift.shift > 0 for drift in alarmed)
    assert "not drifted by clearly more than 5 %" in describe_drift(alarmed[0])
