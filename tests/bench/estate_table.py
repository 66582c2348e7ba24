"""Every declared database: its rows in the demo, loaded into its kind of real server, snapshotted, read.

Run: ``python -m tests.bench.estate_table --scale 0.05``. Prints one row of a Markdown table for each
database: tables built of those declared, rows, seconds to load into a MariaDB of its own and to snapshot from
there, whether the snapshot's rows are the demo's, and how many conformed tables are made of it, with how many
have as many rows from the server as from the demo. No such server holds exports and telemetry. What has no
declared table is counted below.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from lucky_analytics import demo, estate, snapshot
from lucky_analytics.catalog.suite import TABLES, Suite
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.estate import servers
from lucky_analytics.runs.needs import needed_tables
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
from lucky_analytics.sources import demo as demo_source
from tests.services import mariadb

CUT = "cut=2026-02-14T12:00:00Z"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=0.05)
    scale = parser.parse_args().scale
    os.environ[mariadb.PASSWORD_VARIABLE] = mariadb.PASSWORD
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        here = Settings(root=root, data_dir=root / "data", outputs_dir=root / "outputs")
        demo.build_estate(here.demo_dir, scale=scale)
        program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or "mariadbd"
        data = mariadb.install("mariadb-install-db", root / "mariadb")
        server = mariadb.start(program, data, "--innodb-buffer-pool-size=512M")
        try:
            tell(here, server)
        finally:
            server.stop()


def tell(here: Settings, server: mariadb.Mariadb) -> None:
    live = replace(here, data_dir=here.root / "live", source_url=f"{server.reader}&{CUT}")
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    of_demo = of_live = snapshot.take(demo_source.connect(here.demo_dir), settings=here)
    databases, seconds = list(estate.load().databases.values()), {}
    for database in databases:
        if database.kind == "mysql":
            began = time.monotonic()
            load(here.demo_dir, server.root, names=[database.source], reader=reader)
            loaded = time.monotonic()
            of_live = take(live, database.source)
            seconds[database.name] = [f"{loaded - began:.1f}", f"{time.monotonic() - loaded:.1f}"]
    alike = {name: count(name, of_live, of_demo) for name in TABLES}
    print("| database | kind | tables | rows | load, s | snapshot, s | rows equal | conformed tables |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for database in databases:
        own = [name for name in of_demo.tables if name.startswith(f"{database.name}.")]
        from_server = database.name in seconds
        equal = (
            all(of_live.tables[name].rows == of_demo.tables[name].rows for name in own) if from_server else ""
        )
        reading = [name for name in TABLES if reads(name, database.name)]
        counted = [name for name in reading if alike[name] is not None]
        cells = [
            database.name,
            database.kind,
            f"{len(own)} of {len(database.tables)}",
            f"{sum(of_demo.tables[name].rows for name in own):,}",
            *seconds.get(database.name, ["", ""]),
            {True: "yes", False: "no"}.get(equal, ""),
            f"{len(reading)}, {sum(alike[name] is True for name in counted)} of {len(counted)} counted alike",
        ]
        print("|", " | ".join(cells), "|")
    print("\n".join(servers.count_undeclared(estate.load(), servers.load())))


def take(live: Settings, source: str) -> snapshot.Manifest:
    """The database from the server, beside those that were read before."""
    before = bool(snapshot.list_all(live))
    return snapshot.take(
        configured.connect(live, [source]), settings=live, names=[source], keep_others=before
    )


def reads(name: str, database: str) -> bool:
    """Whether a conformed table is made of a table of the database."""
    return any(table.startswith(f"{database}.") for table in needed_tables([f'suite.table("{name}")']))


def count(name: str, live: snapshot.Manifest, of_demo: snapshot.Manifest) -> bool | None:
    """Whether a conformed table has as many rows from the server as from the demo; null where it is made of
    what no such server holds."""
    if not needed_tables([f'suite.table("{name}")']) <= live.tables.keys():
        return None
    rows = [int(Suite(each).table(name).count().execute()) for each in (live, of_demo)]
    return rows[0] == rows[1]


if __name__ == "__main__":
    main()
