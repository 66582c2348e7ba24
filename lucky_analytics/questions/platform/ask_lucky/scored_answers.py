"""Answers held against the numbers of hand-written SQL: right, wrong, or not answered."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from lucky_analytics.ask.ask_answer import Answer
from lucky_analytics.ask.asking import Asker
from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.platform.ask_lucky.golden_questions import FORMS, Golden

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["expected_rows", "is_right", "score_questions"]

_DAY = dt.timedelta(days=1)
_TRADING = "join (from stores where is_trading_store) using"
Rows = list[tuple[Any, ...]]


def expected_rows(suite: Suite, golden: Golden) -> Rows:
    """What the question's own SQL gives: (label, value) a row, or one value. No request has a part in it."""
    for name in TABLES:
        if name in golden.sql:
            suite.table(name)
    today = suite.as_of + _DAY
    days = {"$week": today - today.weekday() * _DAY, "$month": today.replace(day=1), "$d": suite.as_of}
    sql = golden.sql.replace("join trading using", _TRADING)
    for name, day in days.items():
        sql = sql.replace(name, f"date '{day}'")
    is_single = sql.count("select") == 1 and "," not in sql.partition(" from ")[0].replace(", 2)", "")
    names = "c0" if is_single or sql.startswith("select count(*) from (") else "c0, c1"
    frame = suite.engine.query(f"select * from ({sql}) as found({names})").execute()
    return list(frame.itertuples(index=False, name=None))


def is_right(answer: Answer, expected: Rows, golden: Golden) -> bool:
    """Whether an answer has exactly these labels with these values, in cents and shares as they were made."""
    rows = _without_ties(_plain_rows(answer), expected)
    if golden.is_several:
        heads = [head.lower() for head in answer.heads]
        by_label = dict(zip(heads, rows[0][1:], strict=True)) if len(rows) == 1 else {}
        return by_label.keys() == dict(expected).keys() and all(_same(by_label[a], b) for a, b in expected)
    if golden.is_ranked:
        theirs = sorted(value for _, value in expected)
        values = [row[1] for row in rows]
        is_sorted = values in (sorted(values), sorted(values, reverse=True))
        ours = sorted(values)
        return is_sorted and len(ours) == len(theirs) and all(map(_same, ours, theirs))
    if expected and len(expected[0]) == 1:
        return len(rows) == 1 and _same(rows[0][-1], expected[0][0])
    by_parts = {_parts(row[0]): row[-1] for row in rows}
    wanted = {_parts(str(label)): value for label, value in expected}
    return by_parts.keys() == wanted.keys() and all(_same(by_parts[own], wanted[own]) for own in wanted)


def _without_ties(rows: Rows, expected: Rows) -> Rows:
    """``rows`` without those behind the last one expected that have its value: SQL with a limit names one of
    several that are equal, an answer all of them."""
    k = len(expected)
    if (
        not 0 < k < len(rows)
        or len(expected[0]) == 1
        or any(not _same(r[-1], rows[k - 1][-1]) for r in rows[k:])
    ):
        return rows
    labels = {_parts(str(label)) for label, _ in expected}
    tied = [row for row in rows if _same(row[-1], rows[k - 1][-1])]
    named = [row for row in tied if _parts(row[0]) in labels]
    before = [row for row in rows if row not in tied]
    return [*before, *(named or tied)[: k - len(before)]]


def _plain_rows(answer: Answer) -> Rows:
    """Labels as one text, and values in the units of the catalog again."""
    k = len(answer.heads) - len(answer.units)
    factors = [100.0 if unit.partition(" ")[0] == "USD" else 1.0 for unit in answer.units]
    found = []
    for row in answer.rows:
        values = (None if v is None else v * f for v, f in zip(row[k:], factors, strict=True))
        found.append((", ".join(row[:k]), *values))
    return found


def _parts(label: str) -> tuple[str, ...]:
    """The parts of a label in one order: a table by store and month is one by month and store."""
    return tuple(sorted(label.split(", ")))


def _same(one: Any, two: Any) -> bool:
    if pd.isna(one) or pd.isna(two):
        return bool(pd.isna(one) and pd.isna(two))
    return abs(float(one) - float(two)) <= 1e-9 * max(1.0, abs(float(two)))


def score_questions(asker: Asker, golden: Iterable[Golden], forms: Iterable[str] = FORMS) -> pd.DataFrame:
    """One row per question and form: ``id``, ``of``, ``form``, ``part``, ``is_answerable``,
    ``outcome`` (right, wrong, asked back, refused, not there) and ``seconds``.

    A question that must not be answered is right when it is refused or asked back, and wrong with a number.
    *Not there*: the snapshot lacks what its SQL reads.
    """
    rows = []
    for each in golden:
        try:
            expected = expected_rows(asker.suite, each) if each.sql else None
        except LuckyError:
            expected, missing = None, True
        else:
            missing = False
        for form in forms:
            began = time.perf_counter()
            answer = asker.ask(each.texts[FORMS.index(form)])
            seconds = time.perf_counter() - began
            if missing:
                outcome = "not there"
            elif expected is None:
                outcome = "wrong" if answer.outcome == "answered" else "right"
            elif answer.outcome == "answered":
                outcome = "right" if is_right(answer, expected, each) else "wrong"
            else:
                outcome = answer.outcome
            rows.append((each.id, each.of, form, each.part, bool(each.sql), outcome, seconds))
    names = ["id", "of", "form", "part", "is_answerable", "outcome", "seconds"]
    return pd.DataFrame(rows, columns=names)
