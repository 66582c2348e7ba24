"""What a house of many costs when nothing, or one thing, changed: 300 notebooks, 2,000 runs, 200 snapshots.

Run: ``python -m tests.bench.many_speed`` (``--own``: the notebooks are the suite's own under further names,
whose code takes longer to look through). Each command is a process of its own; beside the clock stand its
processor seconds, which say more on a machine that does other work. The named alternative is a house of one
notebook, one run and one snapshot: what a command costs whatever it finds.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lucky_analytics import settings, snapshot
from lucky_analytics.runs import notebooks, records
from tests.bench.bench_rows import tell_row
from tests.bench.house import add_snapshot, build_house, keep_run, record_of

MOST = {"list": 2.0, "run --all": 2.0, "publish": 2.0, "snapshot take": 2.0, "publish one new run": 3.0}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--notebooks", type=int, default=300)
    arguments.add_argument("--runs", type=int, default=2000)
    arguments.add_argument("--snapshots", type=int, default=200)
    arguments.add_argument("--own", action="store_true")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        few = measure(build_house(Path(name) / "few", 1, 1, 1, is_tiny=not options.own))
        size = (options.notebooks, options.runs, options.snapshots)
        many = measure(build_house(Path(name) / "many", *size, is_tiny=not options.own))
    for command, (clock, worked) in many.items():
        one = few[command][1]
        print(f"{command}: {clock:.1f} s by the clock, {worked:.2f} of a processor; of one: {one:.2f}")
        if command in MOST:
            house = f"a house of {options.notebooks}, nothing new" if "new" not in command else "of as many"
            what = f"lucky {command}, {house}: processor s against the limit"
            tell_row(
                what, f"{worked:.2f} s", "the limit", f"{MOST[command]:.0f} s", worked / MOST[command], []
            )


def measure(here: settings.Settings) -> dict[str, tuple[float, float]]:
    """By command the seconds by the clock and of a processor, in a house that has been published before."""
    lucky(here, "run", "donor")
    first = lucky(here, "publish")
    found = {"publish everything": first}
    for command in ("list", "run --all", "publish", "snapshot take"):
        found[command] = lucky(here, *command.split())
    renew_one(here)
    before = used(here.outputs_dir)
    found["publish one new run"] = lucky(here, "publish")
    print(f"one new run: {used(here.outputs_dir) - before:,} KiB more of disk", flush=True)
    add_snapshot(here, 10_000)
    found["prune"] = lucky(here, "prune")
    return found


def renew_one(here: settings.Settings) -> None:
    """One more run of one notebook, newer than the newest."""
    notebook = next(each for each in notebooks.list_all(here) if each.name != "donor")
    donor = records.find("donor", None, here)
    record = record_of(here, notebook, snapshot.find("newest", here), donor)
    last = records.next_sequence(notebook.name, here)
    keep_run(here, dataclasses.replace(record, run_id="0" * 12, sequence=last), donor)


def used(folder: Path) -> int:
    """KiB on the disk, each file once however many names it has."""
    return int(subprocess.run(["du", "-sk", str(folder)], capture_output=True, text=True).stdout.split()[0])


def lucky(here: settings.Settings, *words: str) -> tuple[float, float]:
    command = [sys.executable, "-m", "lucky_analytics.cli", *words]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, env={**os.environ, "LUCKY_HOME": str(here.root)}, capture_output=True)
    clock, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
