"""The documented proxy before an app, started for real: who signed in gets a session, others nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.app_server import running, until
from tests.documented_proxy import documented_proxy

pytestmark = pytest.mark.full

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nginx-app.conf"


@pytest.fixture
def proxied(require, small_estate, tmp_path):
    """The app behind the example of the documentation: its address through the proxy, and the app itself."""
    program = require("nginx")
    options = ("--base-url", "/apps/site/", "--identity-header", "X-Lucky-User", "--pool", "0")
    with running("site_scoring", small_estate, *options) as app:
        places = {"http://127.0.0.1:8866": app.url.rstrip("/")}
        with documented_proxy(program, EXAMPLE, tmp_path, {"ana": "latte-1"}, places) as address:
            yield f"{address}/apps/site/", app


def test_a_session_through_the_proxy_and_none_beside_it(proxied, chromium):
    address, app = proxied
    assert app.get("apps/site/lucky/health/0")[0] == 403  # nobody has said who is asking
    assert app.get("apps/site/lucky/health/0", **{"X-Lucky-User": "ana"})[0] == 200
    stranger = chromium.new_context()
    assert stranger.request.get(address, headers={"X-Lucky-User": "ana"}).status == 401
    stranger.close()
    context = chromium.new_context(http_credentials={"username": "ana", "password": "latte-1"})
    page = context.new_page()
    page.goto(address, wait_until="commit", timeout=60_000)
    page.locator(".skeleton, .summary").first.wait_for()
    page.wait_for_selector("[data-connected=yes]", timeout=120_000)
    before = page.evaluate("luckyApp.frame.result.together.net")
    page.evaluate("document.querySelectorAll('details.levers').forEach((fold) => { fold.open = true })")
    page.locator("#lever-outside").fill("2")
    until(page, f"luckyApp.frame.result.together.net !== {before}")
    assert page.url.startswith(address) and "outside=2" in page.url
    context.close()
