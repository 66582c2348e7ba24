"""Trials that decisions propose: what each sets, for whom and when. One calendar: of those that set one thing
one runs at a time, in the slot that it has here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lucky_analytics.errors import UnknownNameError

__all__ = [
    "COUPON_TRIAL",
    "LEVERS",
    "ORDER_TRIAL",
    "PRICE_TRIAL",
    "Trial",
    "fill_slots",
    "find_collisions",
    "plan_slot",
    "say_trial",
]

# What a trial sets, as readers see it. Two trials that set one thing at a time for the same people cannot be
# told apart: each draw changes what the other compares. Trials of two things can, each draw by itself.
LEVERS = {
    "paid": "what customers pay",
    "told": "what customers are told",
    "shown": "what the app shows",
    "crew": "how a store works",
    "ordered": "what a store orders",
}

# Trials that pages date, by lever, in the order in which they run, with the weeks that are kept for each.
# What most money hangs on goes first: coupons take many times what a step in prices may bring.
COUPON_TRIAL, PRICE_TRIAL = "no coupon of a campaign", "prices a step higher or lower"
ORDER_TRIAL = "perishable goods by the order sheet"
_SLOTS = {"paid": ((COUPON_TRIAL, 5), (PRICE_TRIAL, 8)), "ordered": ((ORDER_TRIAL, 4),)}


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


def plan_slot(what: str, as_of: dt.date) -> tuple[dt.date, dt.date]:
    """First day, a Monday after ``as_of``, and day of the end of a trial that has a slot. Raises
    ``UnknownNameError`` for one without.

    >>> [f"{day:%-d %b}" for day in plan_slot(COUPON_TRIAL, dt.date(2026, 2, 13))]
    ['16 Feb', '23 Mar']
    >>> [f"{day:%-d %b}" for day in plan_slot(PRICE_TRIAL, dt.date(2026, 2, 13))]
    ['23 Mar', '18 May']
    """
    for slots in _SLOTS.values():
        start = as_of + dt.timedelta(days=7 - as_of.weekday())
        for name, weeks in slots:
            end = start + dt.timedelta(weeks=weeks)
            if name == what:
                return start, end
            start = end
    known = tuple(name for slots in _SLOTS.values() for name, _ in slots)
    raise UnknownNameError("trial with a slot", what, known)


def _find_before(what: str) -> str:
    """The trial whose slot comes before; empty for the first and for one without a slot."""
    names = [[name for name, _ in slots] for slots in _SLOTS.values()]
    return next((own[own.index(what) - 1] for own in names if what in own[1:]), "")


def fill_slots(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The recorded trials, those without a date in the first slot that is free: after all that have a date
    and set the same, the shortest first. One that nothing else competes with may begin on any day and keeps
    no date; what has no length comes last.

    >>> day = dt.date(2026, 2, 16)
    >>> made = [Trial("a", "paid", "x", day, 5), Trial("b", "paid", "y"), Trial("c", "paid", "z", None, 2)]
    >>> [(one["what"], one["start"], one["end"]) for one in fill_slots([one.record for one in made])]
    [('a', '2026-02-16', '2026-03-23'), ('b', '2026-04-06', None), ('c', '2026-03-23', '2026-04-06')]
    """
    made = [dict(record) for record in records]
    for lever in LEVERS:
        own = [one for one in made if one["lever"] == lever]
        ends = [one["end"] for one in own if one["start"]]
        free = max((end for end in ends if end), default="")
        if not free or None in ends:
            continue
        for one in sorted((one for one in own if not one["start"]), key=lambda one: one["weeks"] or 10**6):
            one["start"] = free
            if not one["weeks"]:
                break  # it ends on no day that is known: what is left waits
            free = (dt.date.fromisoformat(free) + dt.timedelta(weeks=one["weeks"])).isoformat()
            one["end"] = free
    return made


def say_trial(record: Mapping[str, Any]) -> str:
    """A recorded trial in a sentence for the page that proposes it.

    >>> say_trial(Trial(PRICE_TRIAL, "paid", "half of the stores", dt.date(2026, 3, 23), 8).record)
    'From 23 Mar, 8 weeks, half of the stores. It follows the trial "no coupon of a campaign".'
    >>> say_trial(Trial("four ways", "told", "all").record)
    'No date is set, all. Not while another trial sets what customers are told.'
    """
    start = dt.date.fromisoformat(record["start"]) if record["start"] else None
    when = f"From {start:%-d %b}" if start else "No date is set"
    weeks = f", {record['weeks']} week{'' if record['weeks'] == 1 else 's'}" if record["weeks"] else ""
    before = _find_before(record["what"])
    order = (
        f'It follows the trial "{before}"'
        if before
        else f"Not while another trial sets {LEVERS[record['lever']]}"
    )
    return f"{when}{weeks}, {record['who']}. {order}."


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
