"""The busiest hour against a plain loop over simulated hours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.queues.peak_load import estimate_in_progress, estimate_peak_shares


def simulated(seed=1, n_days=56):
    """Two stores, hours 7 to 19; the second peaks at 14 and sells less; an empty hour has no row."""
    chance, rows = np.random.default_rng(seed), []
    for unit, peak, size in (("a", 9, 20), ("b", 14, 5)):
        for day in pd.date_range("2025-12-20", periods=n_days):
            for hour in range(7, 20):
                rate = size * (3 if hour == peak else 1) * (1 if day.day_of_week < 5 else 0.4)
                rows.append((unit, day, hour, chance.poisson(rate)))
    frame = pd.DataFrame(rows, columns=["unique_id", "ds", "hour", "y"])
    return frame[frame["y"] > 0].sample(frac=1, random_state=1)


def by_hand(own):
    counts = {(row.ds, row.hour): row.y for row in own.itertuples()}
    days = pd.date_range(own["ds"].min(), own["ds"].max())
    working = [day for day in days if day.day_of_week < 5]
    best = max(range(24), key=lambda hour: sum(counts.get((day, hour), 0) for day in working))
    peak = sum(counts.get((day, best), 0) for day in working) / len(working)
    week = 0.0
    for weekday in range(7):
        alike = [day for day in days if day.day_of_week == weekday]
        week += sum(counts.get((day, hour), 0) for day in alike for hour in range(24)) / len(alike)
    return best, peak, peak / week


def test_shares_equal_a_plain_loop():
    table = estimate_peak_shares(simulated())
    for row in table.itertuples():
        expected = by_hand(simulated().query("unique_id == @row.unique_id"))
        assert (row.hour, row.peak, row.share) == pytest.approx(expected)
    assert table["hour"].tolist() == [9, 14] and table["n_days"].tolist() == [40, 40]


def test_the_busy_hour_is_its_quantile():
    table = estimate_peak_shares(simulated()).set_index("unique_id")
    assert 1.1 < table.loc["a", "busy"] < table.loc["b", "busy"]  # fewer orders scatter more
    calm = estimate_peak_shares(simulated(), busy_quantile=0.5)["busy"]
    assert (calm < table["busy"].to_numpy()).all()


def test_a_closed_day_counts_as_zero_and_not_as_missing():
    open_days, friday = simulated(), pd.Timestamp("2026-01-02")
    closed = open_days[open_days["ds"] != friday]
    before, after = (estimate_peak_shares(frame)["peak"] for frame in (open_days, closed))
    assert (after < before).all() and estimate_peak_shares(closed)["n_days"].tolist() == [40, 40]


def test_a_store_that_has_not_seen_every_weekday_is_left_out():
    young = simulated()
    young = young[(young["unique_id"] == "a") | (young["ds"] >= "2026-02-10")]
    assert estimate_peak_shares(young)["unique_id"].tolist() == ["a"]
    with pytest.raises(LuckyError, match="busiest hour: expected a store with orders on every day"):
        estimate_peak_shares(young[young["unique_id"] == "b"])
    with pytest.raises(LuckyError, match="got 0 rows"):
        estimate_peak_shares(young.head(0))


def test_littles_law_on_a_simulated_queue():
    """Mean number in the shop of a simulated morning: arrivals x time, whatever the times' distribution."""
    chance = np.random.default_rng(3)
    arrivals = np.sort(chance.uniform(0, 3600 * 200, 40 * 200))
    times = chance.gamma(2, 90, len(arrivals))
    grid = np.linspace(3600, 3600 * 199, 4000)
    inside = np.searchsorted(arrivals, grid, side="right") - np.searchsorted(
        np.sort(arrivals + times), grid, side="right"
    )
    assert estimate_in_progress(40, times.mean()) == pytest.approx(inside.mean(), rel=0.05)
    assert np.isnan(estimate_in_progress(40, np.nan))
    with pytest.raises(ParameterError, match="in progress"):
        estimate_in_progress(-1, 100)
