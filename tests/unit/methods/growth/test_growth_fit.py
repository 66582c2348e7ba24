from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.growth.decline import decompose_decline
from lucky_analytics.methods.growth.exposure import estimate_losses
from lucky_analytics.methods.growth.growth_fit import GrowthShape, fit_growth
from lucky_analytics.methods.growth.growth_gate import estimate_gate
from lucky_analytics.methods.growth.growth_paths import estimate_paths, estimate_share_path, forecast_new_unit
from lucky_analytics.methods.growth.growth_readout import estimate_plateaus, estimate_time_to_share
from lucky_analytics.methods.growth.growth_validation import estimate_first_week_at_share, leave_one_unit_out
from lucky_analytics.methods.growth.unit_weeks import aggregate_weeks
from lucky_analytics.methods.growth.week_pattern import estimate_week_pattern
from tests.ramp_world import AS_OF, simulate


@functools.cache
def world():
    return simulate(5)


@functools.cache
def weeks():
    opened = world().stores.set_index("unique_id")["opened"]
    return aggregate_weeks(world().days, opened, estimate_week_pattern(world().days), AS_OF)


@functools.cache
def fit(**options):
    return fit_growth(weeks(), world().stores, AS_OF, min_weeks=3, **options)


def test_too_young_a_store_is_prior_only_and_gets_the_mean_plateau():
    table = estimate_plateaus(fit()).set_index("unique_id")
    assert table.loc["s9", "role"] == "prior only"
    assert np.isnan(table.loc["s9", "raw"]) and not table.loc["s9", "is_reached"]
    assert table.loc["s9", "plateau"] == pytest.approx(np.exp(fit().reml.fixed[0]))
    # about x/÷ 1.9 at a spread of .35
    assert 1.5 < table.loc["s9", "high"] / table.loc["s9", "plateau"] < 2.4


def test_pooled_plateaus_lie_between_raw_ones_and_the_mean():
    table = estimate_plateaus(fit())
    table = table[table["role"] == "fitted"]
    mean = np.exp(fit().reml.fixed[0])
    shrunk = (np.log(table["plateau"] / mean)).abs() <= np.log(table["raw"] / mean).abs() + 1e-9
    assert shrunk.all()


def test_intervals_widen_with_the_level():
    narrow, wide = (estimate_plateaus(fit(), level) for level in (0.5, 0.99))
    assert (wide["high"] > narrow["high"]).all() and (wide["low"] < narrow["low"]).all()
    assert estimate_time_to_share(fit(), 0.9, 0.5)[2] < estimate_time_to_share(fit(), 0.9, 0.99)[2]


def test_excluded_stores_are_not_fitted_but_stay_neighbours():
    without = fit(exclude=("s0", "s1"))
    assert without.n_units == 7 and "s0" in set(without.neighbours["unique_id"])
    assert not {"s0", "s1"} & set(without.weeks["unique_id"])


def test_shape_changes_the_fit():
    gompertz = estimate_time_to_share(fit(), 0.9)[0]
    assert estimate_time_to_share(fit(shape=GrowthShape("logistic")), 0.9)[0] != pytest.approx(
        gompertz, abs=0.1
    )
    assert estimate_time_to_share(fit(shape=GrowthShape(hump=0.5)), 0.9)[0] > gompertz
    slower = estimate_time_to_share(fit(shape=GrowthShape(hump=0.5, hump_fade_weeks=4.0)), 0.9)[0]
    assert slower != pytest.approx(estimate_time_to_share(fit(shape=GrowthShape(hump=0.5)), 0.9)[0], abs=0.1)
    assert not fit(shape=GrowthShape(exposure_km=None)).has_exposure


def test_stores_without_coordinates_have_no_neighbours():
    nowhere = world().stores.assign(latitude=np.nan, longitude=np.nan)
    assert not fit_growth(weeks(), nowhere, AS_OF, min_weeks=3).has_exposure


