"""DuckDB, in this process: the default."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir

from lucky_analytics.engines import spill_folder
from lucky_analytics.engines.exact_duckdb import ARITHMETIC, ExactBackend
from lucky_analytics.locks import hold
from lucky_analytics.settings import Settings

__all__ = ["DuckDBEngine"]

LARGEST_HELD = 256 * 2**20  # bytes of a kept table's file


class DuckDBEngine:
    """One DuckDB in memory, which spills to a private folder beyond ``LUCKY_MEMORY``.

    Kept tables are files: the first kernel writes one, every later one reads it.
    """

    name = "duckdb"
    versions: tuple[str, ...] = (ibis.__version__, duckdb.__version__, ARITHMETIC)

    def __init__(self, settings: Settings) -> None:
        self.connection = ExactBackend()
        self.connection.do_connect(
            threads=settings.duckdb_threads,
            memory_limit=f"{settings.duckdb_mib}MiB",
            temp_directory=str(spill_folder.claim()),
        )
        self.connection.raw_sql("SET enable_progress_bar = false")

    def to_sql(self, expression: ir.Expr) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))

    def read_parts(self, name: str, paths: Sequence[Path]) -> ir.Table:
        return self.connection.read_parquet([str(path) for path in paths], table_name=name)

    def create_view(self, name: str, built: ir.Table) -> ir.Table:
        return self.connection.create_view(name, built, overwrite=True)

    def query(self, sql: str) -> ir.Table:
        return self.connection.sql(sql)

    def keep_table(self, name: str, built: ir.Table, file: Path) -> ir.Table:
        """Kernels that need it at the same time wait for the one that computes it."""
        with contextlib.ExitStack() as held:
            if not file.is_file():
                with contextlib.suppress(OSError):  # read-only data: every kernel computes for itself
                    held.enter_context(hold(file.with_name(f".{name}.lock"), wait=True))
            if file.is_file():
                with contextlib.suppress(duckdb.Error):
                    return self._read(name, file)
            self.connection.create_table(name, built, overwrite=True)
            with contextlib.suppress(OSError, duckdb.Error):
                self._write(name, file)
                if file.stat().st_size > LARGEST_HELD:
                    self.connection.drop_table(name)
                    return self._read(name, file)
        return self.connection.table(name)

    def _read(self, name: str, file: Path) -> ir.Table:
        """In memory, but for one so large that it would be spilled and read back by each query."""
        rows = self.connection.read_parquet(file)
        if file.stat().st_size > LARGEST_HELD:
            return self.connection.create_view(name, rows, overwrite=True)
        self.connection.create_table(name, rows, overwrite=True)
        return self.connection.table(name)

    def _write(self, name: str, file: Path) -> None:
        """Whole or not at all."""
        spare = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            target = str(spare).replace("'", "''")
            self.connection.raw_sql(f"COPY {name} TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
            spare.chmod(0o600)
            spare.replace(file)
        finally:
            spare.unlink(missing_ok=True)
