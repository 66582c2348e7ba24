"""What audiences name that there is not: a slip here lets nobody see anything, without a word."""

from __future__ import annotations

from collections.abc import Iterator

from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.publish.audiences import Audience, Audiences, as_declared
from lucky_analytics.runs import grids, notebooks, records
from lucky_analytics.runs.notebooks import Loaded, Notebook
from lucky_analytics.settings import Settings

__all__ = ["find_unknown_sights"]


def find_unknown_sights(audiences: Audiences, settings: Settings) -> list[LuckyError]:
    """An error for each department, notebook or parameter of an audience that there is none of.

    Reports of a notebook that was removed can still be seen, so that one with runs counts as there, and so
    does its department. A parameter must be declared by one of the notebooks that the audience may see, and
    its value be one that a run of these has, or may have: of its grid where there is one. Where one of these
    notebooks cannot be read, nobody can say.

    >>> [str(fault) for fault in find_unknown_sights(load_audiences(settings), settings)]   # doctest: +SKIP
    ["unknown department of audiences.yml line 4, finance.departments 'finanse': expected one of finance"]
    """
    if not audiences.listed:
        return []
    loaded, _ = notebooks.load_all(settings)
    listed = notebooks.list_all(settings)
    ran = {path.name for path in settings.runs_dir.glob("[!.]*") if path.is_dir()}
    known = {
        "department": {notebook.department for notebook in listed} | _departments_of(ran, settings),
        "notebook": {notebook.name for notebook in listed} | ran,
    }
    faults: list[LuckyError] = []
    for audience in audiences.listed:
        for kind, names in (("department", audience.departments), ("notebook", audience.notebooks)):
            place = audience.places.get(f"{kind}s", audience.name)
            faults += [
                UnknownNameError(f"{kind} of {place}", name, known[kind])
                for name in names or ()
                if name not in known[kind]
            ]
        faults += _unknown_parameters(audience, listed, loaded, settings)
    return faults


def _departments_of(ran: set[str], settings: Settings) -> set[str]:
    """The departments of notebooks with runs that are no longer there."""
    gone = ran - {notebook.name for notebook in notebooks.list_all(settings)}
    return {record.department for name in gone for record in records.list_runs(name, settings)}


def _unknown_parameters(
    audience: Audience, listed: list[Notebook], loaded: dict[Notebook, Loaded], settings: Settings
) -> Iterator[LuckyError]:
    named = [notebook for notebook in listed if _is_open(audience, notebook)]
    is_whole = all(notebook in loaded for notebook in named) and {n.name for n in named} >= {
        *(audience.notebooks or ())
    }
    if not named or not is_whole:
        return
    declared = {name for notebook in named for name in loaded[notebook].parameters}
    if not audience.parameters.keys() <= declared:  # runs of before may have had others
        runs = [run for notebook in named for run in records.list_runs(notebook.name, settings)]
        declared |= {name for run in runs for name in run.parameters}
    for name in audience.parameters:
        if name not in declared:
            place = audience.places.get(name, audience.name)
            yield UnknownNameError(f"parameter of {place}", name, declared)
        elif fault := _unknown_value(audience, name, named, loaded, settings):
            yield fault


def _unknown_value(
    audience: Audience, name: str, named: list[Notebook], loaded: dict[Notebook, Loaded], settings: Settings
) -> LuckyError | None:
    value, place = audience.parameters[name], f"value of {audience.places.get(name, audience.name)}"
    taking = [notebook for notebook in named if name in loaded[notebook].parameters]
    in_grids: set[str] = set()
    fault: LuckyError | None = None
    for notebook in taking:
        try:
            points = [str(point[name]) for point in grids.grid(notebook, settings) if name in point]
            if not points:
                loaded[notebook].parameters[name].convert(value)
                return None
            in_grids |= {*points}
        except ParameterError as error:
            fault = ParameterError(place, expected=error.expected, got=error.got)
    if not taking or value in in_grids:
        return None
    ran = [run.parameters for notebook in taking for run in records.list_runs(notebook.name, settings)]
    if value in {as_declared(parameters[name]) for parameters in ran if name in parameters}:
        return None
    return UnknownNameError(place, value, in_grids) if in_grids else fault


def _is_open(audience: Audience, notebook: Notebook) -> bool:
    """Whether it may see this notebook, whatever its runs were made with."""
    return (audience.departments is None or notebook.department in audience.departments) and (
        audience.notebooks is None or notebook.name in audience.notebooks
    )
