"""The site what-if as the strategy team meets it: in a real Chromium that may reach its own server only.

Walks that do not ask for a session of their own share one: its page is brought back to the start before each.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from urllib.parse import quote, urlsplit

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.app_server import running, until

NET = "document.getElementById('lucky-app').dataset.net"
IS_WIDER_THAN_SCREEN = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SQUARES = "luckyApp.frame.map.surface.getLayers().length"
START = """() => {
  const frame = luckyApp.frame;
  Object.assign(frame, { past: [], future: [], pinned: [] });
  frame.evaluate({ scenario: structuredClone(frame.first.scenario) });
}"""


@pytest.fixture(scope="module")
def app(small_estate, require):
    require("chromium", "chromium-browser", "google-chrome")
    with running("site_scoring", small_estate, "--sessions", "2", "--pool", "1") as started:
        yield started


@pytest.fixture(scope="module")
def open_page(chromium, app):
    """``open_page(query)``: a page with numbers and a session; ``page.seen`` has what it asked others for."""

    def go(query: str = "", width: int = 1440, server=app, **options):
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
        page.wait_for_selector("[data-connected=yes]", timeout=120_000)
        page.wait_for_selector("#net", timeout=60_000)
        return page

    return go


@pytest.fixture
def reader(open_page):
    """A page and a session of one's own, given back at the end."""
    opened = []

    def go(*arguments, **options):
        opened.append(open_page(*arguments, **options))
        return opened[-1]

    yield go
    for page in opened:
        end_session(page)
        page.context.close()


@pytest.fixture(scope="module")
def shared(open_page):
    page = open_page()
    yield page
    page.context.close()


@pytest.fixture
def page(shared):
    """The shared page at its start: no history, nothing compared, on a desk, in the light."""
    shared.set_viewport_size({"width": 1440, "height": 900})
    shared.emulate_media(color_scheme="light")
    until(shared, "!luckyApp.frame.busy")
    shared.evaluate(START)
    until(shared, "!luckyApp.frame.busy && luckyApp.frame.result.query === luckyApp.frame.first.query")
    shared.seen.clear()
    return shared


def end_session(page):
    """Frees the seat, as closing the window does."""
    page.evaluate(
        """() => {
          const told = document.getElementById('jupyter-config-data');
          if (!told) return null;
          const kernel = JSON.parse(told.textContent).kernelId;
          const headers = {'X-XSRFToken': (document.cookie.match(/_xsrf=([^;]*)/) || ['', ''])[1]};
          return fetch('/voila/api/shutdown/' + kernel, {method: 'POST', headers}).catch(() => null);
        }"""
    )


def raw_status(app, path: str) -> int:
    """What a client gets that does not tidy the path, as browsers do."""
    connection = http.client.HTTPConnection(urlsplit(app.url).netloc, timeout=60)
    connection.request("GET", path)
    with connection.getresponse() as answer:
        return answer.status


def net(page) -> float:
    return float(page.evaluate(NET))


def changed(page, before: float) -> float:
    until(page, f"Number({NET}) !== {before!r}")
    until(page, "!luckyApp.frame.busy")
    return net(page)


def cards(page) -> list[str]:
    return page.locator(".site .site-name").all_inner_texts()


