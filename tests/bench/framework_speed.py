"""Our reports beside pages of Observable Framework, a maker of published data pages, from the same tables.

Run: ``python -m tests.bench.framework_speed`` after ``make reports``; it needs npm and its registry. Each
report becomes a page of the framework with its title, its answer, a chart of the rows of its first figure and
its first three tables. Framework charts them as plain dots, which is less than ours draw. Both portals are
served from this machine, and each page is opened in a fresh profile that reaches no other host: until its
first chart is drawn, and how many bytes it fetched until then.
"""

from __future__ import annotations

import functools
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import sync_playwright

from lucky_analytics import report_data, settings
from lucky_analytics.publish.pdf import find_chromium
from tests.bench.bench_rows import tell_row
from tests.bench.page_speed import FIRST_CHART, RUN

PACKAGES = {
    "@observablehq/framework": "1.13.4",
    "@observablehq/plot": "0.6.17",
    "@observablehq/inputs": "0.12.0",
}
CONFIG = 'export default {root: "src", search: false, globalStylesheets: [], pages: []};\n'
VISITS = 3
BYTES = "performance.getEntries().reduce((sum, entry) => sum + (entry.encodedBodySize || 0), 0)"
PAGE = """# {title}

{answer}

```js
import * as Plot from "@observablehq/plot";
import * as Inputs from "@observablehq/inputs";
const rows = await FileAttachment("{name}/figure.json").json();
display(Plot.plot({{marks: [Plot.dot(rows, {{x: {x}, y: {y}}})]}}));
performance.mark("first chart");
```
{tables}
"""
TABLE = '```js\ndisplay(Inputs.table(await FileAttachment("{file}").json()));\n```\n'


def main() -> None:
    if shutil.which("npm") is None:
        print("framework_speed: left out: npm is not installed")
        return
    here = settings.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = write_pages(here, folder / "src")
        if not made:
            sys.exit("framework_speed: expected a published portal: run make reports")
        seconds = build(folder)
        rows = []
        with serve(here.site_dir) as ours, serve(folder / "dist") as theirs, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
            for page, name in made.items():
                visits = [
                    (*visit(browser, f"{ours}/{page}/index.html"), *visit(browser, f"{theirs}/{name}.html"))
                    for _ in range(VISITS)
                ]
                rows.append([statistics.median(column) for column in zip(*visits, strict=True)])
                first, weight, other, their_weight = rows[-1]
                print(f"{page:48} {first:5.0f} ms {weight / 1e3:6.0f} KB", end="")
                print(f"{other:8.0f} ms {their_weight / 1e3:6.0f} KB", flush=True)
            browser.close()
    first, weight, other, their_weight = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"{len(rows)} pages built by the framework in {seconds:.1f} s")
    what, framework = f"median of {len(rows)} reports", "Observable Framework"
    tell_row(f"first chart over HTTP, {what}: times sooner", f"{first:.0f} ms", framework,
             f"{other:.0f} ms", other / first, ["playwright"])  # fmt: skip
    tell_row(f"bytes fetched until then, {what}: times lighter", f"{weight / 1e3:.0f} KB", framework,
             f"{their_weight / 1e3:.0f} KB", their_weight / weight, ["playwright"])  # fmt: skip


def write_pages(here: settings.Settings, source: Path) -> dict[str, str]:
    """The framework's source of each report with a chart of numbers; our page's address to its name there."""
    made = {}
    for page in sorted(here.site_dir.glob("*/*/index.html")):
        match = RUN.search(page.read_text(encoding="utf-8"))
        if match is None or page.parts[-3] == "runs":
            continue
        (run,) = here.runs_dir.glob(f"*/{match[1]}")
        said = json.loads((run / "results.json").read_text())
        frame = _figure(run, said)
        numbers = [] if frame is None else list(frame.select_dtypes("number"))
        if frame is None or len(numbers) < 2:
            continue
        name = page.parent.name
        (source / name).mkdir(parents=True)
        frame.to_json(source / name / "figure.json", orient="records")
        tables = ""
        for table in said["tables"][:3]:
            file = f"{name}/{table['name']}.json"
            pd.read_csv(run / "tables" / f"{table['name']}.csv").to_json(source / file, orient="records")
            tables += TABLE.format(file=file)
        x, y = (json.dumps(column) for column in numbers[:2])
        title = said["title"][0]["text"] if said["title"] else name
        answer = " ".join(each["text"] for each in said["answer"])
        text = PAGE.format(title=title, answer=answer, name=name, x=x, y=y, tables=tables)
        (source / f"{name}.md").write_text(text, encoding="utf-8")
        made[str(page.parent.relative_to(here.site_dir))] = name
    (source / "index.md").write_text("# Reports\n")
    return made


def _figure(run: Path, said: dict[str, Any]) -> pd.DataFrame | None:
    if not said["figures"]:
        return None
    file = run / "tables" / report_data.name_figure_data(said["figures"][0]["name"], 0)
    return pd.read_csv(file) if file.is_file() else None


def build(folder: Path) -> float:
    """Seconds of ``observable build``, after its packages were installed in ``folder``."""
    (folder / "package.json").write_text(json.dumps({"type": "module", "dependencies": PACKAGES}))
    (folder / "observablehq.config.js").write_text(CONFIG)
    for command in (
        ["npm", "install", "--no-audit", "--no-fund", "--silent"],
        ["npx", "observable", "build"],
    ):
        began = time.monotonic()
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if ended.returncode:
            sys.exit(f"framework_speed: {' '.join(command)} failed: {(ended.stderr or ended.stdout)[-500:]}")
    return time.monotonic() - began


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing of each request."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A browser that leaves before it has everything is no error."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def visit(browser: Any, address: str) -> tuple[float, float]:
    """Milliseconds from navigation to the first chart and bytes fetched until then; no other host answers."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
    page = context.new_page()
    page.goto(address, wait_until="commit")
    first = float(str(page.wait_for_function(f"() => {FIRST_CHART}", timeout=60_000).json_value()))
    fetched = float(page.evaluate(BYTES))
    context.close()
    return first, fetched


if __name__ == "__main__":
    main()
