"""Whether two tables hold the same rows: whatever their order, exact but for the last digits of floats."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

# Sums of floats depend on the order of their terms, which Spark does not fix: each of up to some hundred
# thousand additions may be off by 1.1e-16 of the sum.
TOLERANCE = 1e-10

__all__ = ["TOLERANCE", "find_differences"]


def find_differences(expected: ir.Table, got: ir.Table, key: Sequence[str]) -> list[str]:
    """What differs, in words; empty where both have the same types and, by ``key``, the same rows."""
    types = {name: (str(expected.schema()[name]), str(got.schema()[name])) for name in expected.columns}
    found = [
        f"{name}: {one}, {other}" for name, (one, other) in types.items() if not _is_one_type(one, other)
    ]
    return found + compare_frames(expected.execute(), got.execute(), key)


def _is_one_type(one: str, other: str) -> bool:
    """Nulls and precision aside: what an engine says of a sum is wider than its rows."""
    plain = [text.lstrip("!").partition("(")[0] for text in (one, other)]
    return plain[0] == plain[1]


def compare_frames(expected: pd.DataFrame, got: pd.DataFrame, key: Sequence[str]) -> list[str]:
    """As ``find_differences``, of frames.

    >>> one = pd.DataFrame({"id": ["a", "b"], "cents": [5, 7]})
    >>> compare_frames(one, one[::-1], ["id"]), compare_frames(one, one.assign(cents=[5, 8]), ["id"])
    ([], ['cents: 1 of 2 rows differ, first 7 and 8 at b'])
    """
    if list(expected.columns) != list(got.columns):
        return [f"columns: {list(expected.columns)}, {list(got.columns)}"]
    if len(expected) != len(got):
        return [f"rows: {len(expected):,}, {len(got):,}"]
    if key:
        expected, got = (each.sort_values([*key], ignore_index=True) for each in (expected, got))
    found = []
    for name in expected.columns:
        one, other = expected[name], got[name]
        if one.dtype != other.dtype:
            found.append(f"{name}: {one.dtype}, {other.dtype}")
            continue
        same = (one == other) | (one.isna() & other.isna())
        if one.dtype.kind == "f":
            same |= np.isclose(one, other, rtol=TOLERANCE, atol=0.0)
        if n := int((~same).sum()):
            first = int(same.idxmin())
            at = " ".join(str(expected[column][first]) for column in key)
            found.append(
                f"{name}: {n} of {len(one)} rows differ, first {one[first]} and {other[first]} at {at}"
            )
    return found
