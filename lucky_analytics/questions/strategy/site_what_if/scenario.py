"""A what-if as a small typed document: candidate sites, stores left out, levers; and as a permalink.

Whatever comes from outside (a browser, an address, a parameter) passes ``read_scenario`` or ``parse_query``:
names are known, numbers are finite and in range, lists are short. Nothing of it is ever part of a query.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.models.scenario_parts import require_parts
from lucky_analytics.questions.strategy.site_what_if.levers import LEVERS, Lever

__all__ = [
    "OBJECTIVES",
    "Candidate",
    "Scenario",
    "format_query",
    "list_levers",
    "parse_query",
    "read_scenario",
    "start_scenario",
    "write_scenario",
]

MOST_CANDIDATES = 12
LONGEST_NAME = 60
# Half a street corner: what a place is rounded to, so that a permalink says exactly what was computed.
DECIMALS = 5
LONGEST_QUERY = 4000
OBJECTIVES = {"net": "net revenue of the whole chain", "gross": "revenue of the new sites themselves"}


@dataclass(frozen=True)
class Candidate:
    """A place that somebody thinks of: its name as given, degrees north and east."""

    name: str
    latitude: float
    longitude: float


# Where a reader begins: the site that is leased and not open yet, and the busiest corner without a store.
START = (Candidate("180 Varick", 40.7275, -74.0054), Candidate("Grand Central", 40.7527, -73.9772))


@dataclass(frozen=True)
class Scenario:
    """Candidate sites, names of stores that are thought closed, and every lever's value."""

    candidates: tuple[Candidate, ...] = ()
    left_out: tuple[str, ...] = ()
    levers: Mapping[str, float] = field(default_factory=lambda: {n: x.default for n, x in LEVERS.items()})


def start_scenario(costs: Mapping[str, float] | None = None) -> Scenario:
    """Two places to begin with, every lever at rest; ``costs``: levers that the ledger knows better."""
    return Scenario(START, (), {n: x.default for n, x in LEVERS.items()} | dict(costs or {}))


def read_scenario(document: object, stores: tuple[str, ...]) -> Scenario:
    """A checked scenario from plain values: ``candidates`` (name, place), ``left_out``, ``levers``.

    What is absent has its default; places are rounded to five decimals. Raises ``ParameterError`` or
    ``UnknownNameError`` for anything unknown, missing, too long or out of range.

    >>> read_scenario({"candidates": [["A", 40.75, -73.98]]}, ()).candidates[0].latitude
    40.75
    """
    document = require_parts(document, ("candidates", "left_out", "levers"), "part of a scenario")
    places = _list(document.get("candidates", []), "candidates", MOST_CANDIDATES)
    candidates = tuple(_candidate(each) for each in places)
    names = [each.name for each in candidates]
    if len(set(names)) < len(names):
        raise ParameterError("candidates", expected="each name once", got=", ".join(names)[:80])
    left_out = tuple(
        str(name)[:LONGEST_NAME] for name in _list(document.get("left_out", []), "left_out", 200)
    )
    for name in left_out:
        if name not in stores:
            raise UnknownNameError("store", name, stores)
    levers = {name: lever.default for name, lever in LEVERS.items()}
    for name, value in require_parts(document.get("levers", {}), LEVERS, "lever").items():
        levers[name] = _lever(LEVERS[name], value)
    return Scenario(candidates, tuple(sorted(set(left_out))), levers)


def write_scenario(scenario: Scenario) -> dict[str, Any]:
    """The plain document of a scenario; ``read_scenario`` gives the same scenario back."""
    return {
        "candidates": [[each.name, each.latitude, each.longitude] for each in scenario.candidates],
        "left_out": list(scenario.left_out),
        "levers": dict(scenario.levers),
    }


def list_levers(scenario: Scenario) -> pd.DataFrame:
    """One row per lever: ``lever``, ``unit``, ``value`` in the scenario, ``rest``, ``note``."""
    rows = [
        (lever.label, lever.unit, scenario.levers[name], lever.default, lever.note)
        for name, lever in LEVERS.items()
    ]
    return pd.DataFrame(rows, columns=["lever", "unit", "value", "rest", "note"])


def format_query(scenario: Scenario) -> str:
    """The part of a permalink after the question mark; levers at rest are left out.

    >>> format_query(Scenario((Candidate("A", 40.75, -73.98),)))
    'at=40.75%2C-73.98%2CA'
    """
    pairs = [("at", f"{each.latitude},{each.longitude},{each.name}") for each in scenario.candidates]
    pairs += [("without", name) for name in scenario.left_out]
    pairs += [(n, f"{v:g}") for n, v in scenario.levers.items() if v != LEVERS[n].default]
    return urlencode(pairs)


def parse_query(query: str, stores: tuple[str, ...]) -> Scenario:
    """The scenario of a permalink; words of others pass by. Raises as ``read_scenario`` does."""
    if len(query) > LONGEST_QUERY:
        raise ParameterError("address", expected=f"at most {LONGEST_QUERY} characters", got=str(len(query)))
    candidates, left_out, levers = [], [], {}
    for name, value in parse_qsl(query.lstrip("?")):
        if name == "at":
            latitude, _, rest = value.partition(",")
            longitude, _, label = rest.partition(",")
            candidates.append([label, latitude, longitude])
        elif name == "without":
            left_out.append(value)
        elif name in LEVERS:
            levers[name] = value
    return read_scenario({"candidates": candidates, "left_out": left_out, "levers": levers}, stores)


def _list(value: object, name: str, most: int) -> list[Any]:
    if not isinstance(value, list | tuple) or len(value) > most:
        got = str(len(value)) if isinstance(value, list | tuple) else type(value).__name__
        raise ParameterError(name, expected=f"a list of at most {most}", got=got)
    return list(value)


def _candidate(value: object) -> Candidate:
    if not isinstance(value, list | tuple) or len(value) != 3 or not isinstance(value[0], str):
        raise ParameterError("candidate", expected="name, degrees north, degrees east", got=repr(value)[:60])
    name = " ".join("".join(c if c.isprintable() else " " for c in value[0]).split())[:LONGEST_NAME]
    latitude, longitude = (_number(part, "candidate") for part in value[1:])
    if not name or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ParameterError(
            "candidate", expected="a name, degrees north, degrees east", got=repr(value)[:60]
        )
    return Candidate(name, round(latitude, DECIMALS), round(longitude, DECIMALS))


def _lever(lever: Lever, value: object) -> float:
    number = _number(value, lever.name)
    known = number in lever.choices if lever.choices else lever.low <= number <= lever.high
    if not known:
        expected = ", ".join(f"{c:g}" for c in lever.choices) or f"{lever.low:g} to {lever.high:g}"
        raise ParameterError(f"lever {lever.name}", expected=expected, got=f"{number:g}")
    return number


def _number(value: object, what: str) -> float:
    try:
        if isinstance(value, bool):
            raise ValueError
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ParameterError(what, expected="a number", got=repr(value)[:40]) from error
    if not math.isfinite(number):
        raise ParameterError(what, expected="a finite number", got=repr(value)[:40])
    return number
