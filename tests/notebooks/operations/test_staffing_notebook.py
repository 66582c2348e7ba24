"""The page on staffing: whole where there are rosters, honest where there are few, none or no table."""

from __future__ import annotations

import dataclasses

import ibis
import pytest
from ibis import _

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "operations/staffing"
HEADLINES = {
    "gain",
    "red_today",
    "red_plan",
    "cost",
    "target_hours",
    "same_service",
    "red_tomorrow",
    "hands",
    "carried",
    "relief",
    "no_show",
    "unfilled",
    "cover_cost",
    "notice_lost",
    "notice_hours",
    "gap",
    "uneven",
    "law_week",
    "law_change",
}
TABLES = {"stores", "claims", "grid", "law", "trial", "scores", "scores_told"}  # of a plan that is withdrawn


def staffed(**edits):
    """The small demo with rosters as full as a large estate's: two shifts a day of each store, seven
    hours."""
    suite = demo_suite.suite(**edits)
    person = (
        suite.employees.filter(_.store_id.notnull()).group_by("store_id").agg(employee_id=_.employee_id.min())
    )
    day = suite.store_hours.filter(_.business_date <= suite.as_of).select(
        "store_id", shift_date="business_date"
    )
    row = day.join(person, "store_id").cross_join(
        suite.employees.aggregate(n=_.count()).select(x=ibis.literal(0))
    )
    starts = {hour: row.mutate(hour=ibis.literal(hour)) for hour in (11, 18)}
    both = ibis.union(*starts.values())
    start = both.shift_date.cast("timestamp") + both.hour.as_interval("h") + ibis.interval(minutes=30)
    rosters = both.select(
        "employee_id",
        "store_id",
        "shift_date",
        shift_id=both.store_id + both.shift_date.cast("string") + both.hour.cast("string"),
        start_at=start,
        end_at=start + ibis.interval(hours=7),
        rostered_seconds=ibis.literal(25_200.0),
        status=ibis.literal("worked"),
        is_worked=ibis.literal(True),
        published_at=start - ibis.interval(days=20),
    )
    suite._built["rosters"] = rosters.cache()
    return suite


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, staffed())


def test_the_page_is_whole(said):
    assert set(headlines(said)) == HEADLINES and all(record["sql"] for record in said["headline"])
    # The rosters of this test are not those that the ledger pays.
    assert [check["passed"] for check in said["check"]] == [True, False, True, True]
    assert names(said, "table") == TABLES
    assert names(said, "figure") == {"heads", "lights", "trial", "hours"}
    assert page_faults(said) == []
    assert len(rows(said, "stores")) == 10 and len(rows(said, "grid")) == 10 * 7 * 28


def test_no_person_is_named(said):
    numbers = set(demo_suite.suite().employees.execute()["employee_id"])
    shown = {str(value) for table in TABLES for row in rows(said, table) for value in row.values()}
    assert not shown & numbers


def test_with_few_orders_nothing_is_found(said):
    assert headlines(said)["red_today"]["value"] == 0
    assert said["decision"][0]["strength"] == WAIT
    assert said["title"][0]["text"] == "Rosters follow demand: moving shifts would bring nothing"


@pytest.mark.full
def test_one_store_has_its_name_in_the_title():
    said = said_by(NOTEBOOK, staffed(), store="221 Grand", hands_seconds=240.0, wait_seconds=5.0)
    assert "221 Grand" in said["title"][0]["text"] and len(rows(said, "stores")) == 1
    assert page_faults(said) == []


@pytest.mark.full
def test_where_nothing_is_planted_nothing_is_asked():
    said = said_by(NOTEBOOK, null_world.suite())
    assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


@pytest.mark.full
def test_rosters_that_are_too_thin_are_said_to_be():
    said = said_by(NOTEBOOK, demo_suite.suite())
    assert said["title"][0]["text"] == "Rosters have too few hours to staff the opening times"
    assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


@pytest.mark.parametrize("day", [pytest.param("2025-06-01", marks=pytest.mark.full), "2025-07-02"])
def test_before_anything_can_be_planned_the_page_says_so(day):
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=day))
    assert said["decision"][0]["strength"] == WAIT
    assert "headline" not in said or headlines(said)["gain"]["value"] is None


def test_without_the_efficiency_database_the_page_names_it():
    suite = demo_suite.suite()
    kept = {name: table for name, table in suite.snapshot.tables.items() if "opempefficiency" not in name}
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=kept)
    said = said_by(NOTEBOOK, suite)
    assert said["title"][0]["text"] == "No roster is in this snapshot"
    assert "aws-luckyus-opempefficiency-rw" in said["missing"][0]["text"]


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "staffing"}
    assert own == {"red_tomorrow"} and alerts.faults == ()
