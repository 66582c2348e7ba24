"""What a browser does about age: live data that has become stale, a newest run that failed, earlier runs."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from lucky_analytics.publish import publish
from tests.browser.app_server import OPEN_ALL
from tests.example_runs import (
    RECORD,
    REPORT,
    make_settings,
    write_earlier,
    write_run,
)


def test_a_page_whose_newest_run_failed_says_so(visit, site):
    page, _ = visit(site / "marketing/churn_cohorts/index.html")
    assert "This is the last one that did" in page.locator("#portal-bar").inner_text()
    page, _ = visit(site / "runs/00b2c3d4e5f60718/index.html")
    assert "This is an earlier run." in page.locator("#portal-bar").inner_text()


@pytest.mark.parametrize(
    ("now", "said", "is_stale"),
    [
        ("2026-02-14T08:00:00", "(yesterday)", False),
        pytest.param("2026-02-15T23:00:00", "(2 days ago)", False, marks=pytest.mark.full),
        pytest.param("2026-02-16T23:00:00", "(3 days ago)", False, marks=pytest.mark.full),
        ("2026-02-17T08:00:00", "(4 days ago)", True),
    ],
)
def test_the_age_of_live_data_is_said_by_the_browser(visit, alone, now, said, is_stale):
    page, _ = visit(alone / "live" / "report.html", now=now, has_charts=not is_stale)
    assert said in page.locator(".dates").inner_text()
    assert page.locator(".age.stale").count() == is_stale
    assert page.locator(".answer-text.withheld").count() == is_stale
    page, _ = visit(alone / "longest" / "report.html", now=now)
    assert page.locator(".age, .withheld").count() == 0


LATE = "2026-02-20T08:00:00"
STALE = "Not shown, because of its data: stale, the last day is 13 Feb 2026, more than 3 days ago"


@pytest.fixture(scope="module")
def live_site(tmp_path_factory) -> Path:
    """A portal of live data, published while it was fresh: two runs of one report."""
    settings = make_settings(tmp_path_factory.mktemp("live"))
    about = {**RECORD.snapshot, "source": "live"}
    write_earlier(settings, day="2026-02-12", run_id="0ff1ce0000000001", factor=0.5, snapshot=about)
    write_run(settings, snapshot=about)
    return publish(settings, today=dt.date(2026, 2, 14)).folder


def test_a_report_opened_when_its_data_is_stale_says_so_in_place_of_its_numbers(visit, live_site):
    page, seen = visit(live_site / REPORT, has_charts=False, now=LATE)
    assert STALE in page.locator("main").inner_text()
    assert not re.search(r"57\.9|budget nine weeks|levels off", page.locator("body").inner_text())
    assert page.locator(".picture:visible, .downloads:visible").count() == 0
    assert page.locator(".tile .value:visible").all_text_contents() == ["Not shown"] * 5
    page.get_by_role("button", name="Show the numbers of 13 Feb 2026").press("Enter")
    page.wait_for_function("[...document.querySelectorAll('.chart')].every(chart => chart.dataset.drawn)")
    text = page.locator("main").inner_text()
    assert ("$57.9K" in text, "Shown on request. The data is stale" in text) == (True, True)
    assert page.locator("#figure-plateaus svg").bounding_box()["width"] > 400
    assert seen.errors == []
    page, _ = visit(live_site / REPORT, has_charts=False, now=LATE, width=390, color_scheme="dark")
    assert Axe().run(page).violations_count == 0


def test_an_earlier_run_is_history_and_a_page_without_scripts_keeps_its_date(visit, live_site):
    page, _ = visit(live_site / "runs/0ff1ce0000000001/index.html", now=LATE)
    assert page.locator(".withheld").count() == 0
    assert "This is an earlier run." in page.locator("#portal-bar").inner_text()
    page, _ = visit(live_site / REPORT, java_script_enabled=False, now=LATE)
    assert "13 Feb 2026" in page.locator(".dates").inner_text()


@pytest.mark.parametrize("file", ["index.html", "operations/store_ramp_curves/history.html"])
def test_the_portals_own_pages_withhold_what_has_become_stale(visit, live_site, file):
    page, _ = visit(live_site / file, now="2026-02-14T08:00:00")
    page.evaluate(OPEN_ALL)
    assert "57.9" in page.locator(".report-entry").first.inner_text()
    assert page.locator("[data-about]").count() == (5 if file == "index.html" else 0)
    page, seen = visit(live_site / file, now=LATE)
    page.evaluate(OPEN_ALL)
    assert STALE in page.locator(".report-entry").first.inner_text()
    assert "57.9" not in page.locator(".report-entry").first.inner_text()
    assert page.locator("[data-about]").count() == 0
    assert seen.errors == []
