"""What a metric declares, once: expression, table, unit, direction, owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

__all__ = ["Metric", "reader_unit"]


@dataclass(frozen=True)
class Metric:
    """One metric. ``expression`` aggregates ``table`` to one value per group.

    ``unit`` is that of the value: cents for money, counts as they are. ``direction`` says which way is
    better for the company; ``null_when`` says when the value is null. ``fills_later``: rows that come later
    change the value of a past period for long, so that a new period must not be held against old ones.
    ``date`` is the business date over which periods are taken; empty for a table that holds a state and has
    no period.
    """

    name: str
    label: str
    table: str
    expression: Callable[[ir.Table], ir.Scalar]
    unit: str
    direction: Literal["up", "down", "none"]
    owner: str
    description: str
    date: str = "order_date"
    null_when: str = "never"
    fills_later: bool = False


def reader_unit(unit: str) -> tuple[str, float]:
    """The unit in which readers see values of a metric's ``unit``, and the number to divide them by.

    >>> reader_unit("cents an order"), reader_unit("orders")
    (('USD an order', 100.0), ('orders', 1.0))
    """
    is_money = unit.partition(" ")[0] == "cents"
    return (f"USD{unit.removeprefix('cents')}", 100.0) if is_money else (unit, 1.0)
