"""A real Chromium, one for all tests here, whose every request outside file:// is blocked and counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lucky_analytics.pages import render, write_assets
from lucky_analytics.publish import publish
from lucky_analytics.publish.pdf import PROGRAMS
from tests.browser.app_server import build_estate, running, until
from tests.browser.site_walk import START, end_session
from tests.example_pages import FACTS, HOSTILE, LONGEST, example_notebook
from tests.example_runs import make_settings, write_portal_runs, write_store_week


@dataclass
class Seen:
    """What a page did besides showing itself."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="package")
def chromium(require) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    program = require(*PROGRAMS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory) -> Path:
    """A published portal of the example runs."""
    settings = make_settings(tmp_path_factory.mktemp("site"))
    write_portal_runs(settings)
    write_store_week(settings)
    return publish(settings).folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Path:
    """A folder of reports opened without a portal: the longest name, hostile text, an empty table."""
    root = tmp_path_factory.mktemp("alone")
    write_assets(root / "assets")
    cases = {
        "longest": example_notebook(store_name=LONGEST),
        "hostile": example_notebook(store_name=HOSTILE),
        "empty": example_notebook(empty_table=True),
        "live": example_notebook(),
    }
    for name, node in cases.items():
        folder = root / "runs" / name
        folder.mkdir(parents=True)
        facts = dataclasses.replace(FACTS, generated=name != "live")
        html = render(node, name="store_ramp_curves", department="operations", run=facts)
        (folder / "report.html").write_text(html)
    return root / "runs"


@pytest.fixture(scope="package")
def small_estate(tmp_path_factory):
    """A snapshot of a small demo estate for the apps, with outputs of its own."""
    return build_estate(tmp_path_factory.mktemp("apps"))


@pytest.fixture
def visit(chromium) -> Iterator[Callable[..., tuple[Any, Seen]]]:
    """``visit(file, width=390, color_scheme="dark")``: the page, its charts drawn, and what was seen."""
    contexts = []

    def go(
        file: Path, *, width: int = 1440, has_charts: bool = True, now: str = "", **options: Any
    ) -> tuple[Any, Seen]:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        seen = Seen()

        def guard(route: Any) -> None:
            seen.requests.append(route.request.url)
            route.abort()

        context.route(lambda url: not url.startswith(("file:", "data:")), guard)
        page = context.new_page()
        if now:
            page.clock.set_fixed_time(now)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("console", lambda said: seen.errors.append(said.text) if is_fault(said) else None)
        page.goto(file.as_uri())
        if has_charts and options.get("java_script_enabled", True):
            page.wait_for_function(
                "[...document.querySelectorAll('.chart')].every(chart => chart.dataset.drawn)"
            )
        return page, seen

    def is_fault(said: Any) -> bool:
        # history.js is there only inside the portal; a page opened alone does without it
        return said.type in ("error", "warning") and "ERR_FILE_NOT_FOUND" not in said.text

    yield go
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def site_app(small_estate, require):
    require(*PROGRAMS)
    with running("site_scoring", small_estate, "--sessions", "2", "--pool", "1") as started:
        yield started


@pytest.fixture(scope="package")
def open_site_page(chromium, site_app):
    """``open_page(query)``: a page with numbers and a session; ``page.seen`` has what it asked others for."""

    def go(query: str = "", width: int = 1440, server=site_app, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        page = context.new_page()
        page.seen = []
        context.route(
            lambda url: not url.startswith((server.url, "data:", "blob:", server.url.replace("http", "ws"))),
            lambda route: (page.seen.append(route.request.url), route.abort()),
        )
        page.on("pageerror", lambda error: page.seen.append(str(error)))
        page.on("console", lambda said: page.seen.append(said.text) if said.type == "error" else None)
        page.goto(server.url + query, wait_until="commit", timeout=60_000)
        page.wait_for_selector("[data-connected=yes]", timeout=240_000)  # the first prepares the model
        page.wait_for_selector("#net", timeout=60_000)
        return page

    return go


@pytest.fixture
def reader(open_site_page):
    """A page and a session of one's own, given back at the end."""
    opened = []

    def go(*arguments, **options):
        opened.append(open_site_page(*arguments, **options))
        return opened[-1]

    yield go
    for page in opened:
        end_session(page)
        page.context.close()


@pytest.fixture(scope="package")
def shared_site_page(open_site_page):
    page = open_site_page()
    yield page
    page.context.close()


@pytest.fixture
def page(shared_site_page):
    """The shared page at its start: no history, nothing compared, on a desk, in the light."""
    shared_site_page.set_viewport_size({"width": 1440, "height": 900})
    shared_site_page.emulate_media(color_scheme="light")
    until(shared_site_page, "!luckyApp.frame.busy")
    shared_site_page.evaluate(START)
    until(
        shared_site_page, "!luckyApp.frame.busy && luckyApp.frame.result.query === luckyApp.frame.first.query"
    )
    shared_site_page.seen.clear()
    return shared_site_page
