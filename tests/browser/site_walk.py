"""What the walks through the site app share: one running app, its readers, and what they look at."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from tests.browser.app_server import until

NET = "document.getElementById('lucky-app').dataset.net"
SQUARES = "luckyApp.frame.map.surface.getLayers().length"
START = """() => {
  const frame = luckyApp.frame;
  Object.assign(frame, { past: [], future: [] });
  frame.compared.kept = [];
  for (const fold of document.querySelectorAll("details.levers")) fold.open = true;
  frame.evaluate({ scenario: structuredClone(frame.first.scenario) });
}"""


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


def drag_with_a_finger(page, pin, right: float, down: float) -> None:
    box, touch = pin.bounding_box(), page.context.new_cdp_session(page)
    x, y = box["x"] + 10, box["y"] + 8
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 6):
        at = {"x": x + right * part / 5, "y": y + down * part / 5}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
