"""The suite against a loop over the papermill and nbconvert command lines, on the same notebooks.

Run: ``python -m tests.bench.run_speed --notebooks 10``. Prints both times and their ratio, the time when
nothing changed, the time to publish, and the overhead per notebook (wall less its cells).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from tests import estate_rows
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
LUCKY = [sys.executable, "-m", "lucky_analytics.cli"]


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--notebooks", type=int, default=10)
    arguments.add_argument("--jobs", type=int, default=2)
    options = arguments.parse_args()
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
        unchanged = timed(*LUCKY, "run", "--all") + timed(*LUCKY, "publish")
        loop = sum(one_by_one(path, timed) for path in sorted(here.notebooks_dir.glob("*/*.ipynb")))
        overhead = [
            json.loads((path.parent / "manifest.json").read_text())["seconds"] - seconds_in_cells(path)
            for path in here.runs_dir.glob("question_*/[!.]*/executed.ipynb")
        ]
    print(f"{options.notebooks} notebooks: run {run:.1f} s, publish {publish:.1f} s")
    print(f"nothing changed, run and publish: {unchanged:.2f} s")
    print(f"loop over papermill and nbconvert: {loop:.1f} s; ratio {loop / (run + publish):.1f}")
    print(f"overhead per notebook, median: {sorted(overhead)[len(overhead) // 2]:.2f} s")


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
