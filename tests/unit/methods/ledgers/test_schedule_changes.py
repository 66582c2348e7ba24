"""Changes of a schedule: found where planted, dated to their month, and none where nothing changed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from lucky_analytics.methods.ledgers.schedule_changes import find_episodes
from tests.unit.methods.ledgers.test_fee_schedules import billed

MONTHS = pd.date_range("2025-07-01", "2026-02-01", freq="MS")
ALPHA = 1e-4


def months(schedules, n=80, seed=11, odd=0.0):
    """A frame of months, each billed by its schedule; a share ``odd`` of payments follows none."""
    rng = np.random.default_rng(seed)
    parts = []
    for number, (fixed, rate) in enumerate(schedules):
        own = billed(fixed, rate, n=n, seed=seed + number).assign(period=MONTHS[number])
        is_odd = rng.random(n) < odd
        own.loc[is_odd, "fee"] += rng.integers(2, 2_000, is_odd.sum())
        parts.append(own)
    return pd.concat(parts, ignore_index=True)


OLD, NEW = (4.0, 0.0095), (4.0, 0.0105)


@pytest.mark.parametrize("after", [(4.0, 0.0105), (5.0, 0.0095), (4.5, 0.008)])
@pytest.mark.parametrize("at", [1, 7])
def test_a_change_is_found_in_its_month(after, at):
    found = find_episodes(months([OLD] * at + [after] * (8 - at)), 1, ALPHA)
    assert [one.start for one in found] == [MONTHS[0], MONTHS[at]]
    for one, (fixed, rate) in zip(found, (OLD, after), strict=True):
        made = one.schedule
        assert made.is_exact and one.odd == ()
        assert made.fixed_low <= fixed <= made.fixed_high and made.rate_low <= rate <= made.rate_high


def test_two_changes_and_one_back():
    found = find_episodes(months([OLD] * 3 + [NEW] * 3 + [OLD] * 2), 1, ALPHA)
    assert [one.start for one in found] == [MONTHS[0], MONTHS[3], MONTHS[6]]


def test_a_change_in_the_middle_of_a_month_is_seen_in_it():
    rows = months([OLD] * 4 + [NEW] * 4)
    late = rows[rows["period"] == MONTHS[4]].index[:30]  # before the day of the change
    rows.loc[late, "fee"] = np.floor((4 + 0.0095 * rows.loc[late, "amount"]) * 100 + 0.5).astype(int)
    assert [one.start for one in find_episodes(rows, 1, ALPHA)] == [MONTHS[0], MONTHS[4]]
    rows = months([OLD] * 4 + [NEW] * 4)
    early = rows[rows["period"] == MONTHS[4]].index[:60]
    rows.loc[early, "fee"] = np.floor((4 + 0.0095 * rows.loc[early, "amount"]) * 100 + 0.5).astype(int)
    first, second = find_episodes(rows, 1, ALPHA)
    assert first.odd == ((MONTHS[4], 20),) and second.start == MONTHS[5]


def test_a_month_of_odd_fees_is_no_new_schedule():
    rows = months([OLD] * 8)
    odd = rows[rows["period"] == MONTHS[5]].index[:20]
    rows.loc[odd, "fee"] += 777
    (one,) = find_episodes(rows, 1, ALPHA)
    assert one.odd == ((MONTHS[5], 20),) and one.schedule.is_exact


@pytest.mark.parametrize("n", [2, pytest.param(150, marks=pytest.mark.full)])
def test_no_alarm_where_nothing_changed_even_with_odd_payments(n):
    """False alarms on pages of eight months, at a chance of 1 % a page."""
    alarms = 0
    for seed in range(n):
        found = find_episodes(months([OLD] * 8, n=40, seed=100 * seed, odd=0.03), 1, 0.01 / 7)
        alarms += len(found) > 1 or bool(found[0].odd)
    assert alarms <= binom.ppf(0.995, n, 0.01)


def test_without_odd_payments_there_is_never_an_alarm():
    assert len(find_episodes(months([OLD] * 8, n=30), 1, 0.99)) == 1


def test_too_few_payments_wait_for_those_that_follow():
    rows = months([OLD] * 4 + [NEW] * 4)
    few = pd.concat([own.head(6) for _, own in rows.groupby("period")])
    found = find_episodes(few, 1, ALPHA)
    assert len(found) <= 2 and find_episodes(rows.iloc[:0], 1, ALPHA) == ()
    assert find_episodes(rows.head(3), 1, ALPHA)[0].schedule.n == 3


def test_where_payments_follow_no_line_nothing_is_said_of_changes():
    rows = months([OLD] * 4 + [NEW] * 4)
    rows["fee"] += np.random.default_rng(1).normal(0, 400, len(rows)).round().astype(int)
    (one,) = find_episodes(rows, 1, ALPHA)
    assert not one.schedule.is_exact and one.schedule.n == len(rows) and one.odd == ()
