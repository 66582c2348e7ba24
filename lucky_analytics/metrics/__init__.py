"""Every metric, declared once, and the one way to compute it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

import ibis
import ibis.expr.types as ir

from lucky_analytics import report_record
from lucky_analytics.catalog import TABLES, Suite
from lucky_analytics.catalog.conformed import Conformed
from lucky_analytics.declared import find_declared
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.metrics.metric import Metric

__all__ = ["REGISTRY", "Metric", "aggregate", "require_declared"]


def require_declared(metrics: Mapping[str, Metric], tables: Mapping[str, Conformed]) -> dict[str, Metric]:
    """The same metrics. Raises ``UnknownNameError`` for one of a table that nobody declares,
    ``ParameterError`` for one whose ``date`` is no date column of its table; both name the module.

    >>> require_declared(REGISTRY, TABLES) == REGISTRY
    True
    """
    for metric in metrics.values():
        where = f"{metric.name} in {metric.expression.__module__}"
        if metric.table not in tables:
            raise UnknownNameError(f"table of metric {where}", metric.table, tables)
        columns = tables[metric.table].columns
        dates = [name for name, field in columns.items() if field.type == "date"]
        if metric.date and metric.date not in dates:
            raise ParameterError(
                f"date of metric {where}",
                expected=f"{' or '.join(dates) or 'none'}, the dates of {metric.table}",
                got=metric.date,
                remedy='For a table that holds a state, say date=""',
            )
    return dict(metrics)


REGISTRY: dict[str, Metric] = require_declared(find_declared("lucky_analytics.metrics", Metric), TABLES)


def aggregate(
    suite: Suite,
    names: Sequence[str],
    *,
    by: Sequence[str] = (),
    start: dt.date | None = None,
    end: dt.date | None = None,
    every: int | Literal["month"] | None = None,
    where: ir.Deferred | None = None,
) -> ir.Table:
    """Metrics of one table, one row per group of ``by`` (columns of that table), unsorted.

    The period is half-open over each metric's own date: ``start`` counts, ``end`` does not; null is
    unbounded. ``every`` days, counted back from ``end``, which it needs, are a group of their own by
    ``until``, the last of them; the oldest may be cut short by ``start``. With ``"month"`` calendar months
    are groups, the last cut short by ``end``. ``where`` filters the table first. Groups without a row do not
    appear; a metric is null in a group that only metrics of another date have rows of. Raises
    ``UnknownNameError`` for a metric, ``ParameterError`` for metrics of different tables, a reversed period,
    or a period of one that is a state.

    >>> aggregate(suite, ["orders", "revenue"], by=["store_id"]).execute()     # doctest: +SKIP
    """
    unknown = [name for name in names if name not in REGISTRY]
    if unknown:
        raise UnknownNameError("metric", unknown[0], REGISTRY)
    metrics = [REGISTRY[name] for name in names]
    for metric in metrics:
        report_record.record_definition(f"metric {metric.name}", metric.expression.__module__)
    tables = {metric.table for metric in metrics}
    if len(tables) != 1:
        got = ", ".join(f"{metric.name} of {metric.table}" for metric in metrics) or "none"
        raise ParameterError("metrics", expected="one or more, all of one table", got=got)
    if start and end and start > end:
        raise ParameterError("period", expected="start at or before end", got=f"{start} to {end}")
    table = suite.table(tables.pop())
    if where is not None:
        table = table.filter(where)
    if every is not None and (end is None or (every != "month" and every < 1)):
        got = f"every {every if every == 'month' else f'{every} days'}" + ("" if end else " without an end")
        raise ParameterError(
            "windows", expected="1 day or more, or month, and an end to count back from", got=got
        )
    if start is None and end is None:
        return _grouped(table, metrics, by)
    if state := next((metric.name for metric in metrics if not metric.date), None):
        raise ParameterError("period", expected="none: this is a state", got=f"{state} from {start} to {end}")
    by_date: dict[str, list[Metric]] = {}
    for metric in metrics:
        by_date.setdefault(metric.date, []).append(metric)
    parts = []
    for date, dated in by_date.items():
        rows = _period(table, date, start, end)
        if every is not None and end is not None:
            rows, by = _windows(rows, date, end, every), [*by, "until"] if "until" not in by else by
        parts.append(_grouped(rows, dated, by))
    return parts[0] if len(parts) == 1 else _beside(parts, names, by)


def _period(table: ir.Table, date: str, start: dt.date | None, end: dt.date | None) -> ir.Table:
    if start is not None:
        table = table.filter(table[date] >= start)
    return table if end is None else table.filter(table[date] < end)


def _windows(table: ir.Table, date: str, end: dt.date, every: int | Literal["month"]) -> ir.Table:
    """``table`` with ``until``, the last day of the month or of the ``every`` days that a row is in."""
    last = ibis.date((end - dt.timedelta(days=1)).isoformat())
    if every == "month":
        of_month = (table[date].truncate("M") + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")
        return table.mutate(until=ibis.least(of_month, last))
    back = last.delta(table[date], unit="day") // every * every
    return table.mutate(until=(last - ibis.interval(days=1) * back.cast("int32")).cast("date"))


def _grouped(table: ir.Table, metrics: Sequence[Metric], by: Sequence[str]) -> ir.Table:
    values = {metric.name: metric.expression(table) for metric in metrics}
    return table.group_by(list(by)).agg(**values) if by else table.agg(**values)


def _beside(parts: Sequence[ir.Table], names: Sequence[str], by: Sequence[str]) -> ir.Table:
    """Aggregates over different rows, one row per group that any of them has; a null group is one too."""
    kinds = {name: part[name].type() for part in parts for name in part.columns if name not in by}
    stacked = ibis.union(
        *(
            part.select(
                *by, **{n: part[n] if n in part.columns else ibis.null(kind) for n, kind in kinds.items()}
            )
            for part in parts
        )
    )
    values = {name: stacked[name].max() for name in names}  # each group has a value from one part only
    return stacked.group_by(list(by)).agg(**values) if by else stacked.agg(**values)
