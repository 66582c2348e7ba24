"""Which headlines moved between two runs of one notebook, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lucky_analytics.formats import format_interval, format_value
from lucky_analytics.publish.shelf import Run

__all__ = ["Move", "describe_cause", "find_moves", "find_previous"]


@dataclass(frozen=True)
class Move:
    """One headline in two runs. ``is_beyond``: the new value is outside the old interval."""

    name: str
    label: str
    before: str
    after: str
    before_interval: str
    is_up: bool
    is_beyond: bool
    size: float

    @property
    def sentence(self) -> str:
        direction = "up" if self.is_up else "down"
        return f"{direction} from {self.before} {self.before_interval}".strip()


def find_previous(run: Run, older: Sequence[Run]) -> Run | None:
    """The newest good run before this one that asked the same: same parameters, ``as_of`` aside.

    ``older`` are runs of the same notebook, newest first.
    """
    asked = _question(run)
    return next((other for other in older if other.is_good and _question(other) == asked), None)


def find_moves(run: Run, previous: Run) -> list[Move]:
    """The headlines whose shown value differs from the previous run's, largest relative change first.

    A value without an interval is exact, so that every visible difference is beyond it. A headline that
    was not known in one of the two runs is left out.
    """
    before = {headline["name"]: headline for headline in previous.headlines}
    pairs = [(before[new["name"]], new) for new in run.headlines if new["name"] in before]
    moves = [_move(old, new) for old, new in pairs if _is_comparable(old, new)]
    return sorted((move for move in moves if move.before != move.after), key=lambda move: -move.size)


def describe_cause(run: Run, previous: Run) -> str:
    """What differs between the two runs' inputs, in words: ``"1 more day of data and changed code"``.

    Empty when nothing does. Data that changed although the last day is the same is "restated data".
    """
    new, old = run.record, previous.record
    n_days = (dt.date.fromisoformat(new.as_of) - dt.date.fromisoformat(old.as_of)).days
    causes = [
        (n_days > 0, f"{n_days} more {'day' if n_days == 1 else 'days'} of data"),
        (n_days < 0, "an earlier last day"),
        (n_days == 0 and new.tables_read != old.tables_read, "restated data"),
        ((new.code_hash, new.notebook_hash) != (old.code_hash, old.notebook_hash), "changed code"),
        (new.lock_hash != old.lock_hash, "changed libraries"),
    ]
    found = [words for differs, words in causes if differs]
    return " and ".join(filter(None, [", ".join(found[:-1]), found[-1]])) if found else ""


def _question(run: Run) -> Mapping[str, Any]:
    return {name: value for name, value in run.record.parameters.items() if name not in ("as_of", "snapshot")}


def _is_comparable(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return old["value"] is not None and new["value"] is not None and old["unit"] == new["unit"]


def _move(old: Mapping[str, Any], new: Mapping[str, Any]) -> Move:
    value, low, high = new["value"], old["low"], old["high"]
    has_interval = low is not None or high is not None
    outside = (low is not None and value < low) or (high is not None and value > high)
    change = abs(value - old["value"])
    return Move(
        name=new["name"],
        label=new["label"],
        before=format_value(old["value"], old["unit"]),
        after=format_value(value, new["unit"]),
        before_interval=format_interval(low, high, old["unit"]),
        is_up=value > old["value"],
        is_beyond=outside if has_interval else True,
        size=change / abs(old["value"]) if old["value"] else change,
    )
