"""What an incremental snapshot costs beside a whole one, in one run on one server.

Run: ``python -m tests.bench.incremental_speed --rows 2000000``. The whole snapshot is taken twice (the
second is what counts: the server's memory is warm), then 1 % new rows are written and taken.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from lucky_analytics import estate, snapshot
from lucky_analytics.demo.build.load import load
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
from tests.bench.bench_rows import tell_row
from tests.bench.read_speed import DATABASE, TABLE, estate_of
from tests.services import mariadb

NAME = f"{DATABASE}.{TABLE}"


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rows", type=int, default=2_000_000)
    n_rows = arguments.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or "mariadbd"
        data = mariadb.install("mariadb-install-db", folder / "mariadb")
        server = mariadb.start(program, data, "--innodb-buffer-pool-size=2G")
        try:
            load(estate_of(folder / "demo", n_rows), server.root)
            # Changes spread evenly over the horizon.
            server.execute(
                f"UPDATE {NAME} SET modify_time = '2025-06-30' + INTERVAL (id / {n_rows} * 19785600) SECOND"
            )
            where = Settings(folder, folder / "data", folder / "outputs", source_url=server.root)
            take(where, whole=True)
            whole = take(where, whole=True)
            others = ", ".join(list(estate.load().database(DATABASE).table(TABLE).columns)[1:])
            values = others.replace("modify_time", "'2026-02-14'")
            server.execute(
                f"INSERT INTO {NAME} (id, {others}) SELECT id + {n_rows}, {values} FROM {NAME}"
                f" WHERE id <= {n_rows // 100}"
            )
            changes = take(where)
        finally:
            server.stop()
    both = (f"{changes:.2f} s", "the whole snapshot", f"{whole:.2f} s")
    tell_row("a snapshot of 1 % new rows: part of the time", *both, changes / whole, ("pymysql", "pyarrow"))
    print(f"whole: {whole:.2f} s, changes: {changes:.2f} s, ratio {changes / whole:.3f}")


def take(where: Settings, whole: bool = False) -> float:
    """Seconds of one snapshot."""
    began = time.monotonic()
    taken = snapshot.take(configured.connect(where, ["salesorder"]), settings=where, whole=whole)
    seconds = time.monotonic() - began
    print(f"{taken.tables[NAME].how}: {taken.rows:,} rows in {seconds:.2f} s")
    return seconds


if __name__ == "__main__":
    main()
