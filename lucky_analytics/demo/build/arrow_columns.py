"""Arrow columns in the sources' own types: cents to decimals, seconds to datetimes, codes to text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from lucky_analytics.demo.build.arrays import Ints
from lucky_analytics.demo.process.horizon import FIRST_DATE
from lucky_analytics.errors import DemoError

__all__ = ["choose", "dates", "datetimes", "decimals", "same", "table", "texts"]


def decimals(units: Ints, kind: pa.DataType | None = None, is_null: np.ndarray | None = None) -> pa.Array:
    """Whole units of the last decimal place as ``decimal(12,2)`` or ``kind``: 123 cents are 1.23."""
    low = units.astype("<i8")
    words = np.stack([low, np.where(low < 0, -1, 0)], axis=1).astype("<i8")
    kind = kind or pa.decimal128(12, 2)
    valid = None if is_null is None else pa.array(~is_null).buffers()[1]
    return pa.Array.from_buffers(kind, len(units), [valid, pa.py_buffer(words.tobytes())])


def datetimes(seconds: Ints) -> pa.Array:
    """UTC seconds as naive microseconds; negative ones, which mean "not set", are null."""
    values = (seconds * 1_000_000).astype("datetime64[us]")
    return pa.array(values, mask=seconds < 0)


def dates(days: Ints) -> pa.Array:
    """Business days, counted from the horizon's first and also outside the horizon, as dates."""
    return pa.array(np.datetime64(FIRST_DATE, "D") + days, pa.date32())


def texts(numbers: Ints) -> pa.Array:
    """Whole numbers as text, digit by digit."""
    return pa.array(numbers).cast(pa.string())


def choose(codes: Ints, names: Sequence[str | None]) -> pa.Array:
    """The text of each code; ``names[code]``."""
    return pa.array(names, pa.string()).take(pa.array(codes))


def same(value: object, n: int, kind: pa.DataType) -> pa.Array:
    """``n`` times one value; ``None`` gives nulls."""
    return pa.repeat(pa.scalar(value, kind), n)


def table(schema: pa.Schema, columns: Mapping[str, object]) -> pa.Table:
    """A table of exactly the declared columns, cast to the declared types.

    Raises ``DemoError`` when a column is missing or not declared, or a declared column has unwanted nulls.
    """
    if set(columns) != set(schema.names):
        raise DemoError(
            "columns of a demo table",
            expected=", ".join(schema.names),
            got="differing in " + ", ".join(sorted(set(columns) ^ set(schema.names))),
        )
    arrays = []
    for field in schema:
        values = columns[field.name]
        array = values if isinstance(values, pa.Array) else pa.array(values)
        array = array if array.type == field.type else array.cast(field.type)
        if array.null_count and not field.nullable:
            raise DemoError(f"demo column {field.name}", expected="no nulls", got=str(array.null_count))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=schema)