def test_a_page_without_code_or_foreign_requests_that_fits_a_phone(app, page):
    page.set_viewport_size({"width": 390, "height": 900})
    assert cards(page) == ["180 Varick", "Grand Central"]
    page.locator("#set-more summary").click()
    assert "First year, all opened in the same week" in page.locator("#set-more").inner_text()
    facts = page.locator("#set-facts").inner_text()
    assert "All pay back" in facts and "random sets" not in facts  # no score where nothing is ranked
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    html = page.content()
    assert "import site" not in html and "open_sites_model" not in html
    policy = app.get("lucky/health/0")[2]["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy
    assert "generated data" in page.locator(".bar .sub").inner_text()
    vintages = page.locator(".provenance").inner_text()
    assert "residents: 2020 count" in vintages and "jobs: CTPP 2012-16" in vintages
    assert page.seen == []


def test_what_the_map_shows_areas_by_six_measures_stations_stores_and_competitors(page):
    colours = "new Set(Object.values(luckyApp.frame.map.tracts._layers).map((t) => t.options.fillColor)).size"
    for name, unit in (
        ("residents", "a km\N{SUPERSCRIPT TWO}"),
        ("jobs", "CTPP 2012-16"),
        ("income", "USD"),
        ("age", "years"),
        ("density", "modelled"),
    ):
        page.locator("#shade").select_option(name)
        assert unit in page.locator(".legend").inner_text()
        assert page.evaluate(colours) >= 5, name
    # Places cannot be told apart on this estate, so no map of what a new store would bring.
    assert page.locator("#shade option[value=net]").is_disabled()
    assert page.locator(".store").count() == 10
    shown = "luckyApp.frame.map.map.hasLayer(luckyApp.frame.map.%s)"
    assert page.evaluate(shown % "stations") and not page.evaluate(shown % "rivals")
    page.locator(".map-tools .check", has_text="Competitors").click()
    assert page.evaluate(shown % "rivals")
    assert page.evaluate("luckyApp.frame.map.rivals.getLayers().length") == 2
    page.locator('[data-site="180 Varick"] .site-head').click()
    until(page, "document.querySelector('[data-site=\"180 Varick\"]').textContent.includes('1 competitors')")
    assert "competitors: coffee and tea shops" in page.locator(".provenance").inner_text()
    page.evaluate("void luckyApp.frame.map.rivals.getLayers()[0].openTooltip()")
    assert page.locator(".tract-tip", has_text="JOE'S <b>COFFEE</b> (competitor)").count() == 1
    assert page.seen == []


def test_place_type_drag_nudge_remove_and_undo(page):
    start = net(page)
    spot = page.evaluate("luckyApp.frame.map.map.latLngToContainerPoint([40.7185, -73.9830])")
    page.locator(".map").click(position={"x": spot["x"], "y": spot["y"]})
    placed = changed(page, start)
    assert len(cards(page)) == 3
    page.locator("#typed").fill("40.7681, -73.9819")
    page.keyboard.press("Enter")
    typed = changed(page, placed)
    assert len(cards(page)) == 4 and "40.7681" in page.url
    first = page.locator(".site").first.inner_text()
    assert "Must sell to pay back" in first and "Score" not in first and "Among the first" not in first
    pin = page.locator(".pin", has_text="A ").bounding_box()
    page.mouse.move(pin["x"] + 10, pin["y"] + 8)
    page.mouse.down()
    page.mouse.move(pin["x"] + 70, pin["y"] + 60, steps=8)
    page.mouse.up()
    dragged = changed(page, typed)
    # Half a kilometre on it is another place.
    until(page, "!luckyApp.frame.state.candidates.some((c) => c[0] === '180 Varick')")
    marker = page.locator(".leaflet-marker-icon", has=page.locator(".pin", has_text="B "))
    marker.focus()
    page.keyboard.press("Shift+ArrowUp")
    changed(page, dragged)
    page.keyboard.press("Delete")
    until(page, "document.querySelectorAll('.site').length === 3")
    assert "Grand Central" not in cards(page)
    for _ in range(5):
        page.get_by_role("button", name="Undo").click()
        until(page, "!luckyApp.frame.busy")
    assert net(page) == start and page.get_by_role("button", name="Undo").is_disabled()
    page.get_by_role("button", name="Redo").click()
    assert changed(page, start) == placed
    assert page.seen == []


def test_levers_stores_and_a_permalink_that_gives_the_same_to_another_reader_on_a_phone(page, reader):
    start = net(page)
    page.locator("#lever-outside").fill("0.5")
    moved = changed(page, start)
    assert moved < start  # with less outside, more comes from our own stores
    page.get_by_text("Our stores", exact=True).click()
    page.locator(".store-list label", has_text="221 Grand").click()
    without = changed(page, moved)
    assert without > moved and "without=221+Grand" in page.url
    other = reader(page.url.rpartition("/")[2], width=390, has_touch=True)
    until(other, f"Number({NET}) === {without!r}")
    # what one reader does is nothing to the other
    drag_with_a_finger(other, other.locator(".pin", has_text="A "), 30, 20)
    assert changed(other, without) != without
    assert net(page) == without and page.url != other.url
    other.get_by_text("Assumptions", exact=True).click()
    other.locator("#lever-price").fill("1.2")
    until(other, "luckyApp.frame.result.scenario.levers.price === 1.2")
    assert page.evaluate("luckyApp.frame.result.scenario.levers.price") == 1
    assert not other.evaluate(IS_WIDER_THAN_SCREEN) and other.seen == []


def drag_with_a_finger(page, pin, right: float, down: float) -> None:
    box, touch = pin.bounding_box(), page.context.new_cdp_session(page)
    x, y = box["x"] + 10, box["y"] + 8
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 6):
        at = {"x": x + right * part / 5, "y": y + down * part / 5}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_hostile_addresses_are_refused_in_one_line_and_hostile_names_are_text(page, reader):
    start = net(page)
    for query, words in (
        ("rent=1e99&at=40.75,-73.98,A", "lever rent: expected 0 to 100000"),
        ("at=nan,nan,A", "candidate: expected a finite number"),
        ("at=' OR 1=1--", "candidate: expected a number"),
        ("without=x';DROP TABLE t_order", "unknown store"),
        ("at=" + "x" * 5000, "address: expected at most 4000 characters"),
        ("&".join(f"at=40.75,-73.98,S{n}" for n in range(20)), "at most 12, got 20"),
    ):
        page.evaluate("(query) => luckyApp.frame.evaluate({ query })", query)
        until(page, "!luckyApp.frame.busy && document.querySelector('.quiet').textContent")
        said = page.locator(".quiet").inner_text()
        assert words in said and "\n" not in said and len(said) < 300
        assert net(page) == start
    # what a mail program adds to an address is nothing to us
    page.evaluate("luckyApp.frame.evaluate({ query: '&'.repeat(900) + 'utm_source=mail' })")
    until(page, "!luckyApp.frame.busy && document.querySelector('.quiet').textContent === ''")
    assert cards(page) == ["180 Varick", "Grand Central"]
    other = reader("?at=40.7681,-73.9819," + quote("<img src=x onerror=alert(1)>=1+1"))
    until(other, "document.querySelector('.site-name')?.textContent.startsWith('<img')")
    assert other.locator(".site img").count() == 0 and other.seen == []


