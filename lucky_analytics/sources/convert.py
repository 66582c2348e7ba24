"""The server's text into the declared Arrow types, a column at a time."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column

__all__ = ["convert", "select_expression"]


def select_expression(column: Column) -> str:
    """The SQL that makes a column travel as text without loss.

    ``bit`` travels as raw bytes and ``float`` with six digits unless they are made numbers first.

    >>> select_expression(Column("flag", "bit(1)"))
    '`flag` + 0 AS `flag`'
    """
    base = column.type.strip().lower().split("(")[0]
    if base == "bit":
        return f"`{column.name}` + 0 AS `{column.name}`"
    if base == "float":
        return f"`{column.name}` + 0e0 AS `{column.name}`"
    return f"`{column.name}`"


def convert(values: pa.Array, column: Column, where: str) -> tuple[pa.Array, int]:
    """One binary column in its declared type, and how many zero dates became null in it.

    ``where`` names table and column in errors. A zero date (``0000-00-00``) becomes null. Decimals keep
    every digit; a number outside its type, broken UTF-8, or a null where none is declared raises
    ``SourceError``.

    >>> convert(pa.array([b"1.10"], pa.binary()), Column("fee", "decimal(4,2)"), "t.fee")[0][0].as_py()
    Decimal('1.10')
    """
    field = column.arrow
    n_zero = 0
    try:
        text = values.cast(pa.string())
        if pa.types.is_temporal(field.type):
            zero = pc.starts_with(text, "0000-00-00")
            n_zero = pc.sum(zero).as_py() or 0
            if n_zero:
                text = pc.if_else(zero, pa.scalar(None, pa.string()), text)
        array = text if pa.types.is_string(field.type) else text.cast(field.type)
    except pa.ArrowInvalid as error:
        raise SourceError(where, expected=column.type, got=str(error)) from error
    if array.null_count and not field.nullable:
        raise SourceError(
            where,
            expected="no nulls, as declared",
            got=f"{n_zero} zero dates" if n_zero else f"{array.null_count} nulls",
            remedy="Correct the rows, or declare the column nullable or zero_dates in the estate",
        )
    return array, n_zero