@pytest.mark.parametrize("n_stores", [1, 2])
def test_too_few_stores_is_one_clear_error(n_stores):
    few = world().stores.iloc[2 : 2 + n_stores]
    with pytest.raises(LuckyError, match=r"ramp curve: expected 3 stores .* got [12] stores"):
        fit_growth(weeks(), few, AS_OF)


def test_a_week_without_orders_is_left_out_not_an_error():
    gap = weeks().copy()
    gap.loc[(gap["unique_id"] == "s3") & (gap["age_weeks"].between(5, 7)), "y"] = 0
    refit = fit_growth(gap, world().stores, AS_OF, min_weeks=3)
    assert len(refit.weeks) == len(fit().weeks) - 2
    assert refit.growth[1] == pytest.approx(fit().growth[1], rel=0.1)


def test_paths_end_at_the_plateau_and_go_on_past_today():
    paths = estimate_paths(fit(), n_ahead=30)
    table = estimate_plateaus(fit()).set_index("unique_id")
    oldest = paths[paths["unique_id"] == "s2"]
    assert oldest["is_ahead"].sum() == 30 and not oldest["is_ahead"].iloc[0]
    # Far ahead only the youngest neighbours have still to grow up.
    assert oldest["y"].iloc[-1] == pytest.approx(table.loc["s2", "plateau"], rel=0.05)


def test_new_unit_band_holds_plateau_spread_and_exposure_lowers_it():
    band = forecast_new_unit(fit(), [0.5, 30.0])
    assert (band["low"] < band["y"]).all() and band["y"].iloc[1] > band["y"].iloc[0]
    spread = np.hypot(fit().plateau_sd, fit().noise_sd)
    assert (band["log_se"] > spread).all()
    assert (forecast_new_unit(fit(), [30.0], exposure=5.0)["y"] < band["y"].iloc[1]).all()


def test_share_path_passes_the_times_to_shares():
    weeks_to_90 = estimate_time_to_share(fit(), 0.9)[0]
    assert estimate_share_path(fit(), [weeks_to_90])["share"].iloc[0] == pytest.approx(0.9)


def test_gate_orders_its_ends_and_tightens_with_the_bar():
    ages = [4.5, 5.5, 6.5, 7.5]
    gate = estimate_gate([fit()], [1.0], 1700, ages, confidence=0.8)
    assert gate.stop < gate.even < gate.go
    assert estimate_gate([fit()], [1.0], 2000, ages).even > gate.even
    surer, vaguer = (estimate_gate([fit()], [1.0], 1700, ages, confidence=c) for c in (0.95, 0.6))
    assert surer.go > gate.go > vaguer.go
    assert estimate_gate([fit()], [1.0], 1700, ages, log_se=0.3).go > gate.go
    assert estimate_gate([fit()], [1.0], 1700, ages[:1]).plateau_log_se > gate.plateau_log_se


def test_gate_over_two_fits_lies_between_theirs_and_a_single_one_is_bayes_rule():
    ages = [4.5, 5.5, 6.5, 7.5]
    other = fit(shape=GrowthShape(form="logistic"))
    one, two = (estimate_gate([each], [1.0], 1700, ages) for each in (fit(), other))
    both = estimate_gate([fit(), other], [0.5, 0.5], 1700, ages)
    for end in ("even", "go", "stop"):
        ends = sorted([getattr(one, end), getattr(two, end)])
        assert ends[0] < getattr(both, end) < ends[1], end
    # The posterior mean of the plateau is the bar at even, and its margin below it at go.
    margin = norm.ppf(0.8) * one.plateau_log_se
    own = estimate_gate([fit()], [1.0], 1700 * np.exp(margin), ages)
    assert one.go == pytest.approx(own.even)


@pytest.mark.parametrize(("needed", "confidence"), [(0, 0.8), (1700, 0.5), (1700, 1.0)])
def test_gate_refuses_nonsense(needed, confidence):
    with pytest.raises(ParameterError, match="gate: expected needed_plateau > 0"):
        estimate_gate([fit()], [1.0], needed, [7.5], confidence=confidence)


