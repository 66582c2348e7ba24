from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.forecasts.demand_class import classify_demand
from lucky_analytics.methods.forecasts.forecast_error import SUMS, measure_errors, sum_errors
from lucky_analytics.methods.forecasts.forecast_test import estimate_long_run, estimate_skill
from lucky_analytics.methods.inference.ratio import estimate_ratios

CHANCE = np.random.default_rng(12)
Y = CHANCE.poisson(4, 500).astype(float)
P = np.maximum(Y + CHANCE.normal(0.3, 2, 500), 0)
SCALE, SQUARE = np.full(500, 2.5), np.full(500, 9.0)


def of(y, p, within=0.2):
    n = len(y)
    return sum_errors(np.array(y), np.array(p), np.full(n, 2.5), np.full(n, 9.0), within)


def test_measures_equal_a_plain_loop():
    row = measure_errors(pd.DataFrame([sum_errors(Y, P, SCALE, SQUARE)])).iloc[0]
    absolute = squared = total = error = hits = percent = positive = scaled = 0.0
    for y, p, s in zip(Y, P, SCALE, strict=True):
        absolute += abs(p - y)
        squared += (p - y) ** 2
        total += y
        error += p - y
        scaled += abs(p - y) / s
        if y > 0:
            positive += 1
            percent += abs(p - y) / y
            hits += abs(p - y) <= 0.2 * y
        else:
            hits += p <= 0.5
    expected = {
        "wape": absolute / total,
        "bias": error / total,
        "mape": percent / positive,
        "excluded_share": 1 - positive / 500,
        "rmse": (squared / 500) ** 0.5,
        "mae": absolute / 500,
        "hit_rate": hits / 500,
        "mase": scaled / 500,
        "rmsse": (squared / 9 / 500) ** 0.5,
    }
    for name, value in expected.items():
        assert row[name] == pytest.approx(value), name


def test_identities():
    row = measure_errors(pd.DataFrame([sum_errors(Y, P, SCALE, SQUARE)])).iloc[0]
    assert abs(row["bias"]) <= row["wape"]
    assert row["mae"] <= row["rmse"]
    assert row["mase"] == pytest.approx(row["mae"] / 2.5)
    double = measure_errors(pd.DataFrame([sum_errors(2 * Y, 2 * P, 2 * SCALE, 4 * SQUARE)])).iloc[0]
    for name in ("wape", "bias", "mape", "mase", "rmsse"):  # free of the unit
        assert double[name] == pytest.approx(row[name])
    parts = of(Y[:200], P[:200]) + of(Y[200:], P[200:])
    assert parts[list(SUMS)].tolist() == pytest.approx(sum_errors(Y, P, SCALE, SQUARE).tolist())


def test_sign_and_boundaries():
    over = of([10.0], [12.0])
    assert measure_errors(pd.DataFrame([over]))["bias"][0] == pytest.approx(0.2)  # too much is above 0
    assert over["n_hit"] == 1  # 20 % off counts as a hit
    assert of([10.0], [12.0], within=0.1)["n_hit"] == 0
    nothing = [of([0.0], [p])["n_hit"] for p in (0.5, 0.51)]
    assert nothing == [1, 0]
    assert sum_errors(np.ones(1), np.ones(1) * 3, np.zeros(1), np.ones(1))["scaled"] == 0


def test_nothing_sold_has_no_share():
    row = measure_errors(pd.DataFrame([of(np.zeros(3), np.ones(3))])).iloc[0]
    assert row[["wape", "bias", "mape"]].isna().all() and row["hit_rate"] == 0
    with pytest.raises(ParameterError, match="every row"):
        of([np.nan], [1.0])


def plain_long_run(x, y, lags):
    """Newey and West (1987) as a loop."""
    n, total = len(x), 0.0
    for i in range(n):
        for j in range(n):
            weight = 1 - abs(i - j) / (lags + 1)
            total += max(weight, 0) * (x[i] - x.mean()) * (y[j] - y.mean()) / n
    return total


