from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.departure import estimate_departure
from lucky_analytics.methods.customers.repeat_buying import fit_repeat_buying
from tests.churn_world import RATIOS, simulate

COLUMNS = ["frequency", "recency", "age", "is_coupon_acquired", "near_before", "near_last"]


def estimate(world, **more):
    return estimate_departure(world, ["is_coupon_acquired"], "near", fit_repeat_buying(world), **more)


@pytest.fixture(scope="module")
def world():
    return simulate(15_000, 1, ratios=tuple(RATIOS.values()))


def test_planted_ratios_are_inside_their_intervals(world):
    table = estimate(world, level=0.99).set_index("name")
    for name, planted in RATIOS.items():
        assert table.loc[name, "low"] < planted < table.loc[name, "high"]
    assert table.loc["is_coupon_acquired", "low"] > 1 and table["se"].max() < 0.1
    assert (estimate(world, level=0.5)["high"] < estimate(world, level=0.99)["high"]).all()


def test_no_effect_is_not_found():
    z = [estimate(simulate(2_500, seed)).eval("log_ratio / se") for seed in range(8)]
    assert (np.abs(np.concatenate(z)) > 1.645).mean() <= 0.35
    assert np.abs(np.mean(z)) < 0.7


def test_grouping_changes_nothing(world):
    grouped = world.groupby(COLUMNS, as_index=False)["n"].sum()
    assert estimate(grouped)["ratio"].tolist() == pytest.approx(estimate(world)["ratio"].tolist(), rel=1e-3)


def test_covariates_may_be_left_out_one_at_a_time(world):
    fit = fit_repeat_buying(world)
    assert estimate_departure(world, ["is_coupon_acquired"], None, fit)["name"].tolist() == [
        "is_coupon_acquired"
    ]
    assert estimate_departure(world, [], "near", fit)["name"].tolist() == ["near"]
    with pytest.raises(LuckyError, match="variation in is_coupon_acquired"):
        estimate_departure(world.assign(is_coupon_acquired=1.0), ["is_coupon_acquired"], None, fit)
