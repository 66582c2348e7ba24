"""The server's text into the declared Arrow types, a column at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.estate import Column
from lucky_analytics.sources.drift import base_type

__all__ = ["Converted", "MisfitError", "convert", "select_expression"]


class MisfitError(ValueError):
    """A value that its declared type does not hold: the position of its row, and what came.

    ``got`` shows dates only, and of numbers why they do not fit; any other value may be somebody's.
    """

    def __init__(self, row: int, expected: str, got: str) -> None:
        self.row, self.expected, self.got = row, expected, got
        super().__init__(f"row {row}: expected {expected}, got {got}")


@dataclass(frozen=True)
class Converted:
    """One column in its declared type; how many zero dates, and other impossible ones, are null in it."""

    array: pa.Array
    n_zero: int = 0
    n_impossible: int = 0


def select_expression(name: str, kind: str) -> str:
    """The SQL that makes a column, of the type ``kind`` on its server, travel as text without loss.

    ``bit`` travels as raw bytes and ``float`` with six digits unless they are made numbers first.

    >>> select_expression("flag", "bit(1)")
    '`flag` + 0 AS `flag`'
    """
    base = base_type(kind)
    if base == "bit":
        return f"`{name}` + 0 AS `{name}`"
    if base == "float":
        return f"`{name}` + 0e0 AS `{name}`"
    return f"`{name}`"


def convert(values: pa.Array, column: Column, kind: str = "", zone: str = "UTC") -> Converted:
    """One binary column in its declared type. ``kind`` is its type on the server, where it is another.

    Datetimes of ``zone`` become UTC: an hour that the clock shows twice is the first, one that it leaves
    out is its end. A zero date (``0000-00-00``) becomes null; so does an impossible one (``2026-00-00``)
    where nulls are allowed. Decimals keep every digit. Raises ``MisfitError`` for a number outside its
    type, digits that would be cut off, broken UTF-8, or a null where none is declared.

    >>> convert(pa.array([b"1.10"], pa.binary()), Column("fee", "decimal(4,2)")).array[0].as_py()
    Decimal('1.10')
    """
    place = f" in a {kind}" if kind else ""
    field, kind = column.arrow, kind or column.type
    if pa.types.is_binary(field.type):
        return _without_nulls(Converted(values), column)
    text = _each(values, lambda part: part.cast(pa.string()), "text (UTF-8)", f"bytes in a {kind}")
    if not pa.types.is_temporal(field.type):
        array = _each(
            text,
            lambda part: _cast(part, field.type),
            column.type,
            lambda part: _why(part, field.type) + place,
        )
        return _without_nulls(Converted(array), column)
    zero = pc.fill_null(pc.starts_with(text, "0000-00-00"), False)
    n_zero = pc.sum(zero).as_py() or 0
    text = pc.if_else(zero, pa.scalar(None, pa.string()), text) if n_zero else text
    text, n_impossible = _possible(text, column, kind)
    array = text.cast(field.type)
    if zone != "UTC" and pa.types.is_timestamp(field.type) and base_type(kind) != "timestamp":
        local = pc.assume_timezone(array, zone, ambiguous="earliest", nonexistent="latest")
        array = local.cast(pa.timestamp("us", "UTC")).cast(field.type)
    return _without_nulls(Converted(array, n_zero, n_impossible), column)


def _cast(text: pa.Array, to: pa.DataType) -> pa.Array:
    try:
        return text.cast(to)
    except pa.ArrowInvalid:
        if not (pa.types.is_decimal(to) or pa.types.is_integer(to)):
            raise
        # A wider decimal of the server writes more zeros than the declared type has places for.
        return text.cast(pa.decimal256(76, 30)).cast(to)


def _possible(text: pa.Array, column: Column, kind: str) -> tuple[pa.Array, int]:
    """Dates as text without the impossible ones, and how many they were."""
    try:
        text.cast(column.arrow.type)
        if not pc.any(pc.starts_with(text, "0000-")).as_py():  # Arrow reads a year 0, which nothing else does
            return text, 0
    except pa.ArrowInvalid:
        pass
    values = text.to_pylist()
    wrong = [row for row, value in enumerate(values) if value is not None and not _is_date(value)]
    if wrong and not column.arrow.nullable:
        shown = f"{values[wrong[0]]!r}" if base_type(kind) in _DATES else "no date"
        raise MisfitError(wrong[0], column.type, f"{shown} in a {kind}")
    for row in wrong:
        values[row] = None
    text = pa.array(values, pa.string())
    _each(text, lambda part: part.cast(column.arrow.type), column.type, f"a value of a {kind}")
    return text, len(wrong)


_ALL_DIGITS = Context(prec=1000)
_DATES = {"date", "datetime", "timestamp"}


def _is_date(value: str) -> bool:
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _each(
    values: pa.Array,
    cast: Callable[[pa.Array], pa.Array],
    expected: str,
    got: str | Callable[[str], str],
) -> pa.Array:
    """All values at once; where that fails, the first that does is named. ``got`` is said of its text."""
    try:
        return cast(values)
    except pa.ArrowInvalid:
        for row in range(len(values)):
            try:
                cast(values.slice(row, 1))
            except pa.ArrowInvalid:
                said = got if isinstance(got, str) else got(values[row].as_py())
                raise MisfitError(row, expected, said) from None
        raise


def _why(value: str, to: pa.DataType) -> str:
    """Why a text is no number of a type, without the number.

    >>> [_why(text, pa.decimal128(4, 2)) for text in ("NaN", "1.234", "1e400")]
    ['a value that is no number (NaN)', 'a number of more than 2 decimal places', 'a number out of its range']
    >>> [_why(text, pa.int32()) for text in ("ann", "1.5", "")]
    ['a text that is no number', 'a number with a fraction', 'an empty text']
    """
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "a text that is no number" if value.strip() else "an empty text"
    if not number.is_finite():
        return "a value that is no number (NaN)" if number.is_nan() else "an infinite value"
    scale = to.scale if pa.types.is_decimal(to) else 0
    exponent = number.normalize(_ALL_DIGITS).as_tuple().exponent
    if isinstance(exponent, int) and -exponent > scale:
        return f"a number of more than {scale} decimal places" if scale else "a number with a fraction"
    return "a number out of its range"


def _without_nulls(converted: Converted, column: Column) -> Converted:
    array = converted.array
    if array.null_count and not column.arrow.nullable:
        row = pc.index(array.is_null(), True).as_py()
        raise MisfitError(row, "no nulls, as declared", "a zero date" if converted.n_zero else "a null")
    return converted
