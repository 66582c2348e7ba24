from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.order_value import estimate_order_values, fit_order_value


def weeks(discount=0.3, fade=3.0, seed=1):
    """Four stores with price levels 450 to 600; the chain's prices rise by 1 % a week."""
    chance, rows = np.random.default_rng(seed), []
    for store, (level, first) in enumerate(zip((450, 500, 550, 600), (0, 0, 10, 18), strict=True)):
        for week in range(first, 24):
            age = week - first + 0.5
            price = level * 1.01**week * np.exp(-discount * np.exp(-age / fade) + chance.normal(0, 0.01))
            rows.append(
                (f"s{store}", pd.Timestamp("2025-09-01") + pd.Timedelta(weeks=week), age, 1000, 1000 * price)
            )
    return pd.DataFrame(rows, columns=["unique_id", "week_start", "age_weeks", "y", "value"])


def test_levels_of_the_last_weeks_without_the_opening_discount():
    table = estimate_order_values(fit_order_value(weeks()), n_weeks=4).set_index("unique_id")
    truth = np.array([450, 500, 550, 600]) * 1.01**21.5
    assert ((table["low"].iloc[:4] < truth) & (truth < table["high"].iloc[:4])).all()
    np.testing.assert_allclose(table["value"].iloc[:4], truth, rtol=0.02)


def test_a_new_store_is_less_certain_than_any_known_one():
    table = estimate_order_values(fit_order_value(weeks()))
    assert table["unique_id"].isna().sum() == 1
    assert table["log_se"].iloc[-1] > table["log_se"].iloc[:-1].max()


def test_last_weeks_and_level_matter():
    fit = fit_order_value(weeks())
    assert (
        estimate_order_values(fit, n_weeks=1)["value"].iloc[0]
        > estimate_order_values(fit, n_weeks=12)["value"].iloc[0]
    )
    assert estimate_order_values(fit, level=0.99)["high"].iloc[0] > estimate_order_values(fit)["high"].iloc[0]


def test_the_fade_that_is_assumed_matters():
    values = [
        estimate_order_values(fit_order_value(weeks(), opening_fade_weeks=f))["value"].iloc[3]
        for f in (1.0, 9.0)
    ]
    assert values[1] > values[0] * 1.005


def test_one_store_cannot_be_pooled():
    one = weeks()
    with pytest.raises(LuckyError, match="at least 2 stores with revenue, got 1"):
        fit_order_value(one[one["unique_id"] == "s0"])


def test_all_zero_values():
    with pytest.raises(LuckyError, match="got 0"):
        fit_order_value(weeks().assign(value=0))
