"""Layers that no public package carries: read from a file that somebody gives, checked against its contract.

Without a file the factor is absent. An error quotes a file only once it is known to be the one that was
meant: a slip of the hand may name a file of passwords, and errors stand on pages.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.formats import join_names
from lucky_analytics.reference.import_contracts import CONTRACTS, Contract

__all__ = ["read_import", "refuse_rows"]


_MOST_QUOTED = 60  # characters of a value
_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_SAVE = "Save it as CSV UTF-8, separated by commas"


def read_import(kind: str, path: str | Path) -> pd.DataFrame | None:
    """The rows of an imported file, or null when ``path`` is empty.

    Columns that the contract does not name are left out; of those that are optional an empty cell, or one
    of a column that the file lacks, is null (a number) or an empty text. Raises ``UnknownNameError`` for a
    kind without a contract, ``LuckyError`` naming the file, the column and the first row that breaks it; for
    a file without rows (nothing known is not the same as none there); and for a row or a column that stands
    twice.

    >>> read_import("rent", "") is None
    True
    """
    if kind not in CONTRACTS:
        raise UnknownNameError("import", kind, CONTRACTS)
    if not str(path):
        return None
    contract, where = CONTRACTS[kind], f"import {kind} from {path}"
    rows = _read_texts(path, where)
    _refuse_columns(rows, contract, where)
    twice = rows.columns[rows.columns.duplicated()]
    if len(twice):
        raise LuckyError(where, expected="each column once", got=f"{twice[0]!r} a second time")
    if rows.empty:
        raise LuckyError(where, expected=f"rows, each {contract.about}", got="none", remedy="Give no file")
    for name, limits in (contract.columns | contract.optional).items():
        values = rows[name].str.strip() if name in rows else pd.Series("", index=rows.index)
        may_be_empty = (values == "") & (name in contract.optional)
        if limits is None:
            rows[name], broken = values, values == ""
        else:
            numbers = pd.to_numeric(values, errors="coerce")
            rows[name], broken = numbers, ~numbers.between(*limits)
        wanted = "text" if limits is None else f"a number from {limits[0]:,} to {limits[1]:,}"
        refuse_rows(kind, path, name, wanted, broken & ~may_be_empty, values)
    again = rows.duplicated(list(contract.key)).to_numpy() if contract.key else np.zeros(len(rows), bool)
    if again.any():
        first = int(again.argmax())
        got = ", ".join(_shorten(str(rows[name].iloc[first])) for name in contract.key)
        raise LuckyError(
            f"{where}, row {first + 2}", expected=f"each {join_names(contract.key)} once",
            got=f"{got} a second time",
        )  # fmt: skip
    return rows[[*contract.columns, *contract.optional]]


def _read_texts(path: str | Path, where: str) -> pd.DataFrame:
    """The file as texts, its first row the names of columns."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(2)
        # Spreadsheets open their CSV with a byte order mark.
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", header=None)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        told, remedy = " ".join(str(error).split()), _SAVE
        if isinstance(error, OSError):
            told, remedy = str(error.strerror), ""
        elif isinstance(error, UnicodeDecodeError):
            told = f"{_BOMS.get(start, 'another encoding')} at byte {error.start:,}"
        raise LuckyError(where, expected="a CSV file in UTF-8", got=told, remedy=remedy) from error
    # The header as a row: pandas would number the second column of a name.
    rows = rows.set_axis(rows.iloc[0].str.strip(), axis=1).iloc[1:].fillna("").reset_index(drop=True)
    return rows.rename_axis(columns=None)


def _refuse_columns(rows: pd.DataFrame, contract: Contract, where: str) -> None:
    """Raise ``LuckyError`` where a column of the contract is missing; found names are quoted only beside one
    that the contract knows."""
    missing = [name for name in contract.columns if name not in rows]
    if not missing:
        return
    known = [*contract.columns, *contract.optional]
    got, remedy = "columns " + ", ".join(map(_shorten, rows.columns)), ""
    if not set(known) & set(rows.columns):
        got = f"{len(rows.columns)} column{'s' * (len(rows.columns) > 1)} of other names"
        parts = [each for each in (";", "\t", "|") if set(known) & set(rows.columns[0].split(each))]
        if parts:
            got, remedy = f"columns separated by {parts[0]!r}", _SAVE
    raise LuckyError(where, expected="columns " + ", ".join(contract.columns), got=got, remedy=remedy)


def refuse_rows(
    kind: str, path: str | Path, column: str, expected: str, broken: pd.Series, values: pd.Series
) -> None:
    """Raise ``LuckyError`` for the first row of a file that is ``broken``, with what stands in it.

    >>> rows = pd.Series(["5", "x"])
    >>> refuse_rows("spend", "spend.csv", "dollars", "a number", rows == "x", rows)
    Traceback (most recent call last):
    lucky_analytics.errors.LuckyError: import spend from spend.csv, row 3, dollars: expected a number, got 'x'
    """
    if broken.any():
        first = int(broken.to_numpy().argmax())
        where = f"import {kind} from {path}, row {first + 2}, {column}"
        raise LuckyError(where, expected=expected, got=_shorten(values.iloc[first]))


def _shorten(value: str) -> str:
    """A value as an error quotes it: a whole essay in a column of days is told by its beginning."""
    return repr(value if len(value) <= _MOST_QUOTED else f"{value[:_MOST_QUOTED]}…")
