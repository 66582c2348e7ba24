"""The placebo for the exposure term: against least squares with dummies, and that it finds what it is for."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.event_study import estimate_lead_effects, regress_two_way
from lucky_analytics.models import ramp
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import AS_OF, simulate


def panel(now=-0.5, later=0.0, seed=1, n_units=7, n_weeks=25):
    """Units that open one after the other and drift as they like; every week has a season of its own."""
    chance = np.random.default_rng(seed)
    rows = pd.DataFrame(
        [(u, w) for u in range(n_units) for w in range(n_weeks) if w >= 2 * u], columns=["unit", "week"]
    )
    rows["a"] = np.cumsum(chance.exponential(0.03, (n_units, n_weeks)), axis=1)[rows["unit"], rows["week"]]
    rows["b"] = chance.uniform(0, 1, len(rows))
    fixed = chance.normal(7, 0.4, n_units)[rows["unit"]] + chance.normal(0, 0.1, n_weeks)[rows["week"]]
    rows["y"] = fixed + now * rows["a"] + later * rows["b"] + chance.normal(0, 0.05, len(rows))
    return rows


def regress(rows):
    return regress_two_way(*(rows[c].to_numpy() for c in ("y", ["a", "b"], "unit", "week")))


def test_slopes_equal_least_squares_with_a_dummy_for_each_unit_and_week():
    rows = panel()
    published = smf.ols("y ~ a + b + C(unit) + C(week)", rows).fit().params[["a", "b"]]
    np.testing.assert_allclose(regress(rows)[0], published, rtol=1e-8)


def test_standard_errors_are_those_of_leaving_units_out():
    rows = panel()
    without = [regress(rows[rows["unit"] != unit])[0] for unit in range(7)]
    spread = (np.array(without) - regress(rows)[0]) ** 2
    np.testing.assert_allclose(regress(rows)[1], np.sqrt(6 / 7 * spread.sum(axis=0)))


def test_a_loss_before_the_opening_is_found_in_the_placebo():
    (_, clean), (_, clean_se) = regress(panel(later=0.0))
    (_, warned), (_, warned_se) = regress(panel(later=-0.3))
    assert abs(clean) < 2 * clean_se and warned < -4 * warned_se


def test_what_the_weeks_cannot_tell_apart_is_null():
    rows = panel().assign(b=lambda frame: frame["a"] + 0.1 * frame["week"])
    assert np.isnan(regress(rows)[0]).all()
    assert np.isnan(regress(rows.head(0))[0]).all()


@functools.cache
def fit(exposure_km=1.0):
    suite = SimulatedSuite(simulate(5))
    stores, days = ramp.load_stores(suite).execute(), ramp.load_days(suite).execute()
    weekly = ramp.aggregate_store_weeks(days, stores, AS_OF)
    exclude = ramp.find_launch_stores(stores)
    return ramp.fit_ramp(weekly, stores, AS_OF, exposure_km=exposure_km, exclude=exclude)


def test_stores_lose_when_a_sister_opens_and_not_before():
    now, later = estimate_lead_effects(fit()).to_dict("records")
    assert now["low"] <= -0.45 <= now["high"] and later["low"] <= 0 <= later["high"]
    assert (now["n_units"], now["n_weeks"]) == (7, later["n_weeks"])
    assert estimate_lead_effects(fit(), lead_weeks=8)["n_weeks"][0] < now["n_weeks"]
    assert estimate_lead_effects(fit(), level=0.5)["high"][0] < now["high"]


def test_a_fit_without_sister_stores_has_nothing_to_check():
    with pytest.raises(LuckyError, match="exposure_km"):
        estimate_lead_effects(fit(None))
