"""The sums of the coupon program, over as many of its customers at a time as memory holds.

What a customer was shown and bought meets nobody else's: the sums of parts of the customers add up to those
of all, to the last digit, since they are whole numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.models.coupon_decisions import (
    Rules,
    aggregate_cells,
    aggregate_not_shown,
    list_exposures,
    load_bought,
    load_shown,
)

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Program", "aggregate_program"]

MOST_SHOWN = 20_000_000  # coupons at a time; the demo estate has 1.4 million
_CELL = ["assignment", "category", "segment", "week_date", "depth", "is_followed"]


class Program(NamedTuple):
    """``aggregate_cells`` and ``aggregate_not_shown`` of all customers."""

    cells: pd.DataFrame
    not_shown: pd.DataFrame


def aggregate_program(suite: Suite, rules: Rules | None = None, most_shown: int = MOST_SHOWN) -> Program:
    """Every sum that the page on prices is made of, ``most_shown`` coupons at a time, and about as many.

    Raises ``LuckyError`` without a coupon shown in a whole week by ``as_of``.

    >>> aggregate_program(suite).cells["n"].sum()                      # doctest: +SKIP
    1372822.0
    """
    exposures = list_exposures(suite)
    bought = load_bought(suite).cache()
    n_parts = 1
    while exposures.count().execute() > most_shown * n_parts:
        n_parts *= 2
    if n_parts == 1:
        return _aggregate(suite, bought, exposures, rules)
    parts = []
    for part in range(n_parts):
        own_bought, own_shown = (_take(table, part, n_parts).cache() for table in (bought, exposures))
        parts.append(_aggregate(suite, own_bought, own_shown, rules))
        own_bought.release()
        own_shown.release()
    cells, not_shown = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    keys = [*_CELL, "log_price"]
    summed = cells.groupby(keys, as_index=False, dropna=False).sum()[cells.columns]
    return Program(
        summed.sort_values(_CELL, ignore_index=True),
        not_shown.groupby(["category", "segment"], as_index=False).sum()[not_shown.columns],
    )


def _aggregate(suite: Suite, bought: ir.Table, exposures: ir.Table, rules: Rules | None) -> Program:
    shown = load_shown(suite, bought, rules, exposures).cache()
    made = Program(aggregate_cells(shown), aggregate_not_shown(shown, bought))
    shown.release()
    return made


def _take(table: ir.Table, part: int, n_parts: int) -> ir.Table:
    """The rows of one part of the customers; ``n_parts`` is a power of two."""
    return table.filter((table.customer_id.hash() & (n_parts - 1)) == part)
