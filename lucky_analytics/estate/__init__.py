"""The source databases as facts, read from the data files in ``databases/``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from lucky_analytics.errors import LuckyError
from lucky_analytics.estate.model import PERSONAL_CLASSES, Column, Database, Estate, Table

__all__ = ["Column", "Database", "Estate", "Table", "load"]


@functools.cache
def load() -> Estate:
    """The declared estate. Raises ``LuckyError`` naming the file and the field that is wrong."""
    databases = [_database(path) for path in sorted((Path(__file__).parent / "databases").glob("*.yml"))]
    return Estate({database.name: database for database in databases})


def _database(path: Path) -> Database:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    declared = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    try:
        tables = {name: _table(name, body) for name, body in (declared.pop("tables", None) or {}).items()}
        aliases = tuple(declared.pop("aliases", ()))
        return Database(tables=tables, aliases=aliases, **declared)
    except (TypeError, KeyError) as error:
        raise LuckyError(f"estate file {path.name}", got=str(error)) from error


def _table(name: str, body: dict[str, Any]) -> Table:
    columns = {column: _column(name, column, facts) for column, facts in body.pop("columns").items()}
    key, aliases = tuple(body.pop("key")), tuple(body.pop("aliases", ()))
    unknown = [column for column in key if column not in columns]
    if unknown:
        raise KeyError(f"{name}: key column {unknown[0]} is not declared")
    return Table(name=name, key=key, columns=columns, aliases=aliases, **body)


def _column(table: str, name: str, facts: dict[str, Any]) -> Column:
    column = Column(name=name, **facts)
    if column.personal not in PERSONAL_CLASSES:
        raise KeyError(f"{table}.{name}: personal is {column.personal!r}, not one of {PERSONAL_CLASSES}")
    return column
