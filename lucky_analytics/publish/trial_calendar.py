"""The page "Trials": every trial that reports propose, and which of them cannot run at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from lucky_analytics.proposed_trials import LEVERS, fill_slots, find_collisions
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Run

__all__ = ["TRIALS", "Proposed", "list_proposed", "write_trials"]

LEVER_ORDER = {lever: place for place, lever in enumerate(LEVERS)}
TRIALS = NavEntry("trials.html", "Trials")


@dataclass(frozen=True)
class Proposed:
    """A trial and the reports (``runs``) that propose it; ``when`` in words; ``owner`` who decides on it;
    ``ends``: the day of its end, empty where it is not known;
    ``against``: places of the trials in the list that set the same at the same time."""

    place: int
    what: str
    sets: str
    who: str
    when: str
    owner: str
    ends: str
    runs: tuple[Run, ...]
    against: tuple[int, ...] = ()


def list_proposed(shown: Sequence[Run]) -> list[Proposed]:
    """The trials of the runs at their reports' addresses by what they set, in the order in which they run,
    numbered from 1. Those without a date have the first slot that is free (``fill_slots``).

    Reports that name the same trial (what, who, when) share one entry. A page of one store or market is a
    part of its report, and proposes nothing by itself.
    """
    found: dict[tuple[object, ...], tuple[dict[str, object], str, list[Run]]] = {}
    for run in shown:
        for said in () if run.variant or not run.is_good else run.decisions:
            for record in said.get("trials", []):
                entry = found.setdefault(tuple(record.values()), (record, said["owner"], []))
                entry[2].append(run)
    slots = fill_slots([record for record, _, _ in found.values()])
    dated = [(slot, owner, runs) for slot, (_, owner, runs) in zip(slots, found.values(), strict=True)]
    made = sorted(
        dated, key=lambda one: (LEVER_ORDER[one[0]["lever"]], one[0]["start"] is None, one[0]["start"] or "")
    )
    pairs = list(find_collisions([record for record, _, _ in made]))
    return [
        Proposed(
            place + 1,
            str(record["what"]),
            LEVERS[str(record["lever"])],
            str(record["who"]),
            _say_when(record),
            owner,
            f"{dt.date.fromisoformat(str(record['end'])):%-d %b %Y}" if record["end"] else "",
            tuple(runs),
            tuple(sorted(a + b + 1 - place for a, b in pairs if place in (a, b))),
        )
        for place, (record, owner, runs) in enumerate(made)
    ]


def _say_when(record: dict[str, object]) -> str:
    weeks = f"{record['weeks']} weeks" if record["weeks"] else "as long as it takes"
    if not record["start"]:
        return f"Any Monday, {weeks}"
    start = dt.date.fromisoformat(str(record["start"]))
    if not record["end"]:
        return f"From {start:%-d %b %Y}, {weeks}"
    return f"{start:%-d %b} to {dt.date.fromisoformat(str(record['end'])):%-d %b %Y}, {weeks}"


def write_trials(frame: Frame, shown: Sequence[Run]) -> None:
    """``trials.html``; also where no report proposes one, so that its address holds."""
    proposed = list_proposed(shown)
    groups = [(sets, list(own)) for sets, own in groupby(proposed, key=lambda one: one.sets)]
    n_against = sum(bool(one.against) for one in proposed)
    frame.write(
        TRIALS.address, "trials.html.j2", proposed=proposed, groups=groups, n_against=n_against,
        finding=_name_finding(proposed),
    )  # fmt: skip


def _name_finding(proposed: Sequence[Proposed]) -> str:
    """Which trial runs first, as the title.

    >>> _name_finding([])
    'No trial is proposed'
    """
    if not proposed:
        return "No trial is proposed"
    n = f"{len(proposed)} trials are" if len(proposed) > 1 else "1 trial is"
    return f"{n} proposed; first comes: {proposed[0].what}"
