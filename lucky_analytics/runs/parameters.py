"""Typed parameters, declared by the annotated defaults in a notebook's tagged cell, checked before a run.

The annotation is a type, or a text where Python has no name for it::

    level: "float in [0.5, 0.99]" = 0.9      # confidence level of every interval
    curve: "'gompertz' | 'logistic'" = "gompertz"  # growth curve
    as_of: "date | None" = None              # last business date that counts

Values from files and from the command line arrive as text and become what is declared, so that ``07030``
stays text where text is declared and a date stays what was written. ``null`` gives null where the type has
``None``; a number is finite.
"""

from __future__ import annotations

import ast
import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucky_analytics import declarations
from lucky_analytics.declarations import Block
from lucky_analytics.errors import ParameterError, UnknownNameError

__all__ = ["LISTS", "Parameter", "declared", "read_file", "resolve"]

LISTS = "export_lists"  # the parameter by which a notebook is asked for lists of customers

_RANGE = re.compile(r"(?P<type>.+?) in \[(?P<low>[^,]+), (?P<high>[^\]]+)\]")
_SIMPLE = ("str", "int", "float", "bool", "date", "None")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: type as written, default, description."""

    name: str
    type: str
    default: Any
    about: str

    def convert(self, value: Any) -> Any:
        """``value``, text or already typed, as the declared type. Raises ``ParameterError``."""
        form = _RANGE.fullmatch(self.type)
        kind = form["type"] if form else self.type
        options = [part.strip() for part in kind.split("|")]
        if "None" in options and value in (None, "null", "None"):
            return None  # before a text type takes the word as text
        for option in options:
            try:
                converted = _convert(option, value)
            except (ValueError, TypeError):
                continue
            if form and converted is not None and not self._within(form, converted):
                break
            return converted
        raise ParameterError(f"parameter {self.name}", expected=self.type, got=repr(value))

    def _within(self, form: re.Match[str], value: Any) -> bool:
        try:
            return float(form["low"]) <= value <= float(form["high"])
        except (ValueError, TypeError) as error:
            raise ParameterError(
                f"range of parameter {self.name}", expected="two numbers, of a number", got=self.type
            ) from error


def declared(source: str, notebook: str) -> dict[str, Parameter]:
    """The parameters that the source of a tagged cell declares, in order.

    Raises ``ParameterError`` naming notebook and line for anything but an annotated literal default that
    its own type allows, and for a name that is declared twice: the first would count for nothing.
    """
    found: dict[str, Parameter] = {}
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(
            f"{notebook}: parameters cell", got=f"{error.msg} in line {error.lineno}"
        ) from error
    for statement in statements:
        where = f"{notebook}: parameters cell, line {statement.lineno}"
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            raise ParameterError(where, expected="name: type = default  # description")
        if statement.value is None:
            raise ParameterError(where, expected="a literal default", got="none")
        try:
            default = ast.literal_eval(statement.value)
        except (ValueError, TypeError) as error:
            raise ParameterError(
                where, expected="a literal default", got=ast.unparse(statement.value)
            ) from error
        note = statement.annotation
        kind = note.value if isinstance(note, ast.Constant) else ast.unparse(note)
        about = source.splitlines()[(statement.end_lineno or statement.lineno) - 1].partition("#")[2].strip()
        name = statement.target.id
        if name in found:
            raise ParameterError(where, expected=f"{name} declared once", got="a second declaration")
        found[name] = Parameter(name, str(kind), default, about)
        try:
            found[name].convert(default)
        except ParameterError as error:
            raise ParameterError(f"{where}: {error.what}", expected=error.expected, got=error.got) from error
    return found


def read_file(path: Path) -> Block:
    """The values of a flat parameter file, every scalar as the text that was written.

    Raises ``ParameterError`` naming file and line (see ``declarations.read``).
    """
    return declarations.read(path, as_text=True)


def resolve(parameters: Mapping[str, Parameter], *layers: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter's value: the default, overridden by each layer in turn, converted and checked.

    >>> resolve({"zip": Parameter("zip", "str", "10003", "")}, {"zip": "07030"})
    {'zip': '07030'}
    """
    values = {name: parameter.default for name, parameter in parameters.items()}
    for layer in layers:
        for name, value in layer.items():
            if name not in parameters:
                raise UnknownNameError("parameter", name, parameters)
            values[name] = parameters[name].convert(value)
    return values


def _convert(kind: str, value: Any) -> Any:
    if kind.startswith("'"):
        if not re.fullmatch(r"'[^']*'", kind):
            raise ParameterError(f"parameter type {kind}", expected="a text between quotes")
        if value == ast.literal_eval(kind):
            return value
        raise ValueError(value)
    if kind.startswith("list["):
        items = json.loads(value) if isinstance(value, str) else value
        if not isinstance(items, list):
            raise TypeError(value)
        return [_convert(kind[5:-1], item) for item in items]
    if kind not in _SIMPLE:
        raise ParameterError(
            f"parameter type {kind!r}", expected="one of " + ", ".join(_SIMPLE) + ", list[...]"
        )
    return _SCALARS[kind](value)


def _none(value: Any) -> None:
    if value not in (None, "", "null", "None"):
        raise ValueError(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # what a shell passed that is no UTF-8 cannot be written anywhere
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d+", str(value)):
        raise ValueError(value)
    return int(value)


def _real(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    if not math.isfinite(number := float(value)):
        raise ValueError(value)  # "nan" and 1e400 are no numbers that a manifest can hold
    return number


def _flag(value: Any) -> bool:
    if (word := str(value).lower()) not in ("true", "false"):
        raise ValueError(value)
    return word == "true"


def _date(value: Any) -> str:
    return dt.date.fromisoformat(str(value)).isoformat()


_SCALARS = {"None": _none, "str": _text, "int": _whole, "float": _real, "bool": _flag, "date": _date}
