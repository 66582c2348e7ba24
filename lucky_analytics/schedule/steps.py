"""What a slot is made of: a snapshot, runs, the portal. A simulation may hand in steps of its own.

The heavy imports are made by the steps themselves, because most rounds have nothing to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucky_analytics.errors import LuckyError, SourceError
from lucky_analytics.runs.limits import Limits
from lucky_analytics.schedule.entries import Entry
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.runs import batch

__all__ = ["Steps", "publish_portal", "run_entry", "take_snapshot", "utc_now"]


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def take_snapshot(settings: Settings, kind: str, databases: Sequence[str] | None) -> SourceError | None:
    """Read all databases, or some of them and keep the others as they are; noted in the audit log.

    Returns what could not be read and is as the snapshot before had it; null when all was. Raises
    ``SourceError`` or ``SnapshotError`` where there is no snapshot to run on.
    """
    from lucky_analytics import snapshot as snapshots
    from lucky_analytics.audit_log import append_entry
    from lucky_analytics.sources import kinds

    names = list(databases or ())
    sources = kinds.connect(kind, settings, names=names)
    manifest = snapshots.take(sources, settings=settings, names=names or None, keep_others=bool(names))
    if not manifest.unchanged:
        rows = {name: table.rows for name, table in manifest.tables.items()}
        append_entry(
            settings, "snapshot take", snapshot=manifest.id, tables=rows, exports=[str(manifest.folder)]
        )
    return manifest.unread_error()


def run_entry(settings: Settings, entry: Entry, seconds_left: float | None, jobs: int) -> list[batch.Outcome]:
    """Run an entry's notebooks with its parameters on the newest snapshot; what nothing changed is skipped.

    ``seconds_left`` until the deadline is the most that each may take; null leaves the usual limit.
    """
    from lucky_analytics.publish.audit import auditing
    from lucky_analytics.runs import batch

    limits, wait = Limits(), batch.WAIT
    if seconds_left is not None:
        wait = min(wait, seconds_left)
        limits = Limits(notebook=min(limits.notebook, seconds_left), cell=min(limits.cell, seconds_left))
    with auditing(settings) as audit:
        return batch.run_notebooks(
            entry.notebooks,
            settings,
            given=entry.parameters,
            jobs=jobs,
            limits=limits,
            wait=wait,
            tell=lambda outcome, *_: audit(outcome),
        )


def publish_portal(settings: Settings) -> Sequence[LuckyError]:
    """The portal and those of the audiences, after what was predicted for days that are now over was
    measured; noted in the audit log when there is a new one.

    Returns what is wrong with audiences, each of which keeps its last portal, with decisions that were
    declared, with the record, and with single reports: none costs the others anything.
    """
    from lucky_analytics.audit_log import append_entry
    from lucky_analytics.publish import publish, publish_audiences
    from lucky_analytics.schedule.open_alerts import watch_headlines
    from lucky_analytics.track_record.renewal import renew_record

    _, unrenewed = renew_record(settings)
    find_alerts = watch_headlines(settings)
    portal = publish(settings, find_alerts=find_alerts)
    audiences = publish_audiences(settings, find_alerts=find_alerts)
    built = [portal, *(each for _, each in audiences.portals if each)]
    if exports := [str(portal.folder) for portal in built if portal.is_new]:
        append_entry(settings, "publish", exports=exports)
    return [*audiences.faults, *unrenewed, *portal.faults]


@dataclass(frozen=True)
class Steps:
    """The clock and the three steps."""

    clock: Callable[[], dt.datetime] = utc_now
    snapshot: Callable[[Settings, str, Sequence[str] | None], SourceError | None] = take_snapshot
    run: Callable[[Settings, Entry, float | None, int], list[batch.Outcome]] = run_entry
    publish: Callable[[Settings], Sequence[LuckyError]] = publish_portal
