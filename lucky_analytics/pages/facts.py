"""What a page says about the run that made it. Nothing in here may depend on the clock or the host."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics.errors import LacksTablesError

__all__ = [
    "FRESH_DAYS",
    "RunFacts",
    "describe_stale",
    "format_day",
    "format_moment",
    "fresh_days",
    "stale_from",
]

FRESH_DAYS = 3  # yesterday's close arrives today; two failed mornings take no report away


@dataclass(frozen=True)
class RunFacts:
    """The facts of one run that its page shows; the same inputs give the same facts, and so the same page.

    ``cut`` is the moment up to which the snapshot was read (UTC, ISO 8601), ``as_of`` the last business
    date that counts. ``variant`` names the grid's parameters, if the run is one of a grid. ``engine`` names
    what computed the tables where it was not DuckDB. ``generated`` marks data of the demo estate. ``failed``
    is ``"Name: message"`` of the error that stopped the run. ``tables`` holds, for each
    ``"database.table"``, what is known of it:
    ``rows`` (count), ``newest_at`` (UTC text), ``contracts`` (how many hold) and ``problem`` (why its
    numbers must not be shown: a broken contract or stale data); every key may be missing.
    """

    run_id: str
    parameters: Mapping[str, Any]
    snapshot_id: str
    cut: str
    as_of: str
    code_version: str
    variant: str = ""
    engine: str = ""
    generated: bool = False
    failed: str | None = None
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """Whether it was not begun, because nobody has read the tables that it needs.

        >>> RunFacts("r", {}, "s", "", "", "c", failed="LacksTablesError: no a.b in snapshot s").waits
        True
        """
        return (self.failed or "").startswith(f"{LacksTablesError.__name__}:")

    def problems(self, tables_read: Mapping[str, str]) -> list[str]:
        """Why a number that was made from these tables must not be shown; empty when it may.

        >>> facts = RunFacts("r", {}, "s", "", "", "c", tables={"a.b": {"problem": "no rows since 1 Feb"}})
        >>> facts.problems({"a.b": "9f"}), facts.problems({"a.c": "9f"})
        (['a.b: no rows since 1 Feb'], [])
        """
        found = ((name, self.tables.get(name, {}).get("problem")) for name in sorted(tables_read))
        return [f"{name}: {problem}" for name, problem in found if problem]

    @property
    def fresh_days(self) -> int:
        """For how many days after ``as_of`` a reader is shown the numbers (``fresh_days``)."""
        return fresh_days(self.parameters)

    @property
    def period(self) -> str:
        """The business dates covered, when the run has a ``start`` (and an ``end``, exclusive) among its
        parameters: ``"30 Jun 2025 to 13 Feb 2026"``; otherwise empty."""
        start, end = (_day(self.parameters.get(name)) for name in ("start", "end"))
        last = end - dt.timedelta(days=1) if end else _day(self.as_of)
        return f"{format_day(start)} to {format_day(last)}" if start and last else ""


def fresh_days(parameters: Mapping[str, Any]) -> int:
    """For how many days after its last business date a report shows its numbers.

    A notebook says so by its parameter ``fresh_days``; ``FRESH_DAYS`` for those that have none.
    """
    return int(parameters.get("fresh_days", FRESH_DAYS))


def stale_from(as_of: str, days: int) -> dt.date:
    """The first day on which data up to and including ``as_of`` is stale, ``days`` being its limit.

    >>> stale_from("2026-02-13", 3)
    datetime.date(2026, 2, 17)
    """
    return dt.date.fromisoformat(as_of) + dt.timedelta(days=days + 1)


def describe_stale(as_of: str, days: int) -> str:
    """Why stale data is not shown, in words that stay true as it grows older; ``suite.js`` says the same.

    >>> describe_stale("2026-02-13", 3)
    'stale, the last day is 13 Feb 2026, more than 3 days ago'
    """
    return (
        f"stale, the last day is {format_day(as_of)}, more than {days} {'day' if days == 1 else 'days'} ago"
    )


def format_day(day: dt.date | str | None) -> str:
    """A business date as readers see it; text that is no date is returned as it is.

    >>> format_day("2026-02-13"), format_day("newest"), format_day(None)
    ('13 Feb 2026', 'newest', '')
    """
    date = _day(day)
    if date is None:
        return "" if day is None else str(day)
    return f"{date.day} {date:%b %Y}"


def format_moment(moment: str) -> str:
    """A moment in UTC as readers see it; text that is no moment is returned as it is.

    >>> format_moment("2026-02-14T12:00:00+00:00"), format_moment("")
    ('14 Feb 2026 12:00 UTC', '')
    """
    try:
        time = dt.datetime.fromisoformat(moment).astimezone(dt.UTC)
    except ValueError:
        return moment
    return f"{format_day(time.date())} {time:%H:%M} UTC"


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
