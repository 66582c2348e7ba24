"""What can be asked for: every metric, the numbers of every conformed table, and those that are declared."""

from __future__ import annotations

import functools

from lucky_analytics.ask.asked_measure import Measure
from lucky_analytics.ask.declared_measures import declared_measures
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.ask.table_measures import measures_of
from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.metrics import REGISTRY, Metric

__all__ = ["Measure", "find_measure", "list_measures"]


@functools.cache
def list_measures() -> dict[str, Measure]:
    """Every measure by its name: a metric, table or declared number that is added is there at once."""
    found = [_of_metric(metric) for metric in REGISTRY.values()]
    for table in TABLES.values():
        if table.name not in SPOKEN["not_asked"]:
            found += measures_of(table)
    known = {measure.name: measure for measure in found}
    return known | {measure.name: measure for measure in declared_measures(known)}


def find_measure(name: str) -> Measure:
    """One measure. Raises ``UnknownNameError``.

    >>> find_measure("sum:stock.wasted_quantity").unit, find_measure("revenue").unit
    ('base units', 'cents')
    """
    if name not in (known := list_measures()):
        raise UnknownNameError("measure", name, known)
    return known[name]


def _of_metric(metric: Metric) -> Measure:
    adds_up = metric.null_when == "never" and metric.name not in SPOKEN["not_added_up"]
    is_state = not metric.date
    return Measure(
        metric.name, metric.table, metric.label, metric.unit, metric.owner, metric.description, metric.date,
        metric.expression, adds_up and not is_state and metric.unit != "customers", metric.direction,
        fills_later=metric.fills_later, adds_up=adds_up, is_count=metric.name in SPOKEN["counted"],
    )  # fmt: skip
