"""Ask Lucky as a page: what a question, an address and an export give; what is typed is in no address."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from lucky_analytics.apps.app_frame import plain
from lucky_analytics.apps.ask_lucky import ask_page
from lucky_analytics.errors import LuckyError
from tests import ask_demo


@pytest.fixture
def actions():
    return ask_page.make_actions(ask_demo.asker(), reader=lambda: "ann")


def ask(actions, question, context=None):
    return plain(actions["evaluate"]({"scenario": {"question": question, "context": context}}))


def test_the_page_opens_empty_and_says_what_can_be_asked(actions):
    first = plain(actions["evaluate"]({}))
    assert first["answer"] is None and first["query"] == ""
    told = plain(ask_page.page_context(ask_demo.asker()))
    assert "Revenue" in told["metrics"] and "complaints" in told["tables"] and told["is_generated"]


def test_each_example_is_answered(actions):
    for text in ask_page.EXAMPLES:
        assert ask(actions, text)["answer"]["outcome"] == "answered", text


def test_an_address_holds_what_was_read_and_opens_the_same_answer(actions):
    shown = ask(actions, "orders by store last week")
    assert json.loads(parse_qs(shown["query"])["request"][0]) == shown["scenario"]["request"]
    again = plain(actions["evaluate"]({"query": shown["query"]}))
    assert again["answer"] == shown["answer"]
    assert plain(actions["evaluate"]({"query": "q=orders+by+store+last+week"}))["answer"] == shown["answer"]


def test_what_was_typed_and_refused_is_in_no_address(actions):
    shown = ask(actions, "phone number of ann@example.com")
    assert shown["answer"]["outcome"] == "refused" and shown["query"] == ""
    assert "ann@" not in json.dumps(shown["answer"])


def test_a_follow_up_goes_on_and_a_choice_decides(actions):
    first = ask(actions, "orders at 221 Grand last week")
    after = ask(actions, "and by channel?", first["scenario"]["request"])
    assert after["scenario"]["request"]["where"] == first["scenario"]["request"]["where"]
    both = ask(actions, "orders at Broadway")["answer"]
    assert both["outcome"] == "asked back" and len(both["choices"]) == 2
    chosen = actions["evaluate"]({"scenario": {"question": "", "request": both["choices"][0]["request"]}})
    assert chosen["answer"]["outcome"] == "answered"


@pytest.mark.parametrize(
    "query", ["request={", "request=" + "x" * 5_000, "request=[1]", "request=%7B%22sql%22%3A1%7D"]
)
def test_a_broken_address_is_one_line(actions, query):
    try:
        shown = actions["evaluate"]({"query": query})
    except LuckyError as error:
        assert len(str(error)) < 200
    else:
        assert shown["answer"]["outcome"] == "refused"


def test_an_export_is_the_table_and_needs_an_answer(actions):
    shown = ask(actions, "orders by store last week")
    text = actions["export"]({"request": shown["scenario"]["request"]})["text"]
    assert len(text.splitlines()) == len(shown["answer"]["rows"]) + 1
    with pytest.raises(LuckyError):
        actions["export"]({})
