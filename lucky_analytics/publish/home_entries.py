"""A question on the home in one line: its finding, a number, how sure its decision is, how fresh it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from lucky_analytics.decision_words import OVERDUE, say_call
from lucky_analytics.formats import format_interval, format_value, keep_together, largest_end
from lucky_analytics.publish.agreement import UNDECIDED
from lucky_analytics.publish.home_asks import Call, call
from lucky_analytics.publish.home_briefing import NOTEBOOK
from lucky_analytics.publish.shelf import Run, Shelf

__all__ = [
    "Department",
    "Entry",
    "Mark",
    "count_monthly",
    "list_asks",
    "list_departments",
    "mark",
    "place_of",
]

# Who opens the home decides first about places, then about days, then about goods; what teaches comes last.
_ORDER = ("strategy", "operations", "product", "marketing", "supply_chain")
_FOR_ANALYSTS = ("tutorial",)
_A_MONTH = {"year": 1 / 12, "week": 365 / 84, "day": 365 / 12}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
_STEP_END = re.compile(r"(?:;|(?<=[.!?]))\s+(?![^(]*\))")  # what stands in brackets belongs together


WAITS = "waits"


@dataclass(frozen=True)
class Mark:
    """The state of a report in a few words. ``tone`` is "good", "behind", "bad" or ``WAITS``."""

    text: str
    tone: str


@dataclass(frozen=True)
class Entry:
    """One question. ``line`` is its finding; ``number``, ``interval`` and ``label`` are of its first
    headline, empty without one; ``strength`` is its decision's, ``action`` who is to do what, the first step
    alone, each empty where it says none; ``call`` is how it is put to leadership; ``on``: its stances;
    ``variants`` are its pages for one store."""

    run: Run
    line: str
    label: str
    number: str
    interval: str
    word: str
    action: str
    call: Call
    on: Mapping[str, str]
    mark: Mark
    variants: Sequence[Run]


@dataclass(frozen=True)
class Department:
    """``is_aside``: for those who learn the suite, and out of the way of others."""

    name: str
    entries: Sequence[Entry]
    is_aside: bool

    @property
    def size(self) -> str:
        """How many questions it has, and how many of them are not as they should be."""
        tones = [entry.mark.tone for entry in self.entries]
        n, n_waiting = len(tones), tones.count(WAITS)
        n_bad = n - tones.count("good") - n_waiting
        parts = [f"{n} {'question' if n == 1 else 'questions'}"]
        parts += [f"{n_bad} not up to date"] if n_bad else []
        parts += [f"{n_waiting} {'waits' if n_waiting == 1 else 'wait'} for access"] if n_waiting else []
        return ", ".join(parts)


def list_departments(shelf: Shelf) -> list[Department]:
    """Every shown report, in the order in which leaders read departments."""
    shown = sorted(shelf.shown, key=lambda run: (place_of(run.department), run.department))
    newest = max((run.record.as_of for run in shown if run.is_good), default="")
    return [
        Department(name, _entries(list(runs), shelf, newest), name in _FOR_ANALYSTS)
        for name, runs in groupby(shown, key=lambda run: run.department)
    ]


def list_asks(departments: Sequence[Department]) -> list[Entry]:
    """What leadership must act on, what is overdue first, then by dollars of a month (``home_asks.call``).

    Decisions of less than ``home_asks.LEAST``, those that decide nothing and those for analysts are left to
    their departments. Of decisions that agree on a thing one stands for all: the page of what is overdue
    alone, the briefing, whose lines stand above, or the one that decides on most.
    """
    asked = [entry for department in departments if not department.is_aside for entry in department.entries]
    ranked = sorted((entry for entry in asked if entry.call.is_large), key=lambda entry: entry.call.order)
    told: set[object] = set()
    kept = []
    for entry in sorted(ranked, key=_stands_for_others):
        if not _decided(entry) & told:
            kept.append(entry)
            told |= _decided(entry)
    return sorted(kept, key=lambda entry: entry.call.order)


def _stands_for_others(entry: Entry) -> tuple[bool, bool, int]:
    n, is_overdue = len(_decided(entry)), entry.call.word == OVERDUE
    return not is_overdue, entry.run.notebook != NOTEBOOK, n if is_overdue else -n


def _decided(entry: Entry) -> frozenset[object]:
    """What an entry decides on, and how; a thing that waits is not decided."""
    return frozenset(pair for pair in entry.on.items() if pair[1] != UNDECIDED)


def mark(run: Run, newest_run: Run, newest_as_of: str) -> Mark:
    """How a report stands: whether it is still made, whether its newest run completed, whether its
    numbers are shown, and how far its last day is behind that of the newest report."""
    if run.is_gone:
        return Mark("No longer made", "bad")
    if newest_run.is_waiting:
        return Mark("Waits for access to its data", WAITS)
    if not newest_run.is_good:
        return Mark("The newest run did not complete", "bad")
    if run.problems:
        return Mark("Numbers withheld", "bad")
    days = (dt.date.fromisoformat(newest_as_of) - dt.date.fromisoformat(run.record.as_of)).days
    if days > 0:
        return Mark(f"{days} {'day' if days == 1 else 'days'} behind the newest report", "behind")
    return Mark("Newest data", "good")


def _entries(shown: Sequence[Run], shelf: Shelf, newest: str) -> list[Entry]:
    groups = [list(runs) for _, runs in groupby(shown, key=lambda run: run.notebook)]
    return [_entry(runs[0], [run for run in runs if run.variant], shelf, newest) for runs in groups]


def _entry(run: Run, variants: Sequence[Run], shelf: Shelf, newest: str) -> Entry:
    line = _finding(run)
    known = [headline for headline in run.headlines if headline["value"] is not None]
    named = [
        headline for headline in known if _value(headline) in line
    ]  # the line's own number, if it has one
    first: Mapping[str, Any] = next(iter([*named, *known]), {})
    ends = first.get("low"), first.get("high")
    decision: Mapping[str, Any] = next(iter(run.results.get("decision", [])), {})
    return Entry(
        run=run,
        line=keep_together(line),
        label=keep_together(first.get("label", "")),
        number=keep_together(_value(first)) if first else "",
        interval=keep_together(format_interval(*ends, first["unit"]).strip("()")) if first else "",
        word="" if run.problems else say_call(decision, run.record.as_of),
        action="" if run.problems or not decision else _first_step(decision),
        call=_call(decision, run),
        on=decision.get("on") or {},
        mark=mark(run, shelf.runs[run.key][0], newest),
        variants=variants,
    )


def count_monthly(decision: Mapping[str, Any]) -> float:
    """Dollars a month that a decision is worth; 0 for none, and where it is counted in something else."""
    worth = decision.get("worth") or {}
    currency, _, per = str(worth.get("unit", "")).partition(" ")
    if currency != "USD" or worth.get("value") is None:
        return 0.0
    times = next((times for word, times in _A_MONTH.items() if per.endswith(f"a {word}")), 1.0)
    return float(worth["value"]) * times


def _value(headline: Mapping[str, Any]) -> str:
    return format_value(headline["value"], headline["unit"], largest_end(headline["low"], headline["high"]))


def _finding(run: Run) -> str:
    """The title of its page, or the first sentence of the answer; all of what is wrong where numbers are
    withheld."""
    if run.problems:
        return run.answer
    title: Mapping[str, Any] = next(iter(run.results.get("title", [])), {})
    return title.get("text") or _SENTENCE_END.split(run.answer, maxsplit=1)[0]


def _first_step(decision: Mapping[str, Any]) -> str:
    """Who is to do what first: steps end at a semicolon, sentences at their point."""
    step = _STEP_END.split(f"{decision['owner']}: {decision['action']}", maxsplit=1)[0]
    return keep_together(step.rstrip(".,;"))


def _call(decision: Mapping[str, Any], run: Run) -> Call:
    """How it is put to leadership; that its money is of all steps is said where the line has the first."""
    if run.problems or not decision:
        return Call()
    made = call(decision, run.record.as_of)
    if made.is_gain and _STEP_END.search(f"{decision['owner']}: {decision['action']}".rstrip(".,;")):
        return replace(made, money=f"{made.money}, all steps")
    return made


def place_of(department: str) -> int:
    """Where a department stands among the others, in the order in which leaders read them."""
    if department in _FOR_ANALYSTS:
        return len(_ORDER) + 1
    return _ORDER.index(department) if department in _ORDER else len(_ORDER)
