"""SQL over the rows of exported files, which may read these rows and nothing else of the machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.export_blocks import ROWS_PER_BLOCK, Block, as_text

__all__ = ["read_query"]

# What these say is of the query's own text; other errors quote values of the rows.
_OF_TEXT = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


def read_query(query: str, blocks: Iterator[tuple[str, Block]], name: str) -> Iterator[tuple[str, Block]]:
    """The rows of one SELECT over ``rows``, all blocks; they lie in a folder of their own while it runs.

    A mapping lies where others put their files, so that its query reaches no file, no network and no setting.
    Raises ``SourceError`` for what is no SELECT, and for one that fails; ``name`` is the table's.
    """
    with tempfile.TemporaryDirectory(prefix="lucky-files-") as folder, duckdb.connect() as connection:
        for number, (_, block) in enumerate(blocks):
            pq.write_table(pa.table(block.columns), Path(folder) / f"{number:06d}.parquet")
        for setting in (
            "memory_limit = '1GB'",
            f"temp_directory = '{folder}/spill'",
            f"allowed_directories = ['{folder}/']",
            "python_enable_replacements = false",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            connection.execute(f"SET {setting}")
        connection.execute(
            f"CREATE VIEW rows AS SELECT * FROM read_parquet('{folder}/*.parquet', union_by_name = true)"
        )
        try:
            statements = duckdb.extract_statements(query)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise SourceError(f"{name}: query", expected="one SELECT over rows", got="something else")
            first = 1
            for batch in connection.execute(query).to_arrow_reader(ROWS_PER_BLOCK):
                columns = {column: as_text(batch.column(column)) for column in batch.schema.names}
                yield "query", Block(columns, list(range(first, first + batch.num_rows)))
                first += batch.num_rows
        except duckdb.PermissionException as error:
            raise SourceError(
                f"{name}: query", expected="one SELECT over rows", got="one that reaches for other files"
            ) from error
        except duckdb.Error as error:
            got = str(error).splitlines()[0] if isinstance(error, _OF_TEXT) else "values that it fails on"
            raise SourceError(f"{name}: query", expected="SQL over rows", got=got) from error
