"""Days on which a store sold more or less than it should, and slow drifts, as a truth file plants them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from lucky_analytics.demo.build.arrays import Floats
from lucky_analytics.demo.build.targets import STORES
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, day_of
from lucky_analytics.errors import DemoError, UnknownNameError

__all__ = ["declared_anomalies", "lifts"]

Anomalies = dict[str, dict[str, Any]]
_FIELDS = ("store", "date", "until", "orders", "a_week")
_TRADING = tuple(name for name, _, _ in STORES[:-1])
_RANGE = (0.05, 5.0)


def declared_anomalies(asked: Any) -> Anomalies:
    """``{name: {"store": ..., "date": ..., "until": ..., "orders": factor}}``, checked.

    ``orders``: the store sells so many times as much on ``date``, or to ``until`` inclusive. ``a_week``
    instead: from ``date`` on, so many times as much with each further week. Raises ``DemoError`` or
    ``UnknownNameError`` for anything else.

    >>> declared_anomalies({"outage": {"store": "221 Grand", "date": "2026-01-20", "orders": 0.3}}).keys()
    dict_keys(['outage'])
    """
    if not isinstance(asked, dict):
        raise DemoError("truth anomalies", expected="{name: {store, date, orders}}", got=repr(asked))
    return {name: _checked(f"truth anomalies.{name}", anomaly) for name, anomaly in asked.items()}


def _checked(what: str, anomaly: Any) -> dict[str, Any]:
    if not isinstance(anomaly, dict) or not {"store", "date"} <= set(anomaly):
        raise DemoError(what, expected="{store, date, orders}", got=repr(anomaly))
    for name in anomaly:
        if name not in _FIELDS:
            raise UnknownNameError(f"field of {what}", name, _FIELDS)
    if anomaly["store"] not in _TRADING:
        raise UnknownNameError(f"trading store of {what}", str(anomaly["store"]), _TRADING)
    given = [anomaly[name] for name in ("orders", "a_week") if name in anomaly]
    is_number = len(given) == 1 and isinstance(given[0], (int, float)) and not isinstance(given[0], bool)
    if not is_number or not _RANGE[0] <= given[0] <= _RANGE[1]:
        raise DemoError(what, expected=f"orders or a_week from {_RANGE[0]} to {_RANGE[1]}", got=repr(anomaly))
    try:
        first, last = _days(anomaly)
    except (TypeError, ValueError) as error:
        raise DemoError(what, expected="dates as 2026-01-20", got=str(error)) from error
    if not 0 <= first <= last < N_DAYS:
        raise DemoError(what, expected="date and until in order, inside the horizon", got=repr(anomaly))
    return anomaly


def _days(anomaly: dict[str, Any]) -> tuple[int, int]:
    """First and last day."""
    last = anomaly.get("until", anomaly["date"] if "orders" in anomaly else None)
    days = day_of(dt.date.fromisoformat(anomaly["date"])), N_DAYS - 1
    return days if last is None else (days[0], day_of(dt.date.fromisoformat(last)))


def lifts(anomalies: Anomalies) -> Floats:
    """What they add to ln orders of each trading store and day, [10, 229]."""
    found = np.zeros((len(_TRADING), N_DAYS))
    for anomaly in anomalies.values():
        first, last = _days(anomaly)
        days = np.arange(first, last + 1)
        weeks = (DAYS[days] - first) / 7
        factor = np.log(anomaly["orders"]) if "orders" in anomaly else np.log(anomaly["a_week"]) * weeks
        found[_TRADING.index(anomaly["store"]), days] += factor
    return found
