"""Slow query logs of MySQL and MariaDB: how long which kind of statement took, and nothing of its text."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

import sqlglot
from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.export_blocks import Block, Told, as_written, to_blocks

__all__ = ["SLOW_LOGS", "describe_statement", "read_slow_log"]

SLOW_LOGS = ("slow.log", "slowquery.log")
COLUMNS = (
    "file",
    "day",
    "digest",
    "verb",
    "tables",
    "calls",
    "seconds",
    "seconds_most",
    "rows_examined",
    "rows_sent",
)
_MOST_TEXT = 64 << 10  # of one statement: what is longer is not parsed
_TIMES = re.compile(r"Query_time:\s*([\d.]+).*?Rows_sent:\s*(\d+)\s+Rows_examined:\s*(\d+)")
_SCHEMA = re.compile(r"\bSchema:\s*([\w$]+)")
_USE = re.compile(r"use\s+`?([\w$]+)`?\s*;", re.IGNORECASE)
_STAMP = re.compile(r"SET timestamp=(\d+)", re.IGNORECASE)
_HEADER = ("# Time:", "# User@Host:", "# Thread_id:", "# Query_time:", "# Rows_affected:", "# Bytes_sent:")
_VALUES = {TokenType.STRING, TokenType.NUMBER, TokenType.HEX_STRING, TokenType.BIT_STRING,
           TokenType.NATIONAL_STRING, TokenType.BYTE_STRING, TokenType.RAW_STRING}  # fmt: skip
_LISTED = re.compile(r"(\(\?(?:,\?)*\))(?:,\(\?(?:,\?)*\))+")
_VERBS = {"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "ALTER", "CREATE", "DROP", "LOAD", "CALL", "SET",
          "SHOW", "ANALYZE", "OPTIMIZE", "WITH", "COMMIT", "TRUNCATE", "CHECK", "ROLLBACK"}  # fmt: skip


@dataclass
class _Entry:
    """One statement of the log while it is read."""

    seconds: float = 0.0
    sent: int = 0
    examined: int = 0
    at: int | None = None
    lines: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, line: str) -> None:
        self.size += len(line)
        if self.size <= _MOST_TEXT:
            self.lines.append(line)


def read_slow_log(text: IO[str], path: str, told: Told) -> Iterator[Block]:
    """One row a day (UTC) and kind of statement: ``file`` (its name without endings), ``day``, ``digest``,
    ``verb``, ``tables`` (with their database, by comma), ``calls``, ``seconds``, ``seconds_most``,
    ``rows_examined``, ``rows_sent``.

    Statements that differ by their values alone are one kind, and no value of any, no user and no host is
    kept. One that cannot be parsed is counted by its verb, without tables. Raises ``SourceError`` for a file
    that has no entry of such a log.
    """
    sums: dict[tuple[str, str, str, str], list[float]] = {}
    n_unread = n_untimed = 0
    for entry, schema in _entries(text):
        if entry.at is None:
            n_untimed += 1
            continue
        statement = "".join(entry.lines) if entry.size <= _MOST_TEXT else entry.lines[0][:40] + " '"
        digest, verb, tables = describe_statement(statement, schema)
        n_unread += digest == _unread(verb)
        key = (dt.datetime.fromtimestamp(entry.at, dt.UTC).date().isoformat(), digest, verb, tables)
        own = sums.setdefault(key, [0, 0.0, 0.0, 0, 0])
        own[0] += 1
        own[1] += entry.seconds
        own[2] = max(own[2], entry.seconds)
        own[3] += entry.examined
        own[4] += entry.sent
    if not sums and not n_untimed:
        raise SourceError(path, expected="entries of a slow query log (# Query_time: ...)", got="none")
    if n_unread:
        told.remark("statements that could not be parsed: counted by their verb alone", n_unread)
    if n_untimed:
        told.remark("entries without a time: left out", n_untimed)
    name = PurePosixPath(path).name.partition(".")[0]
    rows = [(name, *key, *own) for key, own in sorted(sums.items())]
    yield from to_blocks(COLUMNS, enumerate(rows, 1), as_written)


def _entries(text: IO[str]) -> Iterator[tuple[_Entry, str]]:
    """Each statement with the database it ran in."""
    entry, schema, at = None, "", None
    for line in text:
        if line.startswith(_HEADER):
            if entry is not None and entry.lines:
                yield entry, schema
                entry = None
            if line.startswith("# Time:"):
                at = _read_time(line[7:].strip())
            if found := _SCHEMA.search(line):
                schema = found[1]
            if found := _TIMES.search(line):
                entry = _Entry(float(found[1]), int(found[2]), int(found[3]), at)
        elif entry is not None and not entry.lines and (found := _USE.fullmatch(line.strip())):
            schema = found[1]
        elif entry is not None and not entry.lines and (found := _STAMP.match(line)):
            entry.at = int(found[1])
        elif entry is not None and not line.startswith("#"):
            entry.add(line)
    if entry is not None and entry.lines:
        yield entry, schema


def _read_time(written: str) -> int | None:
    """``2026-02-13T10:00:00.1Z`` in seconds; of a wall clock without an offset nobody knows the zone."""
    try:
        at = dt.datetime.fromisoformat(written)
    except ValueError:
        return None
    return int(at.timestamp()) if at.tzinfo else None


@functools.lru_cache(maxsize=10_000)
def describe_statement(statement: str, schema: str = "") -> tuple[str, str, str]:
    """Digest, verb and tables of a statement that ran in the database ``schema``; where it cannot be parsed,
    the digest is that of all such of its verb, and no table is told.

    >>> describe_statement("SELECT * FROM t_order WHERE id = 7", "shop")[1:]
    ('SELECT', 'shop.t_order')
    >>> one, other = (f"SELECT 1 FROM t WHERE a IN ({values})" for values in ("1, 2", "'x', 'y', 'z'"))
    >>> describe_statement(one)[0] == describe_statement(other)[0]
    True
    """
    word = re.match(r"[\s(]*([A-Za-z]+)", statement)
    verb = word[1].upper() if word and word[1].upper() in _VERBS else "OTHER"
    try:
        tokens = sqlglot.tokenize(statement, read="mysql")
        (tree,) = [one for one in sqlglot.parse(statement, read="mysql") if one is not None]
    except (sqlglot.errors.SqlglotError, ValueError, RecursionError):
        return _unread(verb), verb, ""
    if verb == "WITH":
        verb = tree.key.upper() if tree.key.upper() in _VERBS else verb
    plain = _LISTED.sub(r"\1", re.sub(r"\?(?:,\?)+", "?", "".join(map(_plain, tokens))))
    digest = hashlib.sha256(f"{schema}|{plain}".encode()).hexdigest()[:16]
    if isinstance(tree, exp.Command):  # sqlglot keeps its text as it is
        return digest, verb, ""
    within = {cte.alias for cte in tree.find_all(exp.CTE)}
    named = {f"{table.db or schema}.{table.name}".lstrip(".") for table in tree.find_all(exp.Table)
             if table.name and not (table.name in within and not table.db)}  # fmt: skip
    fine = sorted(name for name in named if re.fullmatch(r"[\w$]+(\.[\w$]+)?", name, re.ASCII))
    return (
        digest,
        verb,
        ", ".join(fine)[:500].rpartition(", ")[0] if len(", ".join(fine)) > 500 else ", ".join(fine),
    )


def _unread(verb: str) -> str:
    return hashlib.sha256(f"not parsed|{verb}".encode()).hexdigest()[:16]


def _plain(token: Token) -> str:
    if token.token_type in _VALUES:
        return "?"
    return token.text.lower() if not token.text.isalnum() else f" {token.text.lower()} "
