"""A value, its interval and what it rests on: methods return it, headlines and texts take it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lucky_analytics.errors import ParameterError, UnknownNameError

__all__ = ["Estimate"]


@dataclass(frozen=True)
class Estimate:
    """``value`` with the ends of its interval at confidence ``level`` (0 to 1), from ``n`` observations.

    Null is "cannot be said": a null value has no interval; one end alone is a censored value; neither end
    is a count or a sum, which has none. NaN and infinities become null. Raises ``ParameterError`` for ends
    without a level, a level without ends, or ends in the wrong order.

    >>> Estimate(-0.3, -0.5, 0.1, level=0.9, n=120).holds(0)
    True
    >>> Estimate(float("nan"), n=3).value is None
    True
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, _finite(getattr(self, name)))
        has_ends = self.low is not None or self.high is not None
        if has_ends and self.level is None:
            raise ParameterError("estimate", expected="a level with its interval", got="none")
        if not has_ends:
            object.__setattr__(self, "level", None)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ParameterError("estimate", expected="low at most high", got=f"{self.low} and {self.high}")

    @classmethod
    def of(
        cls, row: Mapping[Any, Any], name: str, *, level: float | None = None, n: int | None = None
    ) -> Estimate:
        """The estimate in a row of a frame: ``name`` with ``<name>_low`` and ``<name>_high``.

        A row with one estimate calls its ends ``low`` and ``high``. Raises ``UnknownNameError`` for a row
        without ``name``.

        >>> Estimate.of({"net": 2.0, "net_low": 1.0, "net_high": 4.0}, "net", level=0.9, n=9).high
        4.0
        """
        if name not in row:
            raise UnknownNameError("estimate", name, list(row.keys()))
        low, high = (f"{name}_low", f"{name}_high") if f"{name}_low" in row else ("low", "high")
        return cls(row[name], row.get(low), row.get(high), level=level, n=n)

    def holds(self, number: float) -> bool:
        """Whether ``number`` may be the true value: it lies in the interval, ends included.

        An end that is null bounds nothing; without any end everything may be, as far as this tells.

        >>> Estimate(2.0, 1.0, None, level=0.9).holds(99), Estimate(2.0, 1.0, 3.0, level=0.9).holds(0)
        (True, False)
        """
        above = self.low is None or self.low <= number
        return above and (self.high is None or number <= self.high)

    def times(self, factor: float) -> Estimate:
        """The same in another unit; a negative ``factor`` turns the interval round.

        >>> Estimate(2.0, 1.0, 4.0, level=0.9).times(-10)
        Estimate(value=-20.0, low=-40.0, high=-10.0, level=0.9, n=None)
        """
        value, low, high = (None if x is None else x * factor for x in (self.value, self.low, self.high))
        return (
            replace(self, value=value, low=high, high=low)
            if factor < 0
            else replace(self, value=value, low=low, high=high)
        )

    def plus(self, number: float) -> Estimate:
        """The same with ``number``, which is exact, added.

        >>> Estimate(2.0, 1.0, None, level=0.9).plus(10)
        Estimate(value=12.0, low=11.0, high=None, level=0.9, n=None)
        """
        value, low, high = (None if x is None else x + number for x in (self.value, self.low, self.high))
        return replace(self, value=value, low=low, high=high)


def _finite(value: Any) -> float | None:
    if value is None or value != value or math.isinf(value):  # NaN and NaT are unequal to themselves
        return None
    return float(value)
