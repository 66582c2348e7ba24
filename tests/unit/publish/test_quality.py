"""The data-quality page: the seven known issues first, then what does not hold, and whom it touches."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest

from lucky_analytics.publish import publish
from lucky_analytics.publish.quality import list_issues
from lucky_analytics.snapshot import contracts
from tests.example_runs import ERROR, RECORD, make_settings, write_earlier, write_run, write_snapshot


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("quality"))
    write_run(settings)
    write_snapshot(settings)
    return (publish(settings).folder / "quality.html").read_text()


def shown(text):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_it_opens_with_the_seven_issues_and_their_counts(page):
    items = re.findall(r'<ol class="issues">(.*?)</ol>', page, re.DOTALL)[0].split("<li ")[1:]
    assert len(items) == 7
    assert "Tax tables empty 9 tables" in shown(items[0])
    (mixed,) = [shown(item) for item in items if "nzd-orders" in item]
    assert "21,245 rows" in mixed
    assert "Read by 1 report Store ramp curves" in mixed and "Effect: left out of every number" in mixed
    assert sum("Not in this snapshot" in item for item in items) == 5


def test_an_issue_says_when_no_report_rests_on_it(page):
    tax = page.partition('id="tax-tables-empty"')[2].partition("</li>")[0]
    assert "No report reads these tables: no number here rests on it." in tax
    read = page.partition('id="nzd-orders-mixed-in"')[2].partition("</li>")[0]
    assert "No report reads" not in read and "Read by" in read


def test_contracts_that_do_not_hold_name_rule_and_table(page):
    broken = shown(page.split('id="contracts"')[1].split('id="checked"')[0])
    assert "luckyus_sales_order.t_order Fresh of create_time : newest 2026-02-01" in broken
    assert "unique" not in broken
    assert re.search(r"Keys unique 1 1", shown(page))
    assert re.search(r"Data fresh 1 0", shown(page))


def test_issues_are_sorted_by_severity():
    severities = [issue.severity for issue in list_issues(contracts.declared()["issues"], [])]
    assert severities == sorted(severities, key=["critical", "high", "medium", "low"].index)
    assert len(severities) == 7


def test_a_pruned_snapshot_leaves_the_page_out(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    folder = publish(settings).folder
    assert not (folder / "quality.html").exists()
    assert "quality.html" not in (folder / "index.html").read_text()
    write_snapshot(settings)  # and a snapshot that arrives is published
    assert (publish(settings).folder / "quality.html").is_file()


def test_a_damaged_snapshot_leaves_the_page_out_and_is_said(tmp_path):
    settings = make_settings(tmp_path)
    write_snapshot(settings)
    write_run(settings)
    assert publish(settings).said == []
    (manifest,) = settings.snapshots_dir.glob("*/manifest.json")
    manifest.write_text(manifest.read_text()[:100])
    for _ in range(2):  # once more when the portal is unchanged
        (line,) = publish(settings).said
        assert line.startswith(f"no page of data quality: snapshot {manifest.parent.name}: expected a whole")
    assert not (settings.site_dir / "quality.html").exists()


def test_no_form_of_the_portal_shows_a_number_from_bad_data(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings, problem="no rows since 1 Feb")
    site = publish(settings, mail=True).folder
    files = [site / "index.html", site / "feed.xml", site / "search.js"]
    home = site / "operations" / "store_ramp_curves"
    files += [home / "history.html", home / "report.eml"]
    for file in files:
        text = file.read_text()
        assert "57.9" not in text, file.name
        assert "no rows since 1 Feb" in text or file.name == "search.js", file.name
    assert "levels off" not in (site / "search.js").read_text()
    newest = (home / "history.js").read_text().split('"a1b2c3d4e5f60718":')[1]
    assert newest.startswith('{"headlines":{}}')


def test_a_report_without_numbers_leads_to_the_last_one_whose_data_was_sound(tmp_path):
    settings = make_settings(tmp_path)
    write_earlier(settings, day="2026-02-11", run_id="50b2c3d4e5f60718", factor=0.9)
    write_earlier(settings, day="2026-02-12", run_id="51b2c3d4e5f60718", factor=0.9, problem="no rows")
    write_run(settings, problem="no rows since 1 Feb")
    home = publish(settings).folder / "operations" / "store_ramp_curves"
    script = (home / "history.js").read_text()
    assert (
        '["Last report whose data was sound (11 Feb 2026)","../../runs/50b2c3d4e5f60718/index.html"]'
        in script
    )


LIVE = {**RECORD.snapshot, "source": "live"}


def test_stale_data_is_withheld_everywhere_from_the_day_after_its_limit(tmp_path):
    settings = make_settings(tmp_path)
    write_earlier(settings, day="2026-02-12", run_id="50b2c3d4e5f60718", factor=0.5, snapshot=LIVE)
    write_run(settings, snapshot=LIVE)
    failed = {"status": "failed", "error": ERROR, "ended_at": "2026-02-15T06:00:00.000+00:00"}
    write_run(settings, run_id="c0ffee11c0ffee11-failed", snapshot=LIVE, **failed)
    last_day = dt.date(2026, 2, 16)
    built = publish(settings, mail=True, today=last_day)
    home = built.folder / "operations" / "store_ramp_curves"
    files = [built.folder / name for name in ("index.html", "search.js", "failures.html")]
    files += [home / "history.html", home / "report.eml"]
    why = "stale, the last day is 13 Feb 2026, more than 3 days ago"
    assert not any(why in file.read_text() for file in files)
    assert "57.9" in files[0].read_text()
    assert not publish(settings, mail=True, today=last_day).is_new

    assert publish(settings, mail=True, today=last_day + dt.timedelta(days=1)).is_new
    for file in files:
        newest = file.read_text().replace("=\n", "").partition("Data as of 12 Feb")[0]  # the rest is history
        text = shown(newest)
        assert (why in text or why.lower() in text, "57.9" in text) == (True, False), file.name
    assert '"a1b2c3d4e5f60718":{"headlines":{}}' in (home / "history.js").read_text()
    assert (home / "index.html").read_bytes() == (
        settings.runs_dir / "store_ramp_curves" / "a1b2c3d4e5f60718" / "report.html"
    ).read_bytes()
    assert not publish(settings, mail=True, today=dt.date(2026, 3, 1)).is_new
    assert publish(settings, mail=True, today=last_day).is_new  # a clock that was ahead and is right again


@pytest.mark.parametrize(
    ("changes", "is_stale"),
    [
        ({"snapshot": LIVE}, True),
        ({}, False),  # generated data has no age
        ({"snapshot": LIVE, "parameters": {"fresh_days": 31}}, False),
        ({"snapshot": LIVE, "parameters": {"fresh_days": 30}}, True),
    ],
)
def test_a_notebook_may_say_how_old_its_data_may_be(tmp_path, changes, is_stale):
    settings = make_settings(tmp_path)
    write_run(settings, **changes)
    site = publish(settings, today=dt.date(2026, 3, 16)).folder
    feed = (site / "feed.xml").read_text()
    limit = changes.get("parameters", {}).get("fresh_days", 3)
    assert (f"more than {limit} days ago" in feed, "$57.9K" in feed) == (is_stale, not is_stale)
    became = dt.date(2026, 2, 14) + dt.timedelta(days=limit)
    assert (f"<updated>{became}T00:00" in feed) == is_stale
    age = re.search(r'<time datetime="2026-02-13"(.*?)>', (site / "index.html").read_text())
    assert ("data-age" in age[1]) == (changes != {})
