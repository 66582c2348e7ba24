"""What a prediction is held against: one number that a later day can measure, a metric and a filter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from ibis import _

from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.metrics import REGISTRY, aggregate
from lucky_analytics.metrics.metric import reader_unit

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Measure", "Promise", "read_unit"]

Value = str | int | bool


@dataclass(frozen=True)
class Measure:
    """``metric`` over the rows whose columns have the values of ``where`` (one, or any of a list).

    Days from ``start`` to ``until`` count, both included; without ``until`` up to the day it is due. A metric
    of a state has no period, and neither ``start`` nor ``until``. Money is in dollars, also where the metric
    counts cents. Raises ``UnknownNameError`` for a metric or column that is not declared, ``ParameterError``
    for values of another form, days in the wrong order, and a period of a state.

    >>> Measure("orders", {"store_id": "3"}, dt.date(2026, 2, 14)).unit
    'orders'
    """

    metric: str
    where: Mapping[str, Value | Sequence[Value]] = field(default_factory=dict)
    start: dt.date | None = None
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if self.metric not in REGISTRY:
            raise UnknownNameError("metric", self.metric, REGISTRY)
        what, declared = f"measure of {self.metric}", REGISTRY[self.metric]
        columns = TABLES[declared.table].columns
        for name, wanted in self.where.items():
            if name not in columns:
                raise UnknownNameError(f"column of {what}", name, columns)
            listed = wanted if isinstance(wanted, list | tuple) else [wanted]
            if not listed or not all(isinstance(each, str | int | bool) for each in listed):
                got = repr(wanted)[:60]
                raise ParameterError(f"{what}, {name}", expected="a value, or a list of values", got=got)
        if not declared.date and (self.start or self.until):
            raise ParameterError(what, expected="no start and no until: it is a state", got="a period")
        if self.start and self.until and self.start > self.until:
            got = f"{self.start} and {self.until}"
            raise ParameterError(what, expected="start at or before until", got=got)

    @property
    def unit(self) -> str:
        """The unit of the value that ``read`` gives, as readers see it."""
        return read_unit(self.metric)

    @property
    def label(self) -> str:
        """The metric in words, with its filter: ``"Orders (store_id 3)"``."""
        parts = [f"{name} {_shown(wanted)}" for name, wanted in self.where.items()]
        return REGISTRY[self.metric].label + (f" ({', '.join(parts)})" if parts else "")

    def read(self, suite: Suite, last: dt.date) -> float | None:
        """The value in this suite, days up to ``last`` counted; null where the metric is.

        >>> Measure("orders").read(suite, suite.as_of)                            # doctest: +SKIP
        466252.0
        """
        end = None
        if REGISTRY[self.metric].date:
            end = (self.until or last) + dt.timedelta(days=1)
        frame = aggregate(suite, [self.metric], start=self.start, end=end, where=self._filter()).execute()
        return _number(frame[self.metric].iloc[0], self.metric)

    def read_days(self, suite: Suite, end: dt.date) -> pd.DataFrame:
        """Each day before ``end`` on which there was something to measure: ``ds`` and ``y``, in order.

        Raises ``ParameterError`` for a state, which has no days.
        """
        date = REGISTRY[self.metric].date
        if not date:
            raise ParameterError(f"days of {self.metric}", expected="a metric with a date", got="a state")
        days = aggregate(suite, [self.metric], by=[date], end=end, where=self._filter()).execute()
        values = [_number(value, self.metric) for value in days[self.metric]]
        found = pd.DataFrame({"ds": pd.to_datetime(days[date]), "y": pd.Series(values, dtype=float)})
        return found.dropna().sort_values("ds", ignore_index=True)

    def _filter(self) -> Any:
        kept = None
        for name, wanted in self.where.items():
            own = _[name].isin(list(wanted)) if isinstance(wanted, list | tuple) else _[name] == wanted
            kept = own if kept is None else kept & own
        return kept


class Promise(NamedTuple):
    """What a page will be held to, handed over whole: ``report.prediction(*promise)``. Null or infinite ends
    promise nothing."""

    name: str
    value: float
    low: float
    high: float
    level: float
    due: dt.date
    measure: Measure
    label: str = ""


def read_unit(metric: str) -> str:
    """The unit of a metric as readers see it: dollars where it counts cents.

    >>> read_unit("aov"), read_unit("orders")
    ('USD an order', 'orders')
    """
    return reader_unit(REGISTRY[metric].unit)[0]


def _number(value: Any, metric: str) -> float | None:
    return None if pd.isna(value) else float(value) / reader_unit(REGISTRY[metric].unit)[1]


def _shown(wanted: Value | Sequence[Value]) -> str:
    return " or ".join(map(str, wanted)) if isinstance(wanted, list | tuple) else str(wanted)
