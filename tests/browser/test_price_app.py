"""The second app, on the frame of the first: it draws, fits a phone, and is what its address says."""

from __future__ import annotations

import time

import pytest

from tests.browser.app_server import assert_readable, running, save_report, until

MARGIN = "luckyApp.frame.result.margin.value"


@pytest.mark.timeout(600)
def test_prices_by_lever_and_address_that_everybody_can_read(small_estate, chromium):
    with running("price_what_if", small_estate, "--pool", "0") as app:
        context = chromium.new_context(viewport={"width": 390, "height": 900})
        page, seen = context.new_page(), []
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
        page.goto(app.url + "?depth=0.3", wait_until="commit", timeout=60_000)
        page.wait_for_selector("[data-connected=yes]", timeout=240_000)  # beside other tests
        until(page, "luckyApp.frame.result?.scenario.levers.depth === 0.3")
        assert page.locator(".tile h2").all_inner_texts() == ["Volume", "Revenue", "Margin"]
        assert "% interval" in page.locator(".tiles").inner_text()
        chart = page.locator(".chart").inner_html()
        assert "today $" in chart and page.locator("#advice .decision").count() == 1
        # A best price is marked only where units clearly answer to the price.
        assert ("most margin" in chart) == page.evaluate("luckyApp.frame.result.best !== null")
        assert "nothing is said of prices below it" in page.locator("#today").inner_text()
        before = page.evaluate(MARGIN)
        page.locator("#lever-depth").fill("0.1")
        until(page, f"{MARGIN} !== {before}")
        assert "depth=0.1" in page.url
        assert "Today customers pay $" in page.locator("#today").inner_text()
        page.locator("#segment select, select#segment").select_option(index=1)
        until(page, "!luckyApp.frame.busy && luckyApp.frame.result.scenario.segment !== 'all'")
        for _ in range(2):
            page.get_by_role("button", name="Undo").click()
            until(page, "!luckyApp.frame.busy")
        assert page.evaluate(MARGIN) == before
        page.locator("#pin-scenario").click()
        page.locator("#all-categories button").last.click()  # opens it at its next step
        until(page, "document.querySelectorAll('.compare th[scope=col]').length === 2")
        n_categories = page.evaluate("luckyApp.frame.context.categories.length")
        assert page.locator("#all-categories tbody tr").count() == n_categories > 2
        page.evaluate("luckyApp.frame.evaluate({ query: 'category=Soup<script>' })")
        until(page, "document.querySelector('.quiet').textContent.startsWith('unknown category')")
        assert_readable(page)
        wanted = page.evaluate("luckyApp.frame.result.margin")
        said = save_report(page, app, "price_elasticity")
        ends = {"value": "change", "low": "change_low", "high": "change_high"}
        own = {end: said["scenario_margin"][end] for end in ends}
        assert own == pytest.approx({end: wanted[name] for end, name in ends.items()}, rel=1e-9)
        assert seen == [] and "generated data" in page.locator(".bar .sub").inner_text()
        context.close()
        say_what_failed(chromium.new_page(), app)


def say_what_failed(page, app) -> None:
    """A script that cannot be read is one line on the page and one in the terminal, and no wait."""
    broken = {"body": "(() => { const told = ; })();", "content_type": "text/javascript"}
    page.route("**/lucky/parts/price.js", lambda route: route.fulfill(**broken))
    page.goto(app.url, wait_until="commit", timeout=60_000)
    page.locator(".banner").wait_for(timeout=60_000)
    words = "The page could not be drawn: Uncaught SyntaxError: Unexpected token ';' (price.js, line 1)"
    assert words in page.locator(".banner").inner_text()
    until(page, "document.querySelector('.skeleton') === null")
    ends = time.monotonic() + 10
    while words not in app.log.read_text() and time.monotonic() < ends:
        page.wait_for_timeout(50)
    assert words in app.log.read_text()
    page.close()