# A function of no value: what Leaflet returns is the whole map, which no browser can hand over.
CLICK_ON_OUR_STORE = "() => { luckyApp.frame.map.stores.get('221 Grand').fire('click') }"


def test_leaving_out_a_store_on_the_map_asks_first(page):
    start = net(page)
    asked = []
    page.once("dialog", lambda box: (asked.append(box.message), box.dismiss()))
    page.evaluate(CLICK_ON_OUR_STORE)
    assert "221 Grand" in asked[0] and net(page) == start
    page.once("dialog", lambda box: box.accept())
    page.evaluate(CLICK_ON_OUR_STORE)
    until(page, "luckyApp.frame.result.scenario.left_out.length === 1")
    page.evaluate(CLICK_ON_OUR_STORE)  # taken back without a question
    until(page, "luckyApp.frame.result.scenario.left_out.length === 0")


def test_the_levers_of_the_lease_move_the_big_number(page):
    profit = "Number(document.getElementById('lucky-app').dataset.profit)"
    before, revenue = page.evaluate(profit), net(page)
    for lever, value in (("rent", "30000"), ("margin", "0.3"), ("build_out", "900000"), ("fixed", "60000")):
        page.locator(f"#lever-{lever}").fill(value)
        until(page, f"{profit} < {before!r} && !luckyApp.frame.busy")
        before = page.evaluate(profit)
    assert net(page) == revenue
    assert "profit a month" in page.locator("#profit").inner_text()


def test_a_place_unlike_our_stores_has_no_number_and_nothing_is_proposed(page):
    page.evaluate(
        "luckyApp.frame.evaluate({ query: 'at=40.8700,-73.9250,Inwood&at=40.7275,-74.0054,Varick' })"
    )
    until(page, "!luckyApp.frame.busy && luckyApp.frame.result.sites[0].site === 'Inwood'")
    card = page.locator('[data-site="Inwood"]').inner_text()
    assert "not predicted" in card and "farther from our stores" in card and "profit" not in card
    page.get_by_text("Propose the next sites").click()
    page.locator("#search-run").click()
    page.get_by_text("Nothing is proposed").wait_for()
    assert page.evaluate(SQUARES) == 0 and page.locator("#search-take").count() == 0


