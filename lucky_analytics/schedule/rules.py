"""``params/alerts.yml``: when somebody must hear of a report. A small language of its own, never evaluated.

when: MAPE > 30 %                       a headline beyond a limit; ``.low``, ``.high`` and ``.n`` work too
when: mape.low > 0.30 and n_stores >= 5     all of several
when: plateau outside its interval      beyond the interval of the run before
when: failed run | failed contract | stale data | data older than 2 days
"""

from __future__ import annotations

import operator
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lucky_analytics import declarations
from lucky_analytics.declarations import Block
from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.runs import notebooks
from lucky_analytics.schedule.entries import require_recipients
from lucky_analytics.settings import Settings

__all__ = ["FILE", "Alerts", "Event", "Moved", "Rule", "Threshold", "load_rules", "parse"]

FILE = "alerts.yml"
EVENTS = ("failed run", "failed contract", "stale data")
PARTS = ("value", "low", "high", "n")
OPERATORS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_SHARES = ("share", "rate")
_SCALES = {"": 1, "K": 1e3, "M": 1e6}
_THRESHOLD = re.compile(
    r"(?P<name>[A-Za-z_]\w*)(?:\.(?P<part>\w+))?\s*(?P<operator>>=|<=|>|<)\s*"
    r"(?P<sign>-?)(?P<dollar>\$?)(?P<number>\d[\d,]*(?:\.\d+)?)(?P<scale>[KM]?)\s*(?P<percent>%?)"
)
_OPERATOR_WORDS = {">": "above", ">=": "at or above", "<": "below", "<=": "at or below"}
_PART_WORDS = {"value": "", "low": "lower end ", "high": "upper end ", "n": "count "}
_MOVED = re.compile(r"(?P<name>[A-Za-z_]\w*) outside its interval", re.IGNORECASE)
_OLDER = re.compile(r"data older than (?P<days>\d+) days?", re.IGNORECASE)


@dataclass(frozen=True)
class Threshold:
    """A part of a headline against a number as written: ``mark`` is ``%``, ``$`` or nothing."""

    headline: str
    part: str
    operator: str
    number: float
    mark: str
    written: str

    @property
    def said(self) -> str:
        """What crossed the limit, in words, to follow the number: empty where the number says it itself,
        because anything above nought is told, or its whole range on one side of it.

        >>> [parse(rule)[0].said for rule in ("unexplained > $0.01", "plateau.high <= 70K", "won > 0")]
        ['above $0.01', 'its whole range at or below 70K', '']
        """
        is_whole = (self.part, self.operator[0]) in (("high", "<"), ("low", ">"))
        if not self.number and (is_whole or (self.part, self.operator) == ("value", ">")):
            return ""
        limit = self.written.partition(self.operator)[2].strip()
        part = "its whole range " if is_whole else _PART_WORDS[self.part]
        return f"{part}{_OPERATOR_WORDS[self.operator]} {limit}"

    def holds(self, headline: Mapping[str, Any]) -> bool | None:
        """Whether it is crossed; null when the headline's part is not known.

        Raises ``ParameterError`` when the number is not in the headline's unit: a share against 30 where
        0.30 or 30 % is meant, percent or dollars against something else.

        >>> parse("mape > 30 %")[0].holds({"value": 0.31, "unit": "share"})
        True
        """
        value = headline.get(self.part)
        limit = self._limit("" if self.part == "n" else str(headline["unit"]))
        return None if value is None else OPERATORS[self.operator](value, limit)

    def _limit(self, unit: str) -> float:
        is_share = unit in _SHARES
        if is_share and not self.mark and abs(self.number) > 1:
            raise ParameterError(
                f"alert {self.written!r}",
                expected=f"{self.number / 100:g} or {self.number:g} %",
                got="a share",
            )
        if (self.mark == "%" and not is_share) or (self.mark == "$" and not unit.startswith("USD")):
            raise ParameterError(
                f"alert {self.written!r}", expected=f"a number of {unit or 'cases'}", got=self.mark
            )
        return self.number / 100 if self.mark == "%" else self.number


