"""Exported text into the declared types: recoded, in the declared unit, in UTC; what does not fit is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column
from lucky_analytics.sources.convert import MisfitError, convert
from lucky_analytics.sources.mapping import ColumnMapping, TableMapping

__all__ = ["declared_rows"]

_OFFSET = r"\d([zZ]|[+-]\d\d(:?\d\d)?)$"
_WITH_TIME = r"\d[ T]\d"
_HEXADECIMAL = r"^[+-]?0[xX]"  # which Arrow reads as a number, and no export means as one
Misfit = Callable[[int, str], None]
Remark = Callable[[str, int], None]


def declared_rows(
    found: dict[str, pa.Array],
    n_rows: int,
    mapping: TableMapping,
    chosen: Sequence[Column],
    misfit: Misfit,
    remark: Remark = lambda words, count: None,
) -> pa.RecordBatch:
    """``found`` (text by column of the files) as the ``chosen`` columns; rows that do not fit are left out.

    ``misfit`` is called once for each of them, with its position and the reason, which shows no value. A
    column that the mapping leaves out is null. Times are read with their offset if they have one, else as the
    wall clock of the column's, the table's, or the UTC zone; ``remark`` counts those that this clock leaves
    out, or shows twice. Raises ``SourceError`` when a column that is mapped is not in the files.
    """
    bad: set[int] = set()
    arrays = []
    for column in chosen:
        rule = mapping.columns.get(column.name)
        text = pa.nulls(n_rows, pa.string()) if rule is None else _text(found, n_rows, rule, mapping.nulls)
        nullable = column.nullable or column.zero_dates or column.name in mapping.absent
        target = Column(column.name, column.type, nullable=nullable, like=column.like)
        clock = (rule.time_zone if rule else "") or mapping.time_zone or "UTC"
        arrays.append(_typed(text, target, rule or ColumnMapping(), clock, bad, misfit, remark))
    schema = pa.schema([array_field(column, mapping) for column in chosen])
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    if not bad:
        return batch
    return batch.take(pa.array([row for row in range(n_rows) if row not in bad], pa.int64()))


def array_field(column: Column, mapping: TableMapping) -> pa.Field:
    """The declared field, which may be null where the files do not have the column."""
    return column.arrow.with_nullable(column.arrow.nullable or column.name in mapping.absent)


def _text(found: dict[str, pa.Array], n_rows: int, rule: ColumnMapping, nulls: Sequence[str]) -> pa.Array:
    if rule.source is None:
        return pa.array([rule.value] * n_rows, pa.string())
    if rule.source not in found:
        raise SourceError(
            f"column {rule.source!r}",
            expected="one of " + ", ".join(found),
            got="no such column in the files",
        )
    text = found[rule.source].cast(pa.string())
    if nulls:
        text = pc.if_else(pc.is_in(text, pa.array(nulls, pa.string())), pa.scalar(None, pa.string()), text)
    return _recoded(text, rule) if rule.recode else text


def _recoded(text: pa.Array, rule: ColumnMapping) -> pa.Array:
    coded = text.dictionary_encode()
    other = rule.recode.get("*", ...)
    values = [
        rule.recode.get(value, value if other is ... else other) for value in coded.dictionary.to_pylist()
    ]
    return pa.array(values, pa.string()).take(coded.indices)


def _typed(
    text: pa.Array,
    column: Column,
    rule: ColumnMapping,
    zone: str,
    bad: set[int],
    misfit: Misfit,
    remark: Remark,
) -> pa.Array:
    kind = column.arrow.type
    is_text = pa.types.is_string(kind) or pa.types.is_binary(kind)
    if is_text and not column.nullable:
        text = pc.fill_null(text, "")  # an empty field is an empty text
    elif not is_text:
        text = pc.utf8_trim_whitespace(text)
        unset = pc.or_(pc.equal(text, ""), pc.starts_with(text, "0000-00-00"))
        text = pc.if_else(unset, pa.scalar(None, pa.string()), text)
    refused: dict[int, str] = {}
    if not column.nullable:
        refused = dict.fromkeys(
            pc.indices_nonzero(pc.is_null(text)).to_pylist(), "no value, where one is needed"
        )
    if not pa.types.is_binary(kind):
        refused |= dict.fromkeys(
            _where(pc.match_substring(text, "\0")), "a character that no text has (0x00)"
        )
    if column.like:
        refused |= dict.fromkeys(
            _where(column.find_unlike(text)), f"expected {column.like}, got something else"
        )
    if pa.types.is_integer(kind):
        is_hexadecimal = pc.match_substring_regex(text, _HEXADECIMAL)
        refused |= dict.fromkeys(_where(is_hexadecimal), "a hexadecimal number")
        text = pc.if_else(is_hexadecimal, pa.scalar(None, pa.string()), text)
    if rule.times:
        text = _multiplied(text, rule.times, refused)
    if pa.types.is_temporal(kind):
        text = _utc(text, column, rule.format, zone, refused, remark)
    array = _fitting(text, replace(column, nullable=True), 0, refused)
    for row in sorted(refused):
        if row not in bad:
            bad.add(row)
            misfit(row, f"{column.name}: {refused[row]}")
    return array


def _multiplied(text: pa.Array, factor: str, refused: dict[int, str]) -> pa.Array:
    by, values = Decimal(factor), text.to_pylist()
    for row, value in enumerate(values):
        if value is not None:
            try:
                product = Decimal(value) * by
                values[row] = f"{product.normalize():f}"
            except InvalidOperation:
                refused[row], values[row] = "expected a number, got something else", None
    return pa.array(values, pa.string())


def _utc(
    text: pa.Array, column: Column, form: str, zone: str, refused: dict[int, str], remark: Remark
) -> pa.Array:
    """Times as the text of their wall clock in UTC. A date is taken as it is, without a zone."""
    if pa.types.is_date(column.arrow.type):
        return _dates(text, form, refused) if form else pc.utf8_slice_codeunits(text, 0, 10)
    if form:
        wall = pc.strptime(text, format=form, unit="us", error_is_null=True)
        offset = pa.array([False] * len(text))
    else:
        offset = pc.and_(
            pc.match_substring_regex(text, _OFFSET), pc.match_substring_regex(text, _WITH_TIME)
        ).fill_null(False)
        wall = _parsed(pc.if_else(offset, pa.scalar(None, pa.string()), text), pa.timestamp("us"))
    for row in _lost(pc.if_else(offset, pa.scalar(None, pa.string()), text), wall):
        refused[row] = f"expected a time{f' like {form}' if form else ''}, got something else"
    local = pc.assume_timezone(wall, zone, ambiguous="earliest", nonexistent="latest")
    if zone != "UTC":
        _tell_doubts(wall, local, zone, column.name, remark)
    utc = local.cast(pa.timestamp("us", "UTC"))
    if pc.any(offset).as_py():
        given = pc.if_else(offset, text, pa.scalar(None, pa.string()))
        instants = _parsed(given, pa.timestamp("us", "UTC"))
        for row in _lost(given, instants):
            refused[row] = "expected a time, got something else"
        utc = pc.coalesce(utc, instants)
    return utc.cast(pa.timestamp("us")).cast(pa.string())


def _tell_doubts(wall: pa.Array, local: pa.Array, zone: str, name: str, remark: Remark) -> None:
    """Wall clocks that the zone leaves out, or shows twice: what was chosen for them is a choice."""
    other = pc.assume_timezone(wall, zone, ambiguous="latest", nonexistent="earliest")
    differ = pc.not_equal(local, other)
    if not pc.any(differ).as_py():
        return
    shown = pc.local_timestamp(local)
    n_left_out = pc.sum(pc.and_(differ, pc.not_equal(shown, wall))).as_py()
    n_twice = pc.sum(differ).as_py() - n_left_out
    if n_left_out:
        remark(f"times of {name} that the clock of {zone} leaves out: read as the hour's end", n_left_out)
    if n_twice:
        remark(f"times of {name} that the clock of {zone} shows twice: read as the first", n_twice)


def _dates(text: pa.Array, form: str, refused: dict[int, str]) -> pa.Array:
    parsed = pc.strptime(text, format=form, unit="s", error_is_null=True)
    for row in _lost(text, parsed):
        refused[row] = f"expected a date like {form}, got something else"
    return parsed.cast(pa.date32()).cast(pa.string())


def _lost(before: pa.Array, after: pa.Array) -> list[int]:
    return _where(pc.and_(pc.is_valid(before), pc.is_null(after)))


def _where(mask: pa.Array) -> list[int]:
    found: list[int] = pc.indices_nonzero(mask.fill_null(False)).to_pylist()
    return found


def _parsed(text: pa.Array, kind: pa.DataType) -> pa.Array:
    """``text`` cast to ``kind``; what cannot be is null. Halves are tried, since most hold nothing wrong."""
    try:
        return text.cast(kind)
    except pa.ArrowInvalid:
        if len(text) == 1:
            return pa.nulls(1, kind)
    half = len(text) // 2
    parts = [_parsed(text.slice(0, half), kind), _parsed(text.slice(half), kind)]
    return pa.concat_arrays(parts)


def _fitting(text: pa.Array, column: Column, first: int, refused: dict[int, str]) -> pa.Array:
    """The declared type; rows that do not fit are null and told with why."""
    try:
        array = convert(text.cast(pa.binary()), column).array
    except MisfitError as error:
        if len(text) == 1:
            refused.setdefault(first, f"expected {error.expected}, got {error.got}")
            return pa.nulls(1, column.arrow.type)
        half = len(text) // 2
        parts = [
            _fitting(text.slice(0, half), column, first, refused),
            _fitting(text.slice(half), column, first + half, refused),
        ]
        return pa.concat_arrays(parts)
    for row in _lost(text, array):
        refused.setdefault(first + row, f"expected {column.type}, got something else")
    return array
