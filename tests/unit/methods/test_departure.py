from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.departure import estimate_departure
from lucky_analytics.methods.repeat_buying import fit_repeat_buying

DEEP, NEAR = 1.3, 0.85
COLUMNS = ["frequency", "recency", "age", "is_deep", "near_before", "near_last"]


def simulate(n, seed, deep=DEEP, near=NEAR):
    """Customers who leave after an order with hazards that a deep first discount and an opening change."""
    chance = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        rate, p = chance.gamma(0.8, 1 / 6), chance.beta(0.8, 1.3)
        age, opening = chance.uniform(60, 229), chance.uniform(0, 229)
        is_deep = float(chance.random() < 0.4)
        times, now = [0.0], 0.0
        while chance.random() < (1 - p) ** (deep**is_deep * (near if times[-1] >= opening else 1)):
            now += chance.exponential(1 / max(rate, 1e-9))
            if now > age:
                break
            times.append(now)
        on = [time >= opening for time in times]
        rows.append((len(times) - 1, times[-1], age, is_deep, sum(on[:-1]), float(on[-1])))
    return pd.DataFrame(rows, columns=COLUMNS).assign(n=1)


def estimate(world, **more):
    return estimate_departure(world, ["is_deep"], "near", fit_repeat_buying(world), **more)


@pytest.fixture(scope="module")
def world():
    return simulate(15_000, 1)


def test_planted_ratios_are_inside_their_intervals(world):
    table = estimate(world, level=0.99).set_index("name")
    assert table.loc["is_deep", "low"] < DEEP < table.loc["is_deep", "high"]
    assert table.loc["near", "low"] < NEAR < table.loc["near", "high"]
    assert table.loc["is_deep", "low"] > 1 and table["se"].max() < 0.1
    assert (estimate(world, level=0.5)["high"] < estimate(world, level=0.99)["high"]).all()


def test_no_effect_is_not_found():
    z = [estimate(simulate(2_500, seed, 1.0, 1.0)).eval("log_ratio / se") for seed in range(8)]
    assert (np.abs(np.concatenate(z)) > 1.645).mean() <= 0.35
    assert np.abs(np.mean(z)) < 0.7


def test_grouping_changes_nothing(world):
    grouped = world.groupby(COLUMNS, as_index=False)["n"].sum()
    assert estimate(grouped)["ratio"].tolist() == pytest.approx(estimate(world)["ratio"].tolist(), rel=1e-3)


def test_covariates_may_be_left_out_one_at_a_time(world):
    fit = fit_repeat_buying(world)
    assert estimate_departure(world, ["is_deep"], None, fit)["name"].tolist() == ["is_deep"]
    assert estimate_departure(world, [], "near", fit)["name"].tolist() == ["near"]
    with pytest.raises(LuckyError, match="variation in is_deep"):
        estimate_departure(world.assign(is_deep=1.0), ["is_deep"], None, fit)
