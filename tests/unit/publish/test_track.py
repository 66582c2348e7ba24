"""The page "Were we right?", the mark beside numbers whose intervals failed, and who sees what."""

from __future__ import annotations

import json
import shutil

import pytest

from lucky_analytics.publish import publish
from lucky_analytics.publish.audiences import Audience
from lucky_analytics.publish.mail import format_mail
from lucky_analytics.publish.shelf import read_shelf
from lucky_analytics.publish.track import mark_failed, read_track
from lucky_analytics.runs.predicted import book_file, note_aftermath, world_of
from lucky_analytics.track_record.decided import load_decided
from tests.example_runs import make_settings, write_run
from tests.predicted_runs import fill_record

IN, OUT = 100.0, 150.0
HOSTILE = "Orders </script><b>of</b> the week"


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("track"))
    fill_record(settings, [IN] * 6 + [OUT, OUT, 112.0, IN, OUT, None])
    churn = {"notebook": "churn_cohorts", "department": "marketing", "title": "Who leaves?"}
    fill_record(settings, [IN, IN, None], **churn)
    fill_record(settings, [OUT, OUT], notebook="store_week", variant="store=221 Grand",
                parameters={"store": "221 Grand"})  # fmt: skip
    return settings


@pytest.fixture(scope="module")
def site(settings):
    return publish(settings).folder


def text(site, address):
    return (site / address).read_text()


def history(site, report):
    told = text(site, f"{report}/history.js")
    return json.loads(told.removeprefix("window.luckyHistory = ").rstrip(";\n"))


def test_the_page_says_how_many_were_inside_against_the_promise(site):
    page = text(site, "record/index.html")
    assert "Of 15 predictions that came due, 9 fell inside their interval; 13.5 were promised." in page
    assert page.index("Intervals have failed") < page.index("Who leaves?")
    assert "Up to 28 days ahead: 4 of 11 independent missed" in page
    assert "Up to 28 days ahead: 0 of 2 independent missed" in page
    misses = page[page.index("The largest misses") : page.index("Newest")]
    assert "Above by 40 orders" in misses and misses.index("Above by 40") < misses.index("Above by 2 orders")


def test_what_falls_due_next_is_listed_the_soonest_first_with_number_interval_and_day(site):
    page = text(site, "record/index.html")
    due = page[page.index("What falls due next") : page.index("The largest misses")]
    assert due.count("100 orders (90 to 110)") == 2 and "90&nbsp;% promised" in due
    assert due.index("Who leaves?") < due.index("28 Mar 2025")  # churn's third is due nine weeks before
    assert due.index("24 Jan 2025") < due.index("28 Mar 2025")


def test_a_question_of_which_nothing_is_due_says_when_the_first_is(tmp_path):
    settings = make_settings(tmp_path)
    fill_record(settings, [None, None])
    page = text(publish(settings).folder, "record/index.html")
    assert "2 predicted, first due 10 Jan 2025" in page and "Too few to say" not in page
    assert "What falls due next" in page and "The largest misses" not in page


def test_the_portal_leads_there_and_each_report_to_its_own_record(site):
    assert 'href="record/index.html"' in text(site, "index.html")
    ramp = history(site, "operations/store_ramp_curves")
    assert ramp["record"] == ["This page: 7 of 11 inside", "../../record/store_ramp_curves.html"]
    own = text(site, "record/store_ramp_curves.html")
    assert 'href="../operations/store_ramp_curves/index.html"' in own
    assert "Not due yet" in own and own.count("Counts as independent") == 11


