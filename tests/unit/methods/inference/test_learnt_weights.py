"""What dismissals teach is bounded, and never makes more false alarms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.methods.inference.learnt_weights import LEAST, flag_weighted, learn_weight


def test_each_dismissal_takes_something_and_each_card_that_was_real_gives_it_back():
    falling = [learn_weight(0, n) for n in range(40)]
    assert falling == sorted(falling, reverse=True) and falling[0] == 1.0 and falling[-1] == LEAST
    assert learn_weight(5, 2) > learn_weight(0, 2) and learn_weight(1000, 0) == 1.0


def test_weights_of_one_change_nothing_and_lower_ones_only_take_alarms_away():
    chance = np.random.default_rng(8)
    tests = pd.DataFrame({"ds": np.repeat(np.arange(600), 40), "p_value": chance.uniform(size=24_000)})
    plain = flag_alarms(tests, 4.0)["is_alarm"]
    assert (flag_weighted(tests, pd.Series(1.0, index=tests.index), 4.0)["is_alarm"] == plain).all()
    weight = pd.Series(np.where(np.arange(len(tests)) % 4 == 0, 0.1, 1.0), index=tests.index)
    found = flag_weighted(tests, weight, 4.0)
    assert not (found["is_alarm"] & ~plain).any()
    days = found["is_alarm"].groupby(tests["ds"]).any().mean()
    assert days <= 1 / 28 + 3 * np.sqrt(1 / 28 / 600)  # the stated rate still holds
    assert (found["p_value"] == tests["p_value"]).all()


def test_a_weight_that_is_none_is_refused():
    tests = pd.DataFrame({"ds": [1], "p_value": [0.5]})
    for weight in (0.0, 1.5):
        with pytest.raises(ParameterError, match="weights of alarms"):
            flag_weighted(tests, pd.Series([weight]), 4.0)
