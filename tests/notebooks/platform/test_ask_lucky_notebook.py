"""The page on Ask Lucky: its shares are those of its questions, and a wrong answer moves them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.platform.ask_lucky import golden_questions, scored_answers, texts
from lucky_analytics.questions.platform.ask_lucky.golden_questions import load_golden
from tests import demo_suite
from tests.notebook_said import headlines, on_demo, page_faults, rows, said_by

NOTEBOOK = "platform/ask_lucky"
run, usual = on_demo(NOTEBOOK)


def values(said):
    return {name: record["value"] for name, record in headlines(said).items()}


def test_the_page_is_whole_and_its_shares_are_those_of_its_rows():
    said = usual()
    assert page_faults(said) == []
    found = values(said)
    assert set(found) == {"others_right", "others_wrong", "right", "wrong", "silent", "held", "askable"}
    assert found["right"] + found["wrong"] + found["silent"] == pytest.approx(1)
    asked = [row for row in rows(said, "questions") if row["part"] == "written later, asked once"]
    due = [row for row in asked if row["should"] == "be answered" and row["outcome"] != "not there"]
    assert found["right"] == pytest.approx(sum(row["outcome"] == "right" for row in due) / len(due))
    assert {"orders", "figure"} <= {str(v).lower() for row in rows(said, "askable") for v in row.values()}
    for name in ("right", "wrong", "silent", "held"):
        record = headlines(said)[name]
        assert record["low"] <= record["value"] <= record["high"] and record["level"] == 0.95


@pytest.fixture
def few(monkeypatch):
    """A page of some questions alone."""
    own = tuple(each for each in load_golden() if each.id in ("x01", "x09", "x17", "r01", "r09", "y03"))
    monkeypatch.setattr(golden_questions, "choose_golden", lambda with_seen: own)
    return values(said_by(NOTEBOOK, demo_suite.suite()))


def test_a_reader_that_answers_wrongly_is_found_out_and_not_opened(few, monkeypatch):
    def wrongly(answer, expected, golden):
        return golden.id != "x01"

    monkeypatch.setattr(scored_answers, "is_right", wrongly)
    said = said_by(NOTEBOOK, demo_suite.suite())
    assert (few["wrong"], few["right"]) == (0, 1)
    assert values(said)["wrong"] == pytest.approx(1 / 3)
    assert said["decision"][0]["strength"] == "do not decide on this yet"


def test_answers_that_must_not_be_given_lower_what_is_held(few, monkeypatch):
    real = scored_answers.Asker.ask

    def ask(self, text, context=None):
        return real(self, "orders in January" if "phone" in text else text, context)

    monkeypatch.setattr(scored_answers.Asker, "ask", ask)
    assert values(said_by(NOTEBOOK, demo_suite.suite()))["held"] == pytest.approx(2 / 3)
    assert few["held"] == 1


@pytest.mark.parametrize(("low", "is_repaired"), [(0.0, False), (0.009, False), (0.02, True)])
def test_strangers_wrong_answers_that_are_too_many_for_sure_are_repaired_first(low, is_repaired):
    own = SimpleNamespace(right=Estimate(0.9, 0.8, 0.95, 0.95, 40), wrong=Estimate(0.0, 0.0, 0.005, 0.95, 40))
    decision = texts.decide(own, Estimate(0.9, 0.85, 0.95, 0.95, 800), Estimate(0.03, low, 0.05, 0.95, 800))
    assert decision.action.startswith("repair") == is_repaired and decision.strength.waits
