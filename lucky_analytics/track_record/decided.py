"""``params/decisions.yml``: what was decided, on which page, when and by which role."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics import declarations
from lucky_analytics.declarations import Block
from lucky_analytics.errors import LuckyError, UnknownNameError, redact
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.needs import declared_metrics
from lucky_analytics.settings import Settings

__all__ = ["FILE", "Decided", "load_decided"]

FILE = "decisions.yml"
_FIELDS = ("what", "page", "by", "decided", "starts", "metric", "where", "days")
_DAYS = 28  # four whole weeks: each weekday as often


@dataclass(frozen=True)
class Decided:
    """One decision: ``what`` was decided on the ``page`` (a notebook) ``by`` a role on the day ``decided``.

    ``starts`` is the first day on which it acts; ``metric`` over the rows of ``where`` is what it was meant
    to change, looked at for ``days``.
    """

    name: str
    what: str
    page: str
    department: str
    by: str
    decided: dt.date
    starts: dt.date
    metric: str
    where: Mapping[str, Any] = field(default_factory=dict)
    days: int = _DAYS

    @property
    def key(self) -> str:
        """Changes with whatever changes what is measured."""
        said = json.dumps([self.starts.isoformat(), self.metric, dict(self.where), self.days], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def load_decided(settings: Settings) -> tuple[list[Decided], list[LuckyError]]:
    """The decisions that stand, in file order, and what is wrong with others, one line each.

    None without the file. A wrong entry costs itself.
    """
    file = settings.params_dir / FILE
    if not declarations.is_written(file):
        return [], []
    try:
        body = declarations.read(file, by_entry=True)
    except LuckyError as error:
        return [], [error]
    pages = {notebook.name: notebook.department for notebook in notebooks.list_all(settings)}
    listed, faults = declarations.each(body, lambda name, entry: _decided(body, name, entry, pages))
    return listed, list(faults.values())


def _decided(body: Block, name: str, entry: Any, pages: Mapping[str, str]) -> Decided:
    if not isinstance(entry, Block):
        raise body.wrong(name, "names from " + ", ".join(_FIELDS), repr(entry)[:60])
    entry.require_known(_FIELDS)
    what, page, by, metric = (_text(entry, each) for each in ("what", "page", "by", "metric"))
    if page not in pages:
        raise UnknownNameError(f"page of {entry.where('page')}", page, pages)
    if metric not in declared_metrics():
        raise UnknownNameError(f"metric of {entry.where('metric')}", metric, declared_metrics())
    if redact(by) != by or "@" in by:
        raise entry.wrong("by", "a role, such as Product", "what looks like a person's address")
    if "decided" not in entry:
        raise entry.wrong(None, "decided: the day of the decision", "none")
    decided = _day(entry, "decided")
    starts = _day(entry, "starts") if "starts" in entry else decided + dt.timedelta(days=1)
    days = entry.get_as("days", int, _DAYS)
    if not 7 <= days <= 84:
        raise entry.wrong("days", "7 to 84", str(days))
    where = entry.get_as("where", Block, Block(FILE))
    for column, wanted in where.items():
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed or not all(isinstance(each, str | int | bool) for each in listed):
            raise where.wrong(column, "a value, or a list of values", repr(wanted)[:60])
    return Decided(str(name), what, page, pages[page], by, decided, starts, metric, dict(where), days)


def _text(entry: Block, name: str) -> str:
    value = entry.get_as(name, str, "")
    if not value.strip():
        raise entry.wrong(name, "a text", "nothing")
    return value.strip()


def _day(entry: Block, name: str) -> dt.date:
    value = entry[name]
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise entry.wrong(name, "a date like 2026-02-13", repr(value)[:40])
    return value
