"""What the catalog asks of an engine. Everything else it says in Ibis expressions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir

__all__ = ["TableEngine"]


class TableEngine(Protocol):
    """One connection to an engine: it reads the parts of a snapshot and holds tables by name.

    ``versions`` are the libraries that decide what it computes, so
    that a table which an older one kept is not taken for its own. Methods return the table by its name alone,
    as a reader sees it in a query; a name that stands is replaced.
    """

    name: str
    versions: tuple[str, ...]

    def to_sql(self, expression: ir.Expr) -> str:
        """The query behind an expression, in the engine's own SQL, for readers and for keys."""
        ...

    def read_parts(self, name: str, paths: Sequence[Path]) -> ir.Table:
        """The rows of some Parquet files of one schema, as the table ``name``."""
        ...

    def create_view(self, name: str, built: ir.Table) -> ir.Table:
        """The expression under a name: computed whenever it is asked."""
        ...

    def keep_table(self, name: str, built: ir.Table, file: Path) -> ir.Table:
        """The rows of the expression under a name, computed once.

        An engine that can read and write ``file`` takes them from there, or leaves them there for the next;
        the rows and their order are the same either way. Where nothing can be written, or the file cannot be
        read, the table is computed as if there were none: that costs time and nothing else.
        """
        ...

    def query(self, sql: str) -> ir.Table:
        """The rows of a query in DuckDB's dialect over the tables that have a name here."""
        ...
