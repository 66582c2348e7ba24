from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.best_level import fall_of_steady
from lucky_analytics.methods.growth.curves import age_at_share
from lucky_analytics.models import ramp
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.launch_levels import estimate_launch_levels
from lucky_analytics.questions.operations.store_ramp_curves import ahead, outlook, speed, texts, views
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
    reach = table[table["assumption"].str.contains("reach")]["loss"]
    assert len(reach) == 2 and reach.nunique() == 2 and table["loss"].isna().sum() == 1


def test_forecast_covers_twelve_weeks_and_starts_low():
    weekly, fit = fitted()
    forecast = ahead.forecast_next_store([fit], [1.0], ramp.estimate_order_value(weekly), n_weeks=12)
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


def fall_of(log_changes, half=0.05, is_clear=True):
    causes = pd.DataFrame({"cause": list(log_changes), "log_change": list(log_changes.values())})
    known = ~causes["cause"].isin(["unexplained"])
    causes["low"], causes["high"] = ((causes["log_change"] + s * half).where(known) for s in (-1, 1))
    causes["change"] = np.expm1(causes["log_change"])
    total = sum(log_changes.values())
    fall = pd.Series({"store_name": "Store 0", "change": np.expm1(total), "is_clear": is_clear})
    return texts.describe_fall(causes, fall)


def test_the_largest_cause_is_named_only_when_it_is_clear_of_the_next():
    clear = fall_of({"sister stores": -0.5, "fading since opening": -0.2, "unexplained": 0.1})
    assert "lost 45 % of its orders since its best four weeks" in clear
    assert clear.endswith("the largest single cause is sister stores (−39 %)")
    near = fall_of({"sister stores": -0.5, "fading since opening": -0.42, "unexplained": 0.1})
    assert near.endswith(
        "sister stores (−39 %) and fading since opening (−34 %) both took part, neither surely more"
    )
    assert "no single part stands out" in fall_of({"sister stores": -0.5, "unexplained": -0.6})
    faded = fall_of({"fading since opening": -0.6, "unexplained": 0.1})
    assert "cause is" not in faded and faded.endswith(
        "the largest single part is fading since opening (−45 %), whatever made it fade"
    )
    assert fall_of({"fading since opening": -0.5, "sister stores": -0.42}).endswith("neither surely more")
    assert "no cause is clear of nought" in fall_of({"sister stores": -0.03, "unexplained": -0.5})
    assert "no lower" in fall_of({"sister stores": -0.5}, is_clear=False)


def test_a_fall_is_one_fall_in_table_and_causes():
    """The same two spans of weeks, so the same change; revenue is of these weeks, too."""
    _, stores, _ = loaded()
    weekly, fit = fitted()
    levels = estimate_launch_levels(weekly.weeks, stores, ["s0", "s1"], fit.noise_sd)
    causes = outlook.decompose_falls(fit, weekly, levels, "2026-02-01")
    whole = causes[causes["cause"] == "all"].set_index("unique_id")["change"]
    assert levels.set_index("unique_id")["change"].to_dict() == pytest.approx(whole.to_dict())
    own = weekly.weeks[weekly.weeks["unique_id"] == "s0"].set_index("week_start")
    row = levels.iloc[0]
    best = own[row["peak_start"] : row["peak_end"] - pd.Timedelta(days=1)]
    assert len(best) == 4
    assert best["y_week"].mean() == own[own["n_days"] == 7]["y_week"].rolling(4).mean().max()
    assert outlook.decompose_falls(fit, weekly, levels.head(0)).empty


def lonely():
    """A chain whose stores have no place: nobody gains a neighbour."""
    _, stores, _ = loaded()
    weekly, _ = fitted()
    return weekly, stores, ramp.fit_ramp(weekly, stores.assign(latitude=np.nan), AS_OF, exclude=["s0", "s1"])


def test_what_sisters_take_is_said_to_be_unknown_where_no_store_gained_a_neighbour():
    weekly, stores, fit = lonely()
    assert outlook.estimate_loss_at([fit], [1.0], 0.5).value is None
    assert outlook.estimate_losses_by_store(fit, stores).empty
    levels = estimate_launch_levels(weekly.weeks, stores, ["s0"], fit.noise_sd)
    assert outlook.decompose_falls(fit, weekly, levels).empty


