"""One more step against the earlier ones: a kept library's prediction interval, stated rates, honest gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.baselines.usual_steps import FEWEST, judge_steps


def series(y, scale="ratio", name="a"):
    return pd.DataFrame({"unique_id": name, "ds": range(len(y)), "y": y, "scale": scale})


@pytest.mark.parametrize("scale", ["ratio", "difference"])
def test_the_range_is_that_of_a_regression_on_a_constant(scale):
    y = np.exp(np.random.default_rng(3).normal(0, 0.1, 25)) * 50
    found = judge_steps(series(y, scale), n_before=3, level=0.9).iloc[0]
    x = np.log(y) if scale == "ratio" else y
    steps = np.array([x[end] - x[end - 3 : end].mean() for end in range(3, 25)])
    fit = sm.OLS(steps[:-1], np.ones(21)).fit()
    (low, high), back = fit.get_prediction([1.0]).conf_int(obs=True, alpha=0.1)[0], np.expm1
    if scale == "difference":
        back = float
    assert (found["low"], found["high"]) == pytest.approx((back(low), back(high)), rel=1e-10)
    assert found["step"] == pytest.approx(back(steps[-1])) and found["n_past"] == 21
    ends = [x[21:24].mean() + end for end in (low, high)]
    wanted = np.exp(ends) if scale == "ratio" else ends
    assert (found["usual_low"], found["usual_high"]) == pytest.approx(tuple(wanted))


@pytest.mark.parametrize("world", ["level", "growth", "walk"])
def test_where_nothing_happens_few_are_outside_as_stated(world):
    """200 series of 26 weeks: a rate of .05 stays under .10 but once in a thousand times."""
    draws, rows = np.random.default_rng(11), []
    for number in range(200):
        noise = draws.normal(0, 0.05, 26)
        level = {"level": noise, "growth": noise + 0.02 * np.arange(26), "walk": np.cumsum(noise)}[world]
        rows.append(series(100 * np.exp(level), name=str(number)))
    found = judge_steps(pd.concat(rows))
    assert (found["p_value"] < 0.05).mean() < 0.10
    assert (found["p_value"] < 0.5).mean() == pytest.approx(0.5, abs=0.12)


def test_a_planted_fall_is_found_and_an_odd_past_widens_the_range():
    draws = np.random.default_rng(5)
    quiet = 100 * np.exp(draws.normal(0, 0.03, 26))
    fallen = np.append(quiet[:-1], 70.0)
    assert judge_steps(series(fallen))["p_value"].iloc[0] < 1e-4
    odd = fallen.copy()
    odd[10] = 40.0
    wide, narrow = (judge_steps(series(y)).iloc[0] for y in (odd, fallen))
    assert wide["high"] - wide["low"] > 2 * (narrow["high"] - narrow["low"])


def test_too_few_weeks_say_nothing_and_a_missing_week_compares_with_nothing():
    few = judge_steps(series([1.0] * (4 + FEWEST))).iloc[0]
    assert few["n_past"] == FEWEST - 1 and np.isnan(few["p_value"]) and few["step"] == 0
    for place in (-1, -2):
        y = [10.0, 11, 12, 11, 10, 11, 12, 10, 11, 12, 10, 11, 12, 11]
        y[place] = np.nan
        row = judge_steps(series(y)).iloc[0]
        assert np.isnan(row["step"]) and row["n_past"] == 0
    one = judge_steps(series([5.0])).iloc[0]
    assert one["value"] == 5.0 and np.isnan(one["before"])


def test_a_series_that_never_moves_is_usual_until_it_does():
    still = judge_steps(series([7.0] * 20)).iloc[0]
    assert still["p_value"] == 1.0
    moved = judge_steps(series([7.0] * 19 + [8.0])).iloc[0]
    assert moved["p_value"] == 0.0


def test_ratios_with_a_nought_are_differences():
    row = judge_steps(series([5.0, 4, 0, 5, 6, 5, 4, 5, 6, 5, 4, 5, 6, 5])).iloc[0]
    assert row["scale"] == "difference" and row["step"] == pytest.approx(
        5 - np.mean([4, 5, 6, 5][-3:] + [5]), abs=1
    )


def test_what_is_asked_wrongly_is_one_line():
    with pytest.raises(ParameterError, match="scale of a series: expected ratio or difference, got share"):
        judge_steps(series([1.0], "share"))
    with pytest.raises(ParameterError, match="level: expected between 0 and 1"):
        judge_steps(series([1.0]), level=1.0)
