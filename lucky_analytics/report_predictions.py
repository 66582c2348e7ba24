"""What a notebook predicts, so that it can be held to it when the day has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

from IPython.core.getipython import get_ipython

from lucky_analytics import report_record
from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate
from lucky_analytics.report_headlines import finite
from lucky_analytics.report_names import GIVEN

__all__ = ["Measurable", "prediction"]


class Measurable(Protocol):
    """What is held against a prediction: ``models.measure.Measure``. Named by its form, because whatever
    this module imports makes every notebook run again when it changes."""

    @property
    def metric(self) -> str: ...
    @property
    def where(self) -> Mapping[str, Any]: ...
    @property
    def start(self) -> dt.date | None: ...
    @property
    def until(self) -> dt.date | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def label(self) -> str: ...


def prediction(
    name: str,
    value: float | Estimate | None,
    low: float | None,
    high: float | None,
    level: float | None,
    due: dt.date,
    measure: Measurable,
    label: str = "",
) -> None:
    """A number that a later snapshot will measure: it is kept, and held against what comes.

    ``value`` and its interval are in the unit of ``measure`` (``models.measure.Measure``); an ``Estimate``
    brings its own interval and level. ``due`` is the last day that counts: from the first snapshot that is
    complete up to it, ``measure`` is read as of that day. ``level`` (0 to 1) is the chance with which the
    interval is meant to hold what comes. ``label`` says for readers what is predicted. Where the value or an
    end is null nothing is promised, and nothing kept. ``name`` as of a headline, one for each thing that is
    predicted. Raises ``ParameterError`` for an interval in the wrong order or without a level.

    >>> measure = Measure("orders", start=dt.date(2026, 2, 14))                      # doctest: +SKIP
    >>> prediction("week", 21_000, 19_500, 22_600, 0.9, dt.date(2026, 2, 20), measure)   # doctest: +SKIP
    Predicted, to be measured as of 20 Feb 2026: Orders, 21,000 orders (19,500 to 22,600)
    """
    GIVEN.add("prediction", name, get_ipython())
    what = f"prediction {name}"
    if isinstance(value, Estimate):
        low, high, level, value = value.low, value.high, value.level, value.value
    found, lower, upper = (finite(each, what) for each in (value, low, high))
    if found is None or lower is None or upper is None:
        return
    if level is None or not 0 < level < 1:
        raise ParameterError(what, expected="a level between 0 and 1", got=str(level))
    if not lower <= found <= upper:
        raise ParameterError(what, expected="low, value and high in order", got=f"{lower}, {found}, {upper}")
    if not isinstance(due, dt.date):
        raise ParameterError(f"due of {what}", expected="a date", got=repr(due)[:40])
    due = due.date() if isinstance(due, dt.datetime) else due
    first = measure.start or due
    if first > due or (measure.until or due) > due:
        raise ParameterError(what, expected="a period that is over when it is due", got=f"due {due}")
    said = label or measure.label
    record = {
        "kind": "prediction",
        "name": name,
        "label": said,
        "value": found,
        "low": lower,
        "high": upper,
        "level": level,
        "unit": measure.unit,
        "due": due.isoformat(),
        "metric": measure.metric,
        "where": {column: list(v) if isinstance(v, tuple) else v for column, v in measure.where.items()},
        "start": measure.start.isoformat() if measure.start else None,
        "until": measure.until.isoformat() if measure.until else None,
        "shown": format_estimate(found, lower, upper, measure.unit),
    }
    day = f"{due.day} {due:%b %Y}"
    report_record.say(record, f"Predicted, to be measured as of {day}: {said}, {record['shown']}")
