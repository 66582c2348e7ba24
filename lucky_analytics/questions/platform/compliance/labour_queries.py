"""Controls of labour: wages, breaks and clocked hours. Evidence names shifts and wages, never people."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
from ibis import _

from lucky_analytics.catalog.local_time import local_time
from lucky_analytics.questions.platform.compliance.material import (
    Found,
    Material,
    count_by_date,
    count_cases,
    list_rows,
)

__all__ = ["MINIMA", "find_breaks_missing", "find_not_clocked", "find_wages_low"]

# The minimum wage of New York City in cents by the day from which it holds (Labor Law 652).
MINIMA = {dt.date(2025, 1, 1): 1650, dt.date(2026, 1, 1): 1700}
NO_WAGES = "the snapshot has no wages or employees"
NO_SHIFTS = "the snapshot has no rosters or clocked times"
_LONG, _BREAK = 6 * 3600, 30 * 60
_NOON = (11, 14)


def find_wages_low(material: Material) -> Found | str:
    """Each wage under each minimum that held while it did, and those below it; from 2025 on."""
    suite = material.suite
    wages, employees = suite.optional("wages"), suite.optional("employees")
    if wages is None or employees is None:
        return NO_WAGES
    person = employees.select(of="employee_id", store_id="store_id", left_date="left_date")
    row = wages.join(person, wages.employee_id == person.of)
    following = ibis.window(group_by="employee_id", order_by=["start_date", "wage_id"])
    row = row.mutate(next_date=_.start_date.lead().over(following))
    row = row.select("wage_id", "store_id", "hour_cents", "start_date", "next_date", "left_date").execute()
    for name in ("start_date", "next_date", "left_date"):
        row[name] = pd.to_datetime(row[name])
    parts, days = [], [*MINIMA, None]
    for (start, least), end in zip(MINIMA.items(), days[1:], strict=True):
        until = pd.Timestamp(end or suite.as_of + dt.timedelta(days=1))
        begin = row["start_date"].clip(lower=pd.Timestamp(start))
        is_held = (begin < until) & (begin <= pd.Timestamp(suite.as_of))
        is_held &= row["next_date"].isna() | (row["next_date"] > begin)
        is_held &= row["left_date"].isna() | (row["left_date"] >= begin)
        parts.append(row[is_held].assign(date=begin[is_held].dt.date, least=least))
    held = pd.concat(parts, ignore_index=True)
    low = held[held["hour_cents"] < held["least"]]
    detail = [
        f"${row.hour_cents / 100:.2f} an hour, minimum ${row.least / 100:.2f}" for row in low.itertuples()
    ]
    low = low.assign(case=low["wage_id"] + " under " + low["least"].astype(str), detail=detail)
    return Found(count_cases(held), list_rows(low))


def find_breaks_missing(material: Material) -> Found | str:
    """Worked shifts of more than six hours from before 11:00 to 14:00 or later, and those without a break of
    30 minutes."""
    suite = material.suite
    rosters, clock_ins = material.at_home("rosters"), suite.optional("clock_ins")
    if rosters is None or clock_ins is None:
        return NO_SHIFTS
    zone = suite.stores.select(of="store_id", zone="time_zone")
    shift = _worked(rosters).filter(_.rostered_seconds > _LONG)
    shift = shift.join(zone, shift.store_id == zone.of)
    begin, end = (local_time(shift[name], shift.zone, suite.zones) for name in ("start_at", "end_at"))
    shift = shift.filter((begin.hour() < _NOON[0]) & ((end.hour() >= _NOON[1]) | (end.date() > begin.date())))
    shift = shift.select("shift_id", "store_id", "shift_date").cache()
    clock = clock_ins.filter(_.kind.isin(("break begins", "break ends")))
    sign = ibis.ifelse(clock.kind == "break ends", 1, -1)
    rest = clock.group_by(of_shift="shift_id").agg(rested=(clock.clocked_at.epoch_seconds() * sign).sum())
    shift = shift.left_join(rest, shift.shift_id == rest.of_shift)
    rested = shift.rested.fill_null(0)
    bare = shift.mutate(rested=rested).filter(_.rested < _BREAK)
    bare = bare.select("store_id", "rested", case="shift_id", date="shift_date").execute()
    detail = [f"{max(float(rested), 0) / 60:.0f} minutes of break" for rested in bare["rested"]]
    return Found(count_by_date(shift, "shift_date"), list_rows(bare.assign(detail=detail)))


def find_not_clocked(material: Material) -> Found | str:
    """Shifts that somebody worked, and those without a time in or a time out."""
    suite = material.suite
    rosters, clock_ins = material.at_home("rosters"), suite.optional("clock_ins")
    if rosters is None or clock_ins is None:
        return NO_SHIFTS
    worked = _worked(rosters)
    clock = clock_ins.group_by(of_shift="shift_id").agg(
        n_in=(clock_ins.kind == "in").sum(), n_out=(clock_ins.kind == "out").sum()
    )
    shift = worked.left_join(clock, worked.shift_id == clock.of_shift)
    n_in, n_out = shift.n_in.fill_null(0), shift.n_out.fill_null(0)
    lacks = ibis.cases(
        ((n_in == 0) & (n_out == 0), "neither in nor out"),
        (n_in == 0, "no time in"),
        (n_out == 0, "no time out"),
        else_="",
    )
    bare = shift.mutate(detail=lacks).filter(_.detail != "")
    bare = bare.select("store_id", "detail", case="shift_id", date="shift_date").execute()
    return Found(count_by_date(worked, "shift_date"), list_rows(bare))


def _worked(rosters: ibis.Table) -> ibis.Table:
    return rosters.filter(rosters.is_worked & (rosters.status != "no-show"))
