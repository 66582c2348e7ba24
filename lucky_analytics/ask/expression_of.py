"""A request as an Ibis expression: the only way from a question to the tables."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lucky_analytics import report_record
from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, dimensions_of, time_column
from lucky_analytics.ask.ask_measures import Measure, find_measure
from lucky_analytics.ask.ask_request import Condition, Having, Request
from lucky_analytics.ask.request_checks import OPEN, Scope
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES
from lucky_analytics.catalog.home_market import home_rows
from lucky_analytics.metrics.metric import reader_unit

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["MOST_ROWS", "build_expression", "is_counted", "needs_empty_groups", "rows_of"]

MOST_ROWS = 1_000  # groups that are fetched; one more says that there are others
_GROUP = "group_{}"
_STORE = "stores.store_name"


def rows_of(suite: Suite, measure: Measure, scope: Scope = OPEN) -> ir.Table:
    """The rows of a measure's table that a reader may ask, of the home market."""
    table = suite.table(measure.table)
    if measure.is_guarded:
        table = home_rows(suite, table)
    if scope.store_ids is not None:
        table = table.filter(table.store_id.isin(sorted(scope.store_ids)))
    current = SPOKEN["current_when_null"].get(measure.table)
    return table.filter(table[current].isnull()) if current else table


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
    table = rows_of(suite, first, scope)
    start, end = period or (request.start, request.end)
    if start is not None:
        table = table.filter(table[first.date] >= start)
    if end is not None:
        table = table.filter(table[first.date] < end)
    if _STORE in request.by:  # inherited and foreign shops are no stores that people rank
        trading = suite.stores.filter(suite.stores.is_trading_store).select(_trading="store_id")
        table = table.semi_join(trading, table[_by_store(first)] == trading._trading)
    keys = [*request.by, *(each.key for each in (*request.where, *request.share))]
    table = _joined(suite, table, first, keys)
    for condition in request.where:
        table = table.filter(_holds(table, condition, first))
    if CUSTOMER in request.by:
        people = suite.customers.filter(~suite.customers.is_delivery_account).select(_person="customer_id")
        table = table.inner_join(people, table.customer_id == people._person)
    groups = {_GROUP.format(i): _dimension(table, key, first) for i, key in enumerate(request.by)}
    values = {measure.name: measure.expression for measure in measures}
    if request.having:
        values.setdefault(request.having.measure, find_measure(request.having.measure).expression)
    table = table.mutate(**groups) if groups else table
    if request.share:
        held = ibis.and_(*(_holds(table, each, first) for each in request.share))
        found = {first.name: held.fill_null(False).cast("int64").mean()}
    else:
        found = {name: of(table) for name, of in values.items()}
    made = table.group_by(list(groups)).agg(**found, n=table.count()) if groups else table.agg(
        **found, n=table.count()
    )  # fmt: skip
    if needs_empty_groups(request):
        made = _with_empty_groups(suite, made, request, start, end)
    if request.having:
        made = made.filter(_above(made, request.having))
    if is_counted(request):
        return made.agg(n_groups=made.count(), n=made.n.sum().fill_null(0))
    return _sorted(made, request, list(groups)).limit(MOST_ROWS + 1)


def is_counted(request: Request) -> bool:
    """Whether the answer is how many groups there are: of customers always, who are not listed."""
    return request.having is not None and (CUSTOMER in request.by or request.how_many)


def needs_empty_groups(request: Request) -> bool:
    """Whether a store or a day without any row belongs to the answer: fewest complaints are none at all."""
    is_low = request.rank is not None and request.rank.direction == "least"
    is_low = is_low or (request.having is not None and request.having.above in ("fewer than", "at most"))
    adds_up = all(find_measure(name).is_additive for name in request.measures) and not request.share
    others = [each for each in request.where if each.key.startswith("stores.")]
    return is_low and adds_up and request.by in ((_STORE,), ("day",)) and not others


def _with_empty_groups(
    suite: Suite, made: ir.Table, request: Request, start: dt.date | None, end: dt.date | None
) -> ir.Table:
    """``made`` with a row of zeros for each store, or day with orders, of the period that has none."""
    if request.by == ("day",):
        days = suite.orders.select(_all=suite.orders.order_date).distinct()
        for each in request.where:
            if each.key in ("weekday", "part of week"):
                is_in = time_column(days, each.key, "_all").isin(list(each.values))
                days = days.filter(~is_in if each.is_not else is_in)
        days = days.filter(days._all >= start) if start else days
        days = days.filter(days._all < end) if end else days
        spine = days.select(_all=time_column(days, "day", "_all"))
    else:
        stores = suite.stores.filter(suite.stores.is_trading_store)
        stores = stores.filter(stores.opened_date < end) if end else stores
        spine = stores.select(_all=stores.store_name)
    joined = spine.left_join(made, spine._all == made.group_0)
    values = {name: joined[name].fill_null(0) for name in made.columns if name != "group_0"}
    return joined.select(group_0=joined._all, **values)


def _by_store(first: Measure) -> str:
    return dimensions_of(first.table)[_STORE].by or "store_id"


def _sorted(made: ir.Table, request: Request, groups: list[str]) -> ir.Table:
    if not groups:
        return made
    if request.rank:
        value = made[request.measures[0]]
        made = made.filter(value.notnull())
        order = (
            ibis.desc(made[request.measures[0]])
            if request.rank.direction == "most"
            else made[request.measures[0]]
        )
        made = made.order_by([order, *groups])
        return made if request.rank.within else made.limit(request.rank.n)
    return made.order_by(groups)


def _joined(suite: Suite, table: ir.Table, first: Measure, keys: list[str]) -> ir.Table:
    """``table`` with a column ``key`` for each dimension of another table; rows without one keep null."""
    known = dimensions_of(first.table)
    wanted: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        if key in known and known[key].by:
            wanted.setdefault((known[key].by, known[key].table), []).append(known[key].column)
    for i, ((by, other), columns) in enumerate(wanted.items()):
        beside = suite.table(other)
        names = {f"{other}.{column}": beside[column] for column in dict.fromkeys(columns)}
        beside = beside.select(**{f"_key_{i}": beside[TABLES[other].key[0]]}, **names)
        table = table.left_join(beside, table[by] == beside[f"_key_{i}"]).drop(f"_key_{i}")
    return table


def _dimension(table: ir.Table, key: str, first: Measure) -> ir.Value:
    if key == CUSTOMER:
        return table.customer_id
    if key in TIMES:
        return time_column(table, key, first.date)
    own, _, column = key.partition(".")
    return table[column] if own == first.table else table[key]


def _holds(table: ir.Table, condition: Condition, first: Measure) -> ir.BooleanValue:
    is_in = _dimension(table, condition.key, first).isin(list(condition.values))
    return ~is_in.fill_null(False) if condition.is_not else is_in


def stored_in(unit: str) -> float:
    """By what a number as people say it is multiplied to be in ``unit``: dollars are kept in cents, and
    percent as shares.

    >>> stored_in("cents"), stored_in("share"), stored_in("orders")
    (100.0, 0.01, 1.0)
    """
    return 0.01 if unit in ("share", "rate") else reader_unit(unit)[1]


def _above(made: ir.Table, having: Having) -> ir.BooleanValue:
    value, number = made[having.measure], having.number * stored_in(find_measure(having.measure).unit)
    found: dict[str, ir.BooleanValue] = {
        "more than": value > number, "at least": value >= number,
        "fewer than": value < number, "at most": value <= number,
    }  # fmt: skip
    return found[having.above]
