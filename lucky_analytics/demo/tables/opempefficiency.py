"""The efficiency database: employees, wages, skills, rosters and clock-ins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.horizon import N_DAYS, WEEKDAY, day_of
from lucky_analytics.demo.process.rosters import N_HEAD, Rosters
from lucky_analytics.demo.process.store_plan import RESIDUAL
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

N_CLOCKED = 47_500
_FIRST_EMPLOYEE, _FIRST_SHIFT = 7_001, 650_000_001
_BARISTA, _LEAD, _HEAD = 1, 2, 3
# What is paid on top of wages; the minimum wage of the city rises on New Year's Day.
_ON_TOP, _LEAD_MORE, _RAISE_DATE, _RAISE = 0.12, 1.15, "2026-01-01", 0.03
_BREAK_FROM_MINUTES, _PUBLISHED_DAYS = 300, 15
_SKILLS = ("bar", "cold_drinks", "food", "opening", "closing")
WORKED, NO_SHOW, CALLED_IN = 1, 2, 3


def tables(world: World) -> Iterator[NamedTable]:
    """``t_employee``, ``t_employee_wage``, ``t_employee_skill``, ``t_shift_roster``, ``t_clock_record``."""
    declared, rosters = estate.load().database("luckyus_opempefficiency"), world.rosters
    schemas = {name: declared.table(name).schema for name in declared.tables}
    yield declared.name, "t_employee", _employees(schemas["t_employee"], world)
    yield declared.name, "t_employee_wage", _wages(schemas["t_employee_wage"], world)
    yield declared.name, "t_employee_skill", _skills(schemas["t_employee_skill"], rosters, world.seed)
    shifts = _all_shifts(rosters)
    yield declared.name, "t_shift_roster", _roster(schemas["t_shift_roster"], world, shifts)
    yield declared.name, "t_clock_record", _clocked(schemas["t_clock_record"], world, shifts)


def _n_head(world: World) -> int:
    return max(round(N_HEAD * world.targets.scale), 1)


def _number(employee: Ints) -> pa.Array:
    return pc.binary_join_element_wise("E", texts(_FIRST_EMPLOYEE + employee), "")


def _shop_ids(world: World) -> Ints:
    return np.r_[world.shops.ids[:RESIDUAL], world.shops.ids[world.shops.first_pop_up]]


def _at(day: Ints, minute: Ints) -> Ints:
    inside = np.clip(day, 0, N_DAYS - 1)
    midnight = local_midnight_utc(inside, np.zeros(len(day), dtype=bool)) + (day - inside) * 86_400
    return midnight + minute * 60


def _employees(schema: pa.Schema, world: World) -> pa.Table:
    """Store employees, then the head office's, who were all there before the first store opened."""
    rosters, n_head = world.rosters, _n_head(world)
    n_store = len(rosters.hired)
    n = n_store + n_head
    hired, left = np.r_[rosters.hired, np.full(n_head, -30)], np.r_[rosters.left, np.full(n_head, -1)]
    shop = np.r_[_shop_ids(world)[rosters.store_of], np.zeros(n_head, np.int64)]
    return table(schema, {
        "id": _FIRST_EMPLOYEE + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "employee_no": _number(np.arange(n)),
        "shop_id": pa.array(shop, mask=np.arange(n) >= n_store),
        "role": np.r_[np.where(rosters.is_lead, _LEAD, _BARISTA), np.full(n_head, _HEAD)],
        "hire_date": dates(hired),
        "leave_date": pc.if_else(pa.array(left >= 0), dates(left), pa.scalar(None, pa.date32())),
    })  # fmt: skip


def _wages(schema: pa.Schema, world: World) -> pa.Table:
    """Such that the mean hour, with what is paid on top, costs what the ledger's crews cost an hour."""
    rosters, rng = world.rosters, stream(world.seed, "wages")
    n = len(rosters.hired)
    level = np.where(rosters.is_lead, _LEAD_MORE, 1.0) * np.exp(rng.normal(0, 0.03, n))
    raised = rosters.day >= day_of(_RAISE_DATE)
    weight = rosters.minutes * level[rosters.employee] * np.where(raised, 1 + _RAISE, 1.0)
    hour = world.planted["costs"]["dollars_a_crew_hour"] / (1 + _ON_TOP)
    cents = hour * rosters.minutes.sum() / weight.sum() * level * 100
    stays = np.flatnonzero((rosters.left < 0) | (rosters.left >= day_of(_RAISE_DATE)))
    joins_later = rosters.hired >= day_of(_RAISE_DATE)
    stays = stays[~joins_later[stays]]
    person = np.r_[np.arange(n), stays]
    factor = np.r_[np.where(joins_later, 1 + _RAISE, 1.0), np.full(len(stays), 1 + _RAISE)]
    since = np.r_[rosters.hired, np.full(len(stays), day_of(_RAISE_DATE))]
    order = np.lexsort((since, person))
    person, factor, since = person[order], factor[order], since[order]
    return table(schema, {
        "id": 651_000_001 + np.arange(len(person)),
        "tenant": same(LIVE_TENANT, len(person), pa.string()),
        "employee_no": _number(person),
        "hourly_wage": decimals(np.rint(cents[person] * factor).astype(np.int64), pa.decimal128(8, 2)),
        "effective_date": dates(since),
    })  # fmt: skip


