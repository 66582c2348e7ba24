"""The page on launches: whole on the small demo, honest before the first launches."""

from __future__ import annotations

import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "product/launch_predictor"
HEADLINES = {
    "month",
    "error",
    "error_naive",
    "error_kind",
    "gain",
    "inside",
    "novelty",
    "taken",
    "n_launches",
}


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite(as_of="2026-01-26"))


def test_the_page_is_whole(said):
    assert set(headlines(said)) == HEADLINES and all(record["sql"] for record in said["headline"])
    assert names(said, "figure") == {"past", "weeks", "sisters", "days"}
    assert names(said, "table") == {"ahead", "past", "launches", "days", "weeks", "sisters"}
    assert page_faults(said) == [] and len(said["check"]) == 2
    assert len(rows(said, "launches")) >= 15


def test_each_month_under_way_is_promised(said):
    ahead = rows(said, "ahead")
    assert len(said["prediction"]) == len(ahead) >= 3
    assert {each["metric"] for each in said["prediction"]} == {"units"}
    month = headlines(said)["month"]
    assert month["low"] <= month["value"] <= month["high"]


@pytest.mark.parametrize("day", [pytest.param("2025-06-01", marks=pytest.mark.full), "2025-09-01"])
def test_before_enough_launches_the_page_says_so(day):
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=day))
    assert said["title"][0]["text"] == "Too few launches to forecast the next one"
    assert said["decision"][0]["strength"] == WAIT


@pytest.mark.full
@pytest.mark.parametrize("parameters", [{"n_first": 1, "level": 0.5}, {"n_first": 21, "level": 0.99}])
def test_parameters_at_their_ends(parameters):
    said = said_by(NOTEBOOK, demo_suite.suite(), **parameters)
    assert set(headlines(said)) == HEADLINES and page_faults(said) == []


@pytest.mark.full
def test_where_nothing_is_planted_the_page_comes():
    assert page_faults(said_by(NOTEBOOK, null_world.suite())) == []


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "launch_predictor"}
    assert own and {name.split(".")[0] for name in own} <= HEADLINES and alerts.faults == ()
