"""The steps of every order: placed, paid, accepted, made, handed over, or cancelled."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, same, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

PLACED, PAID, ACCEPTED, MADE, HANDED_OVER, CANCELLED = 1, 2, 3, 4, 5, 9
_STATUS_AFTER = {PLACED: 10, PAID: 20, ACCEPTED: 30, MADE: 40, HANDED_OVER: 90, CANCELLED: 0}
_OPERATORS = ("user", "system", "store")


def tables(world: World) -> Iterator[NamedTable]:
    """``t_order_oper_history``, in the order of the orders and of their steps."""
    declared = estate.load().database("luckyus_sales_order")
    book, making = world.book, world.making
    completed = book.is_completed
    made = completed & making.has_row[book.source]
    steps = (
        (PLACED, np.ones(book.n, dtype=bool), book.created),
        (PAID, book.paid >= 0, book.paid),
        (ACCEPTED, made, making.times.accepted[book.source]),
        (MADE, made, making.times.done[book.source]),
        (HANDED_OVER, completed, book.finished),
        (CANCELLED, ~completed, book.modified),
    )
    order = np.concatenate([np.flatnonzero(happened) for _, happened, _ in steps])
    kind = np.repeat([step for step, _, _ in steps], [int(happened.sum()) for _, happened, _ in steps])
    when = np.concatenate([at[happened] for _, happened, at in steps])
    sort = np.lexsort((kind, order))
    order, kind, when = order[sort], kind[sort], when[sort]
    after = np.zeros(10, np.int64)
    for step, status in _STATUS_AFTER.items():
        after[step] = status
    is_first = np.r_[True, order[1:] != order[:-1]]
    before = np.where(is_first, 0, np.r_[0, after[kind[:-1]]])
    who = np.where(kind >= ACCEPTED, 2, np.where(kind == PAID, 1, 0))
    who = np.where(kind == CANCELLED, order % 2, who)
    rows = table(declared.table("t_order_oper_history").schema, {
        "id": 5_000_000_001 + np.arange(len(order)),
        "tenant": same(LIVE_TENANT, len(order), pa.string()),
        "order_id": book.id[order],
        "oper_type": kind,
        "from_status": before,
        "to_status": after[kind],
        "operator": choose(who, _OPERATORS),
        "create_time": datetimes(when),
    })  # fmt: skip
    yield declared.name, "t_order_oper_history", rows