def test_compare_and_files(page):
    page.locator("#pin-scenario").click()
    page.locator("#lever-price").fill("1.1")
    until(page, "luckyApp.frame.result.scenario.levers.price === 1.1")
    heads = page.locator(".compare thead th").all_inner_texts()
    assert heads == ["dollars a month", "Scenario 1", "Now"]
    page.locator(".menu summary").click()
    with page.expect_download() as saved:
        page.locator("#export-csv").click()
    lines = saved.value.path().read_text().splitlines()
    assert lines[0].startswith("site,latitude,longitude,refused,profit_usd_month") and len(lines) == 4
    with page.expect_download() as saved:
        page.locator("#export-geojson").click()
    shapes = json.loads(saved.value.path().read_text())
    assert [f["properties"]["kind"] for f in shapes["features"]].count("candidate") == 2
    assert shapes["features"][0]["geometry"]["coordinates"] == [-74.0054, 40.7275]
    page.locator(".menu summary").click()


def test_saved_as_report_with_the_same_numbers_to_the_last_digit(app, page):
    query = "at=40.7681,-73.9819,Columbus+Circle&at=40.7275,-74.0054,Varick&jobs_share=0.8&price=1.1"
    page.evaluate("(query) => luckyApp.frame.evaluate({ query })", query)
    until(page, "luckyApp.frame.result.scenario.levers.price === 1.1")
    together = page.evaluate("luckyApp.frame.result.together")
    page.locator("#save-report").click()
    link = page.locator("#saved-report")
    link.wait_for(timeout=180_000)
    run = app.settings.runs_dir / "site_what_if" / link.get_attribute("data-run")
    said = {each["name"]: each for each in json.loads((run / "results.json").read_text())["headlines"]}
    for name in ("profit", "net", "gross", "taken"):
        for part, key in (("value", name), ("low", f"{name}_low"), ("high", f"{name}_high")):
            assert said[name][part] == together[key], (name, part)
    with page.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_load_state()
    assert "Columbus Circle and Varick" in opened.value.locator(".answer-text").inner_text()
    opened.value.close()
    assert app.get("lucky/portal/index.html")[0] == 404  # nothing else of the portal is served
    ours = f"/lucky/portal/runs/{run.name}"
    assert (app.settings.site_dir / "index.html").is_file()
    assert raw_status(app, f"{ours}/index.html") == 200
    for path in (
        f"{ours}/../../index.html",
        f"{ours}/%2e%2e/%2e%2e/index.html",
        "/lucky/portal/assets/../index.html",
    ):
        assert raw_status(app, path) == 404, path


def test_a_killed_kernel_is_said_and_the_scenario_survives(app, page):
    start = net(page)
    page.locator("#lever-rent").fill("20000")
    until(page, "luckyApp.frame.result.scenario.levers.rent === 20000")
    for pid in app.kernels():
        os.kill(pid, signal.SIGKILL)
    page.locator("#lever-jobs_share").fill("0.9")
    button = page.get_by_role("button", name="Connect again")
    button.wait_for(timeout=60_000)
    assert "Your scenario is kept" in page.locator(".banner").inner_text()
    button.click()
    until(page, "globalThis.luckyApp?.frame?.result?.scenario.levers.jobs_share === 0.9", timeout=120_000)
    assert page.evaluate("luckyApp.frame.result.scenario.levers.rent") == 20000
    assert net(page) != start


def test_cold_start_behind_a_token_then_idle_until_it_is_ended(small_estate, reader):
    token = "a-token-of-many-characters"
    with running(
        "site_scoring",
        small_estate,
        "--host",
        "0.0.0.0",
        "--pool",
        "0",
        "--idle-minutes",
        "0.1",
        LUCKY_APP_TOKEN=token,
    ) as app:
        assert app.get("lucky/health/0")[0] == 403 and "password" in app.get()[1]
        assert app.get("?token=wrong-token-of-characters")[0] != 200 or "lucky-app" not in app.get()[1]
        page = reader(f"?token={token}", server=app)
        assert page.seen == []
        assert token not in page.url and token not in app.log.read_text()
        assert token not in " ".join(psutil.Process(app.process.pid).cmdline())
        assert len(app.kernels()) == 1
        until(page, "luckyApp.frame.checkAlive() && luckyApp.frame.isLost === true")
        assert "This session has ended" in page.locator(".banner").inner_text()
        assert app.kernels() == []


def test_a_full_house_says_so(app):
    for _ in range(240):  # pages that say "opening" take no seat
        status, text, headers = app.get()
        if status != 200:
            break
        time.sleep(0.25)
    assert status == 503 and "All 2 seats are taken" in text and headers["Retry-After"] == "20"
