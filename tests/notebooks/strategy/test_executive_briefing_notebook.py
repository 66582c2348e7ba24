"""The briefing: every number in its text is a headline's, they follow the rows, and it stays readable."""

from __future__ import annotations

import datetime as dt
import re

import ibis
import pandas as pd
import pytest
from ibis import _
from scipy.stats import binom

from lucky_analytics import settings
from lucky_analytics.formats import format_interval, format_number, largest_end
from lucky_analytics.models.watched_days.judged_days import WatchedDays, load_watched
from lucky_analytics.questions.strategy.executive_briefing.watch import count_false_alarms, judge_days
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "strategy/executive_briefing"
TILES = {"revenue", "orders", "making", "active", "things", "outlook"}
OTHERS = {"forecast_bias", "against_usual", "off_usual", "against_last_week", "against_seven",
          "against_thirty", "against_all_thirty", "against_month", "naive_flags", "moved_most",
          "odd_days", "odd_stores"}  # fmt: skip
TODAY = dt.date(2026, 2, 13)
WORDS_A_MINUTE = 200
_DATE = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*(?: \d{4})?\b")
_NUMBER = re.compile(r"[−+]?[$]?\d[\d,.]*\d(?:[KMB]\b)?|[−+]?[$]?\d(?:[KMB]\b)?")


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def told(said):
    """The texts that a reader of the mail reads: title, answer, points, decision, findings of charts."""
    texts = [record["text"] for kind in ("title", "answer", "point") for record in said.get(kind, [])]
    for record in said["decision"]:
        texts += [record[key] for key in ("action", "because", "would_change_if")]
        texts.append((record["worth"] or {}).get("shown", ""))
    return texts + [record["finding"] for record in said["figure"]]


def shown(found):
    """Every number that a headline may be shown as."""
    numbers = set()
    for record in found.values():
        ends = (record["low"], record["high"])
        texts = [format_number(record["value"], record["unit"], largest_end(*ends))]
        texts.append(format_interval(*ends, record["unit"]))
        texts += [f"{record['n']}"] if record["name"] in ("odd_days", "odd_stores") else []
        numbers |= {number.lstrip("+") for text in texts for number in _NUMBER.findall(text)}
    return numbers


def trace(said, stores):
    """The numbers of the texts that are no headline's; names of stores and dates are no numbers."""
    known = shown(headlines(said))
    left = []
    for text in told(said):
        for store in stores:
            text = text.replace(store, "")
        left += [number for number in _NUMBER.findall(_DATE.sub("", text)) if number.lstrip("+") not in known]
    return left


def stores_of(suite):
    return suite.stores.store_name.execute().tolist()


def test_the_page_keeps_the_rules_and_has_all_its_parts(said):
    assert page_faults(said) == []
    found = headlines(said)
    assert set(found) >= TILES | OTHERS
    assert {name for name, record in found.items() if record["is_tile"]} == TILES
    assert names(said, "figure") == {"why", "days", "stores", "outlook"}
    assert names(said, "table") == {
        "parts",
        "things",
        "quiet",
        "by_store",
        "against",
        "outlook_days",
        "false_alarms",
    }
    (held_to,) = said["prediction"]
    assert held_to["value"] == headlines(said)["outlook"]["value"]
    parts = {row["part"] for row in rows(said, "parts")}
    assert parts == {"Revenue and orders", "Operations", "Customers", "Money going back"}


def test_it_is_read_in_two_minutes(said):
    tiles = [
        f"{record['label']} {record['value']} {record['unit']}"
        for record in said["headline"]
        if record["is_tile"]
    ]
    assert sum(len(text.split()) for text in [*told(said), *tiles]) < 2 * WORDS_A_MINUTE


def test_every_number_in_the_text_is_one_of_a_headline(said):
    assert trace(said, stores_of(demo_suite.suite())) == []
    changed = {**said, "answer": [{"text": "All stores sold $99.9K on Friday."}]}
    assert trace(changed, stores_of(demo_suite.suite())) == ["$99.9K"]


def test_the_parts_add_up_to_the_change_to_the_cent(said):
    suite = demo_suite.suite()
    order = suite.orders.filter(_.is_trading_store)
    cents = [
        order.filter(_.order_date == day).revenue_cents.sum().execute()
        for day in (TODAY - dt.timedelta(days=7), TODAY)
    ]
    assert round(sum(row["total"] for row in rows(said, "by_store")) * 100) == cents[1] - cents[0]
    assert headlines(said)["revenue"]["value"] == cents[1] / 100
    assert all(check["passed"] for check in said["check"] if "add up" in check["name"])


def fewer_orders(keep_one_in):
    """Without most of the last day's orders of the largest store."""

    def edit(order):
        first = (
            order.filter(_.order_date == TODAY, _.is_trading_store)
            .group_by("store_id")
            .aggregate(n=_.count())
        )
        largest = first.order_by(ibis.desc("n"), "store_id").limit(1).execute()["store_id"].iloc[0]
        drop = (_.order_date == TODAY) & (_.store_id == largest) & (_.order_id.hash() % keep_one_in != 0)
        return order.filter(~drop)

    return edit


