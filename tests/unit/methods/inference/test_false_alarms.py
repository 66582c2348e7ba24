"""Alarms are taken day by day, nulls are no tests, and the rate is said as it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.false_alarms import flag_alarms, say_rate


def test_each_day_is_judged_by_itself_and_order_of_rows_is_kept():
    chance = np.random.default_rng(0)
    tests = pd.DataFrame({"ds": np.tile(np.arange(5), 30), "p_value": chance.uniform(size=150) ** 3})
    tests.loc[7, "p_value"] = np.nan
    found = flag_alarms(tests.sample(frac=1, random_state=1), 1.0).sort_index()
    for day, own in tests.groupby("ds"):
        p = own["p_value"].dropna().sort_values()
        below = np.flatnonzero(p.to_numpy() <= np.arange(1, len(p) + 1) / len(p) / 7)
        alarms = found[found["ds"].eq(day) & found["is_alarm"]]
        assert sorted(alarms.index) == sorted(p.index[: below[-1] + 1] if len(below) else [])


def test_days_without_a_test_have_no_alarm():
    found = flag_alarms(pd.DataFrame({"ds": [1, 1], "p_value": [np.nan, np.nan]}))
    assert not found["is_alarm"].any()
    assert flag_alarms(pd.DataFrame({"ds": [], "p_value": []})).empty


def test_the_rate_is_checked_and_said():
    with pytest.raises(ParameterError, match="weeks between false alarms"):
        flag_alarms(pd.DataFrame({"ds": [1], "p_value": [0.5]}), 0)
    assert say_rate(1) == "about one day in a week has a false alarm, all metrics and stores together"
