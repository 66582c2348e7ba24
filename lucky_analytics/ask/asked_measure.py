"""One number that can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from lucky_analytics.ask.ask_request import Limit

__all__ = ["Measure"]


@dataclass(frozen=True)
class Measure:
    """One number of one table. ``name`` is a metric's, or ``count:table``, ``sum:table.column`` and the like
    for ``mean``, ``max``, ``min`` and ``distinct``, or ``told:name`` for one that ``declared.yml`` tells.

    ``unit`` is that of the value, as of metrics. ``is_additive``: the values of days add up to that of the
    month. ``adds_up``: the values of any parts of the rows add up to that of all. ``direction``: whether more
    of it is better (up, down, or none). ``is_guarded``: its definition does not say which market's rows it
    takes, so that others must. ``only``: column to the values that its rows have, ``limits``: those of its
    rows. ``is_count``: it counts rows one by one.
    """

    name: str
    table: str
    label: str
    unit: str
    owner: str
    description: str
    date: str
    expression: Callable[[ir.Table], ir.Scalar]
    is_additive: bool
    direction: str = "none"
    is_guarded: bool = False
    fills_later: bool = False
    adds_up: bool = False
    is_count: bool = False
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    limits: tuple[Limit, ...] = ()

    @property
    def is_ratio(self) -> bool:
        """Whether it is a share, a mean or an extreme, so that it has no total."""
        is_single = self.name.startswith(("max:", "min:", "mean:"))
        return is_single or self.unit in ("share", "rate", "seconds") or self.unit.endswith(_PER)


_PER = (" on average", " an order", " a customer", " a cup", " a payment")
