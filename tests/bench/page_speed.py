"""When a reader sees the first chart of every published report, beside nbconvert's page of the same notebook.

Run: ``python -m tests.bench.page_speed`` after ``make reports``. Chromium opens each page from its file,
offline, in a fresh profile; the median of several visits, the two kinds of page in turn. Ours counts to the
first chart drawn (the page's own mark), nbconvert's to the end of loading, when its charts stand there as
still pictures. Weights are those of the page's file alone; "without charts" leaves out specifications and
still pictures.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbconvert import HTMLExporter
from playwright.sync_api import sync_playwright

from lucky_analytics import settings
from lucky_analytics.publish.pdf import find_chromium
from tests.bench.bench_rows import tell_row

FIRST_CHART = "performance.getEntriesByName('first chart')[0]?.startTime"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd || null"
RUN = re.compile(r'<body class="report[^>]*\bdata-run="([^"]+)"')
CHARTS = re.compile(r'<script type="application/json">.*?</script>|<img[^>]*class="still"[^>]*>', re.DOTALL)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--visits", type=int, default=5)
    visits = arguments.parse_args().visits
    here = settings.load()
    pages = [page for page in sorted(here.site_dir.glob("*/*/index.html")) if page.parts[-3] != "runs"]
    if not pages:
        sys.exit("page_speed: expected a published portal: run make reports")
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        for page in pages:
            text = page.read_text(encoding="utf-8")
            if 'class="chart"' not in text or not RUN.search(text):  # a store or product: of many runs
                continue
            other = convert(here, text, Path(folder))
            pairs = [
                (visit(browser, page, FIRST_CHART), visit(browser, other, LOADED)) for _ in range(visits)
            ]
            ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
            kilobytes = [len(part.encode()) / 1000 for part in (text, CHARTS.sub("", text))]
            rows.append((page.parent.name, ours, theirs, *kilobytes, other.stat().st_size / 1000))
        browser.close()
    medians = [statistics.median(column) for column in list(zip(*rows, strict=True))[1:]]
    rows.append((f"median of {len(rows)}", *medians))
    print(f"{'report':48} first chart, ms  nbconvert, ms  page, KB  without charts  nbconvert, KB")
    for name, ours, theirs, weight, bare, other_weight in rows:
        print(f"{name:48} {ours:15.0f} {theirs:14.0f} {weight:9.0f} {bare:15.0f} {other_weight:14.0f}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")
    ours, theirs = medians[:2]
    what = f"first chart of a report, median of {len(rows) - 1}: times sooner"
    libraries = ["nbconvert", "playwright"]
    tell_row(what, f"{ours:.0f} ms", "nbconvert's page, loaded", f"{theirs:.0f} ms", theirs / ours, libraries)


def convert(here: settings.Settings, text: str, folder: Path) -> Path:
    """nbconvert's page, as its command line makes it, of the notebook behind one of ours."""
    match = RUN.search(text)
    assert match, "a report names its run"
    (executed,) = here.runs_dir.glob(f"*/{match[1]}/executed.ipynb")
    html, _ = HTMLExporter().from_notebook_node(nbformat.read(executed, as_version=4))
    target = folder / f"{match[1]}.html"
    target.write_text(html, encoding="utf-8")
    return target


def visit(browser: Any, file: Path, moment: str) -> float:
    """Milliseconds from the start of navigation to ``moment``, in a profile that has seen nothing before."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True)
    page = context.new_page()
    page.goto(file.absolute().as_uri())
    milliseconds = json.loads(str(page.wait_for_function(moment, timeout=60_000).json_value()))
    context.close()
    return float(milliseconds)


if __name__ == "__main__":
    main()