def test_too_few_stores_to_leave_one_out_is_said():
    weekly, _ = fitted()
    stores = loaded()[1].set_index("unique_id").loc[["s2", "s3", "s4"]].reset_index()
    few = ramp.RampWeeks(weekly.weeks[weekly.weeks["unique_id"].isin(stores["unique_id"])], weekly.pattern)
    fit = ramp.fit_ramp(few, stores, AS_OF)
    table = outlook.estimate_unseen_error(few, stores, fit, min_weeks=3, exclude=[])
    assert table.empty and "cannot be checked" in texts.describe_unseen(table)


RULES = {"min_weeks": 3, "exclude": ["s0", "s1"]}


@functools.cache
def grown(seed, **planted):
    """Of a world: its stores, their weeks, the fit of the ramp, and its speeds."""
    suite = SimulatedSuite(simulate(seed, **planted))
    stores, days = ramp.load_stores(suite).execute(), ramp.load_days(suite).execute()
    weekly = ramp.aggregate_store_weeks(days, stores, AS_OF)
    fit = ramp.fit_ramp(weekly, stores, AS_OF, **RULES)
    return stores, weekly, fit, speed.fit_speed(weekly, stores, AS_OF, fit, **RULES)


def speeds(**planted):
    return grown(5, **planted)[-1]


def test_times_lie_between_the_forms_and_one_store_is_less_certain():
    usual = speeds()
    times = speed.estimate_times(usual)
    alone = [ramp.estimate_time_to_plateau(fit)["weeks"] for fit in usual.fits]
    assert (times["weeks"] > np.minimum(*alone) - 0.05).all() and (
        times["weeks"] < np.maximum(*alone) + 0.05
    ).all()
    assert (times["one_high"] > times["high"]).all() and (times["one_low"] < times["low"]).all()
    assert "do not settle" in speed.describe_forms(usual)
    curve = speed.estimate_curve(usual)
    assert curve["share"].is_monotonic_increasing and (curve["low"] <= curve["share"]).all()


def test_the_form_is_named_when_the_data_tell():
    assert "for the Gompertz curve" in speed.describe_forms(speeds(k=0.25, b=2.0))


def test_speeds_that_differ_are_found_and_one_speed_is_not_refused():
    assert "not ruled out" in speed.describe_speeds(speeds())
    differing = speeds(k=0.25, b=2.0, k_sd=0.5)
    assert "different speeds" in speed.describe_speeds(differing) and differing.sd > 2 * speeds().sd


@pytest.mark.parametrize(
    ("planted", "b", "k"), [({"k": 0.25, "b": 2.0}, 2.0, 0.25), ({"k_sd": 0.3}, 1.2, 0.55)]
)
def test_a_slow_ramp_and_speeds_that_differ_are_held(planted, b, k):
    times = speed.estimate_times(speeds(**planted)).set_index("share")
    for share in (0.5, 0.9):
        row, true = times.loc[share], age_at_share("gompertz", share, b, k)
        assert (
            row["low"] <= true <= row["high"] and row["one_low"] < row["low"] < row["high"] < row["one_high"]
        )
    assert "4 weeks are enough:" not in texts.describe_claim(times.loc[0.9, "p_claim"], 4.0)


def test_stores_that_do_not_grow_have_no_ramp_and_no_spacing():
    times = speed.estimate_times(speeds(b=0.001, hump=0.0))
    assert not texts.shows_ramp(times)
    assert "No spacing" in texts.describe_spacing(times)
    assert "No growth after the opening is clear" in texts.phrase_answer(times, 35_000)
    assert "Leave 6 weeks" in texts.describe_spacing(speed.estimate_times(speeds()))
    open_end = times.assign(low=1.0, one_high=np.nan)
    assert "not known" in texts.describe_spacing(open_end)


def test_growth_that_is_only_the_hump_taken_off_is_no_ramp():
    """Stores at their plateau from the first day, without a hump, seem to grow by the one that is assumed."""
    times = pd.DataFrame({"share": [0.5, 0.9], "weeks": [0.0, 3.0], "low": [0.0, 1.0], "one_low": [0.0, 0.8]})
    low = {"opening hump twice as high": 1.0, ramp.NO_HUMP: 0.0}
    assumed = pd.DataFrame({"assumption": list(low), "low": list(low.values())})
    allowed = speed.allow_for_no_growth(times, assumed)
    assert texts.shows_ramp(times) and not texts.shows_ramp(allowed)
    assert (
        allowed.iloc[-1][["low", "one_low"]].tolist() == [0.0, 0.0] and (allowed.loc[0] == times.loc[0]).all()
    )
    assert speed.allow_for_no_growth(times, assumed.assign(low=2.0)) is times
    assert not texts.shows_ramp(speed.allow_for_no_growth(times, assumed.assign(low=np.nan)))


