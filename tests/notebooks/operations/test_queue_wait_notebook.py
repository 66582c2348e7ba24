"""The page on waits: its numbers follow the tickets, and where nothing acts it claims nothing."""

from __future__ import annotations

import dataclasses

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by
from tests.tickets_made import retime

NOTEBOOK = "operations/queue_wait"
HEADLINES = {"wait", "peak_wait", "one_more", "by_shifts", "lost", "refused", "saved", "bound", "queue",
             "making", "servers", "worth_most", "hour_cost", "break_even", "naive_lost", "naive_shifts",
             "peaks", "overrun", "over_target", "unusual"}  # fmt: skip


def changed(seconds, **parameters):
    return said_by(NOTEBOOK, demo_suite.suite(production=retime(seconds)), **parameters)


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole_and_its_parts_add_up(said):
    found = assert_sound(said, HEADLINES)
    assert found["wait"]["value"] == pytest.approx(found["making"]["value"] + found["queue"]["value"] / 60)
    assert {"busiest", "rules", "models", "half_hours", "worth", "gains", "coming"} <= names(said, "table")
    published = {each["what"]: each["value"] for each in said["published"]}
    assert published["wait for an order"] == pytest.approx(found["wait"]["value"])
    rule = next(row for row in rows(said, "rules") if row["most_open"] == 8)
    assert rule["refused"] == pytest.approx(found["refused"]["value"])
    busiest = rows(said, "busiest")
    assert busiest[0]["orders"] == max(row["orders"] for row in busiest)
    assert found["one_more"]["value"] == pytest.approx(busiest[0]["gain"])
    assert found["worth_most"]["value"] == pytest.approx(max(row["worth"] for row in rows(said, "worth")))


def test_nothing_was_planted_and_nothing_is_advised(said):
    found = headlines(said)
    assert found["lost"]["low"] < 0 < found["lost"]["high"]
    decision = said["decision"][0]
    assert decision["strength"] == WAIT and not decision["action"].startswith("put one more")
    assert "pays in at least" not in said["title"][0]["text"]


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {
        rule.name: rule.when.split()[0].split(".")[0]
        for rule in alerts.rules
        if rule.notebook == "queue_wait"
    }
    assert own == {"waits_long": "over_target", "waits_unusual": "unusual", "one_more_pays": "worth_most"}
    assert alerts.faults == () and set(own.values()) <= HEADLINES


@pytest.mark.full
def test_each_headline_moves_with_its_rows(said):
    before = headlines(said)
    twice = headlines(changed(lambda ticket: 2 * ticket.production_seconds))
    for name in ("wait", "peak_wait", "making"):
        assert twice[name]["value"] > 1.5 * before[name]["value"], name
    for name in ("one_more", "by_shifts", "lost", "naive_lost", "naive_shifts", "worth_most", "break_even"):
        assert twice[name]["value"] != before[name]["value"], name
    assert twice["over_target"]["value"] > before["over_target"]["value"]
    crowded = demo_suite.suite(
        rosters=lambda shift: shift.mutate(start_at=shift.start_at + ibis.interval(hours=12))
    )
    assert headlines(said_by(NOTEBOOK, crowded))["overrun"]["value"] != before["overrun"]["value"]
    many = headlines(changed(lambda ticket: ticket.production_seconds * 6, most_open=2))
    for name in ("refused", "saved", "bound"):
        assert many[name]["value"] > before[name]["value"], name
    assert many["servers"]["value"] != before["servers"]["value"]
    later = demo_suite.suite(
        production=lambda made: made.mutate(opened_at=made.opened_at - ibis.interval(minutes=2))
    )
    queue = headlines(said_by(NOTEBOOK, later))["queue"]["value"]
    assert queue == pytest.approx(before["queue"]["value"] + 120)
    dear = demo_suite.suite(accounting_costs=lambda bill: bill.mutate(cost_cents=2 * bill.cost_cents))
    cost = headlines(said_by(NOTEBOOK, dear))["hour_cost"]["value"]
    assert cost == pytest.approx(2 * before["hour_cost"]["value"])
    week = ibis.date(2026, 2, 6)
    slow = changed(lambda made: made.production_seconds * ibis.ifelse(made.production_date > week, 4, 1))
    assert headlines(slow)["unusual"]["value"] > 0
    flat = demo_suite.suite(production=lambda made: made.mutate(local_hour=ibis.literal(8, "int64")))
    assert headlines(said_by(NOTEBOOK, flat))["peaks"]["value"] == 0


@pytest.mark.full
def test_early_days_say_so():
    for as_of, title in (("2025-06-01", "No order was made yet"), ("2025-07-01", "Too few days")):
        said = said_by(NOTEBOOK, demo_suite.suite(as_of=as_of))
        assert said["title"][0]["text"].startswith(title) and "headline" not in said
        assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


def test_without_tickets_of_late_the_page_says_so():
    suite = demo_suite.suite(
        production=lambda made: made.filter(made.production_date < ibis.date(2026, 1, 10))
    )
    said = said_by(NOTEBOOK, suite)
    assert said["title"][0]["text"].startswith("Too few days") and page_faults(said) == []
    assert "headline" not in said and said["decision"][0]["strength"] == WAIT


@pytest.mark.full
def test_one_store_an_empty_week_and_names_like_markup():
    one = demo_suite.suite(production=lambda ticket: ticket.filter(ticket.store_id == "100008"))
    said = said_by(NOTEBOOK, one)
    assert len(rows(said, "busiest")) == 1 and page_faults(said) == []
    empty = demo_suite.suite(
        production=lambda made: made.filter(
            ~made.production_date.between(ibis.date(2026, 1, 19), ibis.date(2026, 1, 25))
        )
    )
    assert page_faults(said_by(NOTEBOOK, empty)) == []
    markup = demo_suite.suite(stores=lambda store: store.mutate(store_name="<b>" + store.store_name + "</b>"))
    said = said_by(NOTEBOOK, markup)
    assert page_faults(said) == []
    tables = [record["data"].get("text/html", "") for record in said["outputs"]]
    assert any("&lt;b&gt;" in table for table in tables) and not any("<b>2" in table for table in tables)


@pytest.mark.full
@pytest.mark.parametrize("gone", ["opempefficiency", "t_acc_cost_bill", "t_order_predict_alg_v2"])
def test_without_a_table_the_page_says_what_is_missing(gone):
    suite = demo_suite.suite()
    left = {name: table for name, table in suite.snapshot.tables.items() if gone not in name}
    assert len(left) < len(suite.snapshot.tables)
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=left)
    said = said_by(NOTEBOOK, suite)
    assert said["missing"] and gone in said["missing"][0]["text"]
    assert {"half_hours", "rules", "models"} <= names(said, "table") and page_faults(said) == []


@pytest.mark.full
@pytest.mark.parametrize(
    "parameters",
    [{"recent_days": 14, "tried_days": 7, "later_days": 3, "most_open": 1, "wait_target": 1.0, "level": 0.5},
     {"recent_days": 56, "tried_days": 28, "later_days": 60, "most_open": 100, "wait_target": 60.0,
      "level": 0.99},
     {"over_minutes": 5.0}, {"over_minutes": 240.0, "rows_shown": 10}],
)  # fmt: skip
def test_parameters_at_both_ends(parameters):
    said = said_by(NOTEBOOK, demo_suite.suite(), **parameters)
    assert page_faults(said) == [] and len(said["decision"]) == 1
