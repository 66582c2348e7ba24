"""Who did not come: counted by hand, from clock-ins and not from what a roster says of itself."""

from __future__ import annotations

import pandas as pd
import pytest
from ibis import _

from lucky_analytics.models import bar_hands
from lucky_analytics.models.no_shows import CALLED_IN, count_no_shows, mark_clocked
from tests import demo_suite


def shift(who, day=0, begins=420, ends=720, status="worked", came=True, store="a"):
    date = pd.Timestamp("2026-02-02") + pd.Timedelta(days=day)
    return {"store_id": store, "employee_id": who, "date": date, "begins": begins, "ends": ends,
            "status": status, "is_clocked": came}  # fmt: skip


def test_hours_that_nobody_worked_are_counted_half_hour_by_half_hour():
    rows = [shift(n, day=day) for n in range(4) for day in range(5)]
    rows += [shift(9, came=False), shift(9, day=1, came=False)]
    rows += [shift(8, status=CALLED_IN, begins=540)]  # comes two hours late, for one of both
    found = count_no_shows(pd.DataFrame(rows))
    assert found.away.value == pytest.approx(2 / 22) and found.n_called == 1 and found.away.n == 22
    assert found.alone.value == pytest.approx(14 / 20)  # half-hours: 4 of the first day, 10 of the second
    assert found.lost.value == pytest.approx(2 / 22 * 14 / 20)
    assert found.lost.low < found.lost.value < found.lost.high


def test_a_call_in_who_did_not_come_stands_in_for_nobody_and_one_elsewhere_neither():
    rows = [shift(1), shift(2, came=False), shift(3, status=CALLED_IN, came=False),
            shift(4, status=CALLED_IN, store="b")]  # fmt: skip
    assert count_no_shows(pd.DataFrame(rows)).alone.value == 1.0


def test_the_same_people_who_stay_away_say_less_than_many():
    alike = [shift(n % 10, day=n // 10, came=n % 10 != 0) for n in range(100)]
    apart = [shift(n % 10, day=n // 10, came=n % 11 != 0) for n in range(100)]
    one, many = (count_no_shows(pd.DataFrame(rows)).away for rows in (alike, apart))
    assert one.value == many.value == 0.1 and one.high - one.low > 1.5 * (many.high - many.low)


def test_nobody_rostered_and_nobody_away():
    none = count_no_shows(pd.DataFrame([shift(1)]).head(0))
    assert none.away.value is None and none.lost.value is None
    all_came = count_no_shows(pd.DataFrame([shift(n) for n in range(50)]))
    assert (all_came.away.value, all_came.lost.value, all_came.lost.low) == (0.0, 0.0, 0.0)
    assert 0 < all_came.lost.high < 0.1


def test_clock_ins_decide_and_the_roster_where_there_are_none():
    suite = demo_suite.suite()
    start = suite.as_of.replace(day=1)
    shifts = bar_hands.load_shifts(suite, start)
    marked = mark_clocked(suite, shifts)
    own = suite.clock_ins.filter(_.kind == "in").select("shift_id").execute()["shift_id"]
    assert marked["is_clocked"].tolist() == shifts["shift_id"].isin(set(own)).tolist()
    fewer = demo_suite.suite(clock_ins=lambda clocks: clocks.filter(_.shift_id != shifts["shift_id"].iloc[0]))
    assert not mark_clocked(fewer, shifts)["is_clocked"].iloc[0]
    gone = demo_suite.suite(clock_ins=lambda clocks: clocks.filter(_.kind == "nothing"))
    assert mark_clocked(gone, shifts)["is_clocked"].tolist() == shifts["is_worked"].tolist()