@pytest.mark.parametrize("seed", [5, pytest.param(500, marks=pytest.mark.full)])
def test_the_growth_of_stores_that_do_not_grow_can_be_fitted(seed):
    """The likelihood of world 500 is flat in the speed of growth under the wide prior: no page came."""
    stores, weekly, fit, found = grown(seed, b=0.001, hump=0.0)
    times = speed.estimate_times(found)
    assumed = ramp.compare_assumptions(weekly, stores, AS_OF, fit, **RULES)
    assert not texts.shows_ramp(speed.allow_for_no_growth(times, assumed))


def test_losses_that_may_be_nought_are_not_claimed():
    losses = pd.DataFrame(
        {"store_name": ["A"], "neighbour_name": ["B"], "loss": [0.04], "low": [-0.1], "high": [0.2]}
    )
    assert "not known" in texts.describe_losses(losses)
    assert "B takes 4 %" in texts.describe_losses(losses.assign(low=0.01))
    # Where stores gain from sisters in the estimate, the most they may lose is not the smallest gain's.
    gained = pd.concat([losses.assign(loss=-0.04), losses.assign(loss=-0.001, low=-0.002, high=0.0)])
    assert texts.describe_losses(gained).endswith("not known: 20 % at most")


def test_unseen_error_ends_with_the_mean():
    weekly, fit = fitted()
    table = outlook.estimate_unseen_error(weekly, loaded()[1], fit, min_weeks=3, exclude=["s0", "s1"])
    assert table["store_name"].iloc[-1] == "Mean of stores"
    told = table.assign(before=0.1, chain_mean=0.2)
    assert texts.describe_unseen(told).startswith("The error for a store left out is 10 %")
    assert table["after"].iloc[-1] < table["before"].iloc[-1]


def test_loss_at_a_distance():
    _, fit = fitted()
    near, far = (outlook.estimate_loss_at([fit], [1.0], km) for km in (0.5, 3.0))
    assert near.value > far.value > 0 and near.low < near.value < near.high


def test_first_weeks_count_the_young_store_as_censored():
    weekly, _ = fitted()
    table = plateaus()
    table.loc[table["unique_id"] == "s9", "plateau"] = 1e9
    table = outlook.estimate_first_weeks(weekly, table)
    assert table["n_at_risk"].iloc[0] == 8 and table["n_event"].sum() == 7


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
    ("chance", "words"),
    [(0.01, "are not enough"), (0.95, "are enough"), (0.38, "is open"), (0.001, "under 1 %")],
)
def test_claim_in_words(chance, words):
    assert words in texts.describe_claim(chance, 4.0)


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
    assert table["is_clear"].all()
    steady = weekly.weeks.assign(
        y_week=1000 * np.exp(0.1 * np.random.default_rng(1).normal(size=len(weekly.weeks)))
    )
    level = estimate_launch_levels(steady, loaded()[1], ["s0"], 0.1).iloc[0]
    # The best four of many weeks always stand above the last four: that alone leaves nought inside.
    assert not level["is_clear"] and level["change"] < 0 < level["high"]


def test_a_fall_that_one_of_several_stores_shows_by_luck_is_not_news():
    weeks, stores = fitted()[0].weeks, loaded()[1]
    own = (weeks["unique_id"] == "s0") & (weeks["n_days"] == 7)
    alone, shared = (fall_of_steady(int(own.sum()), 0.1, 0.1 / n) for n in (1, 2))
    is_late = own & (weeks.groupby("unique_id").cumcount(ascending=False) < 5)
    fallen = weeks.assign(y_week=1000 * np.exp(-(alone + shared) / 2 * is_late))
    (one,) = estimate_launch_levels(fallen, stores, ["s0"], 0.1).to_dict("records")
    (among,) = estimate_launch_levels(fallen, stores, ["s0", "s9"], 0.1).to_dict("records")
    assert one["is_clear"] and not among["is_clear"] and one["high"] == among["high"] < 0
