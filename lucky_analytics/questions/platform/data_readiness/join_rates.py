"""How many rows of one system find their counterpart in another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics import estate
from lucky_analytics.catalog.conformed import text
from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.platform.data_readiness.declared_cases import Join
from lucky_analytics.questions.platform.data_readiness.table_states import read_raw

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["HOLDS", "LOOSE", "NOT_TESTED", "count_matches", "measure_joins", "query_matches"]

HOLDS, LOOSE, NOT_TESTED = "holds", "too few match", "not tested"
_COLUMNS = ["join", "child", "parent", "key_types", "said", "n", "n_found", "share", "least", "state"]


def measure_joins(suite: Suite, joins: Iterable[Join]) -> pd.DataFrame:
    """One row a join: ``n`` rows of ``child`` with a key, ``n_found`` of them in ``parent``, ``share``.

    ``key_types``: the two columns' declared types, "varchar(32) to bigint" where a cast is needed. ``state``:
    ``holds`` from ``least`` on, ``too few match``, or ``not tested`` without a row or table; its numbers are
    null then. All rows are counted: there is no interval.
    """
    rows = []
    for join in joins:
        counts = _count(suite, join)
        n, n_found = counts or (0, 0)
        share = n_found / n if n else None
        state = NOT_TESTED if share is None else HOLDS if share >= join.least else LOOSE
        names = [".".join(end) for end in (join.child, join.parent)]
        rows.append((join.name, *names, _types(join), join.said, n or None, n_found if n else None, share,
                     join.least, state))  # fmt: skip
    made = pd.DataFrame(rows, columns=_COLUMNS)
    return made.astype({"n": "Int64", "n_found": "Int64", "share": float})


def count_matches(child: ir.Column, parent: ir.Column) -> ir.Table:
    """``n``, ``n_found`` of the rows of ``child`` whose key is set, as one row: other types meet as text."""
    if child.type().copy(nullable=True) != parent.type().copy(nullable=True):
        child, parent = text(child), text(parent)
    keys = child.name("key").as_table()
    keys = keys.filter(keys.key.notnull())
    if keys.key.type().is_string():
        keys = keys.filter(keys.key != "")
    keys = keys.group_by("key").agg(n=keys.count())  # each key is looked for once
    known = parent.name("known").as_table().distinct()
    both = keys.left_join(known, keys.key == known.known)
    n_found = both.n.sum(where=both.known.notnull())
    return both.agg(n=both.n.sum().fill_null(0), n_found=n_found.fill_null(0))


def query_matches(suite: Suite, join: Join) -> ir.Table:
    """``count_matches`` of a declared join. Raises ``MissingTableError``, as ``Raw`` does."""
    child, parent = (read_raw(suite, table)[column] for table, column in (join.child, join.parent))
    return count_matches(child, parent)


def _count(suite: Suite, join: Join) -> tuple[int, int] | None:
    try:
        found = query_matches(suite, join).execute().iloc[0]
    except LuckyError:
        return None  # the table itself is judged in table_states
    return int(found["n"]), int(found["n_found"])


def _types(join: Join) -> str:
    kinds = [
        estate.load().database(source).tables[table].columns[column].type
        for (source, _, table), column in (
            (name.partition("."), column) for name, column in (join.child, join.parent)
        )
    ]
    return kinds[0] if kinds[0] == kinds[1] else " to ".join(kinds)
