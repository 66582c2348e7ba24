"""Asking from end to end: read, check, compute, answer, and write down that it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lucky_analytics.ask.ask_answer import Answer, make_answer
from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.asked_rows import compute_request, first_day
from lucky_analytics.ask.known_values import load_values
from lucky_analytics.ask.model_reader import ModelReader
from lucky_analytics.ask.question_reader import Reading, read_question
from lucky_analytics.ask.request_checks import OPEN, RefusedError, Scope
from lucky_analytics.ask.request_document import from_document, to_document
from lucky_analytics.ask.request_words import say_request
from lucky_analytics.ask.vocabulary import Vocabulary, make_vocabulary
from lucky_analytics.audit_log import append_entry
from lucky_analytics.errors import LuckyError, redact

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite
    from lucky_analytics.settings import Settings

__all__ = ["Asker"]

_MOST_CHOICES = 3


class Asker:
    """One snapshot that is asked by one kind of reader.

    ``scope`` is what the reader may see. ``settings``: where the log is; without them nothing is written
    down, as in tests and on the page that measures, which needs no queries as text (``with_sql``).
    ``reader`` is the name in the log. ``model``: who proposes where the grammar understands
    nothing; null is nobody.

    >>> Asker(suite).ask("orders by store last week").sentence                        # doctest: +SKIP
    """

    def __init__(
        self,
        suite: Suite,
        scope: Scope = OPEN,
        settings: Settings | None = None,
        reader: str = "",
        vocabulary: Vocabulary | None = None,
        with_sql: bool = True,
        model: ModelReader | None = None,
    ):
        self.suite, self.scope, self.settings, self.reader = suite, scope, settings, reader
        self.with_sql, self.model = with_sql, model
        self.vocabulary = vocabulary or make_vocabulary(load_values(suite))

    def ask(self, text: str, context: Request | None = None) -> Answer:
        """The answer to a question in words; ``context`` is the request before it. Never raises for what was
        asked: what cannot be answered is an answer that says why."""
        try:
            reading = read_question(
                text, self.vocabulary, self.suite.as_of, scope=self.scope, context=context
            )
            answer = self._of_reading(reading)
        except LuckyError as error:
            answer = self._proposed(text, error) or self._refuse(error)
        self._note(answer)
        return answer

    def _proposed(self, text: str, error: LuckyError) -> Answer | None:
        """What a model reads where the grammar reads nothing, put before the reader; null without one.

        No number stands beside it: that a request is sound does not say that it was meant.
        """
        if self.model is None or not isinstance(error, RefusedError) or error.why != "not understood":
            return None
        try:
            request = self.model.propose(text, self.scope, self.suite.as_of)
            choice = {"read_as": self.say(request), "sentence": "", "request": to_document(request)}
        except LuckyError:
            return None
        return Answer(
            "asked back",
            "A language model reads this so. Is it what you mean?",
            why="proposed",
            choices=(choice,),
        )

    def ask_request(self, said: Any) -> Answer:
        """The answer to a request as JSON values: of a link, a choice, or a model. It is checked alike."""
        try:
            request = said if isinstance(said, Request) else from_document(said)
            answer = self._compute(request)
        except LuckyError as error:
            answer = self._refuse(error)
        self._note(answer)
        return answer

    def _of_reading(self, reading: Reading) -> Answer:
        spelt = tuple(f'"{was}" was read as "{meant}".' for was, meant in reading.spelt)
        if len(reading.requests) == 1:
            answer = self._compute(reading.requests[0])
            return Answer(**{**vars(answer), "notes": (*spelt, *answer.notes)}) if spelt else answer
        choices = [self._compute(request) for request in reading.requests[:_MOST_CHOICES]]
        good = [each for each in choices if each.outcome == "answered"]
        many = len(reading.requests)
        return Answer(
            "asked back",
            f"This can be read in {many if many <= _MOST_CHOICES else 'many'} ways. Which do you mean?",
            why="two readings",
            choices=tuple({"read_as": e.read_as, "sentence": e.sentence, "request": e.request} for e in good),
            notes=spelt,
        )

    def _compute(self, request: Request) -> Answer:
        answer = make_answer(
            self.suite, request, compute_request(self.suite, request, self.scope, with_sql=self.with_sql)
        )
        if self.scope.store_ids is None:
            return answer
        told = f"Only rows of {self.scope.stores} count: {self.scope.name} sees no others."
        return Answer(**{**vars(answer), "notes": (told, *answer.notes)})

    def _refuse(self, error: LuckyError) -> Answer:
        if isinstance(error, RefusedError):
            return Answer(
                "refused", redact(f"{_LEADS[error.why]}: {error.text}."), why=error.why, report=error.report
            )
        return Answer("refused", redact(f"{error}."), why="not possible")

    def _note(self, answer: Answer) -> None:
        """One line of the audit log: what was read and what became of it; never what was typed."""
        if self.settings is None:
            return
        asked = {"reader": self.reader, "audience": self.scope.name, "outcome": answer.outcome}
        asked |= {"read_as": answer.read_as} if answer.read_as else {"why": answer.why}
        rows = {name: self.suite.snapshot.tables[name].rows for name in answer.sources}
        append_entry(self.settings, "ask", snapshot=self.suite.snapshot.id, tables=rows, asked=asked)

    def say(self, request: Request) -> str:
        """A request in words."""
        has_days = bool(request.measures) and bool(find_measure(request.measures[0]).date)
        first = first_day(self.suite, request.measures[0]) if has_days else None
        return say_request(request, first, self.suite.as_of)


_LEADS = {
    "not understood": "I do not understand this",
    "no data": "There is no data for this",
    "personal": "Personal data is not shown",
    "future": "This is about the future",
    "not yours": "This is not open to you",
}
