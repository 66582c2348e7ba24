"""The portal as its readers meet it: a home of fifty questions on a phone, its search, names that lead on."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from lucky_analytics.publish import publish
from lucky_analytics.schedule.open_alerts import watch_headlines
from tests.browser.app_server import IS_WIDER_THAN_SCREEN
from tests.example_runs import (
    REPORT,
    make_settings,
    write_briefing,
    write_questions,
    write_snapshot,
    write_store_week,
)

WASTE = "What is thrown away, why, and how much of it was avoidable?"


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Path:
    """A portal of the briefing, the stores' week and fifty questions, some of which need somebody."""
    settings = make_settings(tmp_path_factory.mktemp("many"))
    write_snapshot(settings)
    write_briefing(settings)
    write_store_week(settings)
    write_questions(settings, 50)
    (settings.params_dir / "alerts.yml").write_text(
        "odd:\n  notebook: executive_briefing\n  when: things > 5\n"
    )
    return publish(settings, find_alerts=watch_headlines(settings)).folder


def test_the_portal_fills_in_changes_and_the_page_alone_does_without(visit, site, alone):
    page, _ = visit(site / REPORT)
    tile = page.locator("[data-headline=plateau]")
    assert "Up from $40.5K a month, 1 more day of data" in tile.inner_text()
    assert tile.locator("svg.spark").count() == 1
    page, _ = visit(alone / "longest" / "report.html")
    assert page.locator(".change:visible, #portal-bar:visible").count() == 0


def test_search_finds_by_answer_and_by_question(visit, site):
    page, seen = visit(site / "index.html")
    box = page.get_by_label("Search")
    box.fill("thrown away avoidable")
    assert page.locator("#results li").all_inner_texts() == [f"Report\n{WASTE}"]
    assert page.locator("#found").inner_text() == "1 found"
    box.fill("nothing like this")
    assert (page.locator("#results li").count(), page.locator("#found").inner_text()) == (0, "Nothing found")
    box.fill("8th &")
    assert page.locator("#results a").first.inner_text() == "8th & Broadway"  # the store before all else
    box.fill("")
    assert (page.locator("#results li").count(), page.locator("#found").inner_text()) == (0, "")
    box.fill("broadway")
    page.locator("#results a").first.click()
    assert page.locator("h1").inner_text() == "8th & Broadway"
    assert seen.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_home_of_fifty_questions_is_read_on_a_phone(visit, many, scheme):
    page, seen = visit(many / "index.html", width=390, color_scheme=scheme)
    tops = [page.locator(part).first.bounding_box()["y"] for part in (".morning", ".briefing", ".search")]
    assert tops == sorted(tops) and tops[0] < 200 and tops[2] < 844
    folded = page.locator(".department-list > details")
    assert folded.count() == 7 and page.locator(".department-list .report-entry:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight") < 4 * 844
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    assert seen.errors == []
    assert Axe().run(page).violations_count == 0
    folded.first.locator("summary").press("Enter")
    assert page.locator(".department-list .report-entry:visible").count() == 9
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    page.get_by_label("Search").fill("question 41")
    assert page.locator("#results a").first.inner_text().startswith("Question 41")


def test_names_in_tables_lead_to_their_pages(visit, site):
    page, seen = visit(site / "operations/store_week/index.html")
    link = page.locator(".table-scroll a", has_text="8th & Broadway").first
    assert link.get_attribute("href") == "../../stores/8th-broadway.html"
    bar = page.locator("#portal-bar a")
    assert bar.all_inner_texts()[:3] == ["All reports", "Stores", "Products"]
    link.click()
    assert page.title().startswith("8th & Broadway")
    page.go_back()
    bar.nth(2).click()
    assert page.locator("h1").inner_text() == "Products" and seen.errors == []
