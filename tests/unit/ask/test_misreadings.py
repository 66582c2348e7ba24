"""Questions that were once answered wrongly, or might be: each is read rightly, asked back, or refused."""

import datetime as dt

import pytest

from lucky_analytics.ask.ask_request import Condition
from lucky_analytics.ask.question_reader import read_question
from lucky_analytics.ask.request_checks import RefusedError
from tests import ask_demo

AS_OF = dt.date(2026, 2, 13)  # a Friday


def read(text):
    return read_question(text, ask_demo.vocabulary(), AS_OF).requests


def one(text):
    (request,) = read(text)
    return request


@pytest.mark.parametrize(
    "text",
    [
        "stores with production time above 180 last week",  # seconds or minutes
        "stores with a refund rate over 1 in January",  # percent
        "orders on the 15th",  # no store, and of what month
        "orders the week before",  # before what
        "orders on Thanksgiving weekend",
        "orders this weekend",
        "orders in December vs the previous month",
        "how much orders",
        "to go orders",
        "mean orders",
        "average revenue",
        "average revenue per store in January",
        "average revenue per month",
        "cups per order",
        "total average order value",
        "stores with the most orders or revenue",
        "best supplier",
        "which channel has the worst discount rate",
        "most orders in an hour",
        "maximum orders per hour",
        "orders by January",
        "orders by ios",
        "orders by delivery",
        "% of orders",
        "how many did we sell to them",
        "orders not at 221 Grand or 102 Fulton",
        "customers who have not ordered at 221 Grand",
        "how many goods were ordered",
        "how many coupons were sold",
        "how many coupons were used in January",  # counted by the day they were received
        "customer spend in January",  # counted by the day customers first came
        "orders now",
        "orders up to yesterday",
        "how many orders did this store have",
        "orders in January and revenue in December",
        "orders in January at 221 Grand vs 102 Fulton in December",
        "stores with average daily revenue over $5,000",
        "top 0 stores by revenue",
        "how many machines failed in January",  # failures are counted, not machines
        "how much Oat Milk do we have",
        "average discount",
        "how much discount did we give",
        "which goods were wasted most in January",  # grams against pieces
        "how many coffees did we sell",  # not the one product that ends so
        "best selling store",  # by cups or by money
        "better orders",  # no slip in "butter"
        "waited quantity of Whole Milk",
    ],
)
def test_what_a_request_cannot_carry_is_not_answered(text):
    with pytest.raises(RefusedError):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "orders at 221 Grand and 102 Fulton yesterday",  # one number or two
        "orders in December and January",
        "orders in the last month",  # January, or 30 days
        "orders in the past year",
        "orders last 3 months",
        "orders until January",  # with January or without
        "broadway?",  # two stores, of which each is one
        "orders from January 15",  # that day, or from then on
        "failed payments yesterday",  # a share or a number
    ],
)
def test_what_may_mean_two_numbers_is_asked_back(text):
    assert len(read(text)) == 2


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("best store by refund rate", "least"),
        ("worst store by refund rate", "most"),
        ("store with the best production time", "least"),
        ("worst store by complaints", "most"),
        ("best store by revenue", "most"),
        ("worst store by revenue", "least"),
        ("top stores by stock-out rate", "most"),
    ],
)
def test_best_is_least_where_less_is_better(text, direction):
    assert one(text).rank.direction == direction


def test_or_adds_up_and_a_comparison_stands_apart():
    assert one("orders on iOS or Android in January").by == ()
    assert one("orders at 221 Grand and 102 Fulton together in January").by == ()
    assert one("compare orders at 221 Grand and 102 Fulton in January").by == ("stores.store_name",)
    assert one("orders in January or December").end == dt.date(2026, 2, 1)
    apart = one("compare orders between November and December")
    assert (apart.start, apart.against) == (dt.date(2025, 11, 1), (dt.date(2025, 12, 1), dt.date(2026, 1, 1)))


