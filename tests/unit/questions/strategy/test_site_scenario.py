"""A scenario from outside is checked, and survives the way through a permalink."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.strategy.site_what_if import scenario as scenarios
from lucky_analytics.questions.strategy.site_what_if.levers import LEVERS

STORES = ("221 Grand", "8th & Broadway")


@some.composite
def documents(draw):
    names = draw(some.lists(some.text(min_size=1, max_size=70), max_size=12))
    places = [
        [name, draw(some.floats(-90, 90)), draw(some.floats(-180, 180))]
        for name in names
        if "".join(c for c in name if c.isprintable()).strip()
    ]
    levers = {
        name: draw(some.sampled_from(lever.choices) if lever.choices else some.floats(lever.low, lever.high))
        for name, lever in LEVERS.items()
    }
    return {"candidates": places, "left_out": draw(some.lists(some.sampled_from(STORES))), "levers": levers}


@settings(max_examples=60, deadline=None)
@given(documents())
def test_a_document_comes_back_whole(document):
    try:
        read = scenarios.read_scenario(document, STORES)
    except LuckyError as error:  # two names may be equal once they are cleaned
        assert "each name once" in str(error)
        return
    assert scenarios.read_scenario(scenarios.write_scenario(read), STORES) == read
    again = scenarios.parse_query("?" + scenarios.format_query(read), STORES)
    assert (again.candidates, again.left_out) == (read.candidates, read.left_out)
    assert again.levers == pytest.approx(dict(read.levers), rel=1e-5)


def test_levers_at_rest_and_words_of_others_are_not_in_a_permalink():
    read = scenarios.parse_query("at=40.75,-73.98,A,%20B&rent=20000&token=secret&utm=x", STORES)
    assert scenarios.format_query(read) == "at=40.75%2C-73.98%2CA%2C+B&rent=20000"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "expected a document with names"),
        ({"sql": "drop table t_order"}, "unknown part of a scenario 'sql'"),
        ({"candidates": [["A", "x", 1]]}, "expected a number"),
        ({"candidates": [["A", math.nan, 1]]}, "expected a finite number"),
        ({"candidates": [["A", 91, 1]]}, "degrees north"),
        ({"candidates": [["\n ", 40, -74]]}, "expected a name"),
        ({"candidates": [[["A"], 40, -74]]}, "expected name"),
        ({"candidates": [["A", 40, -74], ["A", 41, -74]]}, "each name once"),
        ({"candidates": [[str(i), 40, -74] for i in range(13)]}, "a list of at most 12, got 13"),
        ({"candidates": "A"}, "a list of at most 12, got str"),
        ({"left_out": ["'; drop table t_order; --"]}, "unknown store"),
        ({"levers": {"rant": 1}}, "unknown lever 'rant': expected one of rent"),
        ({"levers": {"rent": -1}}, "lever rent: expected 0 to 100000, got -1"),
        ({"levers": {"rent": True}}, "expected a number"),
        ({"levers": {"decay": 0.9}}, "expected 0.5, 0.7, 1, 1.4, 2, got 0.9"),
    ],
)
def test_what_is_wrong_is_named(document, words):
    with pytest.raises(LuckyError, match=words.replace("(", r"\(")):
        scenarios.read_scenario(document, STORES)


def test_an_endless_address_is_refused():
    with pytest.raises(LuckyError, match="at most 4000 characters"):
        scenarios.parse_query("a" * 5000, STORES)
