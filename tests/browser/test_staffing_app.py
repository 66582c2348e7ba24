"""The staffing what-if in a browser: a week in colours, levers, address, a page to print, for everybody to
read."""

from __future__ import annotations

import pytest

from tests.browser.app_server import assert_readable, running, save_report, until

pytestmark = pytest.mark.full


@pytest.mark.timeout(600)
def test_a_week_by_lever_and_address_that_everybody_can_read(small_estate, chromium):
    with running("staffing", small_estate, "--pool", "0") as app:
        context = chromium.new_context(viewport={"width": 390, "height": 900})
        page, seen = context.new_page(), []
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
        page.goto(app.url + "?store=221+Grand&orders=0.2", wait_until="commit", timeout=60_000)
        page.wait_for_selector("[data-connected=yes]", timeout=240_000)  # beside other tests
        until(page, "luckyApp.frame.result?.scenario.levers.orders === 0.2")
        assert page.locator("#store option:checked").inner_text() == "221 Grand"
        assert page.locator("#weeks table").count() == 2
        n_times = page.evaluate("luckyApp.frame.result.times.length")
        assert page.locator("#weeks table").first.locator("td").count() == 7 * n_times
        page.locator("#lever-heads").fill("1")
        until(page, "!luckyApp.frame.busy && luckyApp.frame.result.scenario.levers.heads === 1")
        assert "heads=1" in page.url
        page.locator("#lever-wait").fill("120")
        until(page, "!luckyApp.frame.busy && luckyApp.frame.result.scenario.levers.wait === 120")
        for _ in range(2):
            page.get_by_role("button", name="Undo").click()
            until(page, "!luckyApp.frame.busy")
        assert page.evaluate("luckyApp.frame.result.scenario.levers.heads") == 0
        assert max(page.evaluate("luckyApp.frame.timings")) < 2_000
        page.locator("#weeks button.link").nth(2).click()
        assert (
            page.locator("#demand h2").inner_text().startswith(page.evaluate("luckyApp.frame.result.days[2]"))
        )
        page.evaluate("luckyApp.frame.evaluate({ query: 'store=<script>' })")
        until(page, "document.querySelector('.quiet').textContent.startsWith('unknown store')")
        assert_readable(page)
        shown = page.evaluate("luckyApp.frame.result")
        said = save_report(page, app, "staffing")
        assert said["red_today"]["value"] == shown["red_today"]
        assert said["red_plan"]["value"] == shown["red_plan"] and said["cost"]["value"] == shown["cost"]
        with page.expect_download() as saved:
            page.locator("#export-page").click()
        text = saved.value.path().read_text()
        assert text.startswith("<!doctype html>") and "221 Grand: shifts from" in text
        with page.expect_download() as saved:
            page.locator("#export-csv").click()
        assert saved.value.path().read_text().startswith("store,day,from,orders,needed,roster,plan")
        assert seen == [] and "generated data" in page.locator(".bar .sub").inner_text()
        context.close()
