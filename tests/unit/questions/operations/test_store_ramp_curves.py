from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.models import ramp
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.launch_levels import estimate_launch_levels
from lucky_analytics.questions.operations.store_ramp_curves import ahead, outlook, views
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import AS_OF, simulate


@functools.cache
def loaded():
    suite = SimulatedSuite(simulate(5))
    return suite, ramp.load_stores(suite).execute(), ramp.load_days(suite).execute()


@functools.cache
def fitted():
    _, stores, days = loaded()
    weekly = ramp.aggregate_store_weeks(days, stores, AS_OF)
    return weekly, ramp.fit_ramp(weekly, stores, AS_OF, exclude=ramp.find_launch_stores(stores))


def plateaus(needed=35_000.0):
    weekly, fit = fitted()
    return ramp.estimate_store_plateaus(fit, ramp.estimate_order_value(weekly), loaded()[1], needed)


def test_frames_hold_trading_stores_only_and_every_order():
    suite, stores, days = loaded()
    assert "Internal" not in set(stores["store_name"]) and len(stores) == 10
    assert days["y"].sum() == suite.orders.count().execute()
    assert days["value"].sum() == suite.orders.revenue_cents.sum().execute()
    assert days.groupby(["unique_id", "ds"]).size().max() == 1


def test_days_end_with_as_of():
    early = SimulatedSuite(simulate(5))
    early.as_of = dt.date(2025, 12, 31)
    assert ramp.load_days(early).execute()["ds"].max() == pd.Timestamp("2025-12-31")


def test_launch_stores():
    stores = loaded()[1]
    assert ramp.find_launch_stores(stores) == ["s0", "s1"]
    assert ramp.find_launch_stores(stores, within_days=60) == ["s0", "s1", "s2", "s3"]
    assert ramp.find_launch_stores(stores.head(2)) == []


def test_time_to_plateau_and_its_claim():
    _, fit = fitted()
    times = ramp.estimate_time_to_plateau(fit, claimed_weeks=4.0)
    assert times["share"].tolist() == [0.5, 0.9] and times["weeks"].is_monotonic_increasing
    late = ramp.estimate_time_to_plateau(fit, claimed_weeks=40.0)
    assert late["p_claim"].iloc[1] > 0.99 > times["p_claim"].iloc[1]


def test_plateaus_in_dollars():
    table = plateaus()
    months = table["plateau"] * 4.80 * WEEKS_A_MONTH
    np.testing.assert_allclose(table["dollars"], months, rtol=1e-3)
    assert table["dollars"].is_monotonic_decreasing
    assert (plateaus(needed=1.0)["p_needed"] > 0.999).all()
    assert (plateaus(needed=1e9)["p_needed"] < 0.001).all()


def test_only_the_named_assumption_changes():
    weekly, fit = fitted()
    table = ramp.compare_assumptions(weekly, loaded()[1], AS_OF, fit, min_weeks=3, exclude=["s0", "s1"])
    assert table["weeks"].iloc[0] == ramp.estimate_time_to_plateau(fit)["weeks"].iloc[1]
    assert table["weeks"].nunique() == len(table)


def test_forecast_covers_twelve_weeks_and_starts_low():
    weekly, fit = fitted()
    forecast = ahead.forecast_next_store(fit, ramp.estimate_order_value(weekly), n_weeks=12)
    assert forecast["week"].tolist() == list(range(1, 13)) and forecast["y"].is_monotonic_increasing
    assert (forecast["dollars_low"] / forecast["dollars"] <= forecast["low"] / forecast["y"]).all()


def test_young_stores_are_foretold_up_to_week_twelve_and_the_weeks_that_came_lie_inside():
    """Four weeks are kept back: what the young stores then sold, against the intervals for those weeks."""
    _, stores, days = loaded()
    earlier = AS_OF - dt.timedelta(weeks=4)
    weekly = ramp.aggregate_store_weeks(days[days["ds"] <= pd.Timestamp(earlier)], stores, earlier)
    fit = ramp.fit_ramp(weekly, stores, earlier, exclude=ramp.find_launch_stores(stores))
    values = ramp.estimate_order_value(weekly)
    young = ahead.forecast_young_stores(fit, values, stores)
    assert young.groupby("store_name")["week"].max().eq(12).all()
    ages = (pd.Timestamp(earlier) - stores.set_index("store_name")["opened"]).dt.days / 7
    assert set(young["store_name"]) == set(ages[(ages >= 0) & (ages < 12)].index)
    first = young.groupby("store_name")["week"].min()
    assert first.to_dict() == (ages[first.index].astype(int) + 1).to_dict()
    late = fitted()[0].weeks.merge(stores[["unique_id", "store_name"]])
    late = late[late["week_start"] > pd.Timestamp(earlier)].assign(week=np.ceil(late["age_weeks"]))
    seen = late.merge(young, on=["store_name", "week"], suffixes=("", "_foretold"))
    assert len(seen) >= 12
    assert seen["y_week"].between(seen["low"], seen["high"]).mean() >= 0.8
    wider = ahead.forecast_young_stores(fit, values, stores, level=0.99)
    assert (wider["high"] > young["high"]).all()
    assert ahead.forecast_young_stores(fit, values, stores, n_weeks=1).empty


