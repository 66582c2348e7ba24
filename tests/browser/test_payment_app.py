"""The payment what-if in a browser: the decision first, levers, address, a phone, for everybody to read."""

from __future__ import annotations

import json

import pytest

from tests.browser.app_server import assert_readable, running, save_report, until

pytestmark = pytest.mark.full
NET = "luckyApp.frame.result.together.value"


@pytest.mark.timeout(600)
def test_payments_by_lever_and_address_that_everybody_can_read(small_estate, chromium):
    with running("payment_what_if", small_estate, "--pool", "0") as app:
        context = chromium.new_context(viewport={"width": 390, "height": 900})
        page, seen = context.new_page(), []
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
        page.goto(app.url + "?take_up=0.2", wait_until="commit", timeout=60_000)
        page.wait_for_selector("[data-connected=yes]", timeout=240_000)  # beside other tests
        until(page, "luckyApp.frame.result?.scenario.levers.take_up === 0.2")
        first = page.locator("main > section").first
        assert first.get_attribute("id") == "decided" and "give no 5-cent discount" in first.inner_text()
        heads = "Shift less discounts|Shift without a discount|Largest discount that pays|Larger basket alone"
        assert page.locator(".tile h2").all_inner_texts() == heads.split("|")
        assert "at no share does this one pay" in page.locator(".tiles").inner_text()
        assert "have it on file" in page.locator(".chart").inner_html()
        before = page.evaluate(NET)
        page.locator("#lever-incentive").fill("0.5")
        until(page, f"{NET} !== {before}")
        assert "incentive=0.5" in page.url and "try a 0.5-cent discount" in first.inner_text()
        page.locator("#lever-basket").fill("9")
        until(page, "!luckyApp.frame.busy && luckyApp.frame.result.scenario.levers.basket === 9")
        assert page.locator(".tile h2").first.inner_text() == "All of it"
        page.locator("#to-method").select_option("53")  # the same on both sides: they change places
        until(page, "!luckyApp.frame.busy && luckyApp.frame.result.scenario.target === '53'")
        assert page.evaluate("luckyApp.frame.result.scenario.source") == "3"
        for _ in range(3):
            page.get_by_role("button", name="Undo").click()
            until(page, "!luckyApp.frame.busy")
        assert page.evaluate(NET) == before
        assert max(page.evaluate("luckyApp.frame.timings")) < 2_000
        page.locator("#pin-scenario").click()
        page.locator("#all-methods button").first.click()
        until(page, "document.querySelectorAll('.compare th[scope=col]').length === 2")
        n_methods = page.evaluate("luckyApp.frame.context.methods.length")
        assert page.locator("#all-methods tbody tr").count() == n_methods > 5
        page.evaluate("luckyApp.frame.evaluate({ query: 'from=9<script>' })")
        until(page, "document.querySelector('.quiet').textContent.startsWith('unknown payment method')")
        assert_readable(page)
        together = page.evaluate("luckyApp.frame.result.together")
        said = save_report(page, app, "payment_channels")
        name = "together" if "together" in said else "net"
        assert {end: said[name][end] for end in together} == together
        assert app.get("lucky/portal/index.html")[0] == 404
        with page.expect_download() as saved:
            page.locator("#export-csv").click()
        text = saved.value.path().read_text()
        assert text.startswith("from,to,incentive_cents,basket_usd,take_up,net_usd_year")
        assert json.loads(text.splitlines()[1].split(",")[2]) == 5
        assert seen == [] and "generated data" in page.locator(".bar .sub").inner_text()
        context.close()
