"""The production database: ``t_production``, ``t_commodity`` and ``t_print_receipt``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Floats, Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, same, table, texts
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.horizon import MONTH
from lucky_analytics.demo.process.making_times import FEBRUARY_MEAN, Making, product_seconds
from lucky_analytics.demo.tables.receipts import Tickets, receipt_table
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

N_PRODUCTIONS, N_UNITS = 502_000, 567_000
DONE, VOID = 30, 40
_FIRST_ID = 310_000_000_001


def tables(world: World) -> Iterator[NamedTable]:
    """The production database; an order's time is shared between its units."""
    declared = estate.load().database("luckyus_opproduction")
    book, making, menu, shops, targets = world.book, world.making, world.menu, world.shops, world.targets
    seconds = product_seconds(menu, world.seed)
    rng = stream(world.seed, "production rows")
    done = np.flatnonzero(book.is_completed & making.has_row[book.source])
    is_made = ~menu.is_packaged[book.lines.product]
    size = np.bincount(book.lines.order, is_made, book.n).astype(np.int64)
    made, accepted, unaccepted = _cancelled(book, size, making, len(done), targets, rng)
    row = np.r_[done, made, accepted, unaccepted]
    kind = np.repeat([0, 1, 2, 3], [len(done), len(made), len(accepted), len(unaccepted)])
    order = np.argsort(row)
    row, kind = row[order], kind[order]
    source, is_done = book.source[row], kind == 0
    arrived = np.where(is_done, making.times.paid[source], np.maximum(book.paid[row], book.created[row] + 5))
    accept = np.where(is_done, making.times.accepted[source], arrived + 8)
    end = np.where(is_done, making.times.done[source], accept)
    end[kind == 1] += _around_the_mean(len(made), rng)
    accept = np.where(kind == 3, -1, accept)
    end = np.where(kind <= 1, end, -1)
    ids = _FIRST_ID + np.arange(len(row))
    status = np.where(is_done, DONE, VOID)
    yield declared.name, "t_production", table(declared.table("t_production").schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, len(row), pa.string()),
        "order_id": texts(book.id[row]),
        "shop_id": shops.ids[book.shop[row]],
        "order_type": np.where(book.is_delivery[row], 2, 1),
        "status": status,
        "commodity_count": size[row],
        "accept_time": datetimes(accept),
        "done_time": datetimes(end),
        "create_time": datetimes(arrived),
        "modify_time": datetimes(np.maximum(end, book.modified[row])),
    })  # fmt: skip
    position = np.full(book.n, -1)
    position[row[kind < 3]] = np.flatnonzero(kind < 3)
    lines = book.lines
    unit = np.flatnonzero((position[lines.order] >= 0) & is_made)
    at, product = position[lines.order[unit]], lines.product[unit]
    start, finish = _shares(at, seconds[product], accept, end)
    unit_ids = 620_000_000_001 + np.arange(len(unit))
    yield declared.name, "t_commodity", table(declared.table("t_commodity").schema, {
        "id": unit_ids,
        "tenant": same(LIVE_TENANT, len(unit), pa.string()),
        "production_id": ids[at],
        "order_id": texts(book.id[lines.order[unit]]),
        "order_item_id": lines.id[unit],
        "shop_id": shops.ids[book.shop[lines.order[unit]]],
        "spu_code": choose(product, menu.spu_codes),
        "sku_code": choose(lines.sku[unit], menu.sku_codes),
        "status": status[at],
        "start_time": datetimes(start),
        "done_time": datetimes(finish),
        "create_time": datetimes(arrived[at]),
        "modify_time": datetimes(np.maximum(finish, start)),
    })  # fmt: skip
    tickets = Tickets(ids, book.id[row], shops.ids[book.shop[row]], arrived, end)
    printed = declared.table("t_print_receipt").schema
    receipts = receipt_table(printed, tickets, unit_ids, at, targets.scale, world.seed)
    yield declared.name, "t_print_receipt", receipts


def _around_the_mean(n: int, rng: np.random.Generator) -> Ints:
    """Seconds of orders that were made all the same: pairs around February's mean, which they leave alone."""
    shift = np.rint(rng.normal(0, 60, n // 2)).astype(np.int64).clip(-150, 150)
    return round(FEBRUARY_MEAN) + np.r_[shift, -shift, np.zeros(n % 2, np.int64)]


def _cancelled(
    book: Book, units: Ints, making: Making, n_done: int, targets: Targets, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Cancelled orders that reached the screen: made all the same, accepted but stopped, never accepted.

    ``units`` is how many the kitchen has to make of each order.
    """
    pool = rng.permutation(np.flatnonzero(~book.is_completed))
    pool = pool[: max(round(N_PRODUCTIONS * targets.scale) - n_done, 0)]
    in_february = MONTH[book.day[pool]] == 7
    made = pool[in_february][: making.cancelled_in_february]
    rest = pool[~np.isin(pool, made)]
    done = book.is_completed & making.has_row[book.source]
    missing = round(N_UNITS * targets.scale) - int(units[done].sum() + units[made].sum())
    n_accepted = int(np.searchsorted(np.cumsum(units[rest]), missing, side="right"))
    return made, rest[:n_accepted], rest[n_accepted:]


def _shares(at: Ints, weight: Floats, accept: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Start and end of each unit: its share of the order's time, one after the other; -1 ends stay."""
    first = np.r_[True, at[1:] != at[:-1]]
    group = np.cumsum(first) - 1
    before = np.cumsum(weight) - weight
    offset = before - before[first][group]
    total = np.bincount(group, weight)[group]
    span = np.maximum(end[at] - accept[at], 0)
    start = accept[at] + (span * offset / total).astype(np.int64)
    finish = accept[at] + np.round(span * (offset + weight) / total).astype(np.int64)
    return start, np.where(end[at] < 0, -1, finish)
