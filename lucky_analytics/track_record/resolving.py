"""Predictions that have fallen due are measured, once, and once more when their data has settled.

What is measured is the metric as of the due day, as the snapshot has it: what a report of that day would say.
Rows that arrive late or are restated change it, so that it is read again ``SETTLE_DAYS`` later; what is found
then stands, whatever a source says afterwards, and the page shows both where they differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from lucky_analytics.errors import LuckyError, MissingTableError, SnapshotError, UnknownNameError, one_line
from lucky_analytics.runs.predicted import (
    Measured,
    Prediction,
    book_file,
    list_predictions,
    note_measured,
    world_of,
)
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite
    from lucky_analytics.snapshot import Manifest

__all__ = ["SETTLE_DAYS", "describe_resolved", "newest_snapshot", "resolve_due"]

SETTLE_DAYS = 35  # refunds, late payments and the closing of a month are in by then


def resolve_due(settings: Settings) -> list[tuple[Prediction, Measured]]:
    """Measure what has newly fallen due by the newest snapshot, and what has settled; what was found.

    Nothing new costs a look into the book and the snapshot's manifest. One that cannot be measured (a metric
    or table that is gone, unsound data) is tried again on each new snapshot until it would have settled, and
    the others go on. A table that its server could not give up to the day is waited for.
    """
    if not book_file(settings).is_file() or (manifest := newest_snapshot(settings)) is None:
        return []
    world = world_of({"id": manifest.id, "source": manifest.kind})
    waiting = [each for each in list_predictions(settings, world) if _is_to_measure(each, manifest)]
    found: list[tuple[Prediction, Measured]] = []
    for due, group in groupby(waiting, key=lambda each: each.due):
        own = _measure_day(manifest, due, list(group))
        note_measured(settings, own)
        found += own
    return found


def describe_resolved(found: Sequence[tuple[Prediction, Measured]]) -> list[str]:
    """What ``resolve_due`` found, in a line, and one for each reason why something cannot be measured."""
    measured = [(of, m) for of, m in found if m.value is not None]
    lines = []
    if measured:
        inside = sum(of.low <= (m.value or 0.0) <= of.high for of, m in measured)
        lines.append(f"record: {len(measured)} predictions measured, {inside} inside their interval")
    reasons: dict[str, int] = {}
    for of, m in found:
        if m.value is None:
            reason = f"{of.notebook}: {m.reason}"
            reasons[reason] = reasons.get(reason, 0) + 1
    return lines + [f"record: {n} cannot be measured, {reason}" for reason, n in reasons.items()]


def newest_snapshot(settings: Settings) -> Manifest | None:
    """The newest snapshot; null where there is none that is whole."""
    from lucky_analytics import snapshot

    try:
        return snapshot.find("newest", settings)
    except (SnapshotError, UnknownNameError):
        return None


def _is_to_measure(each: Prediction, manifest: Manifest) -> bool:
    if each.due > manifest.newest_closed_day or each.final is not None:
        return False
    if each.first is None or each.first.value is None:
        return each.first is None or each.first.snapshot != manifest.id
    return _is_settled(each.due, manifest)


def _is_settled(due: dt.date, manifest: Manifest) -> bool:
    """Generated data is not restated: it is settled at once."""
    if manifest.kind == "demo":
        return True
    return due + dt.timedelta(days=SETTLE_DAYS) <= manifest.newest_closed_day


def _measure_day(
    manifest: Manifest, due: dt.date, group: Sequence[Prediction]
) -> list[tuple[Prediction, Measured]]:
    """What came of the predictions for one day, left out those whose tables do not reach it yet."""
    from lucky_analytics.catalog import Suite

    suite = Suite(manifest, as_of=due)
    is_final = _is_settled(due, manifest)
    found = []
    for each in group:
        try:
            value, reason = _measure(suite, each), ""
            if value is None:
                reason = f"{each.measure['metric']} has no value as of {due}"
        except MissingTableError as error:
            if error.problem:
                continue  # damaged: a later snapshot has it
            value, reason = None, str(error)
        except SnapshotError:
            continue  # the server could not be read since: a later snapshot has it
        except LuckyError as error:
            value, reason = None, str(error)
        except Exception as error:  # noqa: BLE001 - what one prediction names must not stop the others
            value, reason = (
                None,
                f"{each.measure['metric']}, {type(error).__name__}: {one_line(str(error), 120)}",
            )
        found.append((each, Measured(value, manifest.id, is_final, reason)))
    return found


def _measure(suite: Suite, of: Prediction) -> float | None:
    from lucky_analytics import report_record
    from lucky_analytics.metrics import REGISTRY
    from lucky_analytics.models.measure import Measure
    from lucky_analytics.runs.needs import needed_tables

    start, until = (dt.date.fromisoformat(day) if day else None for day in
                    (of.measure["start"], of.measure["until"]))  # fmt: skip
    measure = Measure(of.measure["metric"], of.measure["where"], start, until)
    tables = needed_tables([f"suite.{REGISTRY[measure.metric].table}"])
    if broken := next((f for f in suite.snapshot.breaches(*sorted(tables)) if f.is_severe), None):
        raise LuckyError(f"data of {measure.metric}", expected="sound data", got=str(broken))
    value = measure.read(suite, of.due)
    if leak := next((text for table, text in report_record.leaks_found().items() if table in tables), None):
        raise LuckyError(f"data of {measure.metric}", expected="rows of the home market", got=leak)
    return value
