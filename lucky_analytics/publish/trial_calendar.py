"""The page "Trials": every trial that reports propose, and which of them cannot run at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from lucky_analytics.proposed_trials import LEVERS, find_collisions
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Run

__all__ = ["TRIALS", "Proposed", "list_proposed", "write_trials"]

TRIALS = NavEntry("trials.html", "Trials")


@dataclass(frozen=True)
class Proposed:
    """A trial and the reports (``runs``) that propose it; ``when`` in words; ``owner`` who decides on it;
    ``against``: places of the trials in the list that set the same at the same time."""

    place: int
    what: str
    sets: str
    who: str
    when: str
    owner: str
    runs: tuple[Run, ...]
    against: tuple[int, ...] = ()


def list_proposed(shown: Sequence[Run]) -> list[Proposed]:
    """The trials of the runs at their reports' addresses, those with a date first, numbered from 1.

    Reports that name the same trial (what, who, when) share one entry. A page of one store or market is a
    part of its report, and proposes nothing by itself.
    """
    found: dict[tuple[object, ...], tuple[dict[str, object], str, list[Run]]] = {}
    for run in shown:
        for said in () if run.variant or not run.is_good else run.decisions:
            for record in said.get("trials", []):
                entry = found.setdefault(tuple(record.values()), (record, said["owner"], []))
                entry[2].append(run)
    made = sorted(
        found.values(), key=lambda one: (one[0]["start"] is None, one[0]["start"] or "", one[0]["lever"])
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
            tuple(runs),
            tuple(sorted(a + b + 1 - place for a, b in pairs if place in (a, b))),
        )
        for place, (record, owner, runs) in enumerate(made)
    ]


def _say_when(record: dict[str, object]) -> str:
    weeks = f"{record['weeks']} weeks" if record["weeks"] else "as long as it takes"
    if not record["start"]:
        return f"No date set, {weeks}"
    start = dt.date.fromisoformat(str(record["start"]))
    if not record["end"]:
        return f"From {start:%-d %b %Y}"
    return f"{start:%-d %b} to {dt.date.fromisoformat(str(record['end'])):%-d %b %Y}, {weeks}"


def write_trials(frame: Frame, shown: Sequence[Run]) -> None:
    """``trials.html``; also where no report proposes one, so that its address holds."""
    proposed = list_proposed(shown)
    n_against = sum(bool(one.against) for one in proposed)
    frame.write(TRIALS.address, "trials.html.j2", proposed=proposed, n_against=n_against)
