"""A real ``lucky app`` on a small demo estate, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import playwright.sync_api
import psutil
from axe_playwright_python.sync_playwright import Axe

from lucky_analytics import snapshot
from lucky_analytics.settings import Settings
from lucky_analytics.sources import demo as demo_source
from tests import demo_suite
from tests.services.mariadb import free_port

ROOT = Path(__file__).parents[2]
OPEN_ALL = "document.querySelectorAll('details').forEach(details => { details.open = true })"
IS_WIDER_THAN_SCREEN = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


# Coffee shops as an official refresh brings them: one beside the first site, one in Harlem.
COMPETITORS = (
    "name,latitude,longitude\nJOE'S <b>COFFEE</b>,40.72760,-74.00500\nUPTOWN TEA,40.80890,-73.94830\n"
)


def build_estate(folder: Path) -> Settings:
    """A snapshot of a small demo estate, with outputs of its own and this checkout's notebooks.

    Its layers are those that ship, and competitors.
    """
    home = folder / "home"
    shutil.copytree(ROOT / "data" / "external", home / "data" / "external")
    (home / "data" / "external" / "official_competitors.csv").write_text(COMPETITORS)
    for name in ("notebooks", "params", "requirements.lock"):
        (home / name).symlink_to(ROOT / name)
    here = Settings(root=home, data_dir=folder / "data", outputs_dir=folder / "outputs")
    with demo_source.connect(demo_suite.estate()) as source:
        snapshot.take(source, settings=here)
    return here


@dataclass
class Running:
    """An app that answers at ``url``."""

    url: str
    process: subprocess.Popen
    settings: Settings
    log: Path

    def kernels(self) -> list[int]:
        """Process ids of all kernels: forks of the process that imported for them."""
        ours = psutil.Process(self.process.pid)
        return [kernel.pid for parent in ours.children() for kernel in parent.children()]

    def get(self, path: str = "", **headers: str) -> tuple[int, str, Any]:
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers


def assert_readable(page: Any) -> None:
    """In dark and in light no rule of accessibility is broken, and nothing is wider than the screen."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)


def until(page: Any, expression: str, timeout: float = 60_000) -> None:
    """Waits for an expression to hold; asked from outside, because the page's policy forbids evaluation."""
    ends = time.monotonic() + timeout / 1000
    while not holds(page, expression):
        assert time.monotonic() < ends, f"never: {expression}"
        page.wait_for_timeout(40)


def holds(page: Any, expression: str) -> bool:
    """Whether it holds now; not while the page is being replaced, as one that says "opening" is."""
    try:
        return bool(page.evaluate(expression))
    except playwright.sync_api.Error as error:
        if "navigation" not in error.message:
            raise
        return False


@contextlib.contextmanager
def running(name: str, here: Settings, *options: str, **environment: str) -> Iterator[Running]:
    """``lucky app NAME`` until the block ends; waits until its address answers."""
    port = free_port()
    log = here.outputs_dir / f"app-{port}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    places = {
        "LUCKY_HOME": str(here.root),
        "LUCKY_DATA": str(here.data_dir),
        "LUCKY_OUTPUTS": str(here.outputs_dir),
        "HOME": "/nonexistent",  # as the account of a service has it
    }
    command = [sys.executable, "-m", "lucky_analytics.cli", "app", name, "--no-browser", "--port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, *options], env={**os.environ, **places, **environment}, stdout=out, stderr=out
        )
    app = Running(f"http://127.0.0.1:{port}/", process, here, log)
    try:
        ends = time.monotonic() + 90
        while time.monotonic() < ends and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        assert process.poll() is None, log.read_text()
        yield app
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def save_report(page: playwright.sync_api.Page, app: Any, notebook: str) -> dict[str, Any]:
    """What the page's *Save as report* left: the headlines of the run by name; the app serves its page."""
    page.locator("#save-report").click()
    link = page.locator("#saved-report")
    link.wait_for(timeout=180_000)
    run = app.settings.runs_dir / notebook / link.get_attribute("data-run")
    assert app.get(f"lucky/portal/runs/{run.name}/index.html")[0] == 200
    said = json.loads((run / "results.json").read_text(encoding="utf-8"))
    return {each["name"]: each for each in said["headlines"]}
