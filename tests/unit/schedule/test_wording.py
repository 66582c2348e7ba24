"""Lines worded by a model: the same numbers, sides and names, or the plain lines; from a real endpoint."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from lucky_analytics.schedule.wording import Endpoint, Wording, find_difference, reword
from lucky_analytics.secrets import Secret
from tests.services.receivers import Receiver, say_as_model

LINES = (
    "All stores sold $52.3K on Friday, \u22124\u00a0% against what is usual for such a day.",
    "102 Fulton, orders: 412, usual 530 (480 to 580), about \u2212$640 off. Likely: fewer items an order.",
    "The next seven days: $371K ($340K to $405K).",
)
BETTER = (
    "On Friday all stores together sold $52.3K: \u22124 % against what is usual for such a day.",
    "102 Fulton had orders of 412, where usual are 530 (480 to 580): about \u2212$640 off, "
    "likely fewer items an order.",
    "For the next seven days we expect $371K ($340K to $405K).",
)


@pytest.fixture
def model():
    receiver = Receiver()
    receiver.start()
    yield receiver
    receiver.stop()


def endpoint(model):
    return Endpoint(f"http://127.0.0.1:{model.port}/v1", "small", ("executive_briefing",), seconds=5.0)


def answering(model, lines):
    model.reply = lambda body: say_as_model(lines if isinstance(lines, str) else json.dumps(list(lines)))
    return reword(LINES, endpoint(model))


def test_other_words_with_the_same_numbers_go_out(model):
    assert answering(model, BETTER) == Wording(BETTER)
    assert answering(model, f"```json\n{json.dumps(BETTER)}\n```").lines == BETTER
    (path, body), *_ = model.posts
    assert path == "/v1/chat/completions" and body["model"] == "small" and body["temperature"] == 0
    assert json.loads(body["messages"][1]["content"]) == list(LINES)


LIES = {
    "a number changed": (0, "$52.3K", "$53.2K"),
    "a number rounded": (0, "$52.3K", "$52K"),
    "a number dropped": (1, " (480 to 580)", ""),
    "a number added": (0, "Friday", "Friday, 3 days before the holiday,"),
    "a number added in words": (0, "sold", "sold twice as well:"),
    "a sign turned": (0, "\u22124", "4"),
    "a unit of money taken": (0, "$52.3K", "52.3K"),
    "thousands for millions": (2, "$371K", "$371M"),
    "a percent sign taken": (0, "4 %", "4"),
    "numbers changed places": (1, "412, where usual are 530", "530, where usual are 412"),
    "another store": (1, "102 Fulton", "221 Grand"),
    "another name": (1, "Fulton", "Grand"),
    "another day": (0, "Friday", "Monday"),
    "seven days became weeks": (2, "days", "weeks"),
    "the direction turned": (1, "fewer", "more"),
    "taken back": (1, "likely", "not"),
    "a link": (2, "we expect", "see https://example.com for"),
    "a mail address": (2, "we expect", "ask ann@example.com:"),
    "a line break": (2, "we expect", "\x1b[31m"),
    "too long": (2, "we expect", "word " * 40),
    "nothing": (2, BETTER[2], ""),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_not_sent(lie):
    place, old, new = LIES[lie]
    assert old in BETTER[place]
    assert find_difference(LINES[place], BETTER[place]) == ""
    assert find_difference(LINES[place], BETTER[place].replace(old, new)) != ""


def test_a_model_that_lies_in_one_line_has_all_lines_stay_plain(model):
    lying = (BETTER[0], BETTER[1].replace("412", "421"), BETTER[2])
    found = answering(model, lying)
    assert found.lines == ()
    assert found.why.startswith("line 2: expected the numbers 102, 412, 530, 480, 580")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("no JSON", "JSONDecodeError"),
        ("[]", "expected 3 lines, got 0"),
        (json.dumps({"lines": BETTER}), "expected a list of lines, got another form"),
        (json.dumps([*BETTER, "And 3 more."]), "expected 3 lines, got 4"),
        ("[1, 2, 3]", "expected a list of lines, got another form"),
    ],
)
def test_another_form_is_refused_with_a_reason(model, said, why):
    assert answering(model, said) == Wording(why=why)


def test_an_endpoint_that_fails_costs_the_words_and_nothing_else(model):
    model.answers = [(500, {}), (302, {"Location": "http://127.0.0.1:1/"})]
    assert answering(model, BETTER).why == "answer 500"
    assert answering(model, BETTER).why == "answer 302"
    model.reply = lambda body: "{}"
    assert reword(LINES, endpoint(model)).why == "ValueError"
    away = replace(endpoint(model), url="http://127.0.0.1:1/v1")
    assert reword(LINES, away).why == "ConnectionRefusedError"
    assert reword(LINES, replace(away, url="http://models.example/v1")).why == "ValueError"
    secret = replace(endpoint(model), key=Secret("password_env", "LUCKY_NO_SUCH_KEY"))
    assert "LUCKY_NO_SUCH_KEY" in reword(LINES, secret).why


def test_a_slow_model_is_not_waited_for(model):
    model.reply = lambda body: time.sleep(1) or say_as_model("[]")
    assert reword(LINES, replace(endpoint(model), seconds=0.2)).why == "TimeoutError"
