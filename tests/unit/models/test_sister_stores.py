"""What new sister stores take is what was planted, told only where it is sure, and left out where unknown."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from lucky_analytics.estimate import Estimate
from lucky_analytics.models import weeks_advice
from lucky_analytics.models.sister_stores import UNKNOWN, Sisters, estimate_sisters
from lucky_analytics.models.store_growth import RecentWeeks
from tests.coverage_rule import count_worlds, holds
from tests.ramp_world import AS_OF, OPENED, PLACES, simulate

OLD = [f"s{place}" for place in range(5)]
BEFORE = pd.Series(100.0, index=OLD)


def take(seed, level=0.9, **planted):
    """What ``Sisters.take`` says of the five older stores of a world, beside what was planted there."""
    world = simulate(seed, **planted)
    found = estimate_sisters(world.days, world.stores, AS_OF, 4)
    return found, found.take(BEFORE, level), world


def count_exposure(days_ago):
    """Exposure of the older stores by a plain loop over pairs, on the planted curve; the middle of a week."""
    exposure = np.zeros(len(OLD))
    for own, (lat, lon) in enumerate(PLACES[:5]):
        for other, (their_lat, their_lon) in enumerate(PLACES):
            age = (228 - days_ago - OPENED[other]) / 7
            if own != other and age >= 0:
                km = np.hypot((lat - their_lat) * 111.2, (lon - their_lon) * 84.3)
                exposure[own] += np.exp(-km) * np.exp(-1.2 * np.exp(-0.55 * age))
    return exposure


def plant(effect):
    recent, before = (
        np.mean([count_exposure(7 * w + 3) for w in span], 0) for span in ((0, 1, 2, 3), (4, 5, 6, 7))
    )
    return np.mean(np.expm1(effect * (recent - before))), recent - before


def test_added_exposure_is_that_of_a_plain_loop_over_pairs():
    found, _, _ = take(0)
    assert found.added[OLD].to_numpy() == pytest.approx(plant(-0.45)[1], abs=0.02)


def test_what_stores_take_is_weighed_by_what_they_sold():
    ids = ["s1", "s2"]
    cov = pd.DataFrame([[0.0004, 0.0], [0.0, 0.0]], ids, ids)
    near = Sisters(pd.Series([0.2, 0.0], ids), pd.Series([-0.1, 0.0], ids), cov)
    both = near.take(pd.Series({"s1": 300.0, "s2": 100.0}), 0.9)
    assert both.value == pytest.approx(0.75 * np.expm1(-0.1)) and both.low < both.value < both.high < 0
    # Stores whose losses hang together are as uncertain as one.
    alike = Sisters(pd.Series([0.2, 0.2], ids), pd.Series([-0.1, -0.1], ids), cov * 0 + 0.0004)
    one = near.take(pd.Series({"s1": 300.0}), 0.9)
    assert alike.take(pd.Series({"s1": 1.0, "s2": 1.0}), 0.9).high == pytest.approx(one.high)
    assert near.take(pd.Series({"s2": 100.0}), 0.9) == Estimate(None, n=1)
    assert near.take(pd.Series(dtype=float), 0.9).value is None
    assert UNKNOWN.take(BEFORE, 0.9).value is None


def test_too_few_stores_or_days_are_not_known():
    world = simulate(0)
    two = world.stores.head(2)
    days = world.days[world.days["unique_id"].isin(two["unique_id"])]
    assert estimate_sisters(days, two, AS_OF, 4) is UNKNOWN
    early = dt.date(2025, 8, 1)
    few = world.days[world.days["ds"].dt.date <= early]
    open_by_then = world.stores[world.stores["opened"].dt.date <= early]
    assert estimate_sisters(few, open_by_then, early, 4) is UNKNOWN
    assert estimate_sisters(few.head(0), open_by_then.head(0), early, 4) is UNKNOWN


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("effect", [-0.45, 0.0])
def test_intervals_hold_what_was_planted_and_nothing_is_told_of_nought(effect):
    n_worlds = count_worlds(60)
    took = [take(seed, effect=effect)[1] for seed in range(n_worlds)]
    assert holds([own.holds(plant(effect)[0]) for own in took], 0.9)
    if not effect:
        assert sum(own.high < 0 for own in took) <= binom.ppf(0.99, n_worlds, 0.05)


def weeks(together, taken):
    return RecentWeeks(4, pd.DataFrame({"store_name": []}), together, 5, 50_000.0, taken)


FELL, TOOK = Estimate(-0.15, -0.24, -0.05, level=0.95, n=5), Estimate(-0.06, -0.08, -0.03, level=0.95, n=5)


def test_new_stores_are_named_only_where_they_surely_took_and_the_rest_by_its_own_interval():
    said = weeks_advice.say_weeks(weeks(FELL, TOOK))
    assert said.endswith("; new stores nearby account for {by_sisters}, the rest may be chance.")
    assert "what is left may be chance" in weeks_advice.ask_about_weeks(weeks(FELL, TOOK), 0.95).because
    large = weeks(Estimate(-0.4, -0.45, -0.35, level=0.95, n=5), TOOK)
    assert weeks_advice.say_cause(large).endswith("the rest is more than chance")
    assert "what is left is more than chance" in weeks_advice.ask_about_weeks(large, 0.95).because
    rose = weeks(Estimate(0.15, 0.05, 0.24, level=0.95, n=5), TOOK)
    for other in (weeks(FELL, Estimate(None)), weeks(FELL, Estimate(-0.06, -0.2, 0.1, level=0.95)), rose):
        assert "new stores" not in weeks_advice.say_weeks(other)
    assert "new stores" not in weeks_advice.ask_about_weeks(weeks(FELL, Estimate(None)), 0.95).because
    notes = [weeks_advice.note_sisters(weeks(FELL, taken)) for taken in (TOOK, Estimate(None))]
    assert notes[0].startswith("By distance") and notes[1].startswith("Null where")


def test_the_rest_is_the_fall_without_what_was_taken():
    found = weeks(FELL, TOOK)
    assert (1 + found.rest.value) * (1 + TOOK.value) == pytest.approx(1 + FELL.value)
    exact = weeks(FELL, Estimate(-0.06, -0.06, -0.06, level=0.95)).rest
    assert (1 + exact.low) * 0.94 == pytest.approx(1 + FELL.low)
    assert (1 + exact.high) * 0.94 == pytest.approx(1 + FELL.high)
    assert found.rest.low < exact.low and found.rest.high > exact.high
    assert weeks(FELL, Estimate(None)).rest.value is None
