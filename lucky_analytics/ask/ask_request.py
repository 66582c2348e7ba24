"""A request: what a question asks of the catalog, as plain values. Only this is ever executed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["ABOVE", "Condition", "Having", "Limit", "Rank", "Request"]

ABOVE = ("more than", "at least", "fewer than", "at most", "exactly")


@dataclass(frozen=True)
class Condition:
    """Rows whose dimension ``key`` is one of ``values``, or none of them (``is_not``)."""

    key: str
    values: tuple[Any, ...]
    is_not: bool = False


@dataclass(frozen=True)
class Limit:
    """Rows whose number ``column``, of the table that is asked, is ``above`` (one of ``ABOVE``) ``number``,
    which is as people say it: in dollars, percent or counts."""

    column: str
    above: str
    number: float


@dataclass(frozen=True)
class Rank:
    """The ``n`` groups with the most or least of the first measure, and those that equal the last of them; of
    each ``within`` the same number."""

    direction: Literal["most", "least"]
    n: int
    within: tuple[str, ...] = ()


@dataclass(frozen=True)
class Having:
    """Groups whose ``measure`` is ``above`` (one of ``ABOVE``) ``number``, which is as people say it: in
    dollars, percent or counts."""

    measure: str
    above: str
    number: float


@dataclass(frozen=True)
class Request:
    """Measures of one table, of the rows that ``where`` and ``limits`` let through, by groups, in a period
    (half-open).

    ``against``: a second period to compare with. ``share``: the value is the share of the rows that fulfil
    these conditions, too; ``of_total``: the share of each group in all of them. ``per``: divided by the days,
    weeks or months of the period. ``how_many``: the answer is how many groups there are, within the limit
    ``having`` where there is one.
    """

    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    against: tuple[dt.date | None, dt.date | None] | None = None
    rank: Rank | None = None
    having: Having | None = None
    share: tuple[Condition, ...] = ()
    per: Literal["", "day", "week", "month"] = ""
    how_many: bool = False
    limits: tuple[Limit, ...] = ()
    of_total: bool = False
