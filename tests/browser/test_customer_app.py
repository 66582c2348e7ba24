"""The look-up of a customer in a browser: behind its token, never in the address, each a line in the log."""

from __future__ import annotations

import pytest

from lucky_analytics.audit_log import read_entries
from tests.browser.app_server import assert_readable, running, until

pytestmark = pytest.mark.full
TOKEN = "a-token-of-this-test-alone"


@pytest.fixture(scope="module")
def numbers():
    from tests import demo_suite

    order = demo_suite.suite().orders
    counted = order.customer_id.execute().value_counts()
    people = demo_suite.suite().customers.filter(~demo_suite.suite().customers.is_delivery_account)
    known = set(people.customer_id.execute())
    return [number for number in counted.index if number in known][:2]


def lookups(settings):
    return [
        entry["looked_up"] for entry in read_entries(settings) if entry["command"] == "look up a customer"
    ]


@pytest.mark.timeout(900)
def test_a_customer_behind_the_token_for_everybody_to_read(small_estate, chromium, numbers):
    with running("customer_card", small_estate, "--pool", "0", LUCKY_APP_TOKEN=TOKEN) as app:
        before = len(lookups(small_estate))
        status, text, _ = app.get()
        assert (status == 403 or "token" in text.lower()) and "customer-number" not in text
        context = chromium.new_context(viewport={"width": 390, "height": 900})
        page, seen, asked = context.new_page(), [], []
        page.on("pageerror", lambda error: seen.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{app.url}?token={TOKEN}", wait_until="commit", timeout=60_000)
        page.wait_for_selector("[data-connected=yes]", timeout=300_000)  # the first fits the models
        assert TOKEN not in page.url
        assert not any(number in page.content() for number in numbers)
        for number in numbers:
            page.locator("#customer-number").fill(number)
            page.locator("#look-up").click()
            until(page, f"document.getElementById('lucky-app').dataset.customer === '{number}'")
        assert "Favourite store" in page.locator("#card").inner_text()
        for wrong in ("0000000000", "<img src=x onerror=alert(1)>", "' OR 1=1 --"):
            page.locator("#customer-number").fill(wrong)
            page.locator("#look-up").click()
            until(
                page, "document.querySelector('.quiet.problem')?.textContent.startsWith('customer: expected')"
            )
            until(page, "!luckyApp.frame.busy")
            page.evaluate("luckyApp.frame.say('')")
        assert page.url == app.url and not any(number in url for url in asked for number in numbers)
        assert max(page.evaluate("luckyApp.frame.timings")) < 2_000
        said = lookups(small_estate)[before:]
        assert [line["found"] for line in said] == [True, True, False, False, False]
        assert [line["customer"] for line in said[:2]] == numbers
        assert {line["reader"] for line in said} == {"by token"}
        assert_readable(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390 and seen == []
