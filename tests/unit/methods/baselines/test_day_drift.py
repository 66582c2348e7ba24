"""Slow drifts at their stated rate, and the smallest change held against draws of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.baselines.day_baseline import expect_days
from lucky_analytics.methods.baselines.day_drift import find_drifts
from lucky_analytics.methods.baselines.smallest_change import find_smallest

DAYS = pd.date_range("2025-01-01", periods=400)


def days_of(z: np.ndarray) -> pd.DataFrame:
    """Surprises (series, days) as ``expect_days`` gives them."""
    ids = np.repeat([f"s{place}" for place in range(len(z))], z.shape[1])
    table = pd.DataFrame({"unique_id": ids, "ds": np.tile(DAYS[: z.shape[1]], len(z)), "z": z.ravel()})
    return table.assign(p_value=2 * norm.sf(table["z"].abs()))


def test_false_drifts_are_as_far_apart_as_stated():
    """60 series of 400 days with a run length of 800: 30 alarms are expected, and hardly more than 43."""
    z = np.random.default_rng(3).normal(size=(60, 400))
    found = find_drifts(days_of(z), pd.Series({f"s{place}": 800.0 for place in range(60)}))
    assert 15 <= len(found) <= 43


def test_a_lasting_rise_is_found_and_dated_and_one_odd_day_is_not():
    z = np.random.default_rng(4).normal(size=(3, 200))
    z[0, 150:] += 1.5
    z[1, 100] = 40.0
    z[2, 150:] -= 1.5  # the other way
    found = find_drifts(days_of(z), pd.Series({"s0": 20_000.0, "s1": 20_000.0, "s2": 20_000.0}))
    assert set(found["unique_id"]) == {"s0"}
    first = found.iloc[0]
    assert abs((first["since"] - DAYS[150]).days) <= 4 and 2 <= (first["found"] - DAYS[150]).days <= 25


def test_days_without_a_value_are_passed_over_and_a_series_needs_a_run_length():
    days = days_of(np.full((1, 40), 1.5))
    days.loc[::2, "p_value"] = np.nan
    assert len(find_drifts(days, pd.Series({"s0": 1000.0}))) >= 1
    assert find_drifts(days.head(0), pd.Series(dtype=float)).empty
    with pytest.raises(ParameterError, match="run length"):
        find_drifts(days, pd.Series({"other": 1000.0}))


@pytest.mark.parametrize("kind", ["amount", "count"])
def test_the_bounds_of_an_alarm_are_where_the_p_value_crosses_it(kind):
    """A day put on each side of the bounds is an alarm outside of them and none inside."""
    chance, ds = np.random.default_rng(5), DAYS[:120]
    y = chance.poisson(200, (4, 120)).astype(float)
    days = days_of(y).rename(columns={"z": "y"})[["unique_id", "ds", "y"]]
    for side, bound in (("alarm_low", -1), ("alarm_high", 1)):
        last = expect_days(days, kind, alarm=0.001).groupby("unique_id").tail(1).set_index("unique_id")
        for step, is_alarm in ((0, False), (1.001, True)):
            moved = days.copy()
            at = moved["ds"] == ds[-1]
            moved.loc[at, "y"] = moved.loc[at, "unique_id"].map(last[side]) + bound * step
            if kind == "amount":
                moved.loc[at, "y"] *= 1 - bound * 1e-9
            else:
                moved.loc[at, "y"] = moved.loc[at, "y"].round()
            p_value = expect_days(moved, kind).groupby("unique_id").tail(1)["p_value"]
            assert ((p_value <= 0.001) == is_alarm).all(), (side, step)


def test_the_smallest_change_is_an_alarm_in_nine_of_ten_draws():
    """Days changed by so much, scattered as usual days are, are told in about 90 of 100 draws."""
    chance = np.random.default_rng(6)
    days = days_of(200 * np.exp(0.06 * chance.normal(size=(8, 150)))).rename(columns={"z": "y"})
    days = days[["unique_id", "ds", "y"]]
    judged = expect_days(days, "amount", alarm=0.001)
    found = find_smallest(judged).set_index("unique_id")
    last = judged.groupby("unique_id").tail(1).set_index("unique_id")
    drawn = np.exp(np.log(200) + 0.06 * chance.normal(size=(8, 4000)))
    for way, share, is_told in (
        ("fall", 1 - found["fall"], lambda y: y < last["alarm_low"].to_numpy()[:, None]),
        ("rise", 1 + found["rise"], lambda y: y > last["alarm_high"].to_numpy()[:, None]),
    ):
        told = is_told(drawn * share.to_numpy()[:, None]).mean()
        assert 0.8 <= told <= 0.96, (way, told)


def test_a_fall_of_more_than_all_is_not_known():
    given = {"unique_id": ["a"], "ds": [DAYS[0]], "expected": [1.0], "low": [0.0], "high": [4.0]}
    found = find_smallest(pd.DataFrame(given | {"alarm_low": [0.0], "alarm_high": [7.0]}))
    assert found["fall"].isna().all() and found["rise"].iloc[0] > 6
