"""The production page: its numbers follow the tickets, and where nothing acts it claims nothing."""

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

NOTEBOOK = "operations/production_time"
HEADLINES = {"making", "queue", "kept", "load_effect", "reachable", "over", "trimmed", "wait", "load_slope",
             "same_drink", "per_step", "naive_kept", "gain", "quotes_off", "causes_seen", "slow_stores",
             "since_launch", "since_launch_net"}  # fmt: skip


def by_lot(ticket):
    """Seconds that depend on nothing: 100 to 299 by the ticket's number."""
    return 100 + ticket.production_id.hash().abs() % 200


def is_before(ticket, *day):
    return ticket.production_date < ibis.date(*day)


def changed(seconds, **parameters):
    return said_by(NOTEBOOK, demo_suite.suite(production=retime(seconds)), **parameters)


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole_and_its_parts_add_up(said):
    found = assert_sound(said, HEADLINES)
    wait, making = found["wait"]["value"], found["making"]["value"]
    assert wait == pytest.approx(making + found["queue"]["value"] / 60)
    stores = rows(said, "stores")
    assert sum(row["n"] for row in stores) == found["making"]["n"]
    mean = sum(row["n"] * row["mean"] for row in stores) / found["making"]["n"]
    assert mean == pytest.approx(making)
    assert sum(row["over"] for row in stores) == found["over"]["value"]
    steps = rows(said, "levers")
    assert steps[0]["end"] == pytest.approx(making)
    assert steps[-1]["end"] == pytest.approx(found["reachable"]["value"])
    assert {"machines", "quote_parts", "products", "causes"} <= names(said, "table")
    weeks, (foretold,) = rows(said, "weeks"), said["prediction"]
    assert foretold["metric"] == "production_seconds" and foretold["low"] < foretold["high"]
    assert said["published"][0]["value"] == pytest.approx(weeks[-1]["minutes"])
    assert all(
        row["inside"] <= 1 and row["quote"] * 2 == round(row["quote"] * 2, 1) for row in rows(said, "quotes")
    )


def test_where_nothing_acts_nothing_is_claimed_and_nothing_advised():
    said = changed(by_lot, target_minutes=2.0)
    found = headlines(said)
    assert page_faults(said) == [] and said["decision"][0]["strength"] == WAIT
    assert found["reachable"]["value"] is None and found["slow_stores"]["value"] == 0
    assert found["quotes_off"]["value"] == 0 and found["over"]["value"] == 0
    assert "no table shows what would shorten it" in said["title"][0]["text"]
    assert "Nothing we see would shorten it" in said["answer"][0]["text"]
    assert all(row["gain"] is None for row in rows(said, "levers"))


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {
        rule.name: rule.when.split()[0].split(".")[0]
        for rule in alerts.rules
        if rule.notebook == "production_time"
    }
    assert own == {"making_slow": "making", "quotes_missed": "quotes_off"} and alerts.faults == ()
    assert set(own.values()) <= HEADLINES


@pytest.mark.full
def test_each_headline_moves_with_its_rows(said):
    before = headlines(said)
    twice = headlines(changed(lambda ticket: 2 * ticket.production_seconds))
    for name in ("making", "trimmed", "wait", "reachable"):
        assert twice[name]["value"] > 1.5 * before[name]["value"], name
    for name in ("over", "load_slope", "load_effect", "same_drink", "naive_kept", "kept", "gain"):
        assert twice[name]["value"] != before[name]["value"], name
    waits = demo_suite.suite(
        production=lambda ticket: ticket.mutate(opened_at=ticket.opened_at - ibis.interval(minutes=2))
    )
    later = headlines(said_by(NOTEBOOK, waits))
    assert later["queue"]["value"] == pytest.approx(before["queue"]["value"] + 120)
    assert later["wait"]["value"] == pytest.approx(before["wait"]["value"] + 2)
    assert later["making"]["value"] == before["making"]["value"]
    one = headlines(
        changed(lambda made: made.production_seconds * ibis.ifelse(made.store_id == "100008", 1.5, 1.0))
    )
    assert one["slow_stores"]["value"] == 1
    first = headlines(
        changed(lambda made: made.production_seconds + ibis.ifelse(is_before(made, 2025, 9, 1), 200, 0))
    )
    for name in ("since_launch", "since_launch_net"):
        assert first[name]["value"] < before[name]["value"] - 0.1, name
    held = headlines(changed(lambda made: made.production_seconds + ibis.ifelse(made.is_delivery, 3600, 0)))
    assert held["causes_seen"]["value"] >= 1 and held["over"]["value"] > before["over"]["value"]
    broken = changed(lambda made: made.production_seconds * ibis.ifelse(is_before(made, 2026, 2, 7), 1, 3))
    assert headlines(broken)["quotes_off"]["value"] > 0
    recipes = demo_suite.suite(
        recipes=lambda line: line.filter((line.step > 4) | (line.product_id > "SPU100040"))
    )
    assert headlines(said_by(NOTEBOOK, recipes))["per_step"]["value"] != before["per_step"]["value"]


