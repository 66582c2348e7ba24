"""The KPI page: whole, its numbers those of its tables, each headline moved by its rows."""

from __future__ import annotations

import functools

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "strategy/kpi_command_center"
HEADLINES = {"unusual", "missed", "revenue", "orders", "active_customers", "new_customers",
             "production_seconds", "revenue_change", "compared"}  # fmt: skip
TARGETS = "production_seconds: {at_most: 180, source: us}\nfulfilment_rate: {at_least: 0.5, source: us}"


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite(), targets=TARGETS)


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables(said):
    found = assert_sound(said, HEADLINES)
    figures = {row["unique_id"]: row for row in rows(said, "figures")}
    for name in ("revenue", "orders", "active_customers", "new_customers", "production_seconds"):
        assert found[name]["value"] == pytest.approx(figures[name]["value"])
    assert found["unusual"]["value"] == sum(row["state"] == "unusual" for row in figures.values())
    met = {row["unique_id"]: row["target_met"] for row in rows(said, "targets")}
    assert met.keys() == {"production_seconds", "fulfilment_rate"}
    assert found["missed"]["value"] == sum(value == "missed" for value in met.values())
    assert names(said, "figure") == {"customers", "distances", "tree", "weeks"}


def dearer(orders):
    return orders.mutate(revenue_cents=orders.revenue_cents * 3)


def faster(production):
    return production.mutate(production_seconds=production.production_seconds / 9)


def fall(orders):
    return orders.filter((orders.order_date < ibis.date("2026-02-07")) | (orders.order_id.right(1) == "1"))


@functools.cache
def edited(**edits):
    return said_by(NOTEBOOK, demo_suite.suite(**edits), targets=TARGETS)


# Kitchens make no money, and orders no drinks: a headline that moves has one edit as its cause.
@pytest.mark.parametrize(
    ("edits", "moved", "still"),
    [
        ({"orders": dearer, "production": faster}, {"revenue", "production_seconds", "missed"}, "orders"),
        ({"orders": fall}, {"orders", "active_customers", "new_customers"}, "production_seconds"),
    ],
)
def test_each_headline_moves_with_its_rows(said, edits, moved, still):
    before, after = headlines(said), headlines(edited(**edits))
    for name in moved:
        assert after[name]["value"] != before[name]["value"], name
    assert after[still]["value"] == before[still]["value"]


def test_a_week_that_falls_is_unusual_and_changes_the_title(said):
    fallen = edited(orders=fall)
    found = headlines(fallen)
    assert found["unusual"]["value"] > headlines(said)["unusual"]["value"]
    assert found["revenue_change"]["value"] < -0.5 and "moved more" in fallen["title"][0]["text"]
    assert fallen["decision"][0]["strength"] == "lean" and page_faults(fallen) == []


def test_before_the_first_order_and_in_the_first_week_the_page_comes():
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert early["title"][0]["text"] == "No figure can be shown yet" and "headline" not in early
    first = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-07-06"))
    assert headlines(first)["compared"]["value"] == 0 and page_faults(first) == []


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "kpi_command_center"}
    assert own == {"unusual"} and alerts.faults == ()


@pytest.mark.full
@pytest.mark.parametrize("as_of", ["2025-12-12", "2026-01-16", "2026-02-13"])
def test_where_nothing_was_planted_no_figure_is_unusual(as_of):
    world = null_world.suite()
    quiet = said_by(NOTEBOOK, type(world)(world.snapshot, as_of=as_of))
    assert headlines(quiet)["unusual"]["value"] == 0 and page_faults(quiet) == []
