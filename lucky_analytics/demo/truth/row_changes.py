"""Changes of rows that a truth file asks for: any table, any condition, values set, rows repeated or removed.

They are made on the finished tables, in the order of the file, each on what the ones before left: that is how
combined exceptions, and exceptions that nobody foresaw, are planted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import table as typed
from lucky_analytics.demo.build.published_check import open_files
from lucky_analytics.demo.build.write import Written, write_table
from lucky_analytics.errors import DemoError, UnknownNameError

__all__ = ["change_rows", "declared_changes"]

_FIELDS = ("table", "where", "rows", "set", "repeat", "remove")


def declared_changes(asked: Any) -> dict[str, dict[str, Any]]:
    """``{name: {"table": "source.table", "where": SQL, "rows": n, ...}}``, checked against the estate.

    ``where`` may ask other tables; all rows unless said. ``rows`` of them, drawn by the seed and not fewer at
    a smaller scale; all unless said. Then one of ``set`` ({column: SQL expression, number or null}),
    ``repeat`` (true: copies under new keys, with ``set`` applied to the copies) and ``remove`` (true).
    Raises ``DemoError`` or ``UnknownNameError`` for anything else.

    >>> declared_changes({"late": {"table": "salespayment.t_trade", "set": {"status": 3}}})["late"]["table"]
    'luckyus_sales_payment.t_trade'
    """
    if not isinstance(asked, dict):
        raise DemoError("truth changes", expected="{name: {table, where, rows, set}}", got=repr(asked))
    return {name: _checked(f"truth changes.{name}", change) for name, change in asked.items()}


def _checked(what: str, change: Any) -> dict[str, Any]:
    if not isinstance(change, dict) or not isinstance(change.get("table"), str):
        raise DemoError(what, expected='{"table": "source.table", ...}', got=repr(change))
    for name in change:
        if name not in _FIELDS:
            raise UnknownNameError(f"field of {what}", name, _FIELDS)
    source, _, short = change["table"].partition(".")
    database = estate.load().database(source)
    table = database.table(short)
    columns = change.get("set", {})
    flags = {name: change.get(name, False) for name in ("repeat", "remove")}
    rows = change.get("rows", 1)
    if not isinstance(columns, dict) or not isinstance(change.get("where", ""), str):
        raise DemoError(what, expected="a text as where, {column: value} as set", got=repr(change))
    if (
        any(not isinstance(flag, bool) for flag in flags.values())
        or bool(columns or flags["repeat"]) == (flags["remove"])
    ):
        raise DemoError(what, expected='one of "set", "repeat": true, "remove": true', got=repr(change))
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 1:
        raise DemoError(f"{what}.rows", expected="a whole number of 1 or more", got=repr(rows))
    for name, value in columns.items():
        if name not in table.columns:
            raise UnknownNameError(f"column of {database.name}.{table.name}", name, table.columns)
        if name in table.key:
            raise DemoError(f"{what}.set", expected="columns beside the key", got=name,
                            remedy="Keys stay unique: repeat or remove the row instead")  # fmt: skip
        if isinstance(value, bool) or not isinstance(value, (str, int, float, type(None))):
            raise DemoError(f"{what}.set.{name}", expected="SQL, a number or null", got=repr(value))
    if flags["repeat"] and table.integer_key is None:
        raise DemoError(f"{what}.repeat", expected="a table with one whole number as its key", got=table.name)
    return {**change, "table": f"{database.name}.{table.name}"}


def change_rows(
    folder: Path, changes: dict[str, dict[str, Any]], seed: int
) -> Iterator[tuple[str, str, list[str], Written]]:
    """Make each change in the files of ``folder``: its name, table, the keys of its rows and the new file.

    Keys as text, of copies the new ones, in a key of several columns joined by "|". Raises ``DemoError`` for
    SQL that fails, for fewer rows than asked for, or for a value that its column cannot hold.
    """
    for name, change in changes.items():
        database, _, short = change["table"].partition(".")
        path = folder / database / f"{short}.parquet"
        if not path.is_file():
            raise DemoError(f"change {name!r}", expected="a table of this build", got=change["table"],
                            remedy="Build with --tables default")  # fmt: skip
        declared = estate.load().database(database).table(short)
        rows = pq.read_table(path)
        try:
            with open_files(folder) as connection:
                chosen = _chosen(connection, path, short, change, stream(seed, f"change {name}"))
                changed = _changed(connection, path, short, chosen, change.get("set", {}), rows)
        except (duckdb.Error, pa.ArrowException) as error:
            raise DemoError(
                f"change {name!r} of {change['table']}",
                expected="SQL over its columns, and values that they can hold",
                got=str(error).splitlines()[0],
            ) from error
        if key := change.get("repeat") and declared.integer_key:
            first = int(np.asarray(rows[key]).max()) + 1
            ids = pa.array(first + np.arange(len(chosen)))
            changed = changed.set_column(changed.schema.get_field_index(key), key, ids)
            rows = pa.concat_tables([rows, changed.cast(rows.schema)])
        elif change.get("remove"):
            kept = np.ones(len(rows), dtype=bool)
            kept[chosen] = False
            rows = rows.filter(pa.array(kept))
        else:
            at = np.arange(len(rows))
            at[chosen] = len(rows) + np.arange(len(chosen))
            rows = pa.concat_tables([rows, changed]).take(pa.array(at))
        keys = zip(*(changed[column].to_pylist() for column in declared.key), strict=True)
        ids_of_rows = ["|".join(str(part) for part in one) for one in keys]
        yield name, change["table"], ids_of_rows, write_table(folder, database, short, rows)


def _chosen(
    connection: duckdb.DuckDBPyConnection, path: Path, short: str, change: dict[str, Any],
    rng: np.random.Generator,
) -> Ints:  # fmt: skip
    """Positions of the rows to change, ascending."""
    condition = change.get("where", "true")
    found = connection.execute(
        f"select file_row_number from read_parquet('{path}', file_row_number = true) as {short} "
        f"where ({condition}) order by 1"
    ).fetchnumpy()["file_row_number"]
    wanted = change.get("rows", max(len(found), 1))
    if len(found) < wanted:
        raise DemoError(f"rows of {change['table']} where {condition}", expected=f"{wanted} or more",
                        got=str(len(found)))  # fmt: skip
    return np.sort(rng.choice(np.asarray(found, np.int64), wanted, replace=False))


def _changed(
    connection: duckdb.DuckDBPyConnection, path: Path, short: str, chosen: Ints, values: dict[str, Any],
    rows: pa.Table,
) -> pa.Table:  # fmt: skip
    """The chosen rows with ``values`` set, in the declared types; expressions see the row as it was."""
    old = rows.take(pa.array(chosen))
    if not values:
        return old
    connection.register("chosen_rows", pa.table({"file_row_number": chosen}))
    shown = ", ".join(f'{_sql(column, value)} as "{column}"' for column, value in values.items())
    new = connection.execute(
        f"select {shown} from read_parquet('{path}', file_row_number = true) as {short} "
        "where file_row_number in (select file_row_number from chosen_rows) order by file_row_number"
    ).to_arrow_table()
    return typed(
        rows.schema, {n: (new if n in values else old)[n].combine_chunks() for n in rows.schema.names}
    )


def _sql(column: str, value: str | float | None) -> str:
    """The value as SQL; a null in the column's own type."""
    return f'case when false then "{column}" end' if value is None else f"({value})"
