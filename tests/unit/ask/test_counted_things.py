"""What is counted, ranked or named twice: readings behind strangers' questions that once went wrong."""

import datetime as dt

import pytest

from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.question_reader import read_question
from lucky_analytics.ask.request_checks import RefusedError
from tests import ask_demo

AS_OF = dt.date(2026, 2, 13)  # a Friday


def read(text):
    return read_question(text, ask_demo.vocabulary(), AS_OF).requests


def one(text):
    (request,) = read(text)
    return request


def days(text):
    return one(text).start, one(text).end


@pytest.mark.parametrize(
    ("text", "is_money"),
    [
        ("how many USD refunds in January", False),
        ("number of refunds in US dollars in January", False),
        ("usd payments jan by status", False),
        ("how many dollars of refunds in January", True),
        ("how much USD did we refund in January", True),
    ],
)
def test_a_currency_beside_a_count_asks_for_no_amount(text, is_money):
    assert (find_measure(one(text).measures[0]).unit == "cents") == is_money


@pytest.mark.parametrize(
    ("text", "n"),
    [("which store had the most no-shows", 1), ("which stores had the most no-shows", 5)],
)
def test_one_is_asked_for_in_the_singular(text, n):
    assert (one(text).rank.n, one(text).by) == (n, ("stores.store_name",))


def test_customers_of_something_else_are_what_it_is_ranked_by():
    for text in ("which experiment had the most customers", "largest experiment by number of customers"):
        assert (one(text).measures, one(text).by) == (
            ("count:experiments",),
            ("experiments.experiment_name",),
        )
    assert one("how many experiments").measures == ("distinct:experiments.experiment_name",)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("orders in the week ending February 8", (2026, 2, 2), (2026, 2, 9)),
        ("orders in the week starting Feb 2", (2026, 2, 2), (2026, 2, 9)),
        ("orders from Monday February 2 to Sunday February 8", (2026, 2, 2), (2026, 2, 9)),
        ("orders yesterday, February 13", (2026, 2, 13), (2026, 2, 14)),
        ("orders in the past week, February 7 to 13", (2026, 2, 7), (2026, 2, 14)),
        ("net sales from month to month, October 2025 on", (2025, 10, 1), (2026, 2, 14)),
        ("orders in November, December and January", (2025, 11, 1), (2026, 2, 1)),
        ("orders in the last three full months", (2025, 11, 1), (2026, 2, 1)),
        ("orders last 7d", (2026, 2, 7), (2026, 2, 14)),
        ("revenue q4 25", (2025, 10, 1), (2026, 1, 1)),
    ],
)
def test_days_are_those_that_are_said(text, first, after):
    assert days(text) == (dt.date(*first), dt.date(*after))


@pytest.mark.parametrize(
    "text",
    [
        "orders in the week ending February 10",  # a Tuesday: no calendar week
        "orders on Monday, February 3",  # a Tuesday
        "days with more than 500 orders",  # which, or how many
        "mean orders per store per day in January",
    ],
)
def test_what_a_request_cannot_carry_is_refused(text):
    with pytest.raises(RefusedError):
        read(text)


def test_three_values_stand_beside_each_other_and_or_is_asked_back():
    assert one("logins on iOS, Android and web in January").by == ("logins.client",)
    asked = read("how many machines are in service, waiting for repair or decommissioned")
    assert {request.by for request in asked} == {(), ("machines.status",)}


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("at which hour of the day was production slowest in January", "production_seconds"),
        ("processing fees as a percentage of the billed amounts in January", "fee_rate"),
        ("number of experiments", "distinct:experiments.experiment_name"),
        ("how often did goods run out in January", "told:stock_outs"),
        ("push open rate in January", "told:push_open_rate"),
    ],
)
def test_a_number_is_the_one_that_is_named(text, measure):
    assert one(text).measures == (measure,)
