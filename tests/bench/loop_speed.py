"""The loop of fifteen minutes at full scale: read what is new, run every notebook that it concerns, publish.

Run: ``python -m tests.bench.loop_speed``. The demo estate is loaded into a MariaDB of its own and read
whole once; then a quarter of an hour's rows arrive in orders, production and devices, and one round of
``lucky schedule run`` is timed, as a timer calls it: first with every notebook (each reads orders, so that
all of them run), then with one. Processor seconds are ours without the server's: on a machine that is
shared they say more than the clock.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lucky_analytics import demo, estate, settings
from lucky_analytics.demo.build import load as loading
from lucky_analytics.secrets import Secret
from tests.services import mariadb

ROOT = Path(__file__).parents[2]
SOURCES = ("salesorder", "opproduction", "iotplatform")
NEW_ROWS = 100  # a table: well above an average quarter of an hour of the chain
CUT = "2026-02-14T12:00:00Z"
SCHEDULE = """\
source: live
entries:
  loop_{name}:
    notebook: {name}
    cron: "* * * * *"
    snapshot: [{sources}]
"""
ONE = "store_ramp_curves"


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--scale", type=float, default=1.0)
    options = arguments.parse_args()
    program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or "mariadbd"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkout(folder)
        estate_dir = settings.load().demo_dir if options.scale == 1.0 else folder / "demo"
        # at once where nothing changed since the last build
        demo.build_estate(estate_dir, scale=options.scale)
        data = mariadb.install("mariadb-install-db", folder / "mariadb")
        server = mariadb.start(program, data, "--innodb-buffer-pool-size=2G")
        try:
            os.environ[mariadb.PASSWORD_VARIABLE] = mariadb.PASSWORD
            reader = loading.Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
            loading.load(estate_dir, server.root, reader=reader)
            measure(folder, server, options.jobs)
        finally:
            server.stop()


def checkout(folder: Path) -> None:
    """This checkout's notebooks, parameters and reference files, with data and outputs of its own."""
    shutil.copytree(ROOT / "params", folder / "params")
    (folder / "data").mkdir()
    for path in ("data/external", "requirements.lock"):
        (folder / path).symlink_to(ROOT / path)
    for path in ROOT.glob("notebooks/*/*.ipynb"):
        copy = folder / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(path)


def measure(folder: Path, server: mariadb.Mariadb, jobs: int) -> None:
    url = f"{server.reader}&cut={CUT}"
    environment = {**os.environ, "LUCKY_HOME": str(folder), "LUCKY_SOURCE_URL": url}
    for name in ("LUCKY_DATA", "LUCKY_OUTPUTS", "LUCKY_SOURCES", "LUCKY_DELIVERY"):
        environment.pop(name, None)

    def lucky(*words: str) -> str:
        command = [sys.executable, "-m", "lucky_analytics.cli", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=folder)
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        return done.stdout

    whole = timed(lambda: lucky("snapshot", "take", "--source", "live"))
    for wanted in json.loads(lucky("list", "--json"))["wanted"]:
        for name in wanted["notebooks"]:  # what servers say of themselves and the cloud is in no MariaDB
            next(folder.glob(f"notebooks/*/{name}.ipynb"), folder / "gone").unlink(missing_ok=True)
    runs = timed(lambda: lucky("run", "--all", "--jobs", str(jobs)))
    print(f"before: whole snapshot {whole:.1f} s, all notebooks {runs:.1f} s", flush=True)
    for number, name in enumerate(("all", ONE), start=1):
        schedule = SCHEDULE.format(name=name, sources=", ".join(SOURCES))
        (folder / "params" / "schedule.yml").write_text(schedule, encoding="utf-8")
        lucky("schedule", "run")  # the entry is new to the log: it begins with the next minute
        n_rows = arrive(server, number)
        wait_for_the_next_minute()
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = json.loads(lucky("schedule", "run", "--json", "--jobs", str(jobs)))
        seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        (ended,) = done["ended"]
        load = os.getloadavg()[0]
        print(f"loop, {name}: {seconds:.1f} s for {n_rows} new rows; {ended['event']}: {ended['detail']}")
        print(f"  {worked:.0f} processor seconds on {os.cpu_count()} cores; load {load:.1f}", flush=True)


def arrive(server: mariadb.Mariadb, number: int) -> int:
    """New rows in every table of the three databases: copies of the newest, with keys of their own."""
    n_rows = 0
    for source in SOURCES:
        database = estate.load().database(source)
        for table in database.tables.values():
            if table.integer_key is None:
                continue
            key, name = table.integer_key, f"{database.name}.{table.name}"
            values = {column: column for column in table.columns} | {key: f"{key} + {number}00000000"}
            if table.changed_by:
                values[table.changed_by] = "'2026-02-14 11:55:00'"
            server.execute(
                f"INSERT INTO {name} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {name}"
                f" ORDER BY {key} DESC LIMIT {NEW_ROWS}"
            )
            n_rows += NEW_ROWS
    return n_rows


def wait_for_the_next_minute() -> None:
    now = dt.datetime.now(dt.UTC)
    time.sleep(60.5 - now.second - now.microsecond / 1e6)


def timed(call) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


if __name__ == "__main__":
    main()
