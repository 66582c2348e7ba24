"""What computes the conformed tables: DuckDB in this process, or Spark, one module each."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.engines.table_engine import TableEngine

__all__ = ["DEFAULT", "ENGINES", "open_engine", "require_engine"]

DEFAULT = Settings.engine
# By name, because a change of one that a run does not use is no reason to make the run again.
ENGINES = {"spark": "lucky_analytics.engines.spark_engine"}


def open_engine(name: str, settings: Settings) -> TableEngine:
    """A new engine by name, which holds no table yet.

    Raises ``UnknownNameError``, ``EngineError`` where it is not installed, does not start or does not answer.

    >>> open_engine("duckdb", settings).name                        # doctest: +SKIP
    'duckdb'
    """
    if name == DEFAULT:
        from lucky_analytics.engines.duckdb_engine import DuckDBEngine

        return DuckDBEngine(settings)
    made: TableEngine = _module(name).open_engine(settings)
    return made


def require_engine(settings: Settings) -> str:
    """What a run's name says of the engine that its settings choose: name and version, empty for the default.

    The default is part of the environment's lock, another is not. Looks what is installed and starts nothing,
    so that a command says what is missing before its first kernel. Raises as ``open_engine``.
    """
    return "" if settings.engine == DEFAULT else str(_module(settings.engine).require_engine(settings))


def _module(name: str) -> ModuleType:
    if name not in ENGINES:
        raise UnknownNameError("engine", name, [DEFAULT, *ENGINES])
    return importlib.import_module(ENGINES[name])
