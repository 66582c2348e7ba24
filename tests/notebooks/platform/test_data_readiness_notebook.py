"""The readiness page: its numbers are those of its tables, and follow what the snapshot has."""

from __future__ import annotations

import pytest

from lucky_analytics import settings
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, planted_world, taxed
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "platform/data_readiness"
HEADLINES = {"ready", "partly", "blocked", "answered", "pages", "late", "open_faults", "other", "filled",
             "joined", "loose", "wrong_totals", "wrong_scores"}  # fmt: skip


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables(said):
    found = assert_sound(said, HEADLINES)
    cases = rows(said, "cases")
    for name, measured in (("ready", "ready"), ("partly", "in part"), ("blocked", "blocked")):
        assert found[name]["value"] == sum(row["measured"] == measured for row in cases)
    assert len(cases) == 41 == sum(found[name]["value"] for name in ("ready", "partly", "blocked"))
    tables = rows(said, "tables")
    assert found["filled"]["value"] == sum(row["state"] in ("filled", "late") for row in tables)
    assert found["late"]["value"] == sum(row["state"] == "late" for row in tables)
    assert found["answered"]["value"] == sum(row["page"] != "none yet" for row in cases)
    assert names(said, "figure") == {"departments"}
    assert (
        len(rows(said, "faults")) == 7
        and len(rows(said, "prerequisites")) == 9
        and len(rows(said, "systems")) == 6
    )


def test_pages_are_all_that_there_are_and_those_that_answer_a_use_case_exist(said):
    here = settings.load().root / "notebooks"
    made = [each for each in here.glob("*/*.ipynb") if each.parent.name != "apps"]
    assert headlines(said)["pages"]["value"] == len(made)
    pages = {row["page"] for row in rows(said, "cases")} - {"none yet"}
    assert pages and all((here / f"{page}.ipynb").is_file() for page in pages)


def test_what_the_snapshot_loses_the_page_loses(said):
    before = headlines(said)
    bare = demo_suite.suite()
    taken = dict(bare.snapshot.tables)
    try:
        for name in ("luckyus_sales_order.t_order_item", "luckyus_scm_commodity.t_commodity_base_info"):
            del bare.snapshot.tables[name]
        after = headlines(said_by(NOTEBOOK, bare))
    finally:
        bare.snapshot.tables.update(taken)
    assert after["blocked"]["value"] > before["blocked"]["value"]
    assert after["ready"]["value"] < before["ready"]["value"]
    for name in ("filled", "joined", "open_faults", "other"):
        assert after[name]["value"] != before[name]["value"], name


def test_before_the_first_row_nothing_is_ready():
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2020-01-01"))
    assert headlines(early)["ready"]["value"] == 0 and page_faults(early) == []
    assert early["title"][0]["text"].startswith("No question has all its data")


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "data_readiness"}
    assert own == {"late", "loose"} and alerts.faults == ()


@pytest.mark.full
def test_what_is_planted_makes_no_use_case_more_or_less_ready(said):
    quiet = said_by(NOTEBOOK, planted_world.suite(taxed.NOTHING))
    assert page_faults(quiet) == []
    assert [row["measured"] for row in rows(quiet, "cases")] == [
        row["measured"] for row in rows(said, "cases")
    ]
