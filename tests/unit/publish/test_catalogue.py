"""The pages about the numbers: metrics, source tables, demo data; and the feed."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree as ET

import pytest

from lucky_analytics import estate, metrics
from lucky_analytics.publish import publish
from tests.example_runs import make_settings, write_portal_runs, write_run

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("catalogue"))
    write_portal_runs(settings)
    return publish(settings).folder


def text_of(page) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text()))


def test_every_metric_is_described(site):
    shown = text_of(site / "metrics.html")
    for metric in metrics.REGISTRY.values():
        assert metric.label in shown
        assert metric.description in shown


def test_a_metric_names_the_reports_that_use_it(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings, definitions={"metric aov": "lucky_analytics.metrics.sales", "table aov": "x"})
    page = (publish(settings).folder / "metrics.html").read_text()
    aov = page.partition('id="metric-aov"')[2].partition("</div>")[0]
    assert 'Used by <a href="operations/store_ramp_curves/index.html">Store ramp curves</a>' in aov
    assert page.count("Used by no report") == len(metrics.REGISTRY) - 1


def test_every_table_and_column_of_the_estate_is_in_the_dictionary(site):
    overview = text_of(site / "dictionary" / "index.html")
    for database in estate.load().databases.values():
        page = text_of(site / "dictionary" / f"{database.name}.html")
        for table in database.tables.values():
            assert table.name in overview
            assert all(re.search(rf"^{name}$", page, re.MULTILINE) for name in table.columns)


def test_figures_that_are_not_met_come_first_and_are_said(site):
    page = (site / "demo.html").read_text()
    assert "1 of 2 published figures are met" in page
    assert page.index("Average order, dollars") < page.index("Completed USD orders")
    assert "<td>466,252</td>" in page.replace(' class="number"', "")


def test_without_demo_data_there_is_no_page_about_it(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings)
    built = publish(settings).folder
    assert not (built / "demo.html").exists()
    assert "demo.html" not in (built / "index.html").read_text()


def test_demo_facts_that_change_are_published(tmp_path):
    settings = make_settings(tmp_path)
    write_portal_runs(settings)
    publish(settings)
    facts = settings.demo_dir / "fit.json"
    facts.write_text(facts.read_text().replace("4.68", "4.71"))
    built = publish(settings)
    assert built.is_new
    assert "2 of 2 published figures" in (built.folder / "demo.html").read_text()


def test_feed_is_atom_with_an_entry_for_each_newest_run(site):
    feed = ET.parse(site / "feed.xml").getroot()
    entries = feed.findall("a:entry", ATOM)
    by_title = {entry.find("a:title", ATOM).text: entry for entry in entries}
    assert len(entries) == 3
    summaries = [entry.find("a:summary", ATOM).text for entry in entries]
    assert sum(summary == "The newest run did not complete." for summary in summaries) == 2
    assert any("221 Grand reaches its plateau" in summary for summary in summaries)
    for entry in by_title.values():
        assert (site / entry.find("a:link", ATOM).get("href")).is_file()
    updated = [entry.find("a:updated", ATOM).text for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert feed.find("a:updated", ATOM).text == updated[0]
    assert len({entry.find("a:id", ATOM).text for entry in entries}) == 3
