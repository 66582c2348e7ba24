"""The baseline of days: holidays, closed and missing days, an odd day, growth, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.seasonal import STL

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.baselines.day_baseline import FEWEST, expect_days
from lucky_analytics.methods.baselines.day_carry import carry_over
from lucky_analytics.methods.baselines.day_filter import Filtered

DAYS = pd.date_range("2025-03-03", periods=200)
WEEK = np.array([1.0, 1.05, 1.0, 1.1, 1.2, 0.6, 0.5])


def frame(y, days=DAYS, name="a", **columns):
    return pd.DataFrame({"unique_id": name, "ds": days, "y": y, **columns})


def steady(seed=0, level=1000.0, noise=0.05):
    chance = np.random.default_rng(seed)
    return level * WEEK[DAYS.day_of_week] * np.exp(chance.normal(0, noise, len(DAYS)))


def test_expectation_is_near_a_robust_decomposition_of_the_whole_series():
    y = steady()
    y[120] *= 3
    truth = STL(pd.Series(np.log(y), DAYS), period=7, robust=True).fit()
    usual = np.exp(truth.trend + truth.seasonal).to_numpy()[-60:]
    off = np.log(expect_days(frame(y), "amount")["expected"].to_numpy()[-60:] / usual)
    assert abs(off.mean()) < 0.01
    assert off.std() < 0.035  # a day ahead, where the decomposition has seen the days themselves


def test_each_day_is_judged_by_the_days_before_alone():
    y = steady()
    early = expect_days(frame(y[:120], DAYS[:120]), "amount")
    late = expect_days(frame(y), "amount").iloc[:120]
    pd.testing.assert_frame_equal(early, late)


def test_nothing_is_said_before_a_month():
    found = expect_days(frame(steady()), "amount")
    assert found["expected"].isna().to_numpy().nonzero()[0].tolist() == list(range(FEWEST))


@pytest.mark.parametrize("factor", [0.0, 0.02, 30.0])
def test_an_odd_day_is_found_and_hardly_moves_or_widens_the_next(factor):
    y = steady()
    plain = expect_days(frame(y), "amount").set_index("ds")
    y[150] *= factor
    odd = expect_days(frame(y), "amount").set_index("ds")
    assert odd["p_value"].iloc[150] < 1e-4
    after = slice(151, 200)
    assert (np.log(odd["expected"] / plain["expected"]).iloc[after].abs() < 0.05 / 4).all()
    widths = [np.log(table["high"] / table["low"]).iloc[after] for table in (plain, odd)]
    assert (widths[1] < 1.1 * widths[0]).all()


def test_a_closed_day_is_null_and_a_missing_one_is_expected():
    y, open_hours = steady(), np.full(len(DAYS), 12.0)
    open_hours[[100, 199]] = [0.0, np.nan]
    y[110] = np.nan
    found = expect_days(frame(y, exposure=open_hours).drop(index=[120]), "amount")
    assert len(found) == len(DAYS)
    assert found.loc[[100, 120, 199], ["y", "expected", "p_value"]].isna().all(axis=None)
    assert np.isfinite(found.loc[110, ["expected", "low", "high"]].astype(float)).all()
    assert found.loc[110, ["y", "p_value"]].isna().all()


def test_half_the_hours_lead_to_half_the_expectation():
    hours = np.where(np.arange(len(DAYS)) % 5 == 0, 6.0, 12.0)
    found = expect_days(frame(steady(noise=0.02) * hours / 12, exposure=hours), "amount").iloc[100:]
    assert ((found["y"] >= found["low"]) & (found["y"] <= found["high"])).mean() > 0.9
    assert found["high"].div(found["low"]).median() < 1.15


def test_a_holiday_is_expected_once_one_was_seen_and_moves_no_other_day():
    y, special = steady(noise=0.03), np.isin(np.arange(len(DAYS)), [50, 90, 140])
    plain = expect_days(frame(y), "amount")
    y[special] *= 0.5
    found = expect_days(frame(y, is_special=special), "amount")
    usual = plain["expected"]
    assert found["low"][50] < found["y"][50]  # the first could be anything
    assert found["expected"][140] == pytest.approx(usual[140] / 2, rel=0.1)
    assert found["p_value"][140] > 0.05
    others = ~special[FEWEST:]
    assert (np.log(found["expected"] / usual)[FEWEST:][others].abs() < 0.02).all()


def test_a_store_that_opens_late_grows_without_alarm():
    chance, week = np.random.default_rng(3), np.arange(len(DAYS)) / 7
    old = frame(steady())
    grown = 500 * np.exp(-1.2 * np.exp(-0.55 * week)) * WEEK[DAYS.day_of_week]
    new = frame(grown * np.exp(chance.normal(0, 0.05, len(DAYS))), name="b").iloc[:100]
    new["ds"] = DAYS[100:]
    found = expect_days(pd.concat([old, new]), "amount")
    young = found[found["unique_id"].eq("b")]
    assert len(young) == 100
    assert young["p_value"].min() > 1e-3
    assert ((young["y"] < young["low"]) | (young["y"] > young["high"])).mean() < 0.15


@pytest.mark.parametrize(("kind", "factor"), [("amount", 0.6), ("count", 0.6), ("count", 40.0)])
def test_a_lasting_change_is_unusual_for_a_week_and_then_usual(kind, factor):
    chance = np.random.default_rng(5)
    y = steady() if kind == "amount" else chance.poisson(steady()).astype(float)
    y[120:] = (y[120:] * factor).round()
    found = expect_days(frame(y), kind)
    assert (found["p_value"].iloc[120:124] < 0.01).all()
    assert (found["p_value"].iloc[124:126] < 0.05).all()
    late = found.iloc[135:]
    assert (np.log(late["expected"] / late["y"]).abs() < 0.25).all()
    assert late["p_value"].gt(0.01).mean() > 0.9


def hanging_together(chance, n_stores=6, n_days=200, left=0.95):
    """Stores whose every week is as a whole above or below, with little chance from day to day within it."""
    weeks = np.repeat(chance.normal(0, 0.15, (n_stores, n_days // 7 + 1)), 7, axis=1)[:, :n_days]
    y = 1000 * WEEK[DAYS[:n_days].day_of_week] * np.exp(weeks + chance.normal(0, 0.03, weeks.shape))
    return pd.concat([frame(row, name=f"store {place}") for place, row in enumerate(y)])


def test_days_that_hang_together_are_expected_from_the_day_before():
    days = hanging_together(np.random.default_rng(0))
    found = expect_days(days, "amount")
    late = found[found["ds"] >= DAYS[120]]
    is_first = late["ds"].dt.day_of_week == DAYS[0].day_of_week  # of a week, which is news
    half, error = np.log(late["high"] / late["expected"]), np.log(late["y"] / late["expected"])
    assert half[~is_first].median() < 0.75 * half[is_first].median()
    assert error[~is_first].std() < 0.6 * error[is_first].std()
    assert late["y"].between(late["low"], late["high"]).mean() > 0.93
    fallen = days.copy()
    last = fallen["ds"].eq(DAYS[-2]) & fallen["unique_id"].eq("store 3")
    fallen.loc[last, "y"] *= 0.4
    own = expect_days(fallen, "amount").set_index(["unique_id", "ds"]).loc["store 3"]
    assert own.loc[DAYS[-2], "p_value"] < 0.005
    before = found.set_index(["unique_id", "ds"]).loc["store 3"]
    assert own.loc[DAYS[-1], "expected"] > 0.85 * before.loc[DAYS[-1], "expected"]  # an odd day leaves little


def test_what_is_left_of_a_surprise_is_learnt_and_chance_is_not_followed():
    chance = np.random.default_rng(1)
    weekday, special = np.arange(210) % 7, np.zeros(210, bool)
    alone = chance.normal(size=(8, 210))
    tied = alone.copy()
    for day in range(1, 210):
        tied[:, day] = 0.8 * tied[:, day - 1] + 0.6 * alone[:, day]
    n_past = np.tile(np.arange(210), (8, 1))
    found = [carry_over(Filtered(np.zeros(z.shape), np.ones(z.shape), z, n_past), weekday, special)
             for z in (alone, tied)]  # fmt: skip
    assert np.abs(found[0].mean[:, 100:]).mean() < 0.1 and np.abs(found[0].variance[:, 100:] - 1).mean() < 0.1
    assert 0.33 < found[1].variance[:, 150:].mean() < 0.65  # 0.36, were all known
    assert abs(np.corrcoef(found[1].z[:, 150:-1].ravel(), found[1].z[:, 151:].ravel())[0, 1]) < 0.45
    assert np.corrcoef(found[1].mean[:, 151:].ravel(), tied[:, 150:-1].ravel())[0, 1] > 0.9


def test_a_special_day_takes_nothing_over_and_leaves_nothing():
    chance = np.random.default_rng(2)
    z = np.repeat(chance.normal(size=(5, 30)), 7, axis=1)
    special = np.zeros(210, bool)
    special[150] = True
    n_past = np.tile(np.arange(210), (5, 1))
    found = carry_over(Filtered(np.zeros(z.shape), np.ones(z.shape), z, n_past), np.arange(210) % 7, special)
    assert (found.mean[:, 150:152] == 0).all() and (found.mean[:, 153] != 0).any()


def test_a_constant_series_is_quiet_until_it_changes():
    y = np.full(len(DAYS), 3.0)
    assert expect_days(frame(y), "plain")["p_value"].dropna().min() > 0.99
    y[-1] = 2.0
    assert expect_days(frame(y), "plain")["p_value"].iloc[-1] < 1e-4


def test_counts_of_nothing_are_quiet_and_a_burst_is_not():
    y = np.zeros(len(DAYS))
    quiet = expect_days(frame(y), "count")
    assert quiet["p_value"].dropna().min() > 0.99
    assert quiet["expected"].iloc[-1] < 0.05
    y[-1] = 12
    assert expect_days(frame(y), "count")["p_value"].iloc[-1] < 2e-4


def test_a_share_is_a_count_of_its_exposure():
    chance = np.random.default_rng(1)
    orders = chance.integers(200, 600, len(DAYS)).astype(float)
    found = expect_days(frame(chance.binomial(orders.astype(int), 0.03), exposure=orders), "count")
    assert (found["expected"] / orders)[60:].between(0.022, 0.04).all()


@pytest.mark.parametrize(
    ("kind", "y", "said"),
    [
        ("amount", -1.0, "amount"),
        ("count", 1.5, "whole"),
        ("count", -2.0, "whole"),
        ("plain", np.inf, "finite"),
        ("share", 0.5, "kind"),
    ],
)
def test_what_a_kind_cannot_have_is_refused(kind, y, said):
    with pytest.raises(ParameterError, match=said):
        expect_days(frame([1.0, y], DAYS[:2]), kind)


def test_a_day_given_twice_is_refused():
    with pytest.raises(ParameterError, match="twice"):
        expect_days(frame([1.0, 2.0], DAYS[[0, 0]]), "amount")
