"""Rosters: they add up to the crews that the ledger pays, nobody is in two places, clock-ins follow them."""

from __future__ import annotations

import itertools

import duckdb
import numpy as np
import pytest

from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.crews import crew_hours
from lucky_analytics.demo.process.rosters import N_EMPLOYEES, N_HEAD, Rosters, draw_rosters
from lucky_analytics.demo.process.store_plan import StorePlan, plan_stores
from lucky_analytics.demo.truth.planted import plants


@pytest.fixture(scope="module")
def plan() -> StorePlan:
    return plan_stores(Targets.at(1.0), plants(), 7)


@pytest.fixture(scope="module")
def rosters(plan: StorePlan) -> Rosters:
    return draw_rosters(plan, plants(), 1.0, 7)


def test_minutes_are_the_crew_hours_of_every_store_and_day(plan: StorePlan, rosters: Rosters):
    minutes = np.bincount(rosters.store * 229 + rosters.day, rosters.minutes, 11 * 229).reshape(11, 229)
    assert (minutes == 60 * crew_hours(plan, plants(), 1.0).sum(2)).all()
    assert rosters.minutes.max() <= 390 and rosters.minutes.min() >= 240


def test_there_is_somebody_from_opening_to_closing(rosters: Rosters):
    """But in the two weeks of training, when nobody is served."""
    of_day: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for store, day, start, length in zip(
        rosters.store, rosters.day, rosters.start, rosters.minutes, strict=True
    ):
        of_day.setdefault((store, day), []).append((start, start + length))
    for shifts in of_day.values():
        shifts.sort()
        assert shifts[0][0] == 390
        reached = max(end for _, end in shifts)
        assert reached == 1230
        for (_, end), (begin, _) in itertools.pairwise(shifts):
            assert begin <= end + 1


def test_everybody_works_in_one_place_at_a_time_and_while_employed(rosters: Rosters):
    assert len(rosters.hired) == N_EMPLOYEES - N_HEAD
    there = rosters.stand_in < 0
    who = np.r_[rosters.employee[there], rosters.stand_in[~there]]
    day = np.r_[rosters.day[there], rosters.day[~there]]
    store = np.r_[rosters.store[there], rosters.store[~there]]
    assert len(np.unique(who * 1_000 + day + 100)) == len(who)
    assert (rosters.store_of[who] == store).all()
    assert (rosters.hired[who] <= day).all()
    assert ((rosters.left[who] < 0) | (day <= rosters.left[who])).all()
    weeks = np.bincount(who * 40 + (day // 7))
    assert weeks.max() <= 6 and 0.01 < (~there).mean() < 0.02


@pytest.mark.parametrize(
    "sql",
    [
        "t_shift_roster where end_time <= start_time or publish_time >= start_time",
        "t_shift_roster r join t_employee e using (employee_no) where r.shop_id <> e.shop_id",
        "t_shift_roster r anti join t_employee_wage w on w.employee_no = r.employee_no",
        "t_employee_wage where hourly_wage not between 15 and 27",
        """t_clock_record c join t_shift_roster r on r.id = c.roster_id
           where r.status = 2 or c.employee_no <> r.employee_no
              or c.clock_time not between r.start_time - interval 1 hour and r.end_time + interval 1 hour""",
        "t_clock_record where clock_time > '2026-02-14 12:00' or (roster_id is null) <> (shop_id is null)",
        """(select roster_id, count(*) filter (clock_type = 1) as i, count(*) filter (clock_type = 2) as o
            from t_clock_record where roster_id is not null group by 1) where i <> 1 or o <> 1""",
        "t_shift_roster r anti join t_clock_record c on c.roster_id = r.id where r.status <> 2",
    ],
)
def test_nothing_is_implausible(db: duckdb.DuckDBPyConnection, sql: str):
    assert db.execute(f"select count(*) from {sql}").fetchone() == (0,)
