"""How fast a live table becomes Parquet, against pymysql with pandas, in one run on one server.

Run: ``python -m tests.bench.read_speed --rows 500000``. Prints loading, both readers' rows per second,
their ratio, and each reader's peak memory (each runs in a process of its own).
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics import estate
from lucky_analytics.demo.build.load import load
from lucky_analytics.snapshot import parts
from lucky_analytics.sources import endpoint
from lucky_analytics.sources.mysql import MysqlSource
from tests import tiny_estate
from tests.bench.bench_rows import tell_row
from tests.services import mariadb

DATABASE, TABLE = "luckyus_sales_order", "t_order"


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=500_000)
    arguments.add_argument("--reader", choices=["ours", "pandas"])
    arguments.add_argument("--url")
    options = arguments.parse_args()
    if options.reader:
        print(json.dumps(read(options.reader, options.url)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = estate_of(folder / "demo", options.rows)
        program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or "mariadbd"
        data = mariadb.install("mariadb-install-db", folder / "data")
        server = mariadb.start(program, data, "--innodb-buffer-pool-size=512M")
        try:
            began = time.monotonic()
            load(demo, server.root)
            print(f"load: {options.rows / (time.monotonic() - began):,.0f} rows/s")
            results = {which: run(which, server.root) for which in ("ours", "pandas")}
        finally:
            server.stop()
    for which, result in results.items():
        print(f"{which}: {result['rows_per_second']:,.0f} rows/s, peak {result['peak_mib']:.0f} MiB")
    ours, theirs = (results[which]["rows_per_second"] for which in ("ours", "pandas"))
    both = (f"{ours:,.0f} rows/s", "pymysql with pandas", f"{theirs:,.0f} rows/s")
    tell_row("reading a live table: times faster", *both, ours / theirs, ("pymysql", "pandas", "pyarrow"))
    print(f"ratio: {results['ours']['rows_per_second'] / results['pandas']['rows_per_second']:.1f}")


def estate_of(folder: Path, n_rows: int) -> Path:
    """``n_rows`` orders, tiled from a few thousand random ones."""
    table = estate.load().database(DATABASE).table(TABLE)
    few = tiny_estate.rows(table, 5000)
    many = pa.concat_tables([few] * (n_rows // 5000 + 1)).slice(0, n_rows)
    many = many.set_column(0, many.schema.field(0), pa.array(range(1, n_rows + 1), pa.int64()))
    path = folder / DATABASE / f"{TABLE}.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(many, path)
    (folder / "demo.json").write_text("{}")
    return folder


def run(which: str, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.read_speed", "--reader", which, "--url", url]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def read(which: str, url: str) -> dict[str, float]:
    """Read the whole table once; rows per second and peak memory of this process."""
    target = endpoint.parse(url)
    began = time.monotonic()
    n_rows = _ours(target) if which == "ours" else _pandas(target)
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows_per_second": n_rows / seconds, "peak_mib": peak}


def _ours(target: endpoint.Endpoint) -> int:
    declared = estate.load().database(DATABASE).table(TABLE)
    with tempfile.TemporaryDirectory() as name, MysqlSource(target, [DATABASE]) as source:
        batches = source.read(DATABASE, TABLE)
        written = parts.write(batches, declared.schema, Path(name) / "t", Path(name))
    return sum(part.rows for part in written)


def _pandas(target: endpoint.Endpoint) -> int:
    import pandas as pd
    import pymysql

    connection = pymysql.connect(host=target.host, port=target.port, user=target.user, charset="utf8mb4")
    with connection:
        # Without writing Parquet, which fails: pymysql gives zero dates as text among the dates.
        return len(pd.read_sql(f"SELECT * FROM {DATABASE}.{TABLE}", connection))


if __name__ == "__main__":
    main()