@dataclass(frozen=True)
class Moved:
    """A headline whose value lies outside the interval that the run before it gave."""

    headline: str


@dataclass(frozen=True)
class Event:
    """Something that happened to a run: one of ``EVENTS``, or ``data older than`` so many ``days``."""

    name: str
    days: int = 0


Condition = Threshold | Moved | Event


@dataclass(frozen=True)
class Rule:
    """One alert: all ``conditions`` must hold. ``notebook`` null means any; no recipients means those of
    the schedule's entry."""

    name: str
    when: str
    conditions: tuple[Condition, ...]
    notebook: str | None = None
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alerts:
    """The rules that stand, in file order, and an error for each that does not."""

    rules: tuple[Rule, ...] = ()
    faults: tuple[LuckyError, ...] = ()


def load_rules(settings: Settings, recipients: Collection[str] | None = ()) -> Alerts:
    """The rules of ``params/alerts.yml``, none when there is no such file.

    A rule that is not understood, or that names an unknown notebook or recipient, is a fault of that rule;
    a file that cannot be read is one fault. ``recipients`` null: not checked.
    """
    path = settings.params_dir / FILE
    if not declarations.is_written(path):
        return Alerts()
    try:
        body = declarations.read(path, as_text=True, by_entry=True)
    except LuckyError as error:
        return Alerts((), (error,))
    rules, faults = declarations.each(
        body, lambda name, fields: _rule(body, name, fields, settings, recipients)
    )
    return Alerts(tuple(rules), tuple(faults.values()))


def parse(when: str) -> tuple[Condition, ...]:
    """The conditions of a rule's text. Raises ``ParameterError`` for what is not understood.

    >>> parse("MAPE > 30 %")[0].number, parse("stale data")[0].name
    (30.0, 'stale data')
    """
    return tuple(_condition(text.strip(), when) for text in re.split(r"\band\b", when))


def _condition(text: str, when: str) -> Condition:
    if text.lower() in EVENTS:
        return Event(text.lower())
    if older := _OLDER.fullmatch(text):
        return Event("data older than", int(older["days"]))
    if moved := _MOVED.fullmatch(text):
        return Moved(moved["name"].lower())
    found = _THRESHOLD.fullmatch(text)
    if not found or (found["part"] or "value") not in PARTS or (found["dollar"] and found["percent"]):
        raise ParameterError(
            f"alert {when!r}",
            expected="headline > number, headline outside its interval, " + ", ".join(EVENTS),
            got=repr(text),
        )
    number = float(found["number"].replace(",", "")) * _SCALES[found["scale"]]
    return Threshold(
        headline=found["name"].lower(),
        part=found["part"] or "value",
        operator=found["operator"],
        number=-number if found["sign"] else number,
        mark=found["dollar"] or found["percent"],
        written=text,
    )


def _rule(body: Block, name: str, fields: Any, settings: Settings, known: Collection[str] | None) -> Rule:
    if not isinstance(fields, Block) or not fields.get_as("when", str, ""):
        raise body.wrong(name, "a line when: headline > number", repr(fields)[:60])
    fields.require_known(("when", "notebook", "recipients"))
    try:
        named = fields.get_as("notebook", str, "")
        notebook = notebooks.find(named, settings).name if "notebook" in fields else None
        recipients = require_recipients(fields.names("recipients"), known)
        conditions = parse(fields["when"])
    except UnknownNameError as error:
        what = f"{error.kind} in {fields.where()}"
        raise UnknownNameError(what, error.name, error.known, error.remedy) from error
    except ParameterError as error:
        if error.what.startswith(FILE):
            raise
        raise ParameterError(fields.where("when"), expected=error.expected, got=error.got) from error
    if notebook is None and any(not isinstance(condition, Event) for condition in conditions):
        raise fields.wrong(None, "notebook, because headlines belong to one", "none")
    return Rule(name, fields["when"], conditions, notebook, recipients)
