"""The record and a marked report as readers meet them: on a phone, in the dark, by their links."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from lucky_analytics.publish import publish
from lucky_analytics.runs.predicted import note_aftermath
from lucky_analytics.track_record.decided import load_decided
from tests.browser.app_server import IS_WIDER_THAN_SCREEN
from tests.example_runs import make_settings, write_snapshot
from tests.predicted_runs import fill_record

REPORT = "operations/store_ramp_curves/index.html"
DECIDED = """\
wait:
  what: open no store in March
  page: store_ramp_curves
  by: Operations
  decided: 2026-01-02
  metric: orders
"""
CHANGE = {"value": -0.04, "low": -0.11, "high": 0.05, "level": 0.9, "n": 5}
CAME = {"came": 96.0, "expected": 100.0, "unit": "orders", "label": "Orders", "n_days": 28, "change": CHANGE}


@pytest.fixture(scope="module")
def marked(tmp_path_factory) -> Path:
    """A portal of one question whose intervals have failed, and on whose page something was decided."""
    settings = make_settings(tmp_path_factory.mktemp("marked"))
    write_snapshot(settings)
    fill_record(settings, [100.0, 150.0, 180.0, None])
    (settings.params_dir / "decisions.yml").write_text(DECIDED)
    ((decided,), _) = load_decided(settings)
    kept = {**CAME, "key": decided.key, "last": "2026-01-30", "is_final": True}
    note_aftermath(settings, "demo 2026-02-14-1f9c2e7a", "wait", kept)
    return publish(settings).folder


@pytest.mark.parametrize("file", ["record/index.html", "record/store_ramp_curves.html", REPORT])
def test_nothing_is_wider_than_a_phone_and_axe_finds_nothing(visit, marked, file):
    page, seen = visit(marked / file, width=390, color_scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    # the charts of the report, which cost most, are those of test_report_page
    looked_at = {"exclude": [[".chart"]]} if file == REPORT else None
    assert not page.evaluate(IS_WIDER_THAN_SCREEN)
    assert (seen.requests, seen.errors) == ([], [])
    for color_scheme in ("dark", "light"):
        page.emulate_media(color_scheme=color_scheme)
        found = Axe().run(page, context=looked_at)
        assert found.violations_count == 0, found.generate_report()


def test_each_interval_of_a_question_that_failed_says_so_and_leads_to_its_record(visit, marked):
    page, _ = visit(marked / REPORT)
    intervals, marks = page.locator(".tile .interval.ends").count(), page.locator(".tile .interval-mark a")
    assert marks.count() == intervals > 1
    assert "2 of its newest 3 independent predictions" in page.locator("#portal-bar .note").inner_text()
    marks.first.click()
    page.wait_for_load_state()
    assert page.url.endswith("record/store_ramp_curves.html")
    assert page.locator("h1").inner_text() == "Were we right?"


def test_what_was_decided_stands_under_the_answer_with_what_came(visit, marked):
    page, _ = visit(marked / REPORT)
    decided = page.locator("#answer .decided").inner_text()
    assert decided.startswith("Decided on 2 Jan 2026 by Operations: open no store in March.")
    assert "no experiment" in decided
