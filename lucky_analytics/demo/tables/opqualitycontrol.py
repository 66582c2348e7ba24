"""The quality database: containers opened and thrown away, task forms, complaints."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.expiry import open_containers
from lucky_analytics.demo.process.horizon import DATES, DAYS, N_DAYS
from lucky_analytics.demo.process.store_plan import N_STORES, OPENED
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["N_CONTAINERS", "N_FORMS", "tables"]

N_CONTAINERS, N_FORMS = 136_000, 100_000
_QUANTITY = pa.decimal128(16, 3)
_OPENS, _CLOSES = 6.5, 20.6  # local hours in which containers are opened; what is left goes at closing
# Tasks of a day in shares, and how often one is not done, or found not in order.
_TASKS = np.array([0.04, 0.04, 0.24, 0.64, 0.04])
_NOT_DONE, _NOT_IN_ORDER, _SLACK_STORE_FACTOR = 0.02, 0.015, 3.0
_DONE, _FAULTY, _MISSED = 1, 2, 3
# Chance of a complaint of a usual order, and by how much a minute of making time multiplies it.
_COMPLAINTS, _A_MINUTE = 0.0015, 1.15
_TYPES = np.array([0.35, 0.30, 0.20, 0.05, 0.10])


def tables(world: World) -> Iterator[NamedTable]:
    """``t_expiry_log``, ``t_task_form`` and ``t_complaint``."""
    declared = estate.load().database("luckyus_opqualitycontrol")
    for name, rows in (("t_expiry_log", _containers), ("t_task_form", _forms), ("t_complaint", _complaints)):
        yield declared.name, name, rows(declared.table(name).schema, world)


def _clock(day: Ints, hour: Floats | float) -> Ints:
    """UTC seconds of a New York hour on each day, also of days beyond the horizon."""
    past = np.minimum(day, N_DAYS - 1)
    midnight = local_midnight_utc(past, np.zeros(len(day), dtype=bool)) + (day - past) * 86_400
    return midnight + np.rint(np.asarray(hour) * 3600).astype(np.int64)


def _containers(schema: pa.Schema, world: World) -> pa.Table:
    goods = world.recipes.goods
    wanted = round(N_CONTAINERS * world.targets.scale)
    drawn = open_containers(world.consumption, world.stock, goods, wanted, world.seed)
    n = len(drawn.store)
    span = (_CLOSES - _OPENS) / drawn.n_today
    opened = _clock(drawn.day, _OPENS + drawn.rank * span)
    closed = np.where(
        drawn.discarded > 0, _clock(drawn.day, _CLOSES), _clock(drawn.day, _OPENS + (drawn.rank + 1) * span)
    )
    received = drawn.day - drawn.age
    stamp = pa.array([f"{date:%Y%m%d}" for date in DATES]).take(pa.array(received))
    return table(schema, {
        "id": 610_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "shop_id": world.shops.ids[drawn.store],
        "goods_code": choose(drawn.good, goods.codes),
        "batch_no": pc.binary_join_element_wise(stamp, choose(drawn.good, goods.codes), "-"),
        "received_date": dates(received),
        "open_time": datetimes(opened),
        "use_by_time": datetimes(_clock(received + goods.life[drawn.good], 20.5)),
        "close_time": datetimes(closed),
        "opened_quantity": decimals(drawn.opened, _QUANTITY),
        "discarded_quantity": decimals(drawn.discarded, _QUANTITY),
        "discard_reason": pa.array(drawn.reason, mask=drawn.reason == 0),
        "create_time": datetimes(closed),
    })  # fmt: skip


def _forms(schema: pa.Schema, world: World) -> pa.Table:
    """As many tasks a day in every store; one store, drawn by the seed, does them three times less well."""
    rng = stream(world.seed, "task forms")
    store, day = np.nonzero(OPENED[:N_STORES, None] <= DAYS)
    wanted = max(round(N_FORMS * world.targets.scale), len(store))
    each = largest_remainder(np.ones(len(store)), wanted)
    cell = np.repeat(np.arange(len(store)), each)
    kind = rng.choice(len(_TASKS), len(cell), p=_TASKS) + 1
    hour = np.select([kind == 1, kind == 2, kind == 5], [6.75, 20.25, 6.25], rng.uniform(7, 20, len(cell)))
    due = _clock(day[cell], hour)
    order = np.lexsort((kind, due, store[cell]))
    cell, kind, due = cell[order], kind[order], due[order]
    factor = np.where(store[cell] == rng.integers(N_STORES), _SLACK_STORE_FACTOR, 1.0)
    chance = rng.random(len(cell))
    result = np.where(chance < factor * _NOT_DONE, _MISSED, _DONE)
    bad = (chance >= factor * _NOT_DONE) & (chance < factor * (_NOT_DONE + _NOT_IN_ORDER))
    result = np.where(bad, _FAULTY, result)
    late = np.rint(rng.normal(0, 8 * 60, len(cell))).astype(np.int64)
    n = len(cell)
    return table(schema, {
        "id": 620_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "shop_id": world.shops.ids[store[cell]],
        "task_type": kind,
        "business_date": dates(day[cell]),
        "due_time": datetimes(due),
        "submit_time": datetimes(np.where(result == _MISSED, -1, due + late)),
        "result": result,
        "create_time": datetimes(_clock(day[cell], 0.0)),
    })  # fmt: skip


def _complaints(schema: pa.Schema, world: World) -> pa.Table:
    """Of completed orders; who waited long complains more often, and of the wait."""
    rng = stream(world.seed, "complaints")
    book, making = world.book, world.making
    done = np.flatnonzero(book.is_completed & book.is_usd & (book.shop < N_STORES))
    times = making.times
    minutes = (times.done - times.accepted)[book.source[done]] / 60
    chance = _COMPLAINTS * _A_MINUTE ** np.minimum(minutes, 30)
    order = done[rng.random(len(done)) < chance]
    waited = (times.done - times.accepted)[book.source[order]] / 60
    kind = rng.choice(len(_TYPES), len(order), p=_TYPES) + 1
    kind = np.where(rng.random(len(order)) < np.clip((waited - 5) / 15, 0, 0.9), 1, kind)
    end = int(_clock(np.array([N_DAYS - 1]), 23.0)[0])
    at = np.minimum(book.finished[order] + rng.integers(300, 86_400, len(order)), end)
    at = np.maximum(at, book.finished[order] + 60)
    by_time = np.argsort(at, kind="stable")
    order, kind, at = order[by_time], kind[by_time], at[by_time]
    n = len(order)
    return table(schema, {
        "id": 630_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "shop_id": world.shops.ids[book.shop[order]],
        "order_id": texts(book.id[order]),
        "user_no": world.user_no(book.user[order]),
        "complaint_type": kind,
        "status": np.where(at > end - 2 * 86_400, 1, 2),
        "create_time": datetimes(at),
    })  # fmt: skip
