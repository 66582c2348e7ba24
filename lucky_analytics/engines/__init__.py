"""What computes the conformed tables: DuckDB in this process, or another engine by name, one module each."""

from __future__ import annotations

from lucky_analytics.engines.duckdb_engine import DuckDBEngine
from lucky_analytics.engines.table_engine import TableEngine

__all__ = ["TableEngine", "open_engine"]


def open_engine() -> TableEngine:
    """A new engine, which holds no table yet.

    >>> open_engine().name
    'duckdb'
    """
    return DuckDBEngine()