def test_limits_carry_their_unit():
    assert one("stores with a refund rate over 1 % in January").having.number == 1
    assert one("stores with production time over 3 minutes last week").having.number == 180
    assert one("which days had revenue over $1.5k").having.number == 1500
    asked = one("revenue of stores with more than 1,000 orders in January")
    assert (asked.measures[0], asked.having.measure) == ("revenue", "orders")
    assert one("stores with more than 221 orders yesterday").having.number == 221


def test_signs_and_short_words_carry_what_they_mean():
    share = one("% of jan orders from ios")
    assert share.share == (Condition("orders.channel", ("ios",)),)
    assert one("what share of all orders came from ios in January") == share
    assert one("stores > 3000 orders last week") == one("stores with more than 3,000 orders last week")
    assert one("avg daily revenue q4") == one("average daily revenue in Q4")
    assert one("revenue xmas") == one("revenue on Christmas")
    assert one("aov dec v jan") == one("AOV in December vs January")
    assert one("units other than Food").where == (Condition("order_items.category", ("Food",), True),)
    asked = one("list the products with less than 1000 units sold in January")
    assert (asked.measures, asked.having.number) == (("units",), 1000)


def test_refunds_are_what_the_metric_says_unless_they_are_counted():
    assert one("refunds by month").measures == ("refunds",)
    assert one("how many refunds were there in January").measures == ("count:refunds",)
    assert one("average refund in January").measures == ("mean:refunds.refund_cents",)


def test_how_many_groups_is_one_number():
    assert one("how many stores had more than 10,000 orders in January").how_many
    assert not one("which stores had more than 10,000 orders in January").how_many


def test_how_many_of_a_kind_is_a_number_and_what_share_is_one():
    assert one("how many payments failed in January").measures == ("count:payments",)
    assert one("what share of payments failed in January").measures == ("failed_payment_rate",)


def test_a_day_beside_a_street_is_a_month_and_a_store():
    store = Condition("stores.store_name", ("15th & 3rd",))
    asked = one("January 15th & 3rd orders")
    assert (asked.where, asked.start, asked.end) == ((store,), dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    assert one("orders on the 15th of January").start == dt.date(2026, 1, 15)
    assert one("labor cost in January").where == (Condition("accounting_costs.kind", ("labour",)),)


def test_a_follow_up_keeps_limit_and_share():
    vocabulary = ask_demo.vocabulary()
    for first, then in [
        ("stores with more than 100 orders in January", "and in December?"),
        ("what share of orders came from ios in January", "and in December?"),
    ]:
        before = one(first)
        (after,) = read_question(then, vocabulary, AS_OF, context=before).requests
        assert (after.having, after.share) == (before.having, before.share)
        assert after.start == dt.date(2025, 12, 1)


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("how many USD payments failed in January", ("count:payments",)),
        ("January US dollar payments split by status", ("count:payments",)),
        ("how much did we refund in January in USD", ("refunds",)),
        ("percentage change in orders, January against December", ("orders",)),
        ("which experiment had the most customers", ("count:experiments",)),
    ],
)
def test_a_currency_or_percent_before_a_word_only_says_how_it_is_meant(text, measures):
    asked = one(text)
    assert asked.measures == measures and not asked.share
    assert "customer" not in asked.by


def test_spans_of_weekdays_months_and_days_that_are_said_twice_are_read_whole():
    asked = one("average order value in January, Saturday and Sunday against Monday to Friday")
    assert asked.by == ("part of week",)
    top = one("which three products sold the most units on Saturdays and Sundays in January")
    assert top.rank.n == 3 and top.by == ("order_items.product_name",)
    assert one("monthly net sales, October 2025 on").start == dt.date(2025, 10, 1)
    assert one("orders on Thanksgiving 11/27").start == dt.date(2025, 11, 27)
    assert one("monthly revenue since we launched").by == ("month",)


@pytest.mark.parametrize(
    "text",
    [
        "number of times a risk rule's limit was passed in January",  # of hits or of rules
    ],
)
def test_what_was_read_as_something_else_is_refused(text):
    with pytest.raises(RefusedError):
        read(text)
