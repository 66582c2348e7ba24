"""What an hour should bring: known patterns are learnt, odd hours stand out, and quiet worlds stay quiet."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.baselines.hour_baseline import expect_hours
from lucky_analytics.methods.inference.false_discovery import adjust_p_values

T, JUDGED = 672, 168
HOUR = np.arange(T)
SEASON = HOUR % 168


def series(rng, n=60, sd=0.1):
    pattern = rng.normal(0, 0.5, (n, 24))[:, SEASON % 24] + np.where(
        SEASON >= 120, rng.normal(0, 0.3, (n, 1)), 0
    )
    return 3 + pattern + rng.normal(0, sd, (n, T)), 3 + pattern


def test_the_pattern_of_the_week_is_learnt():
    y, truth = series(np.random.default_rng(1))
    found = expect_hours(y, SEASON, JUDGED)
    off = (found.expected - truth)[:, -JUDGED:]
    assert np.sqrt((off**2).mean()) < 0.08  # of errors of 0.1 that 21 days leave, weekends by three of each
    assert np.median(found.unit) == pytest.approx(0.1, rel=0.25)
    assert np.nanstd(found.z[:, -JUDGED:]) == pytest.approx(1.0, abs=0.25)


def test_an_odd_hour_stands_out_and_a_lasting_step_is_the_new_level_after_days():
    y, _ = series(np.random.default_rng(2), 20)
    y[0, -20] += 1.5
    y[1, -160:] += 1.0
    found = expect_hours(y, SEASON, JUDGED)
    assert found.p_value[0, -20] < 1e-6
    assert (found.p_value[1, -160:-150] < 1e-3).all() and np.abs(found.z[1, -20:]).mean() < 3


def test_slow_growth_is_nothing_unusual():
    y, _ = series(np.random.default_rng(3), 40)
    found = expect_hours(y + 0.03 * HOUR / 168, SEASON, JUDGED)
    assert np.nanmin(found.p_value[:, -JUDGED:]) > 1e-6


def test_a_missing_hour_is_expected_but_not_judged_and_a_floor_widens():
    y, _ = series(np.random.default_rng(4), 3)
    y[0, -1] = np.nan
    found = expect_hours(y, SEASON, 24, floor=0.5)
    assert np.isfinite(found.expected[0, -1]) and np.isnan(found.p_value[0, -1])
    assert (found.unit == 0.5).all() and (found.z[:, :-24] != found.z[:, :-24]).all()


def test_what_never_moves_is_usual_and_any_move_of_it_is_not():
    y = np.full((1, T), 5.0)
    assert (expect_hours(y, SEASON, 24).p_value[0, -24:] == 1).all()
    y[0, -1] = 6.0
    assert expect_hours(y, SEASON, 24).p_value[0, -1] == 0


@pytest.mark.parametrize("judged", [0, T - 300])
def test_too_few_weeks_are_refused(judged):
    with pytest.raises(ParameterError, match="2 weeks before"):
        expect_hours(np.zeros((1, T)), SEASON, judged)


def count_false(rng, make, floor, worlds):
    """Hours with a false alarm at one in 672 hours, all series together."""
    n = 0
    for _ in range(worlds):
        p = expect_hours(make(rng), SEASON, JUDGED, floor=floor).p_value[:, -JUDGED:]
        n += sum(bool((adjust_p_values(p[:, hour]) <= 1 / 672).any()) for hour in range(JUDGED))
    return n


def heavy(rng):
    return series(rng, 100, 0)[0] + 0.1 * rng.standard_t(5, (100, T))


def counts(rng):
    lam = np.exp(series(rng, 100, 0)[0] - 1.5)
    return 2 * np.sqrt(rng.poisson(lam) + 0.375)


@pytest.mark.parametrize(("make", "floor"), [(heavy, 0.0), (counts, 1.0)])
def test_quiet_worlds_are_quiet(make, floor):
    # 3 worlds of 168 hours: 0.75 expected at the stated rate; above 4 has a chance of 0.1 %.
    assert count_false(np.random.default_rng(11), make, floor, 3) <= 4


@pytest.mark.full
@pytest.mark.parametrize(("make", "floor"), [(heavy, 0.0), (counts, 1.0)])
def test_quiet_worlds_are_quiet_at_the_stated_rate(make, floor):
    # 80 worlds: 20 expected; above 33 has a chance of 0.3 %.
    assert count_false(np.random.default_rng(12), make, floor, 80) <= 33
