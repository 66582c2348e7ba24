"""Who works which shift: rest, days, hours and skills are kept, and wages are the least of a plain search."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.scheduling.shift_assignment import Rules, assign_shifts, find_breaches

LOOSE = Rules(uneven_hours=100.0)


def _week(*shifts):
    rows = [(day, 24.0 * day + start, 24.0 * day + end) for day, start, end in shifts]
    return pd.DataFrame(rows, columns=["day", "start", "end"])


def _all(n_people, shifts):
    return np.ones((n_people, len(shifts)), bool)


@pytest.mark.parametrize("seed", range(4))
def test_the_least_wages_are_those_of_a_plain_search(seed):
    rng = np.random.default_rng(seed)
    shifts = _week((0, 7, 13), (0, 13, 20), (1, 6, 12), (1, 14, 20), (2, 7, 12))
    wage, can = rng.uniform(15, 25, 3), rng.random((3, 5)) < 0.8
    hours = (shifts["end"] - shifts["start"]).to_numpy()
    best = np.inf
    for who in itertools.product(range(3), repeat=5):
        worked = shifts.assign(person=who)
        if can[list(who), range(5)].all() and not any(find_breaches(worked, LOOSE).values()):
            best = min(best, float((wage[list(who)] * hours).sum()))
    found = assign_shifts(shifts, wage, can, LOOSE, gap=1e-6)
    if np.isfinite(best):
        assert found.cost == pytest.approx(best) and (found.person >= 0).all()
    else:
        assert (found.person < 0).any()


def test_eleven_hours_lie_between_shifts():
    shifts = _week((0, 14.5, 20.5), (1, 6.5, 12.5))
    alone = assign_shifts(shifts, np.array([20.0]), _all(1, shifts), Rules())
    assert sorted(alone.person) == [-1, 0]
    assert sorted(assign_shifts(shifts, np.array([20.0, 21.0]), _all(2, shifts), Rules()).person) == [0, 1]
    short = assign_shifts(shifts, np.array([20.0]), _all(1, shifts), Rules(rest_hours=10.0))
    assert short.person.tolist() == [0, 0]


def test_days_hours_and_overtime():
    shifts = _week(*((day, 7, 15) for day in range(7)))
    for rules, n in ((Rules(), 5), (Rules(most_days=3), 3), (Rules(most_hours=16.0), 2)):
        assert (assign_shifts(shifts, np.array([20.0]), _all(1, shifts), rules).person == 0).sum() == n
    over = assign_shifts(shifts, np.array([20.0]), _all(1, shifts), Rules(most_days=6))
    assert over.cost == pytest.approx(20 * (48 + 0.5 * 8))


def test_a_skill_is_met_where_somebody_has_it_and_counted_where_nobody_can_come():
    shifts = _week((0, 6.5, 12.5), (0, 12.5, 20.5))
    wage = np.array([15.0, 30.0])
    groups = {"opening": ([0], np.array([False, True]))}
    found = assign_shifts(shifts, wage, _all(2, shifts), LOOSE, groups)
    assert found.person.tolist() == [1, 0] and found.missed == ()
    away = np.array([[True, True], [False, True]])
    assert assign_shifts(shifts, wage, away, LOOSE, groups).missed == ("opening",)


def test_hours_are_about_even():
    shifts = _week(*((day, 7, 13) for day in range(6)))
    found = assign_shifts(shifts, np.array([15.0, 30.0, 30.0]), _all(3, shifts), Rules())
    assert np.bincount(found.person, minlength=3).tolist() == [2, 2, 2]
    cheap = assign_shifts(shifts, np.array([15.0, 30.0, 30.0]), _all(3, shifts), LOOSE)
    assert np.bincount(cheap.person, minlength=3)[0] == 5


def test_breaches_of_a_roster_are_counted():
    week = _week((0, 14, 20), (1, 6, 12), (1, 13, 20)).assign(person=["a", "a", "a"])
    assert find_breaches(week, Rules()) == {"rest": 2, "two_a_day": 1, "days": 0, "hours": 0}
    assert not any(find_breaches(week.assign(person=None), Rules()).values())


def test_nobody_and_nothing():
    shifts = _week((0, 7, 13))
    assert assign_shifts(shifts, np.zeros(0), _all(0, shifts), Rules()).person.tolist() == [-1]
    assert len(assign_shifts(shifts.head(0), np.array([1.0]), _all(1, shifts.head(0)), Rules()).person) == 0
