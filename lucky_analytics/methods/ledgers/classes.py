"""The classes that a record of a ledger may have, once it was held against another ledger."""

from __future__ import annotations

import ibis.expr.types as ir

__all__ = [
    "AMOUNT",
    "CLASSES",
    "CURRENCY",
    "DUPLICATE",
    "EMPTY",
    "EXCEPTIONS",
    "MATCHED",
    "MISSING",
    "ORPHAN",
    "ROUNDING",
    "TIMING",
    "UNEXPLAINED",
    "UNLINKED",
    "whole_sum",
]

MATCHED, TIMING, EMPTY, ROUNDING = "matched", "timing", "nothing moved", "rounding"
AMOUNT, MISSING, DUPLICATE, ORPHAN = "amount", "missing counterpart", "duplicate", "orphan"
CURRENCY, UNLINKED, UNEXPLAINED = "currency", "refund unlinked", "unexplained"
# What somebody has to look at; the others are in order, or will be by themselves.
EXCEPTIONS = (AMOUNT, MISSING, DUPLICATE, ORPHAN, CURRENCY, UNLINKED, UNEXPLAINED)
CLASSES = (MATCHED, TIMING, EMPTY, ROUNDING, *EXCEPTIONS)


def whole_sum(cents: ir.Value, over: object = None) -> ir.IntegerValue:
    """A sum of whole numbers as a 64-bit integer, ``over`` a window if one is given.

    DuckDB widens such sums to 128 bits, which Ibis does not know, so that a plain cast is left out.
    """
    total = cents.sum() if over is None else cents.sum().over(over)
    return total.cast("decimal(38,0)").cast("int64")
