"""Questions read on the demo's catalog: what they ask, what they may ask, what is refused."""

import datetime as dt

import pytest

from lucky_analytics.ask import ask_measures, vocabulary
from lucky_analytics.ask.ask_request import Condition
from lucky_analytics.ask.question_reader import read_question
from lucky_analytics.ask.request_checks import RefusedError
from lucky_analytics.errors import LuckyError
from lucky_analytics.metrics import REGISTRY, Metric
from tests import ask_demo

AS_OF = dt.date(2026, 2, 13)


def read(text, context=None):
    return read_question(text, ask_demo.vocabulary(), AS_OF, context=context)


def one(text, context=None):
    (request,) = read(text, context).requests
    return request


def why(text):
    with pytest.raises(RefusedError) as refused:
        read(text)
    return refused.value.why


def test_grand_street_is_the_store_221_grand():
    request = one("What was our best-selling product at the Grand Street store last week?")
    assert request.where == (Condition("stores.store_name", ("221 Grand",)),)
    assert request.measures == ("units",)
    assert (request.rank.direction, request.rank.n) == ("most", 1)


def test_every_metric_can_be_asked_by_its_label():
    for name, metric in REGISTRY.items():
        assert name in {m for request in read(metric.label).requests for m in request.measures}, name


def test_every_table_that_is_open_can_be_counted_by_its_name():
    for name, measure in ask_measures.list_measures().items():
        if name.startswith("count:") and measure.table not in vocabulary.SPOKEN["rows_are_metrics"]:
            counted = "" if measure.table in vocabulary.SPOKEN["stands_for"] else "number of "
            text = f"{counted}{measure.table.replace('_', ' ')}"
            found = {each for request in read(text).requests for each in request.measures}
            assert any(ask_measures.find_measure(each).table == measure.table for each in found), text


def test_a_metric_that_is_added_can_be_asked_at_once(monkeypatch):
    added = Metric(
        "quick_orders",
        "Quick orders",
        "orders",
        lambda order: order.count(),
        "orders",
        "up",
        "operations",
        "Test.",
    )
    monkeypatch.setitem(REGISTRY, "quick_orders", added)
    ask_measures.list_measures.cache_clear()
    try:
        made = vocabulary.make_vocabulary({"orders.channel": ["ios"]})
        (request,) = read_question("quick orders on iOS last week", made, AS_OF).requests
    finally:
        monkeypatch.undo()
        ask_measures.list_measures.cache_clear()
    assert request.measures == ("quick_orders",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("median order value", "not understood"),
        ("orders by zodiac sign", "not understood"),
        ("why did orders fall", "not understood"),
        ("orders in January and February and March", "not understood"),
        ("three times the orders of yesterday", "not understood"),
        ("phone numbers of customers", "personal"),
        ("slowest employee", "personal"),
        ("who ordered most", "personal"),
        ("orders tomorrow", "future"),
        ("forecast revenue", "future"),
        ("orders in January 2027", "future"),
        ("orders today", "no data"),
        ("wasted quantity last week", "no data"),
        ("trading stores last week", "no data"),
    ],
)
def test_what_is_refused(text, reason):
    assert why(text) == reason


@pytest.mark.parametrize(
    ("text", "n"),
    [("orders at Broadway", 2), ("sales last week", 2), ("Cold Brew units", 2), ("orders at 8th", 2)],
)
def test_what_has_two_readings_gives_both(text, n):
    assert len(read(text).requests) == n


def test_the_word_beside_a_name_decides_what_it_is():
    assert one("units of the category Cold Brew").where[0].key == "order_items.category"
    assert one("units of the product Cold Brew").where[0].key == "order_items.product_name"


@pytest.mark.parametrize(
    "text", ["revnue by store last week", "revenue by stroe last week", "revenue by store lst week"]
)
def test_one_wrong_letter_is_the_same_question_or_none(text):
    try:
        assert one(text) == one("revenue by store last week")
    except RefusedError:
        assert "lst" in text  # three letters are corrected to nothing


def test_spelling_never_turns_a_question_round():
    asked = one("orders excluding ios in January")  # not "exceeding"
    assert asked.where == (Condition("orders.channel", ("ios",), True),) and asked.having is None


def test_a_follow_up_keeps_what_it_leaves_unsaid():
    first = one("orders at 221 Grand last week")
    by = one("and by channel?", first)
    assert (by.where, by.start, by.by) == (first.where, first.start, ("orders.channel",))
    later = one("what about January?", by)
    assert (later.by, later.where, later.start) == (by.by, by.where, dt.date(2026, 1, 1))
    assert one("and at 102 Fulton?", later).where == (Condition("stores.store_name", ("102 Fulton",)),)
    assert one("and by store?", later).where == ()
    assert one("and revenue?", later).measures == ("revenue",)
    assert one("orders in December", later).by == ()  # a whole question begins anew


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 10_000, "orders " * 60, "\x00\x1b[2J", "'; DROP TABLE orders; --", "🍵"]
)
def test_hostile_text_is_one_clear_line(text):
    with pytest.raises(LuckyError) as error:
        read(text)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_a_limit_is_of_what_its_sign_says():
    for text in (
        "stores with revenue of more than $10,000 last week",
        "which stores sold more than $10,000 last week",
        "which stores sold more than 10,000 dollars last week",
    ):
        asked = one(text)
        assert (asked.measures, asked.having.measure, asked.having.number) == (
            ("revenue",), "revenue", 10_000
        ), text  # fmt: skip
    assert one("which stores sold more than 10,000 last week").having.measure == "units"
    assert why("stores with more than $10,000 orders last week") == "not understood"
    assert why("stores with more than 10 % orders last week") == "not understood"
