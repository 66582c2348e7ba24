"""One round of the schedule: what is due is run, published and told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lucky_analytics.errors import LuckyError, RunError, SourceError
from lucky_analytics.schedule import outbox
from lucky_analytics.schedule.entries import Entry, Schedule, load
from lucky_analytics.schedule.message import redact
from lucky_analytics.schedule.recipients import Delivery, load_delivery
from lucky_analytics.schedule.rules import Rule, load_rules
from lucky_analytics.schedule.state import BEGUN, DONE, FAILED, State, open_state
from lucky_analytics.schedule.steps import Steps
from lucky_analytics.schedule.unreached import find_unreached
from lucky_analytics.schedule.work import Work, find_work
from lucky_analytics.settings import Settings
from lucky_analytics.sources.kinds import KINDS

if TYPE_CHECKING:
    from lucky_analytics.runs import batch

__all__ = ["Ended", "Round", "run_due"]

Say = Callable[[str], None]


@dataclass(frozen=True)
class Ended:
    """A slot that was run in this round, and how that ended: ``done`` or ``failed``, and what was said."""

    entry: str
    slot: dt.datetime
    event: str
    detail: str


@dataclass(frozen=True)
class _Made:
    """A slot after its steps: what its notebooks came to, or what went wrong; which sources were not read."""

    entry: Entry
    slot: dt.datetime
    outcomes: Sequence[batch.Outcome]
    error: LuckyError | None
    unread: SourceError | None = None


@dataclass(frozen=True)
class Round:
    """What a round did: slots, messages on their way, and what costs no slot and is wrong all the same.

    These ``faults`` are declarations that do not stand, of audiences too, sources that were not read, ways to
    readers that lead nowhere, and messages that were given up.
    """

    ended: tuple[Ended, ...]
    sent: tuple[outbox.Sent, ...]
    faults: tuple[LuckyError, ...] = ()


def run_due(
    settings: Settings, steps: Steps | None = None, *, jobs: int = 1, say: Say = lambda line: None
) -> Round:
    """Run every slot that is due now, publish once, send what there is to send.

    The caller holds the lock (``state.alone``). The databases that the due entries want are read in one
    snapshot; a source that could not be read is named and leaves its tables as they were. A slot is noted
    before it begins; one that a kill interrupted is taken up once more, one that has ended never runs again.
    What goes wrong with one entry, one audience, or with a declaration, does not stop the others: where
    ``schedule.yml`` cannot be read at all, nothing is due, and what waits to be sent is sent.
    """
    steps = steps or Steps()
    delivery = load_delivery(settings)
    unread: list[LuckyError] = []
    try:
        schedule = load(settings, delivery.names)
    except LuckyError as error:
        schedule, unread = Schedule(KINDS[0], ()), [error]
    alerts = load_rules(settings, delivery.names)
    faults = (*unread, *schedule.faults, *alerts.faults, *delivery.faults)
    for fault in faults:
        say(f"left out: {fault}")
    with open_state(settings) as state:
        now = steps.clock()
        found = find_work(schedule, state, now)
        for entry, slot, event, detail in found.lines:
            state.note(entry, slot, event, now, detail)
        ended = []
        all_made, more = _make(settings, schedule, state, found, steps, jobs) if found.to_run else ([], [])
        for made in all_made:
            ended.append(_end(settings, state, made, delivery, alerts.rules, steps.clock()))
            say(f"{ended[-1].entry} {ended[-1].slot:%Y-%m-%d %H:%M}Z: {ended[-1].event} ({ended[-1].detail})")
        for fault in more:
            say(f"left out: {fault}")
        sent = outbox.deliver(state.database, delivery, steps.clock())
        for each in sent:
            say(f"{each.kind} to {each.recipient}: {each.state} {each.detail}".strip())
    silent = [*find_unreached(delivery, schedule.entries, alerts.rules), *outbox.find_lost(sent)]
    return Round(tuple(ended), tuple(sent), (*faults, *more, *silent))


def _make(
    settings: Settings, schedule: Schedule, state: State, found: Work, steps: Steps, jobs: int
) -> tuple[list[_Made], list[LuckyError]]:
    """Snapshot, runs and portal of one round; and what of it is wrong without costing a slot."""
    began = steps.clock()
    for entry, slot in found.to_run:
        state.note(entry.name, slot, BEGUN, began)
    trouble, unread = _snapshot(settings, schedule, [entry for entry, _ in found.to_run], steps)
    made = [
        _Made(entry, slot, *_run_one(settings, entry, began, trouble, steps, jobs))
        for entry, slot in found.to_run
    ]
    unpublished, faults = _publish(settings, steps)
    made = [
        replace(each, error=each.error or unpublished, unread=unread if each.entry.databases != () else None)
        for each in made
    ]
    return made, [*([unread] if unread else []), *faults]


def _end(
    settings: Settings,
    state: State,
    made: _Made,
    delivery: Delivery,
    rules: Sequence[Rule],
    now: dt.datetime,
) -> Ended:
    """Tell what a slot made, unless it will be tried again, and note its end."""
    from lucky_analytics.schedule import tell  # heavy: charts become pictures

    entry, slot, error = made.entry, made.slot, made.error
    if error is None or _is_last_try(state, entry, slot):
        telling = tell.Telling(state.database, settings, entry, slot, delivery, now)
        try:
            if made.outcomes:
                tell.tell_reports(telling, made.outcomes, rules)
            elif error:
                tell.tell_not_made(telling, error)
        except Exception as untold:  # noqa: BLE001 - the other slots of the round must have their end noted
            error = error or _known(untold, "messages")
    event, detail = (FAILED, str(error)) if error else (DONE, _summary(made.outcomes))
    detail = redact(f"{detail}; {made.unread}" if made.unread else detail)
    state.note(entry.name, slot, event, now, detail)
    return Ended(entry.name, slot, event, detail)


def _is_last_try(state: State, entry: Entry, slot: dt.datetime) -> bool:
    newest = state.newest(entry.name)
    return newest is None or newest.slot != slot or newest.n_begun > entry.retries


def _snapshot(
    settings: Settings, schedule: Schedule, entries: Sequence[Entry], steps: Steps
) -> tuple[LuckyError | None, SourceError | None]:
    """One snapshot of all that the entries want: why there is none to run on, and what it could not read."""
    wanting = [entry for entry in entries if entry.databases != ()]
    if not wanting:
        return None, None
    everything = any(entry.databases is None for entry in wanting)
    names = None if everything else sorted({name for entry in wanting for name in entry.databases or ()})
    try:
        return None, steps.snapshot(settings, schedule.source, names)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the next round comes
        return _known(error, "snapshot"), None


def _run_one(
    settings: Settings,
    entry: Entry,
    began: dt.datetime,
    trouble: LuckyError | None,
    steps: Steps,
    jobs: int,
) -> tuple[list[batch.Outcome], LuckyError | None]:
    if trouble and entry.databases != ():
        return [], trouble
    left = (began + entry.deadline - steps.clock()).total_seconds() if entry.deadline else None
    if left is not None and left <= 0:
        return [], _too_late(entry)
    from lucky_analytics.runs import batch

    try:
        outcomes = steps.run(settings, entry, left, jobs)
    except Exception as error:  # noqa: BLE001 - one entry must not stop the others
        return [], _known(error, entry.name)
    if entry.deadline and steps.clock() > began + entry.deadline:
        return outcomes, _too_late(entry)
    return outcomes, batch.failures(outcomes)


def _publish(settings: Settings, steps: Steps) -> tuple[LuckyError | None, Sequence[LuckyError]]:
    """Why there is no new portal, and which audiences are wrong and cost only themselves."""
    try:
        return None, steps.publish(settings)
    except Exception as error:  # noqa: BLE001 - the last good portal stands
        return _known(error, "portal"), ()


def _too_late(entry: Entry) -> LuckyError:
    assert entry.deadline
    minutes = entry.deadline.total_seconds() / 60
    return RunError(f"deadline of {entry.name}", expected=f"the end within {minutes:g} min", got="more")


def _known(error: Exception, what: str) -> LuckyError:
    """An error that may be kept: ours as they are; of others only the kind, because they may quote rows."""
    return error if isinstance(error, LuckyError) else RunError(what, got=type(error).__name__)


def _summary(outcomes: Sequence[batch.Outcome]) -> str:
    counts = {
        action: sum(o.action == action for o in outcomes)
        for action in ("ran", "rendered", "skipped", "waits", "busy")
    }
    return ", ".join(f"{n} {action}" for action, n in counts.items() if n) or "nothing to run"