@pytest.mark.full
def test_the_numbers_follow_the_rows(said):
    before = headlines(said)
    after = said_by(NOTEBOOK, demo_suite.suite(orders=fewer_orders(10)))
    now = headlines(after)
    for name in ("revenue", "orders", "active", "outlook", "against_usual", "off_usual",
                 "against_last_week", "against_seven", "against_thirty", "against_all_thirty",
                 "against_month", "moved_most", "naive_flags"):  # fmt: skip
        assert now[name]["value"] != before[name]["value"], name
    slow = said_by(
        NOTEBOOK,
        demo_suite.suite(
            production=lambda ticket: ticket.mutate(
                production_seconds=_.production_seconds * ibis.ifelse(_.production_date == TODAY, 3, 1)
            ),
            order_forecasts=lambda made: made.mutate(predicted_orders=_.predicted_orders * 2),
        ),
    )
    now = headlines(slow)
    assert now["making"]["value"] > 2 * before["making"]["value"]
    assert now["things"]["value"] > before["things"]["value"]
    assert trace(slow, stores_of(demo_suite.suite())) == []
    assert now["forecast_bias"]["value"] > before["forecast_bias"]["value"] + 0.5
    assert now["outlook"]["value"] == pytest.approx(before["outlook"]["value"], rel=0.02)


@pytest.mark.full
@pytest.mark.parametrize("as_of", ["2025-06-30", "2025-07-03", "2025-08-15", "2025-11-27", "2026-01-01"])
def test_early_days_and_holidays_give_a_page_that_keeps_the_rules(as_of):
    suite = demo_suite.suite(as_of)
    page = said_by(NOTEBOOK, suite)
    assert page_faults(page) == []
    assert trace(page, stores_of(suite)) == []
    if as_of < "2025-07-28":
        assert "too early" in page["title"][0]["text"]
        assert headlines(page)["against_usual"]["value"] is None


def test_before_the_first_order_there_is_no_day_to_tell():
    page = said_by(NOTEBOOK, demo_suite.suite(orders=lambda order: order.filter(False)))
    assert page["title"][0]["text"] == "No day to tell of yet"
    assert page["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_with_orders_alone_the_page_says_what_it_could_not_read():
    suite = demo_suite.suite()
    missing = {"production", "stock", "device_events", "customers", "coupons", "refunds", "payments",
               "order_forecasts", "store_hours"}  # fmt: skip
    own = suite.optional
    suite.optional = lambda name: None if name in missing else own(name)
    page = said_by(NOTEBOOK, suite)
    assert page_faults(page) == []
    assert headlines(page)["making"]["value"] is None and headlines(page)["outlook"]["value"] is None
    assert any("Production time" in caveat["text"] for caveat in page["caveat"])


@pytest.mark.full
def test_one_store_alone_gives_a_page():
    suite = demo_suite.suite()
    one = suite.stores.filter("is_trading_store").store_id.min().execute()
    alone = demo_suite.suite(
        stores=lambda store: store.mutate(is_trading_store=_.store_id == one),
        orders=lambda order: order.mutate(is_trading_store=_.store_id == one),
    )
    page = said_by(NOTEBOOK, alone)
    assert page_faults(page) == []
    assert len(rows(page, "by_store")) == 1


@pytest.mark.full
def test_where_nothing_was_planted_days_with_an_alarm_are_as_rare_as_stated():
    suite = null_world.suite()
    watched = load_watched(suite)
    judged = judge_days(watched, weeks_apart=4.0)
    # A day's verdict is that of the page of this day: what came later changes next to nothing.
    for as_of in (dt.date(2025, 10, 1), dt.date(2025, 12, 25)):
        known = [part[part["ds"].dt.date <= as_of] for part in (watched.days, watched.chain)]
        then = judge_days(WatchedDays(watched.stores, *known), weeks_apart=4.0)
        own, past = (table[table["ds"].dt.date == as_of].reset_index(drop=True) for table in (judged, then))
        assert own["is_alarm"].tolist() == past["is_alarm"].tolist()
        moved = (own["p_value"] - past["p_value"]).abs().dropna()
        assert moved.mean() < 0.01 and moved.max() < 0.1
    flags = count_false_alarms(judged, pd.Timestamp(suite.as_of)).set_index("rule")
    n_days, n_with = flags.loc["is_alarm", ["n_days", "n_with"]]
    assert n_days > 180
    assert binom.sf(n_with - 1, n_days, 1 / 28) > 0.01, f"{n_with} of {n_days}"
    assert flags.loc["is_naive", "n_with"] > 0.5 * n_days


@pytest.mark.full
def test_where_nothing_was_planted_an_ordinary_day_is_called_one():
    page = said_by(NOTEBOOK, null_world.suite())
    sales = [row for row in rows(page, "things") if row["what"] in ("Revenue", "Orders")]
    assert sales == []
    assert "more than chance" not in page["title"][0]["text"]


def test_its_alerts_name_headlines_that_it_gives(said):
    alerts = load_rules(settings.load())
    own = {
        rule.name: rule.when.split()[0].partition(".")[0]
        for rule in alerts.rules
        if rule.notebook == "executive_briefing"
    }
    assert own == {"day_much_unusual": "things", "day_revenue_low": "against_usual"}
    assert set(own.values()) <= set(headlines(said)) and alerts.faults == ()
