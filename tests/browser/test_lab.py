"""JupyterLab in a real Chromium, as ``lucky lab`` starts it: cells run, records and charts show, Tab
completes, a cell runs and publishes. Nothing is asked of the internet or written to the home folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lucky_analytics.settings import Settings
from tests import estate_rows
from tests.notebook_cells import OPENING, write_notebook

pytestmark = pytest.mark.full

SAID = """\
shops = int(suite.stores.count().execute())
report.headline("n", "Shops", shops, unit="shops", n=shops, n_of="rows")"""
CHART = """\
import altair as alt
import pandas as pd
frame = pd.DataFrame({"store": ["8th & Broadway", "221 Grand"], "orders": [210, 403]})
chart = alt.Chart(frame).mark_bar().encode(x="orders", y="store", tooltip="orders")
report.figure(chart, "orders", "221 Grand takes the most orders", subtitle="a day", alt="221 Grand: 403")"""
TABLE = 'report.table(frame, "t", "Orders a day", frame.to_html())'
PATIENCE = 150_000  # milliseconds, as the browser counts them


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Settings:
    here = estate_rows.checkout(tmp_path_factory.mktemp("lab"))
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    write_notebook(here.notebooks_dir / "operations" / "counts.ipynb", OPENING, SAID)
    (here.params_dir / "counts.yml").write_text("# no values\n")
    cells = [OPENING, SAID, CHART, TABLE, "chart", "!lucky run counts && lucky publish"]
    write_notebook(here.root / "scratch" / "look.ipynb", *cells)
    return here


@pytest.fixture(scope="module")
def address(here, tmp_path_factory) -> Iterator[str]:
    """Where JupyterLab listens, with its token; a home folder that must stay empty."""
    home = tmp_path_factory.mktemp("home")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON", "LUCKY"))}
    environment |= {"HOME": str(home), "LUCKY_HOME": str(here.root), "HISTFILE": "/dev/null"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [sys.executable, "-m", "lucky_analytics.cli", "lab", "--no-browser", "--ServerApp.port=0"]
    log = here.root / "lab.log"
    with log.open("w") as said:
        server = subprocess.Popen(command, cwd=here.root, env=environment, stdout=said, stderr=said)
    try:
        yield _wait_for(here.lab_dir / "runtime", server, log)
    finally:
        server.terminate()
        server.wait(20)
    assert [path for path in home.rglob("*") if path.is_file()] == []


def _wait_for(runtime: Path, server: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        if "is running at" in log.read_text():
            (facts,) = (json.loads(path.read_text()) for path in runtime.glob("jpserver-*.json"))
            return f"http://127.0.0.1:{facts['port']}/lab/tree/{{}}?token={facts['token']}&reset"
        time.sleep(0.1)
    return pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def lab(chromium, address) -> Iterator[tuple[Any, list[str]]]:
    """The scratch notebook, run from top to bottom, and what was asked of other machines."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1300})
    context.set_default_timeout(PATIENCE)
    outside: list[str] = []

    def guard(route: Any) -> None:
        outside.append(route.request.url)
        route.abort()

    context.route(lambda url: not url.startswith(("http://127.0.0.1:", "data:", "blob:")), guard)
    page = context.new_page()
    page.goto(address.format("scratch/look.ipynb"))
    page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell")
    page.wait_for_selector(":text-is('Python 3 | Idle')")
    page.click(".lm-MenuBar-itemLabel:text-is('Run')")
    page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")
    page.wait_for_function("/portal (published|unchanged)/.test(document.body.textContent)")
    context.set_default_timeout(PATIENCE / 5)
    yield page, outside
    context.close()


def use_theme(page: Any, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    is_light = "true" if scheme == "light" else "false"
    page.wait_for_selector(f"body[data-jp-theme-light={is_light}]", state="attached")


def colour(place: Any, name: str) -> list[int]:
    """Red, green and blue of a part of the page as it is shown."""
    shown = place.evaluate(f"part => getComputedStyle(part).{name}")
    return list(map(int, re.findall(r"\d+", shown)[:3]))


def test_the_notebook_ran_and_what_it_says_is_shown(lab):
    page, outside = lab
    assert page.locator("[data-mime-type='application/vnd.jupyter.error'], .jp-mod-error").count() == 0
    assert "Shops: 1 shops" in page.locator(".jp-OutputArea-output").first.inner_text()
    assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_is_alive_and_follows_the_theme(lab, scheme):
    page, outside = lab
    use_theme(page, scheme)
    figure = page.locator(".jp-OutputArea-output svg.marks", has_text="221 Grand takes the most orders")
    ink = colour(figure.locator(".role-title-text text").first, "fill")
    assert max(ink) < 80 if scheme == "light" else min(ink) > 175
    figure.locator("[aria-roledescription='bar']").last.hover()
    page.wait_for_selector("#vg-tooltip-element.visible:has-text('403')")
    page.mouse.move(0, 0)
    page.wait_for_selector("#vg-tooltip-element.visible", state="detached")
    assert outside == []


def test_an_own_chart_is_drawn(lab):
    page, _ = lab
    page.locator(".jp-CodeCell").nth(-2).locator(".vega-embed :is(canvas, svg)").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_is_black_on_white_whatever_the_theme(lab, scheme):
    page, _ = lab
    use_theme(page, scheme)
    row = page.locator(".lucky-card", has_text="Orders a day").locator("tbody tr").first
    assert colour(row, "backgroundColor") == [255, 255, 255]
    assert max(colour(row.locator("td").last, "color")) < 80


def test_a_cell_runs_and_publishes(lab, here):
    page, _ = lab
    said = page.locator(".jp-OutputArea-output").last.inner_text()
    assert "counts: ran" in said and "portal published" in said
    assert (here.site_dir / "operations" / "counts" / "index.html").is_file()


def test_tab_offers_the_tables(lab):
    page, _ = lab
    page.locator(".jp-CodeCell").last.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("suite.or")
    page.keyboard.press("Tab")
    page.wait_for_selector(".jp-Completer-item")
    offered = page.locator(".jp-Completer-item .jp-Completer-match").all_inner_texts()
    assert offered == [".order_forecasts", ".order_items", ".order_steps", ".orders"]


def test_a_terminal_runs_and_publishes(lab, here):
    """JupyterLab would start a login shell where it has no terminal itself, and that forgets our PATH."""
    page, _ = lab
    page.click(".lm-MenuBar-itemLabel:text-is('File')")
    page.hover(".lm-Menu-itemLabel:text-is('New')")
    page.click(".lm-Menu-itemLabel:text-is('Terminal')")
    page.wait_for_selector(".jp-Terminal .xterm-screen")
    said = here.root / "terminal.txt"
    page.keyboard.type(f"(lucky run counts; lucky publish; echo end) > '{said}' 2>&1\n")
    deadline = time.monotonic() + PATIENCE / 1000
    while not (said.is_file() and said.read_text().endswith("end\n")):
        assert time.monotonic() < deadline
        page.wait_for_timeout(200)
    # the cell has run and published it: the terminal finds the same checkout
    assert "counts: skipped" in said.read_text() and "portal unchanged" in said.read_text()
