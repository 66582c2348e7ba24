"""Trials that decisions propose: what each sets, for whom, when, and which two cannot run at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lucky_analytics.errors import UnknownNameError

__all__ = ["LEVERS", "Trial", "find_collisions", "say_trial"]

# What a trial sets, as readers see it. Two trials that set one thing at a time for the same people cannot be
# told apart: each draw changes what the other compares. Trials of two things can, each draw by itself.
LEVERS = {
    "paid": "what customers pay",
    "told": "what customers are told",
    "shown": "what the app shows",
    "crew": "how a store works",
}


class Trial(NamedTuple):
    """A trial that a decision proposes.

    ``what``: what is tried, as a clause; ``lever``: one of ``LEVERS``; ``who``: whom it draws from;
    ``start``: its first day, null where it begins when somebody says so; ``weeks``: how long, null where it
    is not known.
    """

    what: str
    lever: str
    who: str
    start: dt.date | None = None
    weeks: int | None = None

    @property
    def record(self) -> dict[str, Any]:
        """What a run keeps of it. Raises ``UnknownNameError`` for a lever that is none.

        >>> Trial("no coupon", "paid", "a tenth", dt.date(2026, 2, 16), 5).record["end"]
        '2026-03-23'
        """
        if self.lever not in LEVERS:
            raise UnknownNameError("lever of a trial", self.lever, tuple(LEVERS))
        has_end = self.start is not None and self.weeks is not None
        end = self.start + dt.timedelta(weeks=self.weeks or 0) if has_end and self.start else None
        return {
            "what": self.what,
            "lever": self.lever,
            "who": self.who,
            "start": self.start.isoformat() if self.start else None,
            "end": end.isoformat() if end else None,
            "weeks": self.weeks,
        }


def say_trial(record: Mapping[str, Any]) -> str:
    """A recorded trial in a sentence for the page that proposes it.

    >>> say_trial(Trial("no coupon", "paid", "a tenth of customers", dt.date(2026, 2, 16), 5).record)
    'From 16 Feb, 5 weeks, a tenth of customers. Not while another trial sets what customers pay.'
    >>> say_trial(Trial("four ways", "told", "all").record)
    'No date is set, all. Not while another trial sets what customers are told.'
    """
    start = dt.date.fromisoformat(record["start"]) if record["start"] else None
    when = f"From {start:%-d %b}" if start else "No date is set"
    weeks = f", {record['weeks']} week{'' if record['weeks'] == 1 else 's'}" if record["weeks"] else ""
    return f"{when}{weeks}, {record['who']}. Not while another trial sets {LEVERS[record['lever']]}."


def find_collisions(records: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    """Pairs of recorded trials, by their places, that set one thing in weeks that overlap.

    A trial without a date may be begun on any day, and one without an end does not end: they collide with
    each that sets the same.

    >>> day, later = dt.date(2026, 2, 16), dt.date(2026, 6, 1)
    >>> made = [Trial("a", "paid", "x", day, 5), Trial("b", "paid", "y"), Trial("c", "paid", "z", later, 2)]
    >>> list(find_collisions([one.record for one in made]))
    [(0, 1), (1, 2)]
    >>> list(find_collisions([made[0].record, Trial("d", "told", "x", day, 5).record]))
    []
    """
    for first, one in enumerate(records):
        for second, other in enumerate(records[first + 1 :], first + 1):
            if one["lever"] == other["lever"] and _starts_before(one, other) and _starts_before(other, one):
                yield first, second


def _starts_before(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether ``one`` may begin before ``other`` is over; days as ISO text sort as days do."""
    return not (one["start"] and other["end"]) or one["start"] < other["end"]
