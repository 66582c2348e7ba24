"""Filing periods: New York's own forms and dates, and a bound on what being late costs."""

from __future__ import annotations

import datetime as dt
import itertools

import pandas as pd
import pytest

from lucky_analytics.methods.ledgers import tax_periods

TERMS = {"first": 10, "further": 1, "most": 30, "interest": 14.5}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "due", "by"),
    [
        # Printed on the forms of the state: ST-100 for June to August 2003, ST-810 for September to November
        # 2022, ST-809 for December 2024 (the 20th is Martin Luther King's birthday).
        ("2003-06-01", "2003-08-31", "2003-09-22", "quarter"),
        ("2022-09-01", "2022-11-30", "2022-12-20", "quarter"),
        ("2024-12-01", "2024-12-31", "2025-01-21", "month"),
    ],
)
def test_the_periods_and_dates_printed_on_new_york_forms(start, end, due, by):
    for date in (day(start), day(end)):
        (period,) = tax_periods.list_periods(date, date, by=by)
        assert (period.start, period.end, period.due) == (day(start), day(end), day(due))


def test_quarters_begin_in_march_june_september_and_december():
    quarters = tax_periods.list_periods(day("2023-12-05"), day("2025-01-01"), by="quarter")
    assert [q.start.month for q in quarters] == [12, 3, 6, 9, 12]
    assert quarters[0].end == day("2024-02-29")  # a leap year
    for before, after in itertools.pairwise(quarters):
        assert after.start - before.end == dt.timedelta(days=1)
    every = pd.date_range("2023-12-01", "2025-02-28").date
    assert all(tax_periods.quarter_of(d).start <= d <= tax_periods.quarter_of(d).end for d in every)


def test_months_and_quarters_hold_the_same_days():
    months = tax_periods.list_periods(day("2025-06-30"), day("2026-02-13"), by="month")
    assert len(months) == 9 and months[0].start == day("2025-06-01") and months[-1].end == day("2026-02-28")


def test_one_files_by_month_after_a_quarter_of_the_threshold_and_for_four_quarters():
    starts = [q.start for q in tax_periods.list_periods(day("2025-06-01"), day("2027-01-01"), by="quarter")]
    cents = pd.Series([299, 300, 10, 10, 10, 10, 10], index=starts)
    assert list(tax_periods.name_forms(cents, 300).values()) == [False, False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("until", "percent"),
    [("2025-09-22", 0), ("2025-09-23", 10), ("2025-10-22", 10), ("2025-10-23", 11), ("2025-11-22", 11),
     ("2025-11-23", 12), ("2027-05-22", 29), ("2027-05-23", 30), ("2029-01-01", 30)],
)  # fmt: skip
def test_the_penalty_is_a_tenth_and_a_hundredth_for_each_further_month(until, percent):
    _, penalty = tax_periods.bound_late_charge(100_000, day("2025-09-22"), day(until), **TERMS)
    assert penalty == 1_000 * percent


def test_interest_is_compounded_day_by_day_and_a_bound_is_never_below_it():
    balance = 100_000.0
    for _ in range(69):
        balance *= 1 + 0.145 / 365
    interest, _ = tax_periods.bound_late_charge(100_000, day("2025-09-22"), day("2025-11-30"), **TERMS)
    assert 0 <= interest - (balance - 100_000) < 1
    simple = 100_000 * 0.145 * 69 / 365
    assert interest > simple
    assert tax_periods.bound_late_charge(0, day("2025-09-22"), day("2026-01-01"), **TERMS) == (0, 0)
    assert tax_periods.bound_late_charge(-5, day("2025-09-22"), day("2026-01-01"), **TERMS) == (0, 0)
    doubled = tax_periods.bound_late_charge(
        100_000, day("2025-09-22"), day("2025-11-30"), **TERMS | {"interest": 29}
    )
    assert doubled[0] > 2 * interest - 2
