"""Conformed employees, wages, skills, rosters and clock-ins, against plain loops over the rows."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from tests import estate_rows

WORK = "luckyus_opempefficiency"
LAST = dt.date(2026, 2, 13)
PEOPLE = [("E1", 1, 1, dt.date(2025, 7, 1), dt.date(2026, 1, 31)), ("E2", 1, 2, dt.date(2025, 8, 1), None),
          ("E3", None, 3, dt.date(2025, 6, 1), dt.date(2026, 2, 20)),
          ("E4", 1, 1, dt.date(2026, 2, 14), None)]  # fmt: skip
WAGES = [("E1", "18.25", dt.date(2025, 7, 1)), ("E1", "18.80", dt.date(2026, 3, 1))]
SHIFTS = [("E1", 1, LAST), ("E1", 2, LAST), ("E2", 3, LAST), ("E2", 1, dt.date(2026, 2, 14))]
CLOCKS = [("E1", 1, 0, "2026-02-13T12:00:00"), ("E3", 2, None, "2026-02-14T04:00:00"),
          ("E2", 4, 2, "2026-02-14T05:30:00")]  # fmt: skip


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        f"{WORK}.t_employee": [
            {"id": k, "employee_no": who, "shop_id": shop, "role": role, "hire_date": hired,
             "leave_date": left}
            for k, (who, shop, role, hired, left) in enumerate(PEOPLE)
        ],
        f"{WORK}.t_employee_wage": [
            {"id": k, "employee_no": who, "hourly_wage": wage, "effective_date": since}
            for k, (who, wage, since) in enumerate(WAGES)
        ],
        f"{WORK}.t_employee_skill": [{"id": 1, "employee_no": "E1", "skill_code": "bar", "level": 3}],
        f"{WORK}.t_shift_roster": [
            {"id": k, "employee_no": who, "shop_id": 1, "status": status, "business_date": day,
             "start_time": "2026-02-13T12:00:00", "end_time": "2026-02-13T17:30:00"}
            for k, (who, status, day) in enumerate(SHIFTS)
        ],
        f"{WORK}.t_clock_record": [
            {"id": k, "employee_no": who, "clock_type": kind, "roster_id": shift, "clock_time": when}
            for k, (who, kind, shift, when) in enumerate(CLOCKS)
        ],
    }  # fmt: skip
    return estate_rows.suite(tmp_path_factory.mktemp("work"), rows)


@pytest.mark.parametrize("name", ["employees", "wages", "skills", "rosters", "clock_ins"])
def test_columns_and_keys_are_as_declared(suite, name):
    assert list(suite.table(name).columns) == list(TABLES[name].columns)
    assert find_faults(TABLES[name], suite.table(name)) == []


def test_who_is_hired_and_who_has_left_by_as_of(suite):
    roles = {1: "barista", 2: "shift lead", 3: "head office"}
    expected = [
        (who, roles[role], shop is None, left is not None and left <= LAST)
        for who, shop, role, hired, left in PEOPLE
        if hired <= LAST
    ]
    found = suite.employees.order_by("employee_id").execute()
    got = zip(found["employee_id"], found["role"], found["store_id"].isna(), found["left_date"].notna(),
              strict=True)  # fmt: skip
    assert list(got) == expected
    assert suite.wages.execute()["hour_cents"].tolist() == [1_825]
    assert suite.skills.execute()["level"].tolist() == ["teaches it"]


def test_shifts_and_clock_ins_by_as_of(suite):
    statuses = {1: "worked", 2: "no-show", 3: "worked by call-in"}
    found = suite.rosters.order_by("shift_id").execute()
    expected = [[who, statuses[status], status != 2] for who, status, day in SHIFTS if day <= LAST]
    assert found[["employee_id", "status", "is_worked"]].values.tolist() == expected
    assert set(found["rostered_seconds"]) == {19_800}
    clocks = suite.clock_ins.order_by("clock_id").execute()
    assert clocks["kind"].tolist() == ["in", "out"]
    assert clocks["shift_id"].isna().tolist() == [False, True]
