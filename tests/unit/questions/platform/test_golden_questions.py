"""Golden questions: whole, split for good, slips that are slips; scored by rows and not by words."""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from lucky_analytics.ask.ask_answer import Answer
from lucky_analytics.questions.platform.ask_lucky import steps
from lucky_analytics.questions.platform.ask_lucky.golden_questions import (
    PARTS,
    Golden,
    choose_golden,
    load_golden,
    misspell,
)
from lucky_analytics.questions.platform.ask_lucky.scored_answers import is_right, score_questions
from tests import ask_demo

PLAIN = Golden("a", "b", ("", "", ""), sql="s")


def test_there_are_as_many_as_were_asked_for_and_each_is_in_one_part():
    golden = load_golden()
    first = [each for each in golden if each.part != PARTS[2]]
    assert (sum(bool(each.sql) for each in first), sum(bool(each.why) for each in first)) == (120, 40)
    assert len({each.id for each in golden}) == len(golden) == 210
    assert all(bool(each.sql) != bool(each.why) for each in golden)
    assert {each.part for each in choose_golden(False)} == set(PARTS[1:])
    departments = {"operations", "finance", "product", "marketing", "supply chain", "strategy", "platform"}
    assert {each.of for each in golden if each.sql} == departments


def test_the_split_is_a_hash_and_stays():
    held = [each.id for each in load_golden() if each.part == PARTS[1]]
    assert len(held) == 90 and held[:3] == ["d02", "d06", "o02"]


def test_a_slip_changes_one_word_by_little_and_is_the_same_each_time():
    for each in load_golden():
        words, slipped = each.texts[0].split(), each.texts[2].split()
        assert sum(a != b for a, b in zip(words, slipped, strict=True)) <= 1
        assert misspell(each.texts[0], each.id) == each.texts[2]


@pytest.mark.parametrize(
    ("rows", "expected", "is_so"),
    [
        ((("a", 1.0), ("b", 2.0)), [("b", 200), ("a", 100)], True),
        ((("a", 1.0), ("b", 2.0)), [("a", 100)], False),
        ((("a", 1.0),), [("a", 101)], False),
        ((("x, y", 1.0),), [("y, x", 100)], True),
        ((("a", None),), [("a", None)], True),
        ((), [], True),
    ],
)
def test_an_answer_is_right_by_its_labels_and_values(rows, expected, is_so):
    answer = Answer("answered", "", heads=("store", "Revenue"), units=("USD",), rows=rows)
    assert is_right(answer, expected, PLAIN) is is_so


def test_shares_have_the_interval_of_a_kept_library():
    scored = pd.DataFrame({"outcome": ["right"] * 37 + ["refused"] * 3 + ["not there"] * 5})
    found = steps.share_of(scored, "right", 0.95)
    assert (found.value, found.n) == (37 / 40, 40)
    assert (found.low, found.high) == pytest.approx(proportion_confint(37, 40, 0.05, method="wilson"))


def test_the_documents_own_questions_are_answered_rightly_on_the_small_estate():
    asked = [
        each
        for each in load_golden()
        if each.id in ("d01", "d02", "d04", "d05", "d06", "f04", "s03", "r08", "r24")
    ]
    scored = score_questions(ask_demo.asker(), asked, ["as written"])
    assert scored["outcome"].tolist() == ["right"] * len(asked), scored[["id", "outcome"]]


def test_a_snapshot_without_the_table_leaves_the_question_out():
    missing = Golden("z", "b", ("orders in January",) * 3, sql="select count(*) from tax_returns_nobody_has")
    with pytest.raises(Exception, match="tax_returns_nobody_has"):  # a fault of the question is no outcome
        score_questions(ask_demo.asker(), [missing], ["as written"])