def test_long_run_covariance_equals_a_loop():
    x, y = CHANCE.normal(size=(2, 40))
    found = estimate_long_run([x, y], lags=5)
    expected = [[plain_long_run(a, b, 5) for b in (x, y)] for a in (x, y)]
    assert found == pytest.approx(np.array(expected))
    assert estimate_long_run([x, y], lags=0) == pytest.approx(np.cov(x, y, ddof=0))


def test_skill_of_paired_errors():
    loss = CHANCE.exponential(1, 60)
    result = estimate_skill(loss, 2 * loss, lags=3)
    assert (result.value, result.low, result.high) == pytest.approx((0.5, 0.5, 0.5))
    noisy = estimate_skill(loss, 2 * loss + CHANCE.normal(0, 0.3, 60), lags=3)
    assert noisy.low < noisy.value < noisy.high and noisy.p_value < 0.01
    assert estimate_skill(2 * loss, loss, lags=3).value == pytest.approx(-1)
    tighter = estimate_skill(loss, 2 * loss + CHANCE.normal(0, 0.3, 60), lags=3, level=0.5)
    assert tighter.high - tighter.low < noisy.high - noisy.low


def test_skill_cannot_be_said_where_the_other_errs_by_nothing():
    unclear = np.concatenate([np.zeros(19), [1.0]])
    result = estimate_skill(CHANCE.exponential(1, 20), unclear, lags=2)
    assert np.isnan([result.value, result.low, result.high]).all()
    with pytest.raises(ParameterError, match="expected 10 periods"):
        estimate_skill(np.ones(9), np.ones(9))


def test_skill_intervals_hold_where_errors_hang_together():
    held = plain = 0
    for seed in range(300):
        chance = np.random.default_rng(seed)
        busy = np.repeat(chance.gamma(2, 0.5, 16), 7)  # weeks in which both err more
        own, other = busy * chance.uniform(0.3, 1.1, 112), np.full(112, 1.0) + 0.2 * busy
        truth = 1 - 0.7 / 1.2
        for lags in (14, 0):
            result = estimate_skill(own, other, lags)
            inside = result.low <= truth <= result.high
            held, plain = (held + inside, plain) if lags else (held, plain + inside)
    assert 0.8 <= held / 300 <= 0.96
    assert plain / 300 < 0.7


def test_ratio_interval_covers():
    hits = 0
    for seed in range(120):
        chance = np.random.default_rng(seed)
        common = np.repeat(chance.normal(0, 0.2, 20), 7)  # days of one week share their luck
        y = chance.uniform(50, 150, 140)
        rows = pd.DataFrame({"g": 1, "week": np.repeat(range(20), 7), "y": y, "e": y * (0.2 + 0.1 * common)})
        result = estimate_ratios(rows, ["g"], "week", "e", "y").iloc[0]
        hits += result["low"] <= 0.2 <= result["high"]
    assert 0.8 <= hits / 120 <= 0.97


def test_ratio_of_few_blocks_and_of_nothing():
    rows = pd.DataFrame(
        {"g": ["a", "a", "b", "b", "b"], "week": [1, 2, 1, 2, 3], "e": 1.0, "y": [5, 5, 0, 0, 0]}
    )
    table = estimate_ratios(rows, ["g"], "week", "e", "y").set_index("g")
    assert table.loc["a", "value"] == pytest.approx(0.2) and np.isnan(table.loc["a", "low"])
    assert np.isnan(table.loc["b", "value"])
    wide = pd.DataFrame({"g": "a", "week": range(5), "e": [1.0, 2, 3, 2, 1], "y": 10.0})
    assert (
        estimate_ratios(wide, ["g"], "week", "e", "y", 0.99)["high"][0]
        > estimate_ratios(wide, ["g"], "week", "e", "y")["high"][0]
    )


def test_demand_classes():
    facts = [(100, 100, 5, 1), (100, 100, 5, 4), (100, 50, 5, 1), (100, 50, 5, 4), (100, 0, np.nan, np.nan)]
    facts.append((132, 100, 10, 7))  # both boundaries belong to the lower class
    rows = pd.DataFrame(facts, columns=["n", "n_positive", "mean_positive", "sd_positive"])
    expected = ["smooth", "erratic", "intermittent", "lumpy", "none", "smooth"]
    assert classify_demand(rows)["demand_class"].tolist() == expected
