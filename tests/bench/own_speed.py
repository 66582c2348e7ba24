"""The suite's own notebooks on the full snapshot against the command lines of papermill and nbconvert.

Run: ``python -m tests.bench.own_speed`` after ``make reports``, or with names of notebooks; ``--six`` takes
the six main ones. Ours is ``lucky run`` with two jobs and ``lucky publish`` in an empty outputs folder; then
each of these runs is made again by ``papermill`` with the same parameters, and its page by ``jupyter
nbconvert``, one after the other. ``--one-job`` runs ours once more with one job, against the sum of the time
in its cells. Tables that the catalog keeps beside the snapshot are there before: both sides read the same. A
notebook that fails ends the measurement.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lucky_analytics import settings
from lucky_analytics.demo.build.core_tables import MAIN_NOTEBOOKS
from tests.bench.bench_rows import tell_row
from tests.bench.run_speed import LUCKY, seconds_in_cells

TOOLS = Path(sys.executable).parent
LIBRARIES = ("papermill", "nbconvert", "nbclient", "ipykernel")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("names", nargs="*", metavar="NOTEBOOK")
    arguments.add_argument("--six", action="store_true")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--one-job", action=argparse.BooleanOptionalAction, default=True)
    options = arguments.parse_args()
    names = [*options.names, *(MAIN_NOTEBOOKS if options.six else ())]
    what = f"{len(names)} own notebooks" if names else "all own notebooks"
    wanted = names or ["--all"]
    with tempfile.TemporaryDirectory() as name:
        ours, found = run_ours(Path(name) / "ours", wanted, options.jobs)
        loop = sum(one_by_one(record, Path(name)) for record, _ in found)
        print(f"{len(found)} runs of {what}: ours {ours:.1f} s, the loop {loop:.1f} s", flush=True)
        tell_row(
            f"{what} at full scale, run and published with {options.jobs} jobs: times faster",
            f"{ours:.1f} s",
            "papermill and nbconvert one by one",
            f"{loop:.1f} s",
            loop / ours,
            LIBRARIES,
        )
        if options.one_job:
            alone, found = run_ours(Path(name) / "alone", wanted, 1)
            cells = sum(seconds for _, seconds in found)
            what = f"{what}, run and published with one job: times the time in its cells"
            tell_row(what, f"{alone:.1f} s", "the sum of its cells", f"{cells:.1f} s", alone / cells, [])


def run_ours(outputs: Path, wanted: Sequence[str], jobs: int) -> tuple[float, list[tuple[Any, float]]]:
    """Seconds of running and publishing, and the record of each good run with the seconds in its cells."""
    environment = {**os.environ, "LUCKY_OUTPUTS": str(outputs)}
    began = time.monotonic()
    for command in (["run", *wanted, "--jobs", str(jobs)], ["publish"]):
        ended = subprocess.run([*LUCKY, *command], env=environment, capture_output=True, text=True)
        if ended.returncode:  # what did not run would make us look fast
            sys.exit(f"own_speed: {ended.stderr.strip().splitlines()[-1]}")
    seconds = time.monotonic() - began
    found = []
    for path in sorted(outputs.glob("runs/*/[!.]*/manifest.json")):
        record = json.loads(path.read_text())
        if record["status"] == "ok":
            found.append((record, seconds_in_cells(path.with_name("executed.ipynb"))))
    return seconds, found


def one_by_one(record: dict[str, Any], folder: Path) -> float:
    """Seconds that papermill and nbconvert take for a run of the same notebook and parameters."""
    notebook = settings.load().notebooks_dir / record["department"] / f"{record['notebook']}.ipynb"
    executed, given = folder / "executed.ipynb", folder / "given.yml"
    given.write_text(json.dumps(record["parameters"]))  # JSON is YAML
    commands = (
        [str(TOOLS / "papermill"), "--no-progress-bar", "-f", str(given), str(notebook), str(executed)],
        [str(TOOLS / "jupyter"), "nbconvert", "--to", "html", "--log-level=ERROR", str(executed)],
    )
    environment = {**os.environ, "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"}
    began = time.monotonic()
    for command in commands:
        subprocess.run(command, check=True, env=environment, capture_output=True)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
