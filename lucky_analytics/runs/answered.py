"""What people answered to cards of unusual things, in ``outputs/anomalies.sqlite``: acknowledged, dismissed.

An answer is only ever added; the newest of a card counts. A run reads the answers that there were when it was
planned, by their number, so that it is the same when it is made again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError, redact
from lucky_analytics.runs.versioned import open_versioned
from lucky_analytics.settings import Settings

__all__ = [
    "ACKNOWLEDGED",
    "DISMISSED",
    "PARAMETER",
    "REASONS",
    "UNREADABLE",
    "Answer",
    "answers_file",
    "count_answers",
    "list_answers",
    "newest_by_card",
    "note_answer",
    "read_answers",
]

PARAMETER = "answers"  # of a notebook that reads them: how many, set when a run is planned
UNREADABLE = -1
ACKNOWLEDGED, DISMISSED = "acknowledged", "dismissed"
# Why a card was dismissed, and whether that says anything of the threshold.
REASONS = {
    "not-real": True,  # nothing was wrong
    "too-small": True,  # so it was, and nobody needs to hear of it
    "known": False,  # planned, or known before: the alarm was right
}
_MOST = {"by": 40, "note": 200}
_REMEDY = "Bring {path} back from a backup, or move it away: answers then begin anew"
_TABLE = """create table answers (
    number integer primary key autoincrement, world text not null, card text not null, act text not null,
    reason text not null, who text not null, note text not null, series text not null, last_day text not null,
    at text not null
)"""
_KEPT = """create trigger answers_stay_{act} before {act} on answers
    begin select raise(abort, 'answers are only added'); end"""


@dataclass(frozen=True)
class Answer:
    """One answer: to which ``card``, ``act`` (``ACKNOWLEDGED`` or ``DISMISSED``), ``reason`` of ``REASONS``
    (empty unless dismissed), ``who`` (a role or initials), ``note``; and of the card the ``series`` that were
    unusual (``"store|number"``) up to ``last_day``. ``at``: UTC. ``number`` is its place in the store."""

    card: str
    act: str
    reason: str
    who: str
    note: str
    series: tuple[str, ...]
    last_day: dt.date
    at: str = ""
    number: int = 0

    @property
    def teaches(self) -> bool:
        """Whether thresholds learn from it."""
        return self.act == ACKNOWLEDGED or REASONS.get(self.reason, False)


def answers_file(settings: Settings) -> Path:
    return settings.outputs_dir / "anomalies.sqlite"


def note_answer(settings: Settings, world: str, given: Answer) -> Answer:
    """Add an answer, as it then stands. ``world``: "demo" or "live", whose cards it is about.

    Raises ``ParameterError`` or ``UnknownNameError`` for an unknown reason, nobody's name or too long a text,
    and for what looks like a mail address or a telephone number.

    >>> given = Answer("a1", DISMISSED, "boring", "ops", "", (), dt.date(2026, 2, 13))
    >>> note_answer(None, "demo", given)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    lucky_analytics.errors.UnknownNameError: unknown reason 'boring': expected one of ...
    """
    if given.act == DISMISSED and given.reason not in REASONS:
        raise UnknownNameError("reason", given.reason, REASONS)
    for name, text in (("by", given.who), ("note", given.note)):
        if len(text) > _MOST[name] or (name == "by" and not text.strip()):
            filled = ", not empty" if name == "by" else ""
            raise ParameterError(
                f"--{name}", expected=f"at most {_MOST[name]} characters{filled}", got=repr(text[:50])
            )
        if text and not text.isprintable():  # a line break could pass for another card in a list
            raise ParameterError(
                f"--{name}", expected="one line of printable characters", got=repr(text[:50])
            )
        if redact(text) != text:
            raise ParameterError(
                f"--{name}", expected="a role or initials, and nothing personal", got=redact(text)
            )
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    row = (world, given.card, given.act, given.reason, given.who.strip(), given.note.strip(),
           json.dumps(given.series), given.last_day.isoformat(), at)  # fmt: skip
    names = "world, card, act, reason, who, note, series, last_day, at"
    with _open(settings) as database:
        added = database.execute(f"insert into answers ({names}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        number = added.lastrowid or 0
    return Answer(
        given.card, given.act, given.reason, row[4], row[5], given.series, given.last_day, at, number
    )


def list_answers(settings: Settings, world: str, upto: int | None = None) -> list[Answer]:
    """The answers about one world's cards in their order; with ``upto`` those up to that number. Raises
    ``LuckyError`` for a file that is none."""
    if not answers_file(settings).exists():
        return []
    with _open(settings) as database:
        rows = database.execute(
            "select card, act, reason, who, note, series, last_day, at, number from answers "
            "where world = ? and (? is null or number <= ?) order by number",
            (world, upto, upto),
        ).fetchall()
    return [_read_row(settings, row) for row in rows]


def _read_row(settings: Settings, row: tuple[str, str, str, str, str, str, str, str, int]) -> Answer:
    card, act, reason, who, note, series, last, at, number = row
    try:
        names, day = json.loads(series), dt.date.fromisoformat(last)
        if act not in (ACKNOWLEDGED, DISMISSED) or not isinstance(names, list):
            raise ValueError(f"{act!r} of {series[:50]!r}")
    except (TypeError, ValueError) as error:
        path = answers_file(settings)
        raise LuckyError(
            path.name, expected=f"answer {number} as lucky anomalies wrote it", got=redact(str(error)),
            remedy=_REMEDY.format(path=path),
        ) from error  # fmt: skip
    return Answer(card, act, reason, who, note, tuple(map(str, names)), day, at, number)


def count_answers(settings: Settings, world: str) -> int:
    """The number of the newest answer about one world's cards: 0 without any, ``UNREADABLE`` where the file
    cannot be read, so that a page comes and says so."""
    try:
        answers = list_answers(settings, world)
    except LuckyError:
        return UNREADABLE
    return answers[-1].number if answers else 0


def read_answers(settings: Settings, world: str, upto: int | None) -> tuple[list[Answer], str]:
    """The answers that a page counts, and what is wrong with them in one line (empty: nothing).

    ``upto`` as ``count_answers`` gave it; null (a notebook that is run by hand): all that there are.
    """
    try:
        return list_answers(settings, world, upto), ""
    except LuckyError as error:
        return [], f"{error.what}: expected {error.expected}, got {error.got}"


def newest_by_card(answers: Sequence[Answer]) -> dict[str, Answer]:
    """The answer of each card that counts."""
    return {answer.card: answer for answer in answers}


@contextlib.contextmanager
def _open(settings: Settings) -> Iterator[sqlite3.Connection]:
    path = answers_file(settings)
    remedy = _REMEDY.format(path=path)
    with open_versioned(path, (_make_table,), "the answers to unusual things", remedy) as database, database:
        try:
            yield database
        except sqlite3.DatabaseError as error:
            raise LuckyError(
                path.name, expected="the answers to unusual things", got=str(error), remedy=remedy
            ) from error


def _make_table(database: sqlite3.Connection) -> None:
    """Version 1."""
    database.execute(_TABLE)
    for act in ("update", "delete"):
        database.execute(_KEPT.format(act=act))