def test_losses_follow_the_kernel():
    losses = estimate_losses(fit())
    effect = float(fit().reml.fixed[1])
    pair = losses[(losses["unique_id"] == "s3") & (losses["neighbour_id"] == "s4")].iloc[0]
    # s4 is 22 weeks old: grown up, so its maturity is 1
    assert pair["loss"] == pytest.approx(1 - np.exp(effect * np.exp(-pair["km"])), rel=1e-3)
    assert pair["low"] < pair["loss"] < pair["high"]
    own = losses[losses["unique_id"] == "s3"]
    assert own["loss_all"].iloc[0] == pytest.approx(1 - (1 - own["loss"]).prod())


def test_losses_need_an_exposure_term():
    with pytest.raises(LuckyError, match="fitted with exposure_km"):
        estimate_losses(fit(shape=GrowthShape(exposure_km=None)))


def test_decline_recovers_planted_causes():
    planted = world().days.copy()
    flagship = planted["unique_id"] == "s0"
    age = (planted["ds"] - planted["ds"].min()).dt.days
    lift = 0.8 * np.exp(-age / 120) - 0.25 * (planted["ds"] >= "2026-01-05")
    planted.loc[flagship, "y"] = (planted["y"] * np.exp(lift))[flagship].round().astype(int)
    stores = world().stores
    table = aggregate_weeks(
        planted, stores.set_index("unique_id")["opened"], estimate_week_pattern(planted), AS_OF
    )
    ramp = fit_growth(table, stores, AS_OF, min_weeks=3, exclude=("s0",))
    periods = ((dt.date(2025, 8, 1), dt.date(2025, 9, 1)), (dt.date(2026, 1, 19), dt.date(2026, 2, 14)))
    causes = decompose_decline(ramp, table, "s0", *periods, dt.date(2026, 1, 5)).set_index("cause")
    step, fading = causes.loc["promotion withdrawn"], causes.loc["fading since opening"]
    assert step["low"] < -0.25 < step["high"]
    assert fading["low"] < 0.8 * (np.exp(-215 / 120) - np.exp(-46 / 120)) < fading["high"]
    parts = causes.drop(index="all")["log_change"]
    assert parts.sum() == pytest.approx(causes.loc["all", "log_change"])
    without = decompose_decline(ramp, table, "s0", *periods)
    assert "promotion withdrawn" not in set(without["cause"])


def test_decline_needs_weeks_in_both_periods():
    empty = (dt.date(2024, 1, 1), dt.date(2024, 2, 1))
    with pytest.raises(LuckyError, match="a week of trading in its start period"):
        decompose_decline(
            fit(exclude=("s0",)), weeks(), "s0", empty, (dt.date(2026, 1, 1), dt.date(2026, 2, 1))
        )


def test_own_weeks_beat_the_chain_mean_for_an_unseen_store():
    errors = leave_one_unit_out(weeks(), world().stores, AS_OF, n_known=4)
    assert errors["after"].mean() < errors["chain_mean"].mean()
    assert errors["after"].mean() < errors["before"].mean()
    assert set(errors["unique_id"]) <= set(fit().units["unique_id"])


def test_first_week_at_share_is_censored_when_never_reached():
    table = pd.DataFrame({"unique_id": ["s2", "s9"], "plateau": [1.0, 1e9]})
    first = estimate_first_week_at_share(weeks(), table)
    assert first["event_observed"].tolist() == [True, False]
    last = weeks().loc[weeks()["unique_id"] == "s9", "age_weeks"].max()
    assert first["duration_weeks"].iloc[1] == last


def test_inputs_are_not_changed():
    before = weeks().copy(), world().stores.copy()
    fit_growth(weeks(), world().stores, AS_OF, min_weeks=3)
    pd.testing.assert_frame_equal(weeks(), before[0])
    pd.testing.assert_frame_equal(world().stores, before[1])


def test_shape_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit().shape.hump = 1.0