def test_failed_intervals_carry_a_mark_beside_their_numbers(settings, site):
    ramp, churn = history(site, "operations/store_ramp_curves"), history(site, "marketing/churn_cohorts")
    assert "4 of its newest 11 independent predictions up to 28 days ahead missed" in ramp["mark"]
    assert churn["mark"] == ""
    home = text(site, "index.html")
    of_week = 'class="interval-mark" href="record/store_week.html"'
    assert home.count("Such intervals have failed") == 1 + home.count(of_week)
    assert "Missed what it predicted" in home and '<a href="record/store_ramp_curves.html">' in home
    assert "4 of its newest 11 independent" in text(site, "record/store_ramp_curves.html")
    shelf = read_shelf(settings)
    shelf = mark_failed(shelf, read_track(settings, shelf, Audience("everyone")))
    run = next(run for run in shelf.shown if run.notebook == "store_ramp_curves")
    body = format_mail(run).get_body(("plain",)).get_content()
    assert "4 of its newest 11 independent predictions up to 28 days ahead missed" in " ".join(body.split())


def test_publishing_again_is_no_work_until_something_is_measured(settings, site):
    assert not publish(settings).is_new


def test_an_audience_sees_the_record_of_its_own_runs_alone(settings, tmp_path):
    grand = Audience("grand", notebooks=("store_week",), parameters={"store": "221 Grand"})
    page = text(publish(settings, tmp_path / "grand", grand).folder, "record/index.html")
    assert "Of 2 predictions" in page and "churn" not in page and "ramp" not in page
    other = Audience("other", notebooks=("churn_cohorts",))
    folder = publish(settings, tmp_path / "other", other).folder
    assert "Of 2 predictions" in text(folder, "record/index.html") and "221 Grand" not in text(
        folder, "record/index.html"
    )


def test_without_predictions_there_is_no_such_page(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    site = publish(settings).folder
    assert not (site / "record").exists() and "Were we right" not in text(site, "index.html")


def test_what_a_label_says_is_text_and_a_run_that_is_gone_is_no_link(tmp_path):
    settings = make_settings(tmp_path)
    fill_record(settings, [OUT])
    fill_record(settings, [IN, IN], notebook="churn_cohorts")
    shutil.rmtree(settings.runs_dir / "store_ramp_curves")
    page = text(publish(settings).folder, "record/index.html")
    assert "Store ramp curves" in page and "runs/stor" not in page


def test_what_was_decided_stands_on_the_report_and_on_the_record_with_what_came(tmp_path):
    settings = make_settings(tmp_path)
    record = write_run(settings)
    entry = "what: {}\n  page: store_ramp_curves\n  by: Operations\n  decided: 2026-01-02\n  metric: orders\n"
    text_of = entry.format("open no store in March <b>or</b> April")
    (settings.params_dir / "decisions.yml").write_text(f"wait:\n  {text_of}")
    change = {"value": -0.04, "low": -0.11, "high": 0.05, "level": 0.9, "n": 5}
    found = {
        "came": 96.0,
        "expected": 100.0,
        "unit": "orders",
        "label": "Orders",
        "n_days": 28,
        "change": change,
    }
    (decided,), _ = load_decided(settings)
    before = publish(settings).folder
    assert "Too early to say" in text(before, "record/index.html")
    note_aftermath(
        settings,
        world_of(record.snapshot),
        "wait",
        {**found, "key": decided.key, "last": "", "is_final": True},
    )
    site = publish(settings).folder
    page = text(site, "record/index.html")
    assert "Open no store in March &lt;b&gt;or&lt;/b&gt; April" in page
    assert "by Operations, in force from 3 Jan 2026" in page
    assert "96 orders" in page and "\u22124\xa0% (\u221211\xa0% to +5\xa0%)" in page
    assert "Changes of that size happen anyway. This is no experiment" in page
    ((what, after),) = history(site, "operations/store_ramp_curves")["decided"]
    assert what == "Decided on 2 Jan 2026 by Operations: open no store in March <b>or</b> April."
    assert "no experiment" in after


def test_a_record_that_cannot_be_read_keeps_no_report_back_and_says_so(tmp_path):
    settings = make_settings(tmp_path)
    fill_record(settings, [IN, OUT])
    book_file(settings).write_bytes(book_file(settings).read_bytes()[:3000])
    site = publish(settings).folder
    assert (site / "operations/store_ramp_curves/index.html").is_file()
    assert "The record could not be read" in text(site, "record/index.html")
    assert "malformed" not in text(site, "record/index.html")
