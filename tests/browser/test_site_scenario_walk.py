"""Scenarios of the site app: levers, links, hostile addresses, comparison, files, a report."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from tests.browser.app_server import IS_WIDER_THAN_SCREEN, save_report, until
from tests.browser.site_walk import (
    NET,
    cards,
    changed,
    drag_with_a_finger,
    net,
    raw_status,
)


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
    other.get_by_text("Model", exact=True).click()
    other.locator("#lever-price").fill("1.2")
    until(other, "luckyApp.frame.result.scenario.levers.price === 1.2")
    assert page.evaluate("luckyApp.frame.result.scenario.levers.price") == 1
    assert not other.evaluate(IS_WIDER_THAN_SCREEN) and other.seen == []


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


def test_the_levers_of_the_lease_move_the_big_number(page):
    profit = "Number(document.getElementById('lucky-app').dataset.profit)"
    before, revenue = page.evaluate(profit), net(page)
    for lever, value in (("rent", "30000"), ("margin", "0.3"), ("build_out", "900000"), ("fixed", "60000")):
        page.locator(f"#lever-{lever}").fill(value)
        until(page, f"{profit} < {before!r} && !luckyApp.frame.busy")
        before = page.evaluate(profit)
    assert net(page) == revenue
    assert "profit a month" in page.locator("#profit").inner_text()


def test_scenarios_have_names_and_differences_and_files_hold_them(page):
    page.locator("#pin-scenario").click()
    page.locator("#lever-price").fill("1.1")
    until(page, "luckyApp.frame.result.scenario.levers.price === 1.1")
    assert page.locator(".scenario-name").input_value() == "Scenario 1"
    page.locator(".scenario-name").fill("As today")
    page.locator(".scenario-name").press("Enter")
    rows = {text.split("\t")[0]: text for text in page.locator(".compare tbody tr").all_inner_texts()}
    apart = page.evaluate("luckyApp.frame.result.together.profit - luckyApp.frame.first.together.profit")
    shown = f"+${apart / 1000:.1f}K" if apart >= 1000 else f"+${apart:.0f}"
    assert apart > 0 and shown in rows["Profit a month"]
    assert "the same" in rows["Taken from our stores a month"] and "Chance to pay back" in " ".join(rows)
    page.get_by_role("button", name="Keep").click()
    names = "[...document.querySelectorAll('.scenario-name')].map((field) => field.value).join()"
    assert page.evaluate(names) == "As today,Scenario 2"
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


@pytest.mark.full
def test_saved_as_report_with_the_same_numbers_to_the_last_digit(site_app, page):
    query = "at=40.7681,-73.9819,Columbus+Circle&at=40.7275,-74.0054,Varick&jobs_share=0.8&price=1.1"
    page.evaluate("(query) => luckyApp.frame.evaluate({ query })", query)
    until(page, "luckyApp.frame.result.scenario.levers.price === 1.1")
    together = page.evaluate("luckyApp.frame.result.together")
    said = save_report(page, site_app, "site_what_if")
    for name in ("profit", "net", "gross", "taken"):
        for part, key in (("value", name), ("low", f"{name}_low"), ("high", f"{name}_high")):
            assert said[name][part] == together[key], (name, part)
    with page.context.expect_page() as opened:
        page.locator("#saved-report").click()
    opened.value.wait_for_load_state()
    assert "Columbus Circle and Varick" in opened.value.locator(".answer-text").inner_text()
    opened.value.close()
    assert site_app.get("lucky/portal/index.html")[0] == 404  # nothing else of the portal is served
    ours = f"/lucky/portal/runs/{page.locator('#saved-report').get_attribute('data-run')}"
    assert (site_app.settings.site_dir / "index.html").is_file()
    assert raw_status(site_app, f"{ours}/index.html") == 200
    for path in (
        f"{ours}/../../index.html",
        f"{ours}/%2e%2e/%2e%2e/index.html",
        "/lucky/portal/assets/../index.html",
    ):
        assert raw_status(site_app, path) == 404, path


def test_which_assumption_matters_most_follows_the_scenario(page):
    page.locator("#weigh summary").click()
    until(page, "document.querySelectorAll('#weighed:not(.old) li').length > 4")
    first = page.locator("#weighed").inner_text()
    assert "How far the prediction may miss" in first and "Margin" in first
    page.locator("#lever-rent").fill("60000")
    until(
        page, "document.querySelector('#weighed:not(.old)')?.textContent.includes('$45.0K a month to $75.0K')"
    )
    page.locator("#weigh summary").click()
