"""Tables of employees by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, cents, day, key

__all__ = ["clock_ins", "employees", "rosters", "skills", "wages"]


def employees(raw: Raw) -> Iterator[Row]:
    for person in raw("opempefficiency.t_employee"):
        if person["hire_date"] <= AS_OF:
            left = person["leave_date"]
            yield {
                "employee_id": person["employee_no"],
                "store_id": key(person["shop_id"]),
                "role": {1: "barista", 2: "shift lead", 3: "head office"}.get(person["role"], "other"),
                "hired_date": person["hire_date"],
                "left_date": left if left and left <= AS_OF else None,
            }


def wages(raw: Raw) -> Iterator[Row]:
    for wage in raw("opempefficiency.t_employee_wage"):
        if wage["effective_date"] <= AS_OF:
            yield {
                "wage_id": str(wage["id"]),
                "employee_id": wage["employee_no"],
                "start_date": wage["effective_date"],
                "hour_cents": cents(wage["hourly_wage"]),
            }


def skills(raw: Raw) -> Iterator[Row]:
    for skill in raw("opempefficiency.t_employee_skill"):
        yield {
            "employee_id": skill["employee_no"],
            "skill": skill["skill_code"],
            "level": {1: "learning", 2: "able", 3: "teaches it"}.get(skill["level"], "other"),
        }


def rosters(raw: Raw) -> Iterator[Row]:
    statuses = {1: "worked", 2: "no-show", 3: "worked by call-in"}
    for shift in raw("opempefficiency.t_shift_roster"):
        if shift["business_date"] <= AS_OF:
            yield {
                "shift_id": str(shift["id"]),
                "employee_id": shift["employee_no"],
                "store_id": str(shift["shop_id"]),
                "shift_date": shift["business_date"],
                "start_at": shift["start_time"],
                "end_at": shift["end_time"],
                "rostered_seconds": (shift["end_time"] - shift["start_time"]).total_seconds(),
                "status": statuses.get(shift["status"], "other"),
                "is_worked": shift["status"] != 2,
                "published_at": shift["publish_time"],
            }


def clock_ins(raw: Raw) -> Iterator[Row]:
    kinds = {1: "in", 2: "out", 3: "break begins", 4: "break ends"}
    for clock in raw("opempefficiency.t_clock_record"):
        if (date := day(clock["clock_time"])) <= AS_OF:
            yield {
                "clock_id": str(clock["id"]),
                "employee_id": clock["employee_no"],
                "store_id": key(clock["shop_id"]),
                "shift_id": key(clock["roster_id"]),
                "kind": kinds.get(clock["clock_type"], "other"),
                "clocked_at": clock["clock_time"],
                "clock_date": date,
            }
