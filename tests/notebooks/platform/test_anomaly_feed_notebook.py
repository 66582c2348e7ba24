"""The page of unusual things: its numbers follow the rows and people's answers; where nothing is planted it
asks for nothing."""

from __future__ import annotations

import ibis
import pytest
from ibis import _

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.runs import answered
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "platform/anomaly_feed"
HEADLINES = {"critical", "warning", "info", "cost", "watched", "smallest_fall", "outside", "alarm_days",
             "open_cards", "acknowledged_cards", "dismissed_cards", "quieted_cards", "comparable",
             "weeks_fall", "weeks_lost", "by_sisters", "comparable_stores", "weeks_compared"}  # fmt: skip
TABLES = {"cards", "steps", "smallest", "symptoms", "all_cards", "rates", "counts", "limits"}  # fmt: skip
TODAY = ibis.date(2026, 2, 13)


@pytest.fixture(scope="module", autouse=True)
def no_answers(tmp_path_factory):
    """Nobody has answered anything, whatever the checkout's own outputs hold."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUCKY_OUTPUTS", str(tmp_path_factory.mktemp("outputs")))
        yield


def with_payments_twice(payment):
    """The day's payments twice."""
    return payment.union(payment.filter(payment.payment_date == TODAY))


@pytest.fixture(scope="module")
def doubled():
    return said_by(NOTEBOOK, demo_suite.suite(payments=with_payments_twice))


def test_the_page_is_whole_and_a_day_that_is_there_twice_is_told(doubled):
    found = assert_sound(doubled, HEADLINES)
    assert names(doubled, "table") == TABLES and names(doubled, "figure") == {"strip", "weeks"}
    assert found["critical"]["value"] == 1 and len(found["critical"]["counted"]) == 1
    card = rows(doubled, "cards")[0]
    assert (
        card["event"] == "payment rows too many for the orders there are" and card["severity"] == "Critical"
    )
    assert doubled["decision"][0]["owner"] == "Platform" and doubled["point"]
    assert rows(doubled, "steps")[0]["who"] == "Platform" and rows(doubled, "all_cards")[0]["series"]


@pytest.mark.full
def test_an_answer_folds_a_card_and_is_read_as_it_was(doubled):
    here, card = settings.load(), rows(doubled, "cards")[0]
    given = answered.Answer(
        card["id"], answered.ACKNOWLEDGED, "", "ops", "seen", ("All|rows",), demo_suite.suite().as_of
    )
    number = answered.note_answer(here, "demo", given).number
    after = said_by(NOTEBOOK, demo_suite.suite(payments=with_payments_twice), answers=number)
    found = headlines(after)
    assert found["critical"]["value"] == 0 and found["critical"]["counted"] == {}
    assert found["acknowledged_cards"]["value"] == 1 and rows(after, "answered")[0]["who"] == "ops"
    assert page_faults(after) == []


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "anomaly_feed"}
    assert own == {"critical"} and alerts.faults == ()


@pytest.mark.full
def test_the_null_world_asks_for_nothing():
    said = said_by(NOTEBOOK, null_world.suite(0.1))
    found = headlines(said)
    assert found["critical"]["value"] == found["warning"]["value"] == 0 and page_faults(said) == []
    assert said["decision"][0]["strength"] == WAIT and said["decision"][0]["worth"] is None
    expected = sum(row["expected"] for row in rows(said, "rates"))
    assert sum(row["n_with"] for row in rows(said, "rates")) <= 2 * expected + 4


@pytest.mark.full
def test_a_damaged_store_of_answers_is_said_and_the_page_comes(tmp_path, monkeypatch):
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path))
    answered.answers_file(settings.load()).write_bytes(b"no database" * 99)
    said = said_by(NOTEBOOK, demo_suite.suite(), answers=answered.UNREADABLE)
    assert [check["passed"] for check in said["check"]] == [True, False]
    assert "anomalies.sqlite" in said["check"][1]["detail"] and page_faults(said) == []


@pytest.mark.full
def test_edges_no_day_one_store_and_a_table_that_is_not_there():
    empty = said_by(NOTEBOOK, demo_suite.suite("2025-06-01"))
    assert empty["title"][0]["text"] == "No store has sold anything yet" and len(empty["decision"]) == 1
    young = said_by(NOTEBOOK, demo_suite.suite("2025-07-05"))
    assert young["title"][0]["text"] == "Too few days to say what is unusual" and page_faults(young) == []
    one = demo_suite.suite(
        stores=lambda store: store.mutate(
            is_trading_store=store.is_trading_store & (store.store_id == "100057")
        )
    )
    assert page_faults(said_by(NOTEBOOK, one)) == []
    bare = demo_suite.suite()
    kept, bare.optional = bare.optional, lambda name: None if name in ("coupons", "fees") else kept(name)
    said = said_by(NOTEBOOK, bare)
    assert not said["check"][0]["passed"] and "Fees of payments" in said["check"][0]["detail"]


@pytest.mark.full
def test_a_name_with_braces_and_marks_is_text():
    odd = demo_suite.suite(
        stores=lambda store: store.mutate(store_name="<b>{x}</b> " + store.store_name),
        payments=with_payments_twice,
        production=lambda ticket: ticket.mutate(
            production_seconds=_.production_seconds * ibis.ifelse(_.production_date == TODAY, 9, 1)
        ),
    )
    assert page_faults(said_by(NOTEBOOK, odd)) == []
