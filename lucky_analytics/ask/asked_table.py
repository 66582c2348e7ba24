"""The rows that a request is about: those that its reader may see, with the columns that it asks by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, dimensions_of, time_column
from lucky_analytics.ask.ask_measures import Measure
from lucky_analytics.ask.ask_request import Condition, Limit
from lucky_analytics.ask.limit_of import is_beyond
from lucky_analytics.ask.request_checks import OPEN, Scope
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES
from lucky_analytics.catalog.home_market import home_rows
from lucky_analytics.metrics.metric import reader_unit

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["dimension_of", "holds", "join_keys", "keep_limits", "rows_of", "stored_in"]


def rows_of(suite: Suite, measure: Measure, scope: Scope = OPEN) -> ir.Table:
    """The rows of a measure's table that a reader may ask, of the home market."""
    table = suite.table(measure.table)
    if measure.is_guarded:
        table = home_rows(suite, table)
    if scope.store_ids is not None:
        table = table.filter(table.store_id.isin(sorted(scope.store_ids)))
    for column, values in measure.only.items():
        table = table.filter(table[column].isin(list(values)))
    table = keep_limits(table, measure.limits, measure)
    current = SPOKEN["current_when_null"].get(measure.table)
    return table.filter(table[current].isnull()) if current and not measure.date else table


def join_keys(suite: Suite, table: ir.Table, first: Measure, keys: list[str]) -> ir.Table:
    """``table`` with a column ``key`` for each dimension of another table; rows without one keep null."""
    known = dimensions_of(first.table)
    wanted: dict[tuple[str, str, str, str], list[str]] = {}
    for key in keys:
        if key in known and known[key].by:
            one = known[key]
            wanted.setdefault((one.by, one.table, one.through, one.then), []).append(one.column)
    for i, ((by, other, through, then), columns) in enumerate(wanted.items()):
        beside = suite.table(other)
        names = {f"{other}.{column}": beside[column] for column in dict.fromkeys(columns)}
        beside = beside.select(**{f"_key_{i}": beside[TABLES[other].key[0]]}, **names)
        if through:
            between = suite.table(through)
            between = between.select(**{f"_between_{i}": TABLES[through].key[0], f"_then_{i}": then})
            beside = between.inner_join(beside, between[f"_then_{i}"] == beside[f"_key_{i}"])
            beside = beside.drop(f"_key_{i}", f"_then_{i}").rename(**{f"_key_{i}": f"_between_{i}"})
        table = table.left_join(beside, table[by] == beside[f"_key_{i}"]).drop(f"_key_{i}")
    return table


def dimension_of(table: ir.Table, key: str, first: Measure) -> ir.Value:
    """The values of one dimension in a table that ``join_keys`` made."""
    if key == CUSTOMER:
        return table.customer_id
    if key in TIMES:
        return time_column(table, key, first.date)
    own, _, column = key.partition(".")
    return table[column] if own == first.table else table[key]


def holds(table: ir.Table, condition: Condition, first: Measure) -> ir.BooleanValue:
    """Whether a row fulfils a condition; null is none of its values."""
    is_in = dimension_of(table, condition.key, first).isin(list(condition.values))
    return ~is_in.fill_null(False) if condition.is_not else is_in


def keep_limits(table: ir.Table, limits: tuple[Limit, ...], first: Measure) -> ir.Table:
    """The rows of a table whose own numbers are within ``limits``; null is beyond any."""
    for each in limits:
        unit = column_unit(first.table, each.column)
        table = table.filter(is_beyond(table[each.column], each.above, each.number * stored_in(unit)))
    return table


def column_unit(table: str, column: str) -> str:
    """The unit of a column as of measures: cents, share, seconds, or what it counts."""
    if column.endswith("_cents"):
        return "cents"
    return "share" if column.endswith(("_share", "_rate", "depth")) else TABLES[table].columns[column].unit


def stored_in(unit: str) -> float:
    """By what a number as people say it is multiplied to be in ``unit``: dollars are kept in cents, and
    percent as shares.

    >>> stored_in("cents"), stored_in("share"), stored_in("orders")
    (100.0, 0.01, 1.0)
    """
    return 0.01 if unit in ("share", "rate") else reader_unit(unit)[1]
