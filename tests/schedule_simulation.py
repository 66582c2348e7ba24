"""Thirty simulated days of a schedule around each change of New York's clocks, with two downtimes each.

    python -m tests.schedule_simulation

The clock is injected; a timer looks every quarter of an hour, except while the machine is down. Reports are
really run, published and noted; the loop of fifteen minutes only keeps its history. The history is checked
against a walk over every minute, and printed: by day for the loop, by slot for the others.
"""

from __future__ import annotations

import bisect
import datetime as dt
import os
import tempfile
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics.schedule.state import Slot, open_state
from lucky_analytics.schedule.steps import publish_portal, run_entry
from tests.scheduled_checkout import make, utc

NEW_YORK, RAROTONGA = (zoneinfo.ZoneInfo(name) for name in ("America/New_York", "Pacific/Rarotonga"))
QUARTER, MINUTE = dt.timedelta(minutes=15), dt.timedelta(minutes=1)
DAYS = 30
_IN_MEMORY = Path("/dev/shm")
SCHEDULE = """\
entries:
  in_the_gap:
    notebook: shops
    cron: "30 2 * * *"
  in_the_repeated_hour:
    notebook: shops
    cron: "30 1 * * *"
  islands:
    notebook: shops
    cron: "0 6 * * 1-5"
    market: Rarotonga
  loop:
    notebook: shops
    cron: "*/{minutes} * * * *"
    snapshot: none
    catch_up: never
"""


@dataclass(frozen=True)
class Span:
    """Thirty days from ``start`` (UTC), when the machine is down, and how often the timer looks (which is
    how often the loop is due)."""

    name: str
    start: dt.datetime
    downtimes: tuple[tuple[dt.datetime, dt.datetime], ...]
    step: dt.timedelta = QUARTER

    @property
    def end(self) -> dt.datetime:
        return self.start + dt.timedelta(days=DAYS)

    def is_down(self, moment: dt.datetime) -> bool:
        return any(start <= moment < end for start, end in self.downtimes)


SPANS = (
    Span(
        "autumn 2025",
        utc("2025-10-18T00:00"),
        # three days; and the night of the change, from before the repeated hour to after it
        (
            (utc("2025-10-22T20:10"), utc("2025-10-25T21:05")),
            (utc("2025-11-02T04:50"), utc("2025-11-02T06:50")),
        ),
    ),
    Span(
        "spring 2026",
        utc("2026-02-21T00:00"),
        (
            (utc("2026-02-25T05:00"), utc("2026-02-25T08:20")),
            (utc("2026-03-07T12:00"), utc("2026-03-08T09:10")),
        ),
    ),
)


def make_root() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory: thousands of lines are flushed to the disk, and none has to outlive us."""
    return tempfile.TemporaryDirectory(dir=_IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None)


def simulate(root: Path, span: Span, *, is_real: bool) -> list[Slot]:
    """The history of a span, oldest first; ``is_real`` runs the notebook for all entries but the loop."""
    world = make(root, SCHEDULE.format(minutes=span.step // MINUTE), span.start)

    def run(settings, entry, seconds_left, jobs):
        return [] if entry.name == "loop" else run_entry(settings, entry, seconds_left, jobs)

    def publish(settings):
        # the loop is due before the first report
        return publish_portal(settings) if settings.runs_dir.is_dir() else ()

    idle = {"snapshot": lambda *asked: None, "publish": lambda settings: (), "run": lambda *given: []}
    steps = {"run": run, "publish": publish} if is_real else idle
    while world.now <= span.end:
        if not span.is_down(world.now):
            world.round(**steps)
        world.now += span.step
    with open_state(world.settings) as state:
        return list(reversed(state.history(n=100_000)))


def check(span: Span, history: Sequence[Slot]) -> None:
    """Every slot is in the history once: run at the first look after it, or missed in a downtime."""
    by_entry: dict[str, dict[dt.datetime, Slot]] = {}
    for slot in history:
        assert slot.n_begun <= 1, slot
        assert slot.slot not in by_entry.setdefault(slot.entry, {}), slot
        by_entry[slot.entry][slot.slot] = slot
    for name, expected in _expected(span).items():
        assert sorted(by_entry[name]) == expected, name
        looks = _looks(span)
        for number, moment in enumerate(expected):
            look = looks[bisect.bisect_left(looks, moment)]
            is_last = number + 1 == len(expected) or expected[number + 1] > look
            is_run = is_last and (name != "loop" or look - moment <= QUARTER)
            slot = by_entry[name][moment]
            assert slot.event == ("done" if is_run else "missed"), slot
            assert slot.at == look, slot


def _expected(span: Span) -> dict[str, list[dt.datetime]]:
    """Every slot of every entry, by walking the minutes; the rules of docs/schedule.md written out."""
    found: dict[str, list[dt.datetime]] = {name: [] for name in ("in_the_gap", "in_the_repeated_hour")}
    found |= {"islands": [], "loop": []}
    moment = span.start
    while (moment := moment + MINUTE) <= span.end:
        here, there = moment.astimezone(NEW_YORK), moment.astimezone(RAROTONGA)
        is_after_gap = (moment - MINUTE).astimezone(NEW_YORK).utcoffset() < here.utcoffset()
        clock = (here.hour, here.minute)
        if clock == (2, 30) or (is_after_gap and clock == (3, 0)):
            found["in_the_gap"].append(moment)
        if clock == (1, 30) and not here.fold:
            found["in_the_repeated_hour"].append(moment)
        if (there.hour, there.minute) == (6, 0) and there.weekday() < 5:
            found["islands"].append(moment)
        if moment.minute % (span.step // MINUTE) == 0:
            found["loop"].append(moment)
    return found


def _looks(span: Span) -> list[dt.datetime]:
    n = (span.end - span.start) // span.step
    looks = (span.start + number * span.step for number in range(n + 1))
    return [moment for moment in looks if not span.is_down(moment)]


def show(span: Span, history: Sequence[Slot]) -> None:
    down = ", ".join(f"{start:%d %b %H:%M} to {end:%d %b %H:%M}Z" for start, end in span.downtimes)
    print(f"\n{span.name}: {span.start:%d %b %Y} to {span.end:%d %b %Y}; down {down}")
    for name in ("in_the_gap", "in_the_repeated_hour", "islands"):
        print(f"\n{name}\n{'due (local)':24}{'due (UTC)':18}{'began (UTC)':18}{'':8}")
        zone = RAROTONGA if name == "islands" else NEW_YORK
        for slot in (slot for slot in history if slot.entry == name):
            began = f"{slot.began_at:%Y-%m-%d %H:%M}" if slot.began_at else ""
            local = f"{slot.slot.astimezone(zone):%Y-%m-%d %H:%M %Z}"
            print(f"{local:24}{slot.slot:%Y-%m-%d %H:%M}  {began:18}{slot.event:8}{slot.detail}".rstrip())
    print(f"\nloop, by day in New York\n{'day':14}{'slots':>6}{'done':>6}{'missed':>8}")
    days: dict[dt.date, Counter[str]] = {}
    for slot in (slot for slot in history if slot.entry == "loop"):
        days.setdefault(slot.slot.astimezone(NEW_YORK).date(), Counter())[slot.event] += 1
    for day, events in days.items():
        print(f"{day}    {events.total():>6}{events['done']:>6}{events['missed']:>8}")


def main() -> None:
    for span in SPANS:
        with make_root() as name:
            history = simulate(Path(name), span, is_real=True)
        check(span, history)
        show(span, history)
    print("\nevery slot once: as a walk over every minute says")


if __name__ == "__main__":
    main()
