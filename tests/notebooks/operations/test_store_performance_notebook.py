"""The page of the stores: its numbers follow the rows, and where nothing is planted it asks for nothing."""

from __future__ import annotations

import dataclasses

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world, planted_world
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "operations/store_performance"
HEADLINES = {
    "off",
    "off_by",
    "off_weeks",
    "comparable",
    "by_sisters",
    "sure_pairs",
    "watch",
    "plain_alarms",
    "fallen",
    "off_peers",
}
TABLES = {"grid", "events", "ranks", "growth", "sold_out", "ranges", "peers", "rules"}
GRAND = "100057"


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole(said):
    assert_sound(said, HEADLINES)
    assert names(said, "table") == TABLES
    assert names(said, "figure") == {"lights", "growth", "ranks", "rules"}
    assert len(rows(said, "grid")) == len(rows(said, "ranks")) == 10
    assert len(rows(said, "ranges")) == 100


def test_the_grid_is_the_rows_of_the_day(said):
    suite = demo_suite.suite()
    orders = suite.orders.execute()
    own = orders[(orders["store_id"] == GRAND) & (orders["order_date"].dt.date == suite.as_of)]
    grand = next(row for row in rows(said, "grid") if row["store_name"] == "221 Grand")
    assert grand["aov"] == pytest.approx(own["revenue_cents"].mean() / 100)
    assert 12.5 * grand["orders_hour"] <= len(own) <= 13 * grand["orders_hour"] + 1e-6


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "store_performance"}
    assert own == {"off", "fallen", "off_peers", "comparable.high"} and alerts.faults == ()


def test_the_day_follows_the_rows_of_the_day(said):
    def poorer(order):
        own = (order.store_id == GRAND) & (order.order_date == ibis.date(2026, 2, 13))
        return order.mutate(revenue_cents=own.ifelse(order.revenue_cents // 500, order.revenue_cents))

    after = said_by(NOTEBOOK, demo_suite.suite(orders=poorer))
    found = headlines(after)
    assert found["off"]["value"] == 1 and found["off_by"]["high"] < 0
    assert found["plain_alarms"]["value"] > headlines(said)["plain_alarms"]["value"]
    assert after["title"][0]["text"] == "221 Grand was off its own days on 13 Feb"
    assert after["decision"][0]["action"] == "look first at 221 Grand" and page_faults(after) == []
    assert rows(after, "events")[0]["store_name"] == "221 Grand"


@pytest.mark.full
def test_the_weeks_follow_the_rows_of_the_weeks(said):
    def poorer(order):
        late = order.order_date >= ibis.date(2026, 1, 17)
        return order.mutate(revenue_cents=late.ifelse(order.revenue_cents // 4, order.revenue_cents))

    before, found = headlines(said), headlines(said_by(NOTEBOOK, demo_suite.suite(orders=poorer)))
    assert found["fallen"]["value"] > before["fallen"]["value"]
    assert found["comparable"]["value"] < before["comparable"]["value"] - 0.5


@pytest.mark.full
def test_peers_and_pairs_follow_the_rows(said):
    slow = said_by(
        NOTEBOOK,
        demo_suite.suite(
            production=lambda row: row.mutate(
                production_seconds=(row.store_id == GRAND).ifelse(1500.0, 200.0)
            ),
            orders=lambda row: row.mutate(
                revenue_cents=(400 + row.store_id.cast("int64") % 100 * 40).cast("int64")
            ),
        ),
    )
    found = headlines(slow)
    assert found["off_peers"]["value"] >= 1
    worse = [row for row in rows(slow, "peers") if row["verdict"] == "worse than its peers"]
    assert {"store_name": "221 Grand", "label": "Production time"}.items() <= worse[0].items()


def test_where_nothing_is_planted_no_store_is_asked():
    said = said_by(NOTEBOOK, null_world.suite())
    assert said["title"][0]["text"] == "No store was off its own days on 13 Feb"
    assert said["decision"][0]["strength"] == WAIT and said["decision"][0]["worth"] is None
    found = headlines(said)
    assert found["off"]["value"] == found["off_peers"]["value"] == found["fallen"]["value"] == 0
    ours, plain = rows(said, "rules")
    assert ours["days_off"] <= 4 < plain["days_off"]
    assert page_faults(said) == []


@pytest.mark.full
def test_a_planted_outage_is_found_and_nothing_else():
    outage = {"grand": {"store": "221 Grand", "date": "2026-02-13", "orders": 0.25}}
    said = said_by(NOTEBOOK, planted_world.suite({"anomalies": outage}, scale=0.1, only="anomalies"))
    assert [row["store_name"] for row in rows(said, "events") if str(row["ds"])[:10] == "2026-02-13"] == [
        "221 Grand"
    ]
    assert said["title"][0]["text"] == "221 Grand was off its own days on 13 Feb"
    off = headlines(said)["off_by"]
    assert off["high"] < 0 and said["decision"][0]["worth"]["low"] > 0


@pytest.mark.parametrize("day", ["2025-06-01", "2025-07-10"])
def test_before_anything_can_be_judged_the_page_says_so(day):
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=day))
    assert said["decision"][0]["strength"] == WAIT
    assert said["title"][0]["text"].startswith("No store")
    assert ("headline" in said) == (day == "2025-07-10")


@pytest.mark.full
def test_one_store_and_an_empty_week():
    one = demo_suite.suite(stores=lambda row: row.filter((row.store_id == GRAND) | ~row.is_trading_store))
    said = said_by(NOTEBOOK, one)
    assert len(rows(said, "grid")) == 1 and headlines(said)["sure_pairs"]["n"] == 0
    assert page_faults(said) == []
    week = lambda row: row.filter(row.order_date < ibis.date(2026, 2, 7))  # noqa: E731
    empty = said_by(NOTEBOOK, demo_suite.suite(orders=week))
    assert page_faults(empty) == [] and headlines(empty)["comparable"]["value"] is None


def test_without_a_server_its_numbers_are_left_out_and_named():
    suite = demo_suite.suite()
    gone = ("sales_payment", "opproduction", "iot_platform", "shopstock", "opqualitycontrol")
    kept = {
        name: table for name, table in suite.snapshot.tables.items() if not any(part in name for part in gone)
    }
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=kept)
    said = said_by(NOTEBOOK, suite)
    (lights,) = [figure["finding"] for figure in said["figure"] if figure["name"] == "lights"]
    assert "not counted: production time" in lights
    assert len(rows(said, "ranges")) == 40 and page_faults(said) == []
    (check,) = [check for check in said["check"] if not check["passed"]]
    assert "Machines up" in check["detail"]
