"""Column types of the servers and the Arrow types that carry them, for demo, snapshot and loading."""

from __future__ import annotations

import re

import pyarrow as pa

from lucky_analytics.errors import LuckyError

__all__ = ["arrow_type"]

_INTEGERS = {"tinyint": 8, "smallint": 16, "mediumint": 32, "int": 32, "integer": 32, "bigint": 64}
_TEXT = {"varchar", "char", "text", "mediumtext", "longtext", "json", "jsonb", "uuid", "enum"}
_BYTES = {"binary", "varbinary", "blob", "mediumblob", "longblob", "bytea"}
_DECIMALS = {"decimal", "numeric"}
_TIMES = {"datetime", "timestamp", "timestamptz"}
_MOST_DIGITS = 38  # of a decimal that Arrow, Parquet and DuckDB all carry exactly
_FORM = re.compile(r"(?P<base>[a-z]+)(?:\((?P<args>[\d, ]+)\))?(?P<unsigned> unsigned)?(?P<array>\[\])?")


def arrow_type(declared: str) -> pa.DataType:
    """The Arrow type in which a declared type of MySQL or PostgreSQL travels.

    Integers keep their width and sign, decimals their precision; text, JSON, uuid and enums become strings,
    an array (``text[]``) a string with its list in JSON. ``datetime``, ``timestamp`` and ``timestamptz``
    become naive microseconds in UTC, ``bit(n)`` becomes ``uint64``, binary types keep their bytes. Raises
    ``LuckyError`` for a type that the estate may not declare, such as a decimal of more than 38 digits or
    without its digits.

    >>> arrow_type("decimal(12,2)")
    Decimal128Type(decimal128(12, 2))
    >>> arrow_type("bigint unsigned")
    DataType(uint64)
    """
    form = _FORM.fullmatch(declared.strip().lower())
    base = form["base"] if form else ""
    if form and form["array"]:
        return pa.string()
    if form and base in _INTEGERS:
        return getattr(pa, f"{'u' if form['unsigned'] else ''}int{_INTEGERS[base]}")()
    if form and base in _DECIMALS and form["args"]:
        return _decimal(declared, form["args"])
    if base in _TEXT:
        return pa.string()
    if base in _BYTES:
        return pa.binary()
    if base in _TIMES:
        return pa.timestamp("us")
    simple = {
        "date": pa.date32(),
        "double": pa.float64(),
        "float": pa.float32(),
        "real": pa.float32(),
        "bit": pa.uint64(),
        "boolean": pa.bool_(),
    }
    if base in simple:
        return simple[base]
    raise LuckyError(f"column type {declared!r}", expected="a type that estate/types.py maps to Arrow")


def _decimal(declared: str, arguments: str) -> pa.DataType:
    digits = [int(part) for part in arguments.split(",") if part.strip()]
    precision, scale = (*digits, 0)[:2] if digits else (0, 0)
    if len(digits) > 2 or not 1 <= precision <= _MOST_DIGITS or scale > precision:
        raise LuckyError(
            f"column type {declared!r}",
            expected=f"decimal(M,D) with M from 1 to {_MOST_DIGITS} and D at most M",
        )
    return pa.decimal128(precision, scale)