def _skills(schema: pa.Schema, rosters: Rosters, seed: int) -> pa.Table:
    """Everybody knows the bar, most know more; who has been there longer or leads knows it better."""
    rng = stream(seed, "skills")
    n, k = len(rosters.hired), len(_SKILLS)
    knows = rng.random((n, k)) < np.array([1.0, 0.8, 0.7, 0.45, 0.45])
    person, skill = np.nonzero(knows)
    months = (np.where(rosters.left < 0, N_DAYS, rosters.left) - rosters.hired)[person] / 30
    level = 1 + (months > 1) + (rosters.is_lead[person] & (months > 2))
    return table(schema, {
        "id": 652_000_001 + np.arange(len(person)),
        "tenant": same(LIVE_TENANT, len(person), pa.string()),
        "employee_no": _number(person),
        "skill_code": choose(skill, _SKILLS),
        "level": level,
    })  # fmt: skip


def _all_shifts(rosters: Rosters) -> tuple[Ints, Ints, Ints]:
    """Position of the shift, employee and status of each row of the roster: no-shows, and who stood in."""
    away = np.flatnonzero(rosters.stand_in >= 0)
    shift = np.r_[np.arange(len(rosters.day)), away]
    person = np.r_[rosters.employee, rosters.stand_in[away]]
    status = np.r_[np.where(rosters.stand_in >= 0, NO_SHOW, WORKED), np.full(len(away), CALLED_IN)]
    order = np.lexsort((status, shift))
    return shift[order], person[order], status[order]


def _roster(schema: pa.Schema, world: World, shifts: tuple[Ints, Ints, Ints]) -> pa.Table:
    """Published a fortnight ahead and more, but for who is called in on the day."""
    rosters, (shift, person, status) = world.rosters, shifts
    day, start = rosters.day[shift], rosters.start[shift]
    begins = _at(day, start)
    told = np.where(
        status == CALLED_IN, begins - 2 * 3600, _at(day - day % 7 - _PUBLISHED_DAYS, np.full_like(day, 720))
    )
    n = len(shift)
    return table(schema, {
        "id": _FIRST_SHIFT + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "employee_no": _number(person),
        "shop_id": _shop_ids(world)[rosters.store[shift]],
        "business_date": dates(day),
        "start_time": datetimes(begins),
        "end_time": datetimes(begins + rosters.minutes[shift] * 60),
        "status": status,
        "publish_time": datetimes(told),
    })  # fmt: skip


def _clocked(schema: pa.Schema, world: World, shifts: tuple[Ints, Ints, Ints]) -> pa.Table:
    """In and out of every shift that was worked, a break in longer ones; the head office fills the count."""
    rosters, rng, (shift, person, status) = world.rosters, stream(world.seed, "clock-ins"), shifts
    row = np.flatnonzero(status != NO_SHOW)
    begins = _at(rosters.day[shift[row]], rosters.start[shift[row]])
    minutes = rosters.minutes[shift[row]]
    early, late = (np.rint(rng.gamma(2.0, 2.0, len(row)) * 60).astype(np.int64) for _ in range(2))
    parts = [(row, 1, begins - early), (row, 2, begins + minutes * 60 + late)]
    long = minutes >= _BREAK_FROM_MINUTES
    pause = (begins + minutes * 30)[long]
    parts += [(row[long], 3, pause), (row[long], 4, pause + rng.integers(10, 21, int(long.sum())) * 60)]
    who = np.concatenate([person[r] for r, _, _ in parts])
    roster = np.concatenate([r for r, _, _ in parts])
    kind = np.concatenate([np.full(len(r), code) for r, code, _ in parts])
    at = np.concatenate([t for _, _, t in parts])
    days, hands = np.flatnonzero(WEEKDAY < 5), _n_head(world)
    wanted = min(max((round(N_CLOCKED * world.targets.scale) - len(who)) // 2, 0), len(days) * hands)
    lot = np.sort(rng.choice(len(days) * hands, wanted, replace=False))
    office, day = len(rosters.hired) + lot % hands, days[lot // hands]
    come = _at(day, rng.integers(500, 570, wanted))
    go = come + rng.integers(460, 540, wanted) * 60
    who, at = np.r_[who, office, office], np.r_[at, come, go]
    kind = np.r_[kind, np.ones(wanted, np.int64), np.full(wanted, 2)]
    roster = np.r_[roster, np.full(2 * wanted, -1)]
    order = np.lexsort((kind, who, at))
    who, at, kind, roster = who[order], at[order], kind[order], roster[order]
    in_office: Bools = roster < 0
    n = len(who)
    shop = _shop_ids(world)[rosters.store[shift[np.maximum(roster, 0)]]]
    return table(schema, {
        "id": 653_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "employee_no": _number(who),
        "shop_id": pa.array(shop, mask=in_office),
        "roster_id": pa.array(_FIRST_SHIFT + roster, mask=in_office),
        "clock_type": kind,
        "clock_time": datetimes(at),
    })  # fmt: skip
