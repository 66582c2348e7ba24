"""Every conformed table of the newest snapshot, computed once by each engine: rows and seconds.

    .venv-spark/bin/python -m tests.bench.engine_speed duckdb spark

Each starts without kept tables, so that both compute what they keep.
"""

from __future__ import annotations

import shutil
import sys
import time

import lucky_analytics
from lucky_analytics import snapshot
from lucky_analytics.catalog import TABLES


def measure(engine: str) -> str:
    began = time.monotonic()
    suite = lucky_analytics.open(engine=engine)
    shutil.rmtree(snapshot.kept_folder(suite.snapshot), ignore_errors=True)
    opened, began, rows = time.monotonic() - began, time.monotonic(), 0
    for name in TABLES:
        if (table := suite.optional(name)) is None:  # what nobody handed in
            continue
        made = table.cache()
        rows += int(made.count().execute())
        made.release()
    seconds = time.monotonic() - began
    return f"{engine}: opened in {opened:.1f} s, {len(TABLES)} tables, {rows:,} rows in {seconds:.1f} s"


if __name__ == "__main__":
    for engine in sys.argv[1:]:
        print(measure(engine), flush=True)
