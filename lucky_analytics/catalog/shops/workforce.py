"""``employees``, ``wages``, ``skills``, ``rosters``, ``clock_ins``: who works, for how much, when."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, seconds_between, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["CLOCK_INS", "EMPLOYEES", "ROSTERS", "SKILLS", "WAGES"]

ROLES = {1: "barista", 2: "shift lead", 3: "head office"}
LEVELS = {1: "learning", 2: "able", 3: "teaches it"}
STATUSES = {1: "worked", 2: "no-show", 3: "worked by call-in"}
CLOCKED = {1: "in", 2: "out", 3: "break begins", 4: "break ends"}


def _employees(suite: Tables) -> ir.Table:
    person = suite.source("opempefficiency").t_employee
    person = person.filter(person.hire_date <= suite.as_of)
    left = person.leave_date <= suite.as_of
    return person.select(
        employee_id=person.employee_no,
        store_id=text(person.shop_id),
        role=person.role.cases(*ROLES.items(), else_="other"),
        hired_date=person.hire_date,
        left_date=left.ifelse(person.leave_date, None),
    )


def _wages(suite: Tables) -> ir.Table:
    wage = suite.source("opempefficiency").t_employee_wage
    wage = wage.filter(wage.effective_date <= suite.as_of)
    return wage.select(
        wage_id=text(wage.id),
        employee_id=wage.employee_no,
        start_date=wage.effective_date,
        hour_cents=cents(wage.hourly_wage),
    )


def _skills(suite: Tables) -> ir.Table:
    skill = suite.source("opempefficiency").t_employee_skill
    return skill.select(
        employee_id=skill.employee_no,
        skill=skill.skill_code,
        level=skill.level.cases(*LEVELS.items(), else_="other"),
    )


def _rosters(suite: Tables) -> ir.Table:
    shift = suite.source("opempefficiency").t_shift_roster
    shift = shift.filter(shift.business_date <= suite.as_of)
    seconds = seconds_between(shift.start_time, shift.end_time)
    return shift.select(
        shift_id=text(shift.id),
        employee_id=shift.employee_no,
        store_id=text(shift.shop_id),
        shift_date=shift.business_date,
        start_at=shift.start_time,
        end_at=shift.end_time,
        rostered_seconds=seconds,
        status=shift.status.cases(*STATUSES.items(), else_="other"),
        is_worked=shift.status != 2,
        published_at=shift.publish_time,
    )


def _clock_ins(suite: Tables) -> ir.Table:
    clock = suite.source("opempefficiency").t_clock_record
    clock = clock.mutate(clock_date=home_date(clock.clock_time))
    clock = clock.filter(clock.clock_date <= suite.as_of)
    return clock.select(
        clock_id=text(clock.id),
        employee_id=clock.employee_no,
        store_id=text(clock.shop_id),
        shift_id=text(clock.roster_id),
        kind=clock.clock_type.cases(*CLOCKED.items(), else_="other"),
        clocked_at=clock.clock_time,
        clock_date=clock.clock_date,
    )


EMPLOYEES = Conformed(
    name="employees",
    grain="one row per employee hired by as_of, those who left included",
    key=("employee_id",),
    columns={
        "employee_id": Field("string", "internal number, text"),
        "store_id": Field("string", "text; joins stores; null in the head office", nullable=True),
        "role": Field("string", "barista, shift lead, head office, other"),
        "hired_date": Field("date", "first day"),
        "left_date": Field("date", "last day; null while employed on as_of", nullable=True),
    },
    build=_employees,
)

WAGES = Conformed(
    name="wages",
    grain="one row per hourly wage of a store employee, from a day by as_of until the next one",
    key=("wage_id",),
    columns={
        "wage_id": Field("string", "text"),
        "employee_id": Field("string", "joins employees"),
        "start_date": Field("date", "day from which it holds"),
        "hour_cents": Field("int64", "wage of an hour, without what the employer pays on top", "cents"),
    },
    build=_wages,
)

SKILLS = Conformed(
    name="skills",
    grain="one row per store employee and skill, as at the snapshot's cut",
    key=("employee_id", "skill"),
    columns={
        "employee_id": Field("string", "joins employees"),
        "skill": Field("string", "bar, cold_drinks, food, opening, closing"),
        "level": Field("string", "learning, able, teaches it, other"),
    },
    build=_skills,
)

ROSTERS = Conformed(
    name="rosters",
    grain="one row per shift of a store employee that was rostered or called in, by as_of",
    key=("shift_id",),
    columns={
        "shift_id": Field("string", "text"),
        "employee_id": Field("string", "joins employees"),
        "store_id": Field("string", "text; joins stores"),
        "shift_date": Field("date", "store-local business date"),
        "start_at": Field("timestamp", "UTC", "UTC"),
        "end_at": Field("timestamp", "UTC", "UTC"),
        "rostered_seconds": Field("float64", "length of the shift, breaks paid", "seconds"),
        "status": Field("string", "worked, no-show, worked by call-in, other"),
        "is_worked": Field("boolean", "somebody came: of a no-show the one who stood in has a row"),
        "published_at": Field("timestamp", "when the employee was told, UTC", "UTC"),
    },
    build=_rosters,
)

CLOCK_INS = Conformed(
    name="clock_ins",
    grain="one row per time an employee clocked in or out, or began or ended a break, by as_of",
    key=("clock_id",),
    columns={
        "clock_id": Field("string", "text"),
        "employee_id": Field("string", "joins employees"),
        "store_id": Field("string", "text; joins stores; null in the head office", nullable=True),
        "shift_id": Field("string", "joins rosters; null in the head office", nullable=True),
        "kind": Field("string", "in, out, break begins, break ends, other"),
        "clocked_at": Field("timestamp", "UTC", "UTC"),
        "clock_date": Field("date", "date in the home market"),
    },
    build=_clock_ins,
)
