"""Sessions of the site app: its page, a kernel that dies, a token, a full house."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from tests.browser.app_server import IS_WIDER_THAN_SCREEN, assert_readable, running, until
from tests.browser.site_walk import cards, net


def test_a_page_without_code_or_foreign_requests_that_fits_a_phone(site_app, page):
    page.set_viewport_size({"width": 390, "height": 900})
    assert cards(page) == ["180 Varick", "Grand Central"]
    page.locator("#set-more summary").click()
    assert "First year, all opened in the same week" in page.locator("#set-more").inner_text()
    facts = page.locator("#set-facts").inner_text()
    assert "All pay back" in facts and "random sets" not in facts  # no score where nothing is ranked
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    # Nothing stands over the map of a phone but its own zoom buttons.
    over = page.locator(".map").bounding_box()
    for name in (".map-tools", ".legend"):
        assert page.locator(name).bounding_box()["y"] >= over["y"] + over["height"] - 1
    assert page.locator("#save-report").bounding_box()["y"] < page.locator(".map").bounding_box()["y"]
    assert_readable(page)
    html = page.content()
    size = "parseFloat(getComputedStyle(document.querySelector('#profit')).fontSize)"
    page.set_viewport_size({"width": 1920, "height": 1080})
    before = page.evaluate(size)
    page.get_by_role("button", name="Present").click()
    assert page.evaluate(size) > 1.6 * before
    page.get_by_role("button", name="Present").click()
    assert "import site" not in html and "open_sites_model" not in html
    policy = site_app.get("lucky/health/0")[2]["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy
    assert site_app.get("lucky/portal/runs/none/index.html")[:2] == (404, "404\n")
    assert site_app.get("lucky/parts/%00.js")[:2] == (404, "404\n")
    assert site_app.get("logout")[:2] == (200, "There is no login here.")
    assert "generated data" in page.locator(".bar .sub").inner_text()
    vintages = page.locator(".provenance").inner_text()
    assert "residents: 2020 count" in vintages and "jobs: CTPP 2012-16" in vintages
    assert page.seen == []


@pytest.mark.full
def test_a_killed_kernel_is_said_and_the_scenario_survives(site_app, page):
    start = net(page)
    page.locator("#lever-rent").fill("20000")
    until(page, "luckyApp.frame.result.scenario.levers.rent === 20000")
    for pid in site_app.kernels():
        os.kill(pid, signal.SIGKILL)
    page.locator("#lever-jobs_share").fill("0.9")
    button = page.get_by_role("button", name="Connect again")
    button.wait_for(timeout=60_000)
    assert "Your scenario is kept" in page.locator(".banner").inner_text()
    button.click()
    until(page, "globalThis.luckyApp?.frame?.result?.scenario.levers.jobs_share === 0.9", timeout=120_000)
    assert page.evaluate("luckyApp.frame.result.scenario.levers.rent") == 20000
    assert net(page) != start


@pytest.mark.full
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


def test_a_full_house_says_so(site_app):
    for _ in range(240):  # pages that say "opening" take no seat
        status, text, headers = site_app.get()
        if status != 200:
            break
        time.sleep(0.25)
    assert status == 503 and "All 2 seats are taken" in text and headers["Retry-After"] == "20"
