"""The hash of each test's evidence, as the lines of the download give it: anybody can compute it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lucky_analytics.errors import ParameterError
from lucky_analytics.report_data import decode, encode, write_csv_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EVIDENCE", "hash_evidence", "hash_lines"]

EVIDENCE = "evidence"  # the table, and so its file


def hash_evidence(rows: pd.DataFrame) -> dict[str, str]:
    """By the name in the first column, the SHA-256 of the lines that begin with it, in the order of ``rows``.

    The lines are those of the table's CSV file, so that for each name
    ``grep '^name,' evidence.csv | sha256sum`` gives the same. Raises ``ParameterError`` for a name that a
    file would quote, or that is the column's own, and for a text with a line break: a row is one line.

    >>> import pandas as pd
    >>> hash_evidence(pd.DataFrame({"control": ["a"], "case": ["7"]}))["a"][:8]      # printf 'a,7\\n'
    '7a5d40d4'
    """
    first = str(rows.columns[0])
    for name in rows[first].unique():
        if name == first or not str(name).replace("_", "a").isalnum() or not str(name).isascii():
            raise ParameterError("name in evidence", expected="letters, digits and _", got=repr(name))
    for column in rows.select_dtypes(include=["object", "string"]):
        if rows[column].astype("string").str.contains(r"[\r\n]", regex=True).any():
            raise ParameterError(f"evidence, column {column}", expected="no line break", got="one")
    lines = write_csv_text(decode(encode(rows, f"table {EVIDENCE}")))
    next(lines)
    return hash_lines(lines)


def hash_lines(lines: Iterable[str]) -> dict[str, str]:
    """By what stands before the first comma of each line, the SHA-256 of those lines together."""
    found: dict[str, hashlib._Hash] = {}
    for line in lines:
        name = line.partition(",")[0]
        found.setdefault(name, hashlib.sha256()).update(line.encode())
    return {name: made.hexdigest() for name, made in found.items()}
