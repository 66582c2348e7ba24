"""What was asked of a notebook, as the runs it comes to; a notebook's own mistakes stay its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucky_analytics.declarations import is_written
from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.runs import notebooks, parameters
from lucky_analytics.runs.grids import grid
from lucky_analytics.runs.plan import Inputs, check_snapshot, closed_day_of, inputs_of
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest

__all__ = ["Request", "Unreadable", "find_unready", "prepare"]


@dataclass(frozen=True)
class Request:
    """What the runs of one command have in common: the snapshot, and the parameters given by hand."""

    snapshot: Manifest
    given: Mapping[str, Any]
    parameter_file: Path | None = None


@dataclass(frozen=True)
class Unreadable:
    """A notebook that cannot be run as it stands, and why."""

    notebook: str
    error: LuckyError


def prepare(notebook: notebooks.Notebook, settings: Settings, asked: Request) -> list[Inputs | Unreadable]:
    """The runs of one notebook: its own, and one for each point of its grid that agrees with what is given.

    A mistake of the notebook (no notebook, its parameters, its files) gives one ``Unreadable``. A mistake
    of the request (an unknown parameter, a value of another type, a day to come) raises.
    """
    try:
        loaded, points, resolved = _read(notebook, settings, own_file=asked.parameter_file is None)
        for values in resolved if "snapshot" not in asked.given else ():
            check_snapshot(values, asked.snapshot)
        for values in resolved if "as_of" not in asked.given else ():
            _check_day(values, closed_day_of(loaded, asked.snapshot))
    except LuckyError as error:
        return [Unreadable(notebook.name, error)]
    inputs = [
        inputs_of(
            notebook,
            settings,
            asked.snapshot,
            given=asked.given,
            parameter_file=asked.parameter_file,
            variant=point,
        )
        for point in _agreeing(points if not _has_scenario(asked) else [], loaded.parameters, asked.given)
    ]
    for each in inputs:
        _check_day(each.values, each.last_closed_day)
        _check_owner(each.values)
    return [*inputs]


def _has_scenario(asked: Request) -> bool:
    """Whether a what-if's document is given: that is one report, and none of each point of a grid."""
    written = parameters.read_file(asked.parameter_file) if asked.parameter_file else {}
    return bool(asked.given.get("scenario") or written.get("scenario"))


def find_unready(settings: Settings) -> dict[str, LuckyError]:
    """The notebooks of which nothing can be run as they and their files of parameters are, and why."""
    reasons: dict[str, LuckyError] = {}
    for notebook in notebooks.list_all(settings):
        try:
            _read(notebook, settings)
        except LuckyError as error:
            reasons[notebook.name] = error
    return reasons


def _read(
    notebook: notebooks.Notebook, settings: Settings, *, own_file: bool = True
) -> tuple[notebooks.Loaded, list[dict[str, Any]], list[dict[str, Any]]]:
    """A notebook, the points of its grid, and the parameters of its runs, from its ``own_file`` or not."""
    loaded = notebooks.load(notebook)
    points = grid(notebook, settings)
    is_read = own_file and is_written(notebook.parameter_file)
    written = parameters.read_file(notebook.parameter_file) if is_read else {}
    return loaded, points, [parameters.resolve(loaded.parameters, written, point) for point in [{}, *points]]


def _agreeing(
    points: Sequence[dict[str, Any]],
    declared: Mapping[str, parameters.Parameter],
    given: Mapping[str, Any],
) -> Sequence[dict[str, Any] | None]:
    """Null stands for the run that is no point of the grid."""
    fixed = [name for name in given if points and name in points[0]]
    if not fixed:
        return [None, *points]
    wanted = {name: declared[name].convert(given[name]) for name in fixed}
    found: list[dict[str, Any] | None] = [
        point
        for point in points
        if all(declared[name].convert(point[name]) == value for name, value in wanted.items())
    ]
    return found or [None]


def _check_day(values: Mapping[str, Any], last: dt.date) -> None:
    if (as_of := values.get("as_of")) and as_of > str(last):
        raise ParameterError(
            "as_of", expected=f"at most {last}, the last closed day of what the notebook reads", got=as_of
        )


def _check_owner(values: Mapping[str, Any]) -> None:
    """Lists of customers have an owner: said before the notebook has worked for them, not after."""
    if values.get(parameters.LISTS) and not str(values.get("list_owner", "-")).strip():
        raise ParameterError(
            "parameter list_owner",
            expected=f"who answers for the lists that {parameters.LISTS} writes",
            got="nobody",
            remedy="Add -p list_owner=NAME",
        )
