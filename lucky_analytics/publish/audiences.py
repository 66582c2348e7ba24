"""Who may see what: each audience gets a portal of its own, built only from the runs it may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from lucky_analytics.errors import PublishError
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.publish.shelf import Run, Shelf

__all__ = ["FILE", "Audience", "load_audiences", "select"]

FILE = "audiences.yml"
_FIELDS = {"departments", "notebooks", "parameters"}


@dataclass(frozen=True)
class Audience:
    """A name, and what it may see. Null departments or notebooks are all of them.

    ``parameters`` must stand in a run as they are written here: ``{"store": "221 Grand"}`` lets through
    only runs that were made from that store's rows. Comparison is by text, as parameters are written.
    """

    name: str
    departments: tuple[str, ...] | None = None
    notebooks: tuple[str, ...] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_unrestricted(self) -> bool:
        """Whether it may see everything, and so also the company-wide pages."""
        return self.departments is None and self.notebooks is None and not self.parameters

    def may_see(self, run: Run) -> bool:
        has_parameters = all(
            str(run.record.parameters.get(name)) == str(value) for name, value in self.parameters.items()
        )
        return (
            has_parameters
            and (self.departments is None or run.department in self.departments)
            and (self.notebooks is None or run.notebook in self.notebooks)
        )


def load_audiences(settings: Settings) -> list[Audience]:
    """The audiences of ``params/audiences.yml``, none when there is no such file.

    Raises ``PublishError`` for a field or a form that is not known: what is not understood must not
    widen what an audience sees.
    """
    file = settings.params_dir / FILE
    if not file.is_file():
        return []
    try:
        declared = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise PublishError(f"{FILE}", expected="YAML", got=str(error)) from error
    if not isinstance(declared, dict):
        raise PublishError(FILE, expected="audience names with their rules", got=type(declared).__name__)
    return [_audience(name, rules) for name, rules in declared.items()]


def select(shelf: Shelf, audience: Audience) -> Shelf:
    """The shelf with only the runs that an audience may see; unreadable folders are shown to no one else."""
    from lucky_analytics.publish.shelf import Shelf  # heavy, and not needed to find that nothing changed

    kept = {name: [run for run in runs if audience.may_see(run)] for name, runs in shelf.runs.items()}
    unreadable = shelf.unreadable if audience.is_unrestricted else ()
    return Shelf({name: runs for name, runs in kept.items() if runs}, unreadable)


def _audience(name: Any, rules: Any) -> Audience:
    if not isinstance(name, str) or not name.replace("_", "").replace("-", "").isalnum():
        raise PublishError(f"audience {name!r}", expected="a name of letters, digits, - and _")
    if rules == "everything":
        return Audience(name)
    if not isinstance(rules, dict) or not rules or set(rules) - _FIELDS:
        got = ", ".join(map(str, rules)) if isinstance(rules, dict) else str(rules)
        expected = "everything, or rules from " + ", ".join(sorted(_FIELDS))
        raise PublishError(f"audience {name}", expected=expected, got=got or "nothing")
    parameters = rules.get("parameters", {})
    if not isinstance(parameters, dict) or ("parameters" in rules and not parameters):
        raise PublishError(f"audience {name}, parameters", expected="names with values", got=str(parameters))
    return Audience(name, _names(name, rules, "departments"), _names(name, rules, "notebooks"), parameters)


def _names(audience: str, rules: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    if key not in rules:
        return None
    names = rules[key]
    if (
        not isinstance(names, Sequence)
        or isinstance(names, str)
        or not all(isinstance(n, str) for n in names)
    ):
        raise PublishError(f"audience {audience}, {key}", expected="a list of names", got=str(names))
    return tuple(sorted(names))
