"""Every metric, declared once, and the one way to compute it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis.expr.types as ir

from lucky_analytics import report
from lucky_analytics.catalog import Suite
from lucky_analytics.declared import find_declared
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.metrics.metric import Metric

__all__ = ["REGISTRY", "Metric", "aggregate"]

REGISTRY: dict[str, Metric] = find_declared("lucky_analytics.metrics", Metric)


def aggregate(
    suite: Suite,
    names: Sequence[str],
    *,
    by: Sequence[str] = (),
    start: dt.date | None = None,
    end: dt.date | None = None,
    where: ir.Deferred | None = None,
) -> ir.Table:
    """Metrics of one table, one row per group of ``by`` (columns of that table), unsorted.

    The period is half-open over the metrics' own date: ``start`` counts, ``end`` does not; null is
    unbounded. ``where`` filters the table first. Groups without a row do not appear. Raises
    ``UnknownNameError`` for a metric, ``ParameterError`` for metrics of different tables, a reversed
    period, or a period of a metric that is a state.

    >>> aggregate(suite, ["orders", "revenue"], by=["store_id"]).execute()     # doctest: +SKIP
    """
    unknown = [name for name in names if name not in REGISTRY]
    if unknown:
        raise UnknownNameError("metric", unknown[0], REGISTRY)
    metrics = [REGISTRY[name] for name in names]
    for metric in metrics:
        report.record_definition(f"metric {metric.name}", metric.expression.__module__)
    tables = {metric.table for metric in metrics}
    if len(tables) != 1:
        raise ParameterError(
            "metrics", expected="one or more, all of one table", got=", ".join(names) or "none"
        )
    if start and end and start > end:
        raise ParameterError("period", expected="start at or before end", got=f"{start} to {end}")
    table, date = suite.table(tables.pop()), metrics[0].date
    if (start or end) and not date:
        raise ParameterError(
            "period", expected="none: this is a state", got=f"{names[0]} from {start} to {end}"
        )
    if start is not None:
        table = table.filter(table[date] >= start)
    if end is not None:
        table = table.filter(table[date] < end)
    if where is not None:
        table = table.filter(where)
    values = {metric.name: metric.expression(table) for metric in metrics}
    return table.group_by(list(by)).agg(**values) if by else table.agg(**values)
