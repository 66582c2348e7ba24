"""What moved between two runs of a notebook, and whether data, code or parameters moved it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from lucky_analytics import snapshot as snapshots
from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.runs import records
from lucky_analytics.settings import Settings

__all__ = ["Difference", "Moved", "diff"]


@dataclass(frozen=True)
class Moved:
    """One headline in both runs. ``low`` and ``high`` are the old interval's ends; ``beyond_interval``: the
    new value lies outside it."""

    name: str
    label: str
    unit: str
    before: float | None
    after: float | None
    low: float | None
    high: float | None
    beyond_interval: bool | None


@dataclass(frozen=True)
class Difference:
    """Two runs compared: the headlines that moved, those only in one, and the causes.

    ``restated`` maps each table that both read to the days, closed at the earlier cut, of which the later
    snapshot has other rows, and how many; null when one of the two snapshots is gone.
    """

    moved: list[Moved]
    only_before: list[str]
    only_after: list[str]
    causes: dict[str, list[str]]
    restated: dict[str, dict[str, int]] | None


def diff(before: records.Record, after: records.Record, settings: Settings) -> Difference:
    """Compare two runs of one notebook, the older first.

    ``causes`` names, under ``parameters``, ``data``, ``code``, ``notebook`` and ``environment``, what
    differs between the inputs; an empty list where nothing does. Raises ``ParameterError`` for runs of
    different notebooks.
    """
    if before.notebook != after.notebook:
        raise ParameterError(
            "lucky diff", expected="two runs of one notebook", got=f"{before.notebook} and {after.notebook}"
        )
    old, new = _headlines(before, settings), _headlines(after, settings)
    moved = [_moved(old[name], new[name]) for name in old if name in new and _differs(old[name], new[name])]
    return Difference(
        moved=moved,
        only_before=[name for name in old if name not in new],
        only_after=[name for name in new if name not in old],
        causes={
            "parameters": _keys_that_differ(_without_snapshot(before), _without_snapshot(after)),
            "data": _keys_that_differ(before.tables_read, after.tables_read),
            "code": ["library"] if before.code_hash != after.code_hash else [],
            "notebook": [after.notebook] if before.notebook_hash != after.notebook_hash else [],
            "environment": ["lock"] if before.lock_hash != after.lock_hash else [],
        },
        restated=_restated(before, after, settings),
    )


def _restated(
    before: records.Record, after: records.Record, settings: Settings
) -> dict[str, dict[str, int]] | None:
    try:
        earlier = snapshots.find(before.snapshot["id"], settings)
        later = snapshots.find(after.snapshot["id"], settings)
    except LuckyError:
        return None
    both = before.tables_read.keys() & after.tables_read.keys()
    changes = snapshots.compare(_only(earlier, both), _only(later, both))
    return {change.table: change.days for change in changes if change.days}


def _only(manifest: snapshots.Manifest, tables: Collection[str]) -> snapshots.Manifest:
    kept = {name: entry for name, entry in manifest.tables.items() if name in tables}
    return dataclasses.replace(manifest, tables=kept)


def _headlines(record: records.Record, settings: Settings) -> dict[str, dict[str, Any]]:
    return {line["name"]: line for line in records.read_results(record, settings)["headlines"]}


def _differs(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return any(old[key] != new[key] for key in ("value", "low", "high"))


def _moved(old: dict[str, Any], new: dict[str, Any]) -> Moved:
    return Moved(
        name=new["name"],
        label=new["label"],
        unit=new["unit"],
        before=old["value"],
        after=new["value"],
        low=old["low"],
        high=old["high"],
        beyond_interval=_outside(new["value"], old["low"], old["high"]),
    )


def _outside(value: float | None, low: float | None, high: float | None) -> bool | None:
    if value is None or (low is None and high is None):
        return None
    return (low is not None and value < low) or (high is not None and value > high)


def _without_snapshot(record: records.Record) -> dict[str, Any]:
    return {**record.parameters, "as_of": record.as_of, "snapshot": None}


def _keys_that_differ(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
