"""Business days against a walk over every minute of UTC, in zones whose clocks change in every odd way."""

from __future__ import annotations

import collections
import datetime as dt
import zoneinfo

import pytest

from lucky_analytics.methods.calendars.business_days import (
    count_hours,
    count_open,
    find_hours_apart,
    find_instant,
    find_midnight,
)

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
# A zone and a day on which its clocks change: at two, at midnight, by half an hour, over a date, never.
AROUND = [
    ("America/New_York", dt.date(2025, 11, 2)), ("America/New_York", dt.date(2026, 3, 8)),
    ("Pacific/Rarotonga", dt.date(2025, 11, 2)), ("Pacific/Auckland", dt.date(2026, 4, 5)),
    ("America/Havana", dt.date(2026, 3, 8)), ("America/Santiago", dt.date(2026, 4, 4)),
    ("Australia/Lord_Howe", dt.date(2026, 4, 5)), ("Pacific/Apia", dt.date(2011, 12, 30)),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "day"), AROUND)
def test_days_are_those_of_a_walk_over_every_minute_of_utc(zone, day):
    info, at = zoneinfo.ZoneInfo(zone), dt.datetime.combine(day - 2 * DAY, dt.time(), tzinfo=dt.UTC)
    minutes, first = collections.Counter(), {}
    for _ in range(5 * 24 * 60):
        date = at.astimezone(info).date()
        minutes[date] += 1
        first.setdefault(date, at)
        at += MINUTE
    whole = [date for date in (day - DAY, day, day + DAY) if date in minutes]
    assert len(whole) >= 2
    for date in whole:
        assert count_hours(date, zone) == minutes[date] / 60
        assert find_midnight(date, zone) == first[date]
    assert count_hours(day, zone) == minutes[day] / 60  # none, for a date that the zone skipped


def test_new_york_has_one_day_of_25_hours_and_one_of_23_a_year_and_rarotonga_none():
    days = [dt.date(2025, 7, 1) + n * DAY for n in range(365)]
    odd = {day.isoformat(): hours for day in days if (hours := count_hours(day, "America/New_York")) != 24}
    assert odd == {"2025-11-02": 25, "2026-03-08": 23}
    assert {count_hours(day, "Pacific/Rarotonga") for day in days} == {24}


def test_rarotonga_is_five_or_six_hours_behind_and_auckland_16_to_18_ahead():
    at = [dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC) + n * DAY for n in range(365)]
    for zone, hours in (("Pacific/Rarotonga", {-5, -6}), ("Pacific/Auckland", {16, 17, 18})):
        assert {find_hours_apart(each, "America/New_York", zone) for each in at} == hours


def test_a_day_closes_at_local_midnight_and_not_at_that_of_utc():
    assert find_midnight(dt.date(2025, 7, 1), "America/New_York").hour == 4
    assert find_midnight(dt.date(2026, 1, 1), "America/New_York").hour == 5
    assert (
        find_instant(dt.date(2025, 7, 1), dt.time(20), "Pacific/Rarotonga").isoformat()[:16]
        == "2025-07-02T06:00"
    )


def test_open_shops_are_counted_minute_by_minute():
    start = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    spans = [(start - 9 * MINUTE, start + 2 * MINUTE), (start + MINUTE, start + 90 * MINUTE),
             (start - 9 * MINUTE, start), (start + 30 * MINUTE, start + 40 * MINUTE)]  # fmt: skip
    counted = count_open(spans, start, start + 60 * MINUTE)
    by_hand = [sum(opens <= start + n * MINUTE < closes for opens, closes in spans) for n in range(60)]
    assert counted.tolist() == by_hand
    assert count_open([], start, start + 3 * MINUTE).tolist() == [0, 0, 0]
