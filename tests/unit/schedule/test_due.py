"""Due slots against a loop over every minute; daylight-saving days, holidays, downtime."""

from __future__ import annotations

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lucky_analytics.errors import ParameterError
from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.schedule import cron
from lucky_analytics.schedule.due import Due, find_due, next_slot, slots_between
from lucky_analytics.schedule.entries import Entry

NEW_YORK, RAROTONGA = MARKETS
AUTUMN = dt.datetime(2025, 11, 2, tzinfo=dt.UTC)
SPRING = dt.datetime(2026, 3, 8, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def entry(expression: str, market=NEW_YORK, **fields) -> Entry:
    return Entry("e", ("n",), expression, market, **fields)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def by_the_minute(minutes, hours, days, zone, start, end) -> list[dt.datetime]:
    """Walk every minute. A named hour counts once a day, on its first passage; wall-clock minutes that a
    minute's step jumped over strike at that step. With every hour the clock on the wall does not matter."""
    found, at = [], start - DAY
    while (at := at + MINUTE) <= end:
        local, before = at.astimezone(zone), (at - MINUTE).astimezone(zone)
        walls = [local.replace(tzinfo=None)]
        if len(hours) < 24:
            jumped = before.replace(tzinfo=None) + MINUTE
            while jumped < walls[0]:
                walls.append(jumped)
                jumped += MINUTE
            if local.fold:
                continue
        strikes = any(w.minute in minutes and w.hour in hours and w.isoweekday() in days for w in walls)
        if strikes and at > start:
            found.append(at)
    return found


@settings(max_examples=40, deadline=None)
@given(
    minutes=st.sets(st.integers(0, 59), min_size=1, max_size=5),
    hours=st.one_of(st.just(set(range(24))), st.sets(st.integers(0, 23), min_size=1, max_size=6)),
    days=st.one_of(st.just(set(range(1, 8))), st.sets(st.integers(1, 7), min_size=1, max_size=3)),
    market=st.sampled_from(MARKETS),
    change=st.sampled_from([AUTUMN, SPRING]),
    offset=st.integers(-1500, 1500),
    length=st.integers(1, 2000),
)
def test_slots_are_those_of_a_loop_over_every_minute(minutes, hours, days, market, change, offset, length):
    start = change + offset * MINUTE
    end = start + length * MINUTE
    listed = ",".join(map(str, sorted(minutes))), ",".join(map(str, sorted(hours)))
    weekdays = "*" if len(days) == 7 else ",".join(map(str, sorted(days)))
    slots = slots_between(entry(f"{listed[0]} {listed[1]} * * {weekdays}", market), start, end)
    zone = zoneinfo.ZoneInfo(market.time_zone)
    assert slots == by_the_minute(minutes, hours, days, zone, start, end)


@settings(max_examples=40, deadline=None)
@given(
    expression=st.sampled_from(["30 2 * * *", "*/15 * * * *", "30 1 * * *", "*/15 1,2 * * *", "5 */3 * * *"]),
    change=st.sampled_from([AUTUMN, SPRING]),
    steps=st.lists(st.integers(1, 700), min_size=1, max_size=12),
)
def test_however_often_one_looks_every_slot_is_dealt_with_once(expression, change, steps):
    now = start = change - DAY / 2
    handled, after = [], start
    for step in steps:
        now += step * MINUTE
        due = find_due(entry(expression), after, now)
        handled += [*due.missed, *([due.slot] if due.slot else [])]
        after = handled[-1] if handled else after
    assert handled == slots_between(entry(expression), start, now)


@pytest.mark.parametrize(
    ("expression", "day", "expected"),
    [
        ("30 2 * * *", SPRING, ["07:00"]),  # 02:30 does not exist: the first minute after the gap
        ("0,30 2 * * *", SPRING, ["07:00"]),
        ("0 3 * * *", SPRING, ["07:00"]),
        ("0 2,3 * * *", SPRING, ["07:00"]),
        ("30 1 * * *", AUTUMN, ["05:30"]),  # 01:30 comes twice: the first time only
        ("0 6 * * *", AUTUMN, ["11:00"]),
        ("0 6 * * *", SPRING, ["10:00"]),
    ],
)
def test_a_named_hour_strikes_once_on_daylight_saving_days(expression, day, expected):
    midnight = day.replace(tzinfo=zoneinfo.ZoneInfo("America/New_York"))
    slots = slots_between(entry(expression), midnight - MINUTE, midnight + dt.timedelta(hours=23))
    assert [f"{slot:%H:%M}" for slot in slots] == expected


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23)])
def test_every_quarter_of_an_hour_is_real_time(day, hours):
    zone = zoneinfo.ZoneInfo("America/New_York")
    start = day.replace(tzinfo=zone) - MINUTE
    end = (day + DAY).replace(tzinfo=zone) - MINUTE
    slots = slots_between(entry("*/15 * * * *"), start, end)
    assert len(slots) == 4 * hours
    assert {b - a for a, b in itertools.pairwise(slots)} == {15 * MINUTE}
    # the islands have no daylight saving
    assert len(slots_between(entry("*/15 * * * *", RAROTONGA), day - MINUTE, day + DAY - MINUTE)) == 96


