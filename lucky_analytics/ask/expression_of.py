"""A request as an Ibis expression: the only way from a question to the tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lucky_analytics import report_record
from lucky_analytics.ask.ask_dimensions import CUSTOMER, dimensions_of
from lucky_analytics.ask.ask_measures import Measure, find_measure
from lucky_analytics.ask.ask_request import Having, Request
from lucky_analytics.ask.asked_table import (
    dimension_of,
    holds,
    join_keys,
    keep_limits,
    rows_of,
    stored_in,
)
from lucky_analytics.ask.empty_groups import needs_empty_groups, with_empty_groups
from lucky_analytics.ask.limit_of import is_beyond
from lucky_analytics.ask.request_checks import OPEN, Scope

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["MOST_ROWS", "build_expression", "is_counted"]

MOST_ROWS = 1_000  # groups that are fetched; one more says that there are others
_GROUP = "group_{}"
_STORE = "stores.store_name"


def build_expression(
    suite: Suite,
    request: Request,
    scope: Scope = OPEN,
    period: tuple[dt.date | None, dt.date | None] | None = None,
) -> ir.Table:
    """One row per group (``group_0``, ``group_1``, ...): the measures by name, and ``n``, the rows behind.

    Of a checked request; ``period`` in place of the request's own. Where groups are counted one row: how
    many there are (``n_groups``). Sorted, and cut to ``MOST_ROWS`` and one.
    """
    measures = [find_measure(name) for name in request.measures]
    first = measures[0]
    report_record.record_definition(f"measure {first.name}", first.expression.__module__)
    start, end = period or (request.start, request.end)
    table = _rows(suite, request, first, scope, start, end)
    groups = {_GROUP.format(i): dimension_of(table, key, first) for i, key in enumerate(request.by)}
    table = table.mutate(**groups) if groups else table
    values = {measure.name: measure.expression for measure in measures}
    if request.having:
        values.setdefault(request.having.measure, find_measure(request.having.measure).expression)
    if request.share:
        made = _shared(table, request, first, list(groups))
    else:
        made = _grouped(table, {name: of(table) for name, of in values.items()}, list(groups))
    if needs_empty_groups(request):
        made = with_empty_groups(suite, made, request, start, end)
    if request.of_total:
        made = made.mutate(**{first.name: made[first.name] / made[first.name].sum().over(ibis.window())})
    if request.having:
        made = made.filter(_above(made, request.having))
    if is_counted(request) and not request.having:
        made = made.filter(made[first.name] > 0)  # a group of which nothing is counted has none
    if is_counted(request):
        made = made.filter(made.group_0.notnull())  # rows without one belong to no group
        return made.agg(n_groups=made.count(), n=made.n.sum().fill_null(0))
    return _sorted(made, request, list(groups)).limit(MOST_ROWS + 1)


def is_counted(request: Request) -> bool:
    """Whether the answer is how many groups there are: of customers always, unless they are ranked."""
    return request.how_many or (request.having is not None and CUSTOMER in request.by)


def _rows(
    suite: Suite, request: Request, first: Measure, scope: Scope, start: dt.date | None, end: dt.date | None
) -> ir.Table:
    """The rows that count, with a column for every dimension that the request names."""
    table = keep_limits(rows_of(suite, first, scope), request.limits, first)
    if start is not None:
        table = table.filter(table[first.date] >= start)
    if end is not None:
        table = table.filter(table[first.date] < end)
    keys = [*request.by, *(each.key for each in (*request.where, *request.share))]
    own = dimensions_of(first.table).get(_STORE)
    if _STORE in request.by and own and not own.through:
        trading = suite.stores.filter(suite.stores.is_trading_store).select(_trading="store_id")
        table = table.semi_join(trading, table[own.by or "store_id"] == trading._trading)
    table = join_keys(suite, table, first, keys)
    if _STORE in request.by and own and own.through:
        trading = suite.stores.filter(suite.stores.is_trading_store).select(_trading="store_name")
        table = table.semi_join(trading, table[_STORE] == trading._trading)
    for condition in request.where:
        table = table.filter(holds(table, condition, first))
    if CUSTOMER in request.by:
        people = suite.customers.filter(~suite.customers.is_delivery_account).select(_person="customer_id")
        table = table.inner_join(people, table.customer_id == people._person)
    return table


def _grouped(table: ir.Table, found: dict[str, ir.Value], groups: list[str]) -> ir.Table:
    made = {**found, "n": table.count()}
    return table.group_by(groups).agg(**made) if groups else table.agg(**made)


def _shared(table: ir.Table, request: Request, first: Measure, groups: list[str]) -> ir.Table:
    """The part of the measure that the rows of the share make, in all of it."""
    held = ibis.and_(*(holds(table, each, first) for each in request.share)).fill_null(False)
    if first.is_count:
        return _grouped(table, {first.name: held.cast("int64").mean()}, groups)
    if not first.adds_up:  # different customers, some of whom are on both sides
        part = first.expression(table.filter(held)).as_scalar()
        both = table.agg(_all=first.expression(table), n=table.count()).mutate(_part=part)
        return both.select(**{first.name: both._part / both._all.nullif(0), "n": both.n})
    table = table.mutate(_held=held)
    split = table.group_by([*groups, "_held"]).agg(_value=first.expression(table), _n=table.count())
    whole, part = split._value.sum(), split._held.ifelse(split._value, 0).sum()
    made = {first.name: part / whole.nullif(0), "n": split._n.sum()}
    return split.group_by(groups).agg(**made) if groups else split.agg(**made)


def _above(made: ir.Table, having: Having) -> ir.BooleanValue:
    number = having.number * stored_in(find_measure(having.measure).unit)
    return is_beyond(made[having.measure], having.above, number)


def _sorted(made: ir.Table, request: Request, groups: list[str]) -> ir.Table:
    """Groups in their order, or the first by their value with those that equal the last of them."""
    if not groups:
        return made
    if request.rank is None:
        return made.order_by(groups)
    made = made.filter(made[request.measures[0]].notnull())
    value = made[request.measures[0]]
    order = ibis.desc(value) if request.rank.direction == "most" else value
    if CUSTOMER in request.by:  # nobody is named, so that no place is shared
        return made.order_by([order, *groups]).limit(request.rank.n)
    within = [_GROUP.format(request.by.index(key)) for key in request.rank.within]
    place = ibis.rank().over(ibis.window(group_by=within, order_by=order))
    made = made.mutate(_place=place).filter(lambda t: t._place < request.rank.n).drop("_place")
    return made.order_by([*within, order, *(each for each in groups if each not in within)])
