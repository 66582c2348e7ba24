"""The declared tables as MySQL statements, and Arrow rows as SQL text."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.errors import DemoError
from lucky_analytics.estate import Column, Table

__all__ = ["create_table", "insert_statements"]

_ZERO = {"date": "0000-00-00"}
_ZERO_DATETIME = "0000-00-00 00:00:00"


def create_table(table: Table) -> str:
    """The statement that creates ``table`` with its declared types, nullability and primary key.

    A column that may hold zero dates is NOT NULL with the zero date as its default, as the platform
    declares it; the time of change has an index, which incremental snapshots read by.
    """
    lines = [_definition(column) for column in table.columns.values()]
    lines.append("PRIMARY KEY (" + ", ".join(f"`{name}`" for name in table.key) + ")")
    if table.changed_by is not None:
        lines.append(f"KEY (`{table.changed_by}`)")
    return f"CREATE TABLE `{table.name}` (\n  " + ",\n  ".join(lines) + "\n)"


def insert_statements(table: Table, batch: pa.RecordBatch, max_bytes: int) -> Iterator[str]:
    """Multi-row INSERT statements for ``batch``, none longer than about ``max_bytes``.

    Nulls become NULL, or the zero date in a column marked so. Raises ``DemoError`` for a fraction of a
    second that the declared type would round away.
    """
    if batch.num_rows == 0:
        return
    names = ", ".join(f"`{name}`" for name in batch.schema.names)
    head = f"INSERT INTO `{table.name}` ({names}) VALUES "
    values = [
        _literals(array, table.columns[name], table.name)
        for name, array in zip(batch.schema.names, batch.columns, strict=True)
    ]
    rows = pc.binary_join_element_wise(*values, ",")
    sizes = pc.binary_length(rows)
    per_row = max(1, (pc.sum(sizes).as_py() or 0) // batch.num_rows + 3)
    step = max(1, max_bytes // per_row)
    for start in range(0, batch.num_rows, step):
        yield head + "(" + "),(".join(rows.slice(start, step).to_pylist()) + ")"


def _definition(column: Column) -> str:
    if column.zero_dates:
        zero = _ZERO.get(column.type, _ZERO_DATETIME)
        return f"`{column.name}` {column.type} NOT NULL DEFAULT '{zero}'"
    # A TIMESTAMP without an explicit NULL would update itself on older servers.
    return f"`{column.name}` {column.type} {'NULL' if column.nullable else 'NOT NULL'}"


def _literals(array: pa.Array, column: Column, table: str) -> pa.Array:
    text = array if pa.types.is_string(array.type) else array.cast(pa.string())
    if pa.types.is_timestamp(array.type):
        _require_whole(array, column, table)
    if pa.types.is_string(array.type):
        text = pc.replace_substring(pc.replace_substring(text, "\\", "\\\\"), "'", "\\'")
    if not (pa.types.is_integer(array.type) or pa.types.is_decimal(array.type)):
        text = pc.binary_join_element_wise("'", text, "'", "")
    if array.null_count:
        absent = f"'{_ZERO.get(column.type, _ZERO_DATETIME)}'" if column.zero_dates else "NULL"
        text = pc.fill_null(text, absent)
    return text


def _require_whole(array: pa.Array, column: Column, table: str) -> None:
    digits = int(column.type.partition("(")[2].rstrip(")") or 0)
    step = 10 ** (6 - digits)
    micros = array.cast(pa.int64())
    rounded = pc.multiply(pc.divide(micros, step), step)
    if pc.any(pc.not_equal(micros, rounded)).as_py():
        raise DemoError(
            f"{table}.{column.name}", expected=f"at most {digits} digits of a second", got="more in the demo"
        )
