"""For each row what came last before it, as a join that every engine has."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

__all__ = ["join_last_before"]

_NEVER = dt.date(9999, 12, 31)


def join_last_before(row: ir.Table, event: ir.Table, *, by: str, day: str, at: str) -> ir.Table:
    """``row`` with the columns of the last ``event`` of its ``by`` on a date ``at`` before its ``day``.

    Null where there was none; an event on the day itself does not count. Events are unique in ``by`` and
    ``at``. What some engines call an as-of join, and others do not have.

    >>> week = ibis.memtable({"who": ["a"], "week": [dt.date(2026, 2, 9)]})
    >>> days = [dt.date(2026, 2, 3), dt.date(2026, 2, 9)]
    >>> order = ibis.memtable({"who": ["a", "a"], "on": days, "n": [1, 2]})
    >>> join_last_before(week, order, by="who", day="week", at="on").n.execute().tolist()
    [1]
    """
    following = event[at].lead().over(ibis.window(group_by=by, order_by=at))
    until = event.mutate(_until=following.fill_null(ibis.literal(_NEVER)))
    on = [row[by] == until[by], row[day] > until[at], row[day] <= until._until]
    return row.left_join(until, on).drop("_until", f"{by}_right")