def test_a_store_too_young_for_weeks_of_its_own_is_foretold_from_the_others():
    weekly, fit = fitted()
    young = ahead.forecast_young_stores(fit, ramp.estimate_order_value(weekly), loaded()[1])
    newest = young[young["store_name"] == "Store 9"]
    assert newest["week"].tolist() == list(range(2, 13))
    known = young[young["store_name"] == "Store 8"]
    assert (newest["high"] / newest["low"]).min() > 2 * (known["high"] / known["low"]).max()


def test_months_are_whole_and_in_words():
    _, stores, days = loaded()
    weekly, fit = fitted()
    levels = estimate_launch_levels(weekly.weeks, stores, ["s0"], fit.noise_sd)
    row = views.add_months(levels, days, stores, AS_OF).iloc[0]
    own = days[days["unique_id"] == "s0"].set_index("ds")["value"] / 100
    starts = pd.date_range("2025-07-01", "2026-01-01", freq="MS")
    sums = {f"{start:%b %Y}": own[start : start + pd.offsets.MonthEnd(0)].sum() for start in starts}
    assert row["best_dollars"] == pytest.approx(max(sums.values()))
    assert sums[row["best_month"]] == pytest.approx(row["best_dollars"])
    assert (row["last_month"], row["last_dollars"]) == ("Jan 2026", pytest.approx(sums["Jan 2026"]))
    said = views.describe_months(views.add_months(levels, days, stores, AS_OF), "Store 0")
    assert f"in {row['best_month']}" in said and said.endswith("in Jan 2026")
    assert views.describe_months(views.add_months(levels, days.head(0), stores, AS_OF), "Store 0") == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((-0.5, 0.1), "lost 33 % of its orders; the largest single cause is novelty (−39 %)"),
        ((-0.1, 0.5), "gained 49 % of its orders; the largest single cause is season (+65 %)"),
    ],
)
def test_the_cause_that_is_named_moves_as_the_store_did(changes, words):
    log_change = [*changes, sum(changes)]
    causes = pd.DataFrame({"cause": ["novelty", "season", "all"], "log_change": log_change})
    causes["change"] = np.expm1(causes["log_change"])
    assert words in views.describe_fall(causes, "Store 0")


def test_unseen_error_ends_with_the_mean():
    weekly, fit = fitted()
    table = outlook.estimate_unseen_error(weekly, loaded()[1], fit, min_weeks=3, exclude=["s0", "s1"])
    assert table["store_name"].iloc[-1] == "Mean of stores"
    assert table["after"].iloc[-1] < table["before"].iloc[-1]


def test_loss_at_a_distance():
    _, fit = fitted()
    near, far = outlook.estimate_loss_at(fit, 0.5)[0], outlook.estimate_loss_at(fit, 3.0)[0]
    value, low, high = outlook.estimate_loss_at(fit, 0.5)
    assert near > far > 0 and low < value < high


def test_first_weeks_count_the_young_store_as_censored():
    weekly, _ = fitted()
    table = plateaus()
    table.loc[table["unique_id"] == "s9", "plateau"] = 1e9
    table = outlook.estimate_first_weeks(weekly, table)
    assert table["n_at_risk"].iloc[0] == 8 and table["n_event"].sum() == 7


def test_fall_names_its_months():
    weekly, fit = fitted()
    causes = outlook.decompose_fall(fit, weekly, "s0", "2026-02-01")
    assert causes["end_month"].iloc[0] == "Feb 2026"
    with pytest.raises(LuckyError, match="at least one full month"):
        outlook.decompose_fall(fit, weekly, "s9")


def test_checks_name_what_does_not_hold():
    _, stores, days = loaded()
    good = views.check_days(days, stores, pd.Timestamp(AS_OF))
    assert good["passed"].all()
    early = days.assign(ds=days["ds"] - pd.Timedelta(days=1))
    holes = days.drop(days.index[100:110])
    nowhere = stores.assign(latitude=np.nan)
    assert not views.check_days(early, stores, pd.Timestamp(AS_OF))["passed"].iloc[0]
    assert not views.check_days(holes, stores, pd.Timestamp(AS_OF))["passed"].iloc[1]
    assert not views.check_days(days, stores, pd.Timestamp("2026-03-01"))["passed"].iloc[2]
    assert not views.check_days(days, nowhere, pd.Timestamp(AS_OF))["passed"].iloc[3]
    with pytest.raises(LuckyError, match="got none up to 2026-02-13"):
        views.check_days(days.head(0), stores, pd.Timestamp(AS_OF))


@pytest.mark.parametrize(
    ("chances", "words"),
    [([0.01, 0.02], "are not enough"), ([0.95, 0.99], "are enough"), ([0.05, 0.38], "is open")],
)
def test_claim_in_words(chances, words):
    assert words in views.describe_claim(chances, 4.0)


def test_panels_hold_every_store_and_mark_the_young_one():
    weekly, fit = fitted()
    panels = views.assemble_panels(fit, weekly.weeks, loaded()[1], plateaus())
    assert panels["label"].nunique() == 10
    censored = panels[panels["kind"] == "censored"]
    assert censored["label"].tolist() == ["Store 9"]
    assert set(panels.loc[panels["label"] == "Store 0", "kind"]) == {"week"}
    assert "path" not in set(panels.loc[panels["label"] == "Store 9", "kind"])


def test_launch_levels():
    weekly, _ = fitted()
    table = estimate_launch_levels(weekly.weeks, loaded()[1], ["s0", "s9"], 0.1)
    assert table["store_name"].tolist() == ["Store 0"]
    assert (table["low"] < table["change"]).all() and (table["peak"] >= table["recent"]).all()
