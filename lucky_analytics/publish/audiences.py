"""Who may see what: each audience gets a portal of its own, built only from the runs it may see."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lucky_analytics import declarations
from lucky_analytics.declarations import Block
from lucky_analytics.errors import LuckyError
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.publish.shelf import Run, Shelf

__all__ = ["FILE", "Audience", "Audiences", "as_declared", "load_audiences", "select"]

FILE = "audiences.yml"
_FIELDS = ("departments", "notebooks", "parameters")


@dataclass(frozen=True)
class Audience:
    """A name, and what it may see. Null departments or notebooks are all of them.

    ``parameters`` must stand in a run as they are written here: ``{"store": "221 Grand"}`` lets through
    only runs that were made from that store's rows. Comparison is by text, as parameters are written.
    ``places`` says by field and by parameter where each is declared, for errors.
    """

    name: str
    departments: tuple[str, ...] | None = None
    notebooks: tuple[str, ...] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_unrestricted(self) -> bool:
        """Whether it may see everything, and so also the company-wide pages."""
        return self.departments is None and self.notebooks is None and not self.parameters

    def may_see(self, run: Run) -> bool:
        return self.may_see_made(run.department, run.notebook, run.record.parameters)

    def may_see_made(self, department: str, notebook: str, parameters: Mapping[str, Any]) -> bool:
        """Whether it may see what a notebook said with these parameters."""
        has_parameters = all(
            name in parameters and as_declared(parameters[name]) == value
            for name, value in self.parameters.items()
        )
        return (
            has_parameters
            and (self.departments is None or department in self.departments)
            and (self.notebooks is None or notebook in self.notebooks)
        )


@dataclass(frozen=True)
class Audiences:
    """The audiences that stand, in file order; what is wrong with others; all the names that are declared.

    ``is_read`` is false where the file could not be read, so that nobody can say who is declared.
    """

    listed: tuple[Audience, ...] = ()
    faults: tuple[LuckyError, ...] = ()
    names: tuple[str, ...] = ()
    is_read: bool = True


def load_audiences(settings: Settings) -> Audiences:
    """The audiences of ``params/audiences.yml``, none when there is no such file.

    A field or a form that is not known is a fault of its audience, which then has no portal: what is not
    understood must not widen what an audience sees.
    """
    file = settings.params_dir / FILE
    if not declarations.is_written(file):
        return Audiences()
    try:
        body = declarations.read(file, as_text=True, by_entry=True)
    except LuckyError as error:
        return Audiences(faults=(error,), is_read=False)
    listed, faults = declarations.each(body, lambda name, rules: _audience(body, name, rules))
    for audience in list(listed):
        same = [other.name for other in listed if other.name.casefold() == audience.name.casefold()]
        if same[0] != audience.name:  # where file names have no case they would be one folder
            listed.remove(audience)
            faults[audience.name] = body.wrong(audience.name, f"another name than {same[0]}, case aside")
    return Audiences(tuple(listed), tuple(faults.values()), tuple(body))


def select(shelf: Shelf, audience: Audience) -> Shelf:
    """The shelf with only the runs that an audience may see; unreadable folders are shown to no one else."""
    from lucky_analytics.publish.shelf import arrange  # heavy, and not needed to find that nothing changed

    everything = {name: [*runs, *shelf.beside.get(name, ())] for name, runs in shelf.runs.items()}
    kept = {name: [run for run in runs if audience.may_see(run)] for name, runs in everything.items()}
    unreadable = shelf.unreadable if audience.is_unrestricted else ()
    gone = {name: reason for name, reason in shelf.gone.items() if kept[name]}
    return arrange({name: runs for name, runs in kept.items() if runs}, unreadable, gone)


def _audience(body: Block, name: str, rules: Any) -> Audience:
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise body.wrong(name, "a name of letters, digits, - and _")
    if rules == "everything":
        return Audience(name)
    if not isinstance(rules, Block) or not rules:
        raise body.wrong(name, "everything, or rules from " + ", ".join(_FIELDS), repr(rules)[:60])
    rules.require_known(_FIELDS)
    parameters = rules.get_as("parameters", Block, Block(FILE))
    if "parameters" in rules and not parameters:
        raise rules.wrong("parameters", "names with values", "nothing")
    for parameter in parameters:
        parameters.get_as(parameter, str, "")
    for listed in _FIELDS[:2]:
        if listed in rules and not rules[listed]:
            raise rules.wrong(listed, "names", "none, so that nobody sees anything")
    departments, notebooks = (
        tuple(sorted(rules.names(field))) if rules.get_as(field, list, None) is not None else None
        for field in _FIELDS[:2]
    )
    places = {field: rules.where(field) for field in rules}
    places |= {parameter: parameters.where(parameter) for parameter in parameters}
    return Audience(name, departments, notebooks, parameters, places)


def as_declared(value: Any) -> str:
    """A parameter's value as a declaration would write it."""
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)
