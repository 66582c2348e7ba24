"""The two databases whose schema exists and whose tables have never had a row."""

from __future__ import annotations

from collections.abc import Iterator

from lucky_analytics import estate
from lucky_analytics.demo.build.world import NamedTable, World

__all__ = ["tables"]


def tables(world: World) -> Iterator[NamedTable]:
    """Every table of the tax and of the loyalty database, without rows."""
    del world  # nothing that was sold ever reached them
    for name in ("luckyus_fi_tax", "luckyus_isalesmembermarketing"):
        database = estate.load().database(name)
        for table in database.tables.values():
            yield database.name, table.name, table.schema.empty_table()