def test_after_downtime_the_last_slot_is_run_once_and_the_others_are_missed():
    daily = entry("0 6 * * *")
    due = find_due(daily, utc("2026-01-10T11:00"), utc("2026-01-14T20:00"))
    assert due.slot == utc("2026-01-14T11:00")
    assert due.missed == tuple(utc(f"2026-01-{day}T11:00") for day in (11, 12, 13))
    assert find_due(daily, due.slot, utc("2026-01-14T20:00")) == Due(None, ())


def test_an_entry_that_never_catches_up_lets_a_late_slot_go():
    daily = entry("0 6 * * *", catch_up="never")
    after = utc("2026-01-10T11:00")
    assert find_due(daily, after, utc("2026-01-11T11:15")).slot == utc("2026-01-11T11:00")
    late = find_due(daily, after, utc("2026-01-11T11:16"))
    assert late == Due(None, (utc("2026-01-11T11:00"),))


def test_holidays_of_the_market_are_run_skipped_or_moved():
    # Thanksgiving is Thursday 27 November 2025; the Cook Islands have none that day
    start, end = utc("2025-11-26T00:00"), utc("2025-11-30T00:00")
    days = {
        rule: [slot.day for slot in slots_between(entry("0 6 * * *", holidays=rule), start, end)]
        for rule in ("run", "skip", "next_day")
    }
    assert days == {"run": [26, 27, 28, 29], "skip": [26, 28, 29], "next_day": [26, 28, 29]}
    weekly = entry("0 6 * * 4", holidays="next_day")
    assert slots_between(weekly, start, end) == [utc("2025-11-28T11:00")]
    assert slots_between(weekly, utc("2025-11-27T12:00"), end) == [utc("2025-11-28T11:00")]
    islands = entry("0 6 * * 4", RAROTONGA, holidays="skip")
    assert slots_between(islands, start, end) == [utc("2025-11-27T16:00")]


def test_the_next_slot_may_be_years_away_or_never():
    assert next_slot(entry("0 6 29 2 *"), utc("2025-01-01T00:00")) == utc("2028-02-29T11:00")
    assert next_slot(entry("0 6 25 12 *", holidays="skip"), utc("2025-01-01T00:00")) is None


@pytest.mark.parametrize(
    "expression", ["", "* * * *", "61 * * * *", "0 6 * * mon-foo", "0 6 31 2 *", "@daily"]
)
def test_a_bad_expression_is_one_line(expression):
    with pytest.raises(ParameterError) as error:
        cron.require_valid(expression)
    assert "\n" not in str(error.value)
    assert repr(expression) in str(error.value)
