"""The suite against a loop over the papermill and nbconvert command lines, on the same notebooks.

Run: ``python -m tests.bench.run_speed``. Prints both times and their ratio, the time when nothing changed,
the time to publish 50 pages, the overhead per notebook (wall less its cells), and the load of the machine.
Both sides use one environment; bytecode is written for it first, as pip does when it installs, so that
neither side compiles its libraries anew.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import nbformat

from tests import estate_rows
from tests.bench.bench_rows import tell_row
from tests.notebook_cells import OPENING, write_notebook

SHOPS = {"luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}]}
CELLS = (
    "import altair as alt\nimport pandas as pd\nimport scipy.optimize\nimport statsmodels.api",
    OPENING,
    'report.headline("n", "Shops", int(suite.stores.count().execute()), unit="shops", n=1, n_of="x")',
    'frame = pd.DataFrame({"x": range(10), "y": range(10)})\n'
    'chart = alt.Chart(frame).mark_line().encode(x="x:Q", y="y:Q")\n'
    'report.figure(chart, "line", "A line", subtitle="y over x", alt="A rising line.")',
)
PAGES = 50
LUCKY = [sys.executable, "-m", "lucky_analytics.cli"]


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--notebooks", type=int, default=25)
    arguments.add_argument("--jobs", type=int, default=2)
    options = arguments.parse_args()
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2, workers=options.jobs)
    with tempfile.TemporaryDirectory() as name:
        here = estate_rows.checkout(Path(name))
        environment = {**os.environ, "LUCKY_HOME": name}
        estate_rows.take_snapshot(here, SHOPS)
        for number in range(options.notebooks):
            write_notebook(here.notebooks_dir / "operations" / f"question_{number:02}.ipynb", *CELLS)

        def timed(*command: str) -> float:
            began = time.monotonic()
            subprocess.run(command, check=True, env=environment, cwd=name, stdout=subprocess.DEVNULL)
            return time.monotonic() - began

        run = timed(*LUCKY, "run", "--all", "--jobs", str(options.jobs))
        publish = timed(*LUCKY, "publish")
        unchanged = timed(*LUCKY, "run", "--all"), timed(*LUCKY, "publish")
        overhead = [
            json.loads((path.parent / "manifest.json").read_text())["seconds"] - seconds_in_cells(path)
            for path in here.runs_dir.glob("question_*/[!.]*/executed.ipynb")
        ]
        load = os.getloadavg()[0]
        loop = sum(one_by_one(path, timed) for path in sorted(here.notebooks_dir.glob("*/*.ipynb")))
        multiply(here.runs_dir, PAGES)
        fifty = timed(*LUCKY, "publish", "--to", str(Path(name) / "www"))
    print(f"{options.notebooks} notebooks: run {run:.1f} s, publish {publish:.1f} s")
    print(f"loop over papermill and nbconvert: {loop:.1f} s; ratio {loop / (run + publish):.1f}")
    what = f"{options.notebooks} synthetic notebooks, run and published: times faster"
    tools = ("papermill", "nbconvert", "nbclient", "ipykernel")
    ours = f"{run + publish:.1f} s"
    tell_row(what, ours, "papermill and nbconvert one by one", f"{loop:.1f} s", loop / (run + publish), tools)
    print(f"nothing changed: run {unchanged[0]:.2f} s, publish {unchanged[1]:.2f} s")
    print(f"{PAGES} pages published: {fifty:.1f} s")
    print(f"overhead per notebook, median: {sorted(overhead)[len(overhead) // 2]:.2f} s")
    print(f"load of the machine after ours and after the loop: {load:.1f}, {os.getloadavg()[0]:.1f}")


def multiply(runs: Path, n: int) -> None:
    """Copies of one run under other names, until there are ``n`` reports."""
    donor = next(runs.glob("question_*/[!.]*/manifest.json")).parent
    record = json.loads((donor / "manifest.json").read_text())
    for number in range(len(list(runs.glob("question_*"))), n):
        copy = runs / f"question_{number:02}" / f"{number:012x}"
        shutil.copytree(donor, copy)
        record |= {"notebook": copy.parent.name, "run_id": copy.name}
        (copy / "manifest.json").write_text(json.dumps(record))


def one_by_one(path: Path, timed) -> float:
    executed = path.with_suffix(".out.ipynb")
    tools = Path(sys.executable).parent
    seconds = timed(str(tools / "papermill"), "--no-progress-bar", str(path), str(executed))
    return seconds + timed(
        str(tools / "jupyter"), "nbconvert", "--to", "html", "--log-level=ERROR", str(executed)
    )


def seconds_in_cells(path: Path) -> float:
    cells = nbformat.read(path, as_version=4).cells
    return sum(cell.metadata.get("papermill", {}).get("duration") or 0 for cell in cells)


if __name__ == "__main__":
    main()
