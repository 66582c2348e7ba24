"""What a reader of the site app waits for, in a real Chromium: first numbers, usable, lever to drawn.

    python -m tests.bench.app_levers [--moves 40] [--openings 3] [--port 8866]

Against an app that runs already with a warm pool (``lucky app site_scoring --no-browser``). Lever to drawn is
from the slider's event to the frame after the numbers and the map were drawn. Issue's limits: first numbers
2 s, usable 5 s, numbers 300 ms, map 500 ms (95th percentile).
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

from playwright.sync_api import sync_playwright

from lucky_analytics.publish.pdf import find_chromium

# Moves a slider as a hand does; resolves after the answer was drawn and the browser has painted it.
MOVE = """([name, value]) => new Promise((resolve) => {
  const slider = document.getElementById(`lever-${name}`), frame = luckyApp.frame, began = performance.now();
  const count = frame.timings.length;
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
  const look = () => frame.timings.length > count && !frame.busy
    ? requestAnimationFrame(() => resolve(performance.now() - began)) : requestAnimationFrame(look);
  look();
})"""


def open_page(browser: Any, address: str) -> tuple[Any, float, float]:
    """A page that is connected, with the seconds to its first numbers and to its being usable."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    began = time.monotonic()
    page.goto(address, wait_until="commit")
    page.wait_for_selector("#net", timeout=60_000)
    numbers = time.monotonic() - began
    page.wait_for_selector("[data-connected=yes]", timeout=60_000)
    return page, numbers, time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--openings", type=int, default=3)
    parser.add_argument("--port", type=int, default=8866)
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        for _ in range(asked.openings):
            page, numbers, usable = open_page(browser, f"http://127.0.0.1:{asked.port}/")
            print(f"first numbers {numbers:.2f} s, usable {usable:.2f} s")
            time.sleep(8)  # the pool fills again behind a page that was just opened
        waits = []
        for number in range(asked.moves):
            lever, value = (
                ("outside", 0.5 + 0.05 * (number // 2)) if number % 2 else ("rent", 5_000 + 500 * number)
            )
            waits.append(page.evaluate(MOVE, [lever, str(round(value, 2))]))
        browser.close()
    cuts = statistics.quantiles(waits, n=20)
    print(
        f"lever to drawn, {len(waits)} moves: median {statistics.median(waits):.0f} ms, "
        f"95 % {cuts[18]:.0f} ms, slowest {max(waits):.0f} ms"
    )


if __name__ == "__main__":
    main()
