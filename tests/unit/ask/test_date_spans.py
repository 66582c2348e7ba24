"""Periods that questions name, against dates counted by hand."""

import datetime as dt

import pytest

from lucky_analytics.ask.date_span import DateSpan
from lucky_analytics.ask.date_spans import find_span
from lucky_analytics.ask.period_words import say_span
from lucky_analytics.ask.question_words import split_words

SATURDAY = dt.date(2026, 2, 14)  # the 13th is the last closed day


def span(text, today=SATURDAY):
    words = [word.stem for word in split_words(text)]
    found = find_span(words, today)
    return None if found is None or found[1] != len(words) else found[0]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("yesterday", "2026-02-13", "2026-02-14"),
        ("this week", "2026-02-09", "2026-02-14"),
        ("last week", "2026-02-02", "2026-02-09"),
        ("week before", "2026-01-26", "2026-02-02"),
        ("this month", "2026-02-01", "2026-02-14"),
        ("last month", "2026-01-01", "2026-02-01"),
        ("last 7 days", "2026-02-07", "2026-02-14"),
        ("past 2 weeks", "2026-01-31", "2026-02-14"),
        ("last 3 months", "2025-11-01", "2026-02-01"),
        ("last weekend", "2026-02-07", "2026-02-09"),
        ("January", "2026-01-01", "2026-02-01"),
        ("December", "2025-12-01", "2026-01-01"),
        ("March", "2025-03-01", "2025-04-01"),
        ("Q4", "2025-10-01", "2026-01-01"),
        ("third quarter of 2025", "2025-07-01", "2025-10-01"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("15 January", "2026-01-15", "2026-01-16"),
        ("January 15th 2026", "2026-01-15", "2026-01-16"),
        ("2026-01-15", "2026-01-15", "2026-01-16"),
        ("on Friday", "2026-02-13", "2026-02-14"),
        ("last Saturday", "2026-02-07", "2026-02-08"),
        ("since Christmas", "2025-12-25", "2026-02-14"),
        ("after Christmas", "2025-12-26", "2026-02-14"),
        ("between Thanksgiving and Christmas", "2025-11-27", "2025-12-26"),
        ("from January 5 to January 9", "2026-01-05", "2026-01-10"),
        ("October to December", "2025-10-01", "2026-01-01"),
        ("from Dec 1 through Dec 15", "2025-12-01", "2025-12-16"),
        ("December last year", "2025-12-01", "2026-01-01"),
        ("Q4 of last year", "2025-10-01", "2026-01-01"),
        ("the month of January", "2026-01-01", "2026-02-01"),
        ("week of January 7", "2026-01-05", "2026-01-12"),
        ("year 2025", "2025-01-01", "2026-01-01"),
        ("H2 2025", "2025-07-01", "2026-01-01"),
        ("second half of 2025", "2025-07-01", "2026-01-01"),
        ("15th of January", "2026-01-15", "2026-01-16"),
        ("fourth of July", "2025-07-04", "2025-07-05"),
        ("two days ago", "2026-02-12", "2026-02-13"),
        ("month to date", "2026-02-01", "2026-02-14"),
        ("month before last", "2025-12-01", "2026-01-01"),
        ("since Monday", "2026-02-09", "2026-02-14"),
        ("Christmas Eve", "2025-12-24", "2025-12-25"),
        ("MLK day", "2026-01-19", "2026-01-20"),
        ("Black Friday", "2025-11-28", "2025-11-29"),
        ("labor day", "2025-09-01", "2025-09-02"),
        ("christmas 2024", "2024-12-25", "2024-12-26"),
        ("next week", "2026-02-16", "2026-02-23"),
        ("tomorrow", "2026-02-15", "2026-02-16"),
    ],
)
def test_a_period_is_the_days_that_it_names(text, start, end):
    assert span(text) == DateSpan(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


def test_a_period_without_a_beginning_is_open():
    assert span("before Christmas") == DateSpan(None, dt.date(2025, 12, 25))
    assert span("through January") == span("until January") == DateSpan(None, dt.date(2026, 2, 1))


@pytest.mark.parametrize("text", ["February 30", "friend", "8 store", "2026-13-01", "last 99999 days"])
def test_what_is_no_period_is_none(text):
    assert span(text) is None


def test_in_january_the_newest_month_is_that_of_the_year_before():
    assert span("December", dt.date(2026, 1, 1)).start == dt.date(2025, 12, 1)
    assert span("last month", dt.date(2026, 1, 1)).start == dt.date(2025, 12, 1)
    assert span("last quarter", dt.date(2026, 1, 1)).start == dt.date(2025, 10, 1)


def test_periods_in_words():
    assert say_span(dt.date(2026, 2, 2), dt.date(2026, 2, 9), None, dt.date(2026, 2, 13)) == (
        "from 2 Feb 2026 to 8 Feb 2026"
    )
    assert say_span(None, None, dt.date(2025, 6, 30), dt.date(2026, 2, 13)).startswith("from 30 Jun 2025")
