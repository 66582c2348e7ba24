"""The source databases as facts, read from the data files in ``databases/``."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any, TypeVar

from lucky_analytics import declarations
from lucky_analytics.declarations import Block
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate.model import PERSONAL_CLASSES, Column, Database, Estate, Table

__all__ = ["Column", "Database", "Estate", "Table", "load"]

T = TypeVar("T")


@functools.cache
def load() -> Estate:
    """The declared estate. Raises ``ParameterError`` or ``UnknownNameError`` naming file, line and field."""
    databases = [_database(path) for path in sorted((Path(__file__).parent / "databases").glob("*.yml"))]
    return Estate({database.name: database for database in databases})


def _database(path: Path) -> Database:
    declared = declarations.read(path)
    listed = declared.get_as("tables", Block, Block(path.name))
    declared.require_known(_fields(Database))
    tables = {name: _table(listed, name, body) for name, body in listed.items()}
    facts = {name: value for name, value in declared.items() if name not in ("tables", "aliases")}
    return _made(declared, Database, tables=tables, aliases=declared.names("aliases"), **facts)


def _table(listed: Block, name: str, body: Any) -> Table:
    if not isinstance(body, Block):
        raise listed.wrong(name, "columns, a key and what the table holds", repr(body)[:60])
    body.require_known(_fields(Table))
    given = body.get_as("columns", Block, Block(body.file))
    columns = {column: _column(given, column, facts) for column, facts in given.items()}
    key = body.names("key")
    for column in key:
        if column not in columns:
            raise UnknownNameError(f"key column in {body.where('key')}", column, columns)
    facts = {field: value for field, value in body.items() if field not in ("columns", "key", "aliases")}
    return _made(body, Table, name=name, key=key, columns=columns, aliases=body.names("aliases"), **facts)


def _column(given: Block, name: str, facts: Any) -> Column:
    if not isinstance(facts, Block):
        raise given.wrong(name, "a type and what the column holds", repr(facts)[:60])
    facts.require_known(_fields(Column))
    column = _made(facts, Column, name=name, **facts)
    if column.personal not in PERSONAL_CLASSES:
        raise facts.wrong("personal", " or ".join(map(str, PERSONAL_CLASSES)), repr(column.personal))
    return column


def _fields(kind: type) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]


def _made(block: Block, of: type[T], /, **facts: Any) -> T:
    """``of(**facts)``; what is needed and not declared is an error of the block."""
    try:
        return of(**facts)
    except TypeError as error:
        raise block.wrong(None, "every fact that has no default", str(error)) from error
