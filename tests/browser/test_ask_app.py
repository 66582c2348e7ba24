"""Ask Lucky in a browser: asked by keyboard, gone on from, saved, linked, exported, on a phone."""

from __future__ import annotations

import pytest

from tests.browser.app_server import assert_readable, running, until

pytestmark = pytest.mark.full
DONE = "!luckyApp.frame.busy && luckyApp.frame.root.dataset.outcome === '{}'"


@pytest.mark.timeout(600)
def test_a_question_is_asked_gone_on_from_saved_and_linked(small_estate, chromium):
    with running("ask_lucky", small_estate, "--pool", "0") as app:
        context = chromium.new_context(viewport={"width": 390, "height": 900})
        page, seen = context.new_page(), []
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
        page.goto(app.url, wait_until="commit", timeout=60_000)
        page.wait_for_selector("[data-connected=yes]", timeout=240_000)  # the first reads all names
        until(page, "document.activeElement?.id === 'question'")  # ready to type, without a mouse
        assert page.locator("#answer").is_hidden()
        page.keyboard.type("orders at 221 Grand last week")
        page.keyboard.press("Enter")
        until(page, DONE.format("answered"))
        assert page.locator("#read-as").inner_text().startswith("I read this as: Orders, store 221 Grand")
        assert page.locator("#answer h2").inner_text().startswith("Orders")
        assert "request=" in page.url and "221" in page.url and "last+week" not in page.url
        linked = page.url
        page.locator("#question").fill("and by channel?")
        page.keyboard.press("Enter")
        until(page, "luckyApp.frame.result.scenario.request.by?.[0] === 'orders.channel'")
        assert page.evaluate("luckyApp.frame.result.scenario.request.where[0].values[0]") == "221 Grand"
        assert page.locator("#answer tbody tr").count() > 1
        with page.expect_download() as saved:
            page.locator("#export-csv").click()
        assert saved.value.path().read_text().startswith("channel,Orders (orders)")
        page.locator("#past .star").first.click()
        assert page.locator("#past .star[aria-pressed=true]").count() == 1
        page.locator("#forget").click()
        assert page.locator("#past li").count() == 1  # the saved one stays
        page.locator("#question").fill("phone number of our best customer")
        page.keyboard.press("Enter")
        until(page, DONE.format("refused"))
        assert "Personal data" in page.locator("#answer h2").inner_text()
        assert "phone" not in page.url
        page.locator("#question").fill("orders at Broadway yesterday")
        page.keyboard.press("Enter")
        until(page, DONE.format("asked back"))
        page.locator("#answer .chip").first.click()
        until(page, DONE.format("answered"))
        page.locator("#explain > summary").press("Enter")
        assert "luckyus_sales_order.t_order" in page.locator("#explain").inner_text()
        assert_readable(page)
        other = context.new_page()
        other.goto(linked, wait_until="commit", timeout=60_000)
        other.wait_for_selector("[data-connected=yes]", timeout=240_000)
        until(other, DONE.format("answered"))
        assert other.locator("#read-as").inner_text().startswith("I read this as: Orders, store 221 Grand")
        assert other.locator("#past .star[aria-pressed=true]").count() == 1  # of this browser
        assert seen == []
        context.close()
