"""A report as its readers meet it: from a file, on a phone, in the dark, printed, without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from lucky_analytics.pages.phone_tables import fit_tables
from tests.browser.app_server import IS_WIDER_THAN_SCREEN, OPEN_ALL
from tests.example_pages import HOSTILE
from tests.example_runs import (
    REPORT,
)

PAGES = ["index.html", REPORT, "stores/8th-broadway.html"]
OTHERS = ["operations/store_ramp_curves/history.html", "supply_chain/waste/index.html", "metrics.html"]
OTHERS += [
    "failures.html",
    "quality.html",
    "demo.html",
    "dictionary/index.html",
    "dictionary/luckyus_sales_order.html",
]
OTHERS += ["stores/index.html", "products/iced-latte.html"]


@pytest.mark.parametrize("file", [*PAGES, *(pytest.param(file, marks=pytest.mark.full) for file in OTHERS)])
def test_no_request_no_error_no_sideways_scrolling_and_axe_finds_nothing(visit, site, file):
    page, seen = visit(site / file)
    page.evaluate(OPEN_ALL)
    assert page.locator("h1").count() == 1
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    page.set_viewport_size({"width": 390, "height": 900})
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    assert seen.requests == []
    assert seen.errors == []
    for color_scheme in ("light", "dark"):
        page.emulate_media(color_scheme=color_scheme)
        page.wait_for_function("[...document.querySelectorAll('.chart')].every(chart => chart.dataset.drawn)")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", [pytest.param("longest", marks=pytest.mark.full), "hostile", "empty"])
def test_hard_content_on_a_phone_with_text_twice_as_large(visit, alone, name):
    page, seen = visit(alone / name / "report.html", width=390)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    assert seen.requests == []
    assert page.title().startswith("How fast")


def test_charts_fill_their_column_and_do_not_leave_it(visit, site):
    for width in (390, 1440):
        page, _ = visit(site / REPORT, width=width)
        sizes = page.evaluate(
            """[...document.querySelectorAll('.chart')].map(chart =>
               [chart, chart.querySelector('svg')].map(node => node.getBoundingClientRect().width))"""
        )
        assert len(sizes) == 2
        for column, chart in sizes:
            assert column - 24 <= chart <= column


def test_ten_stores_stand_in_two_columns_on_a_phone(visit, site):
    page, _ = visit(site / REPORT, width=390)
    names = page.locator("#figure-ramps svg text").filter(has_text=re.compile("&|Fulton|Grand|Maiden"))
    lefts = [name.bounding_box()["x"] for name in names.all()]
    assert len(lefts) == 10
    assert sum(left < 195 for left in lefts) == 5


@pytest.mark.full
def test_chart_text_follows_the_colour_scheme(visit, site):
    colors = set()
    for color_scheme in ("light", "dark"):
        page, _ = visit(site / REPORT, color_scheme=color_scheme)
        label = page.locator("#figure-plateaus .role-axis-label text").first
        colors.add(label.evaluate("node => getComputedStyle(node).fill"))
    assert len(colors) == 2


def test_without_scripts_the_still_picture_shows(visit, site):
    page, seen = visit(site / REPORT, java_script_enabled=False)
    assert not page.locator(".chart").first.is_visible()  # no empty room above the still picture
    pictures = page.locator("img.still")
    assert pictures.count() == 2
    assert pictures.first.get_attribute("alt").startswith("Ten small line charts")
    assert pictures.first.bounding_box()["width"] > 400
    assert seen.requests == []
    page, _ = visit(site / "index.html", java_script_enabled=False)
    assert not page.locator("#search").is_visible()


def test_without_the_chart_bundle_the_still_picture_shows(visit, site, tmp_path):
    copy = tmp_path / "site" / "a" / "b"
    copy.mkdir(parents=True)
    (copy / "index.html").write_bytes((site / REPORT).read_bytes())
    (tmp_path / "site" / "assets").mkdir()
    for file in (site / "assets").iterdir():
        if not file.name.startswith("vega-"):
            (tmp_path / "site" / "assets" / file.name).write_bytes(file.read_bytes())
    page, _ = visit(copy / "index.html", has_charts=False)
    assert page.locator("img.still:visible").count() == 2


def test_hostile_text_is_shown_and_not_run(visit, alone):
    page, seen = visit(alone / "hostile" / "report.html")
    assert page.title().startswith("How fast")
    assert HOSTILE in page.locator(".answer-text").inner_text()
    assert seen.errors == []


def test_printed_page_has_the_first_two_depths_and_no_navigation(visit, site):
    page, _ = visit(site / REPORT)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".decision").is_visible() and page.locator("#figure-plateaus").is_visible()
    assert not page.locator("text=A saturating exponential per store").is_visible()
    assert not page.locator("nav.contents.wide").is_visible()
    assert page.pdf().startswith(b"%PDF")


def test_keyboard_skip_link_and_folded_target(visit, site):
    page, _ = visit(site / REPORT)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("nav.contents.wide a[href='#method']").focus()
    page.keyboard.press("Enter")
    page.locator("text=A saturating exponential per store").wait_for(state="visible")


def test_data_behind_a_chart_opens_as_a_table(visit, site):
    page, _ = visit(site / REPORT)
    # by keyboard: a chart that is drawn meanwhile would move the place that a click aims at
    page.locator("#figure-plateaus .behind summary").press("Enter")
    table = page.locator("#figure-plateaus .behind table")
    table.locator("tbody tr").first.wait_for()  # the table is built when the browser says that it is open
    assert table.locator("tbody tr").count() == 10
    assert "97,000" in table.inner_text()


def test_a_long_table_opens_on_demand_and_is_whole_without_scripts(visit, alone, tmp_path):
    file = alone / "live" / "report.html"
    text = file.read_text()
    body = re.search(
        r'<tbody class="gt_table_body">.*?</tbody>|<tbody>.*?</tbody>', text[text.index('id="table-') :], re.S
    )
    rows = re.findall(r"<tr>.*?</tr>", body[0], re.S)
    long = alone / "long"
    long.mkdir()
    (long / "report.html").write_text(text.replace(body[0], f"<tbody>{''.join(rows * 4)}</tbody>"))
    page, _ = visit(long / "report.html", now="2026-02-14T08:00:00")
    visible = page.locator(".part > .table-scroll tbody tr:visible")
    assert visible.count() == 12
    page.get_by_role("button", name="Show all 40 rows").click()
    assert visible.count() == 40
    page.emulate_media(media="print")
    assert not page.locator("button.more").is_visible()
    page, _ = visit(long / "report.html", java_script_enabled=False)
    assert page.locator(".part > .table-scroll tbody tr:visible").count() == 40


def test_a_phone_shows_numbers_on_its_first_screen(visit, site):
    page, _ = visit(site / "index.html", width=390)
    for part in (page.get_by_text("$25.6K", exact=True).first, page.locator(".advice li").first):
        box = part.bounding_box()
        assert box["y"] + box["height"] < 844


def test_without_scripts_a_report_leads_back_and_has_the_data_of_its_charts(visit, site):
    page, _ = visit(site / REPORT, java_script_enabled=False)
    page.locator("figure .behind summary").first.click()
    assert page.locator("figure .downloads a").first.is_visible()
    page.get_by_role("link", name="All reports").click()
    assert page.locator("h1").inner_text() == "Lucky Analytics"


def test_the_first_chart_is_marked_and_drawn_by_a_bundle_of_our_own(visit, site):
    """How long it takes is measured by tests/bench/page_speed.py, which reads this mark."""
    page, _ = visit(site / REPORT)
    assert page.evaluate("performance.getEntriesByName('first chart').length") == 1
    scripts = page.evaluate("[...document.scripts].filter(script => script.src).map(script => script.src)")
    assert any("/assets/vega-" in script for script in scripts)
    assert all(script.startswith(site.as_uri()) for script in scripts)


@pytest.mark.full
def test_long_names_on_an_axis_break_into_lines_on_a_phone(visit, alone):
    page, _ = visit(alone / "longest" / "report.html", width=390)
    words = page.locator("#figure-plateaus .role-axis-label tspan").all_text_contents()
    assert "Limited Winter" in " ".join(words)
    page, _ = visit(alone / "longest" / "report.html", width=1440)
    assert page.locator("#figure-plateaus .role-axis-label tspan").count() == 0


WIDE = "<thead><tr>{}</tr></thead><tbody>{}</tbody>"


@pytest.mark.parametrize("has_scripts", [True, False])
def test_on_a_phone_what_decides_is_on_the_screen_and_the_rest_one_tap_away(visit, site, has_scripts):
    heads = ["Site", "Own revenue", "Interval", "Taken", "Net", "Interval", "Chance to pay back", "Most like"]
    cells = [
        "Columbus Circle",
        "$68.1K",
        "$50K to $90K",
        "$20K",
        "$48K",
        "$30K to $70K",
        "11 %",
        "102 Fulton",
    ]
    table = WIDE.format(
        "".join(f"<th>{head}</th>" for head in heads),
        "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for _ in range(3)),
    )
    source = (site / REPORT).read_text()
    made = (site / REPORT).with_name("wide.html")
    made.write_text(source.replace("</main>", f"{fit_tables(f'<table id=wide>{table}</table>')}</main>"))
    page, seen = visit(made, width=390, java_script_enabled=has_scripts)
    row = page.locator("#wide tbody tr").first
    for text in ("Columbus Circle", "11 %"):
        box = row.get_by_text(text, exact=True).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    other = row.get_by_text("102 Fulton")
    assert other.is_visible() is not has_scripts
    if has_scripts:
        assert row.bounding_box()["height"] < 80
        row.get_by_role("button").press("Enter")
        assert other.is_visible() and seen.errors == []
    assert other.bounding_box()["x"] + other.bounding_box()["width"] <= 390