@pytest.mark.full
def test_within_its_target_nothing_is_asked_for():
    said = changed(lambda ticket: ticket.production_seconds / 3)
    assert "within the target" in said["title"][0]["text"] and page_faults(said) == []
    assert "within its target" in said["decision"][0]["action"] and said["decision"][0]["strength"] == WAIT


@pytest.mark.full
@pytest.mark.parametrize(
    ("as_of", "title"), [("2025-06-01", "No order was made yet"), ("2025-07-20", "Too few days")]
)
def test_early_days_say_so(as_of, title):
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=as_of))
    assert said["title"][0]["text"].startswith(title) and "headline" not in said
    assert said["decision"][0]["strength"] == WAIT


@pytest.mark.parametrize(
    ("of_late", "title", "words"),
    [(lambda made: made.filter(is_before(made, 2026, 1, 10)), "No order was made of late", "last 28 days"),
     (retime(lambda made: made.production_seconds + ibis.ifelse(is_before(made, 2026, 1, 10), 0, 3600)),
      "No ticket was closed in time of late", "at most 30 minutes"),
     (retime(lambda made: made.production_seconds + 3600), "Too few days", "0 days with tickets")],
)  # fmt: skip
def test_without_a_ticket_closed_in_time_the_page_says_so(of_late, title, words):
    said = said_by(NOTEBOOK, demo_suite.suite(production=of_late))
    assert said["title"][0]["text"].startswith(title) and "headline" not in said and page_faults(said) == []
    assert words in said["answer"][0]["text"] and said["decision"][0]["strength"] == WAIT


@pytest.mark.full
def test_one_store_an_empty_week_and_names_like_markup():
    one = demo_suite.suite(production=lambda ticket: ticket.filter(ticket.store_id == "100008"))
    said = said_by(NOTEBOOK, one)
    assert len(rows(said, "stores")) == 1 and page_faults(said) == []
    said = said_by(
        NOTEBOOK, demo_suite.suite(production=lambda made: made.filter(is_before(made, 2026, 2, 7)))
    )
    assert page_faults(said) == [] and headlines(said)["making"]["n"] > 0
    markup = demo_suite.suite(
        products=lambda product: product.mutate(product_name="<b>" + product.product_name + "</b>")
    )
    said = said_by(NOTEBOOK, markup)
    table = next(
        record for record in said["outputs"] if record["data"].get("text/html", "").count("&lt;b&gt;")
    )
    assert "<b>Latte" not in table["data"]["text/html"]


@pytest.mark.full
@pytest.mark.parametrize(
    "gone", ["iot_platform", "t_formula_spu", "t_order_oper_history", "t_shop_opening_time"]
)
def test_without_a_table_the_page_says_what_is_missing(gone):
    suite = demo_suite.suite()
    left = {name: table for name, table in suite.snapshot.tables.items() if gone not in name}
    assert len(left) < len(suite.snapshot.tables)
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=left)
    said = said_by(NOTEBOOK, suite)
    assert said["missing"] and gone in said["missing"][0]["text"]
    assert {"stores", "quotes", "levers"} <= names(said, "table") and page_faults(said) == []
