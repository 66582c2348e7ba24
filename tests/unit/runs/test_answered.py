"""Answers to cards: only added, each counted once, and what is wrong with them is one line."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import sqlite3

import pytest

from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.runs import answered
from lucky_analytics.runs.answered import ACKNOWLEDGED, DISMISSED, Answer, note_answer
from tests.example_runs import make_settings

DAY = dt.date(2026, 2, 13)


@pytest.fixture
def here(tmp_path):
    return make_settings(tmp_path)


def answer(card: str = "abcdefgh", act: str = ACKNOWLEDGED, **changes: object) -> Answer:
    reason = "not-real" if act == DISMISSED else ""
    given = {"reason": reason, "who": "ops", "note": "", "series": ("1|making",), "last_day": DAY} | changes
    return Answer(card, act, **given)  # type: ignore[arg-type]


def test_the_newest_answer_counts_and_a_run_reads_as_many_as_there_were(here):
    assert answered.count_answers(here, "demo") == 0 and answered.list_answers(here, "demo") == []
    note_answer(here, "demo", answer())
    first = answered.count_answers(here, "demo")
    note_answer(here, "demo", answer(act=DISMISSED, note="the door was open"))
    every = answered.list_answers(here, "demo")
    assert answered.newest_by_card(every)["abcdefgh"].act == DISMISSED
    assert [each.act for each in answered.read_answers(here, "demo", first)[0]] == [ACKNOWLEDGED]
    assert every[1].series == ("1|making",) and every[1].last_day == DAY and every[1].at
    assert answered.list_answers(here, "live") == [] and answered.count_answers(here, "live") == 0


def test_only_what_says_something_of_the_alarm_teaches():
    taught = {reason: answer(act=DISMISSED, reason=reason).teaches for reason in answered.REASONS}
    assert taught == {"not-real": True, "too-small": True, "known": False} and answer().teaches


def test_nobody_can_change_or_remove_an_answer(here):
    note_answer(here, "demo", answer())
    with sqlite3.connect(answered.answers_file(here)) as database:
        for statement in ("update answers set act = 'dismissed'", "delete from answers"):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                database.execute(statement)


def test_many_may_answer_at_once(here):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: note_answer(here, "demo", answer(f"card{place}")), range(24)))
    found = answered.list_answers(here, "demo")
    assert len({each.card for each in found}) == 24 and [each.number for each in found] == list(range(1, 25))


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"act": DISMISSED, "reason": "boring"}, UnknownNameError), ({"who": " "}, ParameterError),
     ({"who": "ann@example.com"}, ParameterError), ({"note": "call +1 212 555 0199"}, ParameterError),
     ({"note": "x" * 201}, ParameterError)],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_is_kept(here, changes, error):
    with pytest.raises(error):
        note_answer(here, "demo", answer(**changes))
    assert answered.count_answers(here, "demo") == 0


def test_a_damaged_file_is_said_and_does_not_stop_a_page(here):
    answered.answers_file(here).parent.mkdir(parents=True, exist_ok=True)
    answered.answers_file(here).write_bytes(b"no database" * 200)
    assert answered.count_answers(here, "demo") == answered.UNREADABLE
    found, fault = answered.read_answers(here, "demo", answered.UNREADABLE)
    assert found == [] and "anomalies.sqlite" in fault
    with pytest.raises(LuckyError, match=r"anomalies\.sqlite"):
        note_answer(here, "demo", answer())
