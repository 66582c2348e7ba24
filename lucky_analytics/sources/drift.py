"""How a table on a server differs from what the estate declares, and whether that does harm."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lucky_analytics.estate import Table

__all__ = ["Difference", "base_type", "drift", "fits", "same"]

_WIDTH = re.compile(r"\b(tinyint|smallint|mediumint|int|bigint)\(\d+\)")
_SHORT_INTEGERS = {"tinyint", "smallint", "mediumint", "int", "year"}
_INTEGERS = {*_SHORT_INTEGERS, "bigint", "bit"}
_TEXT = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json", "enum", "set"}
_BYTES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
_TIMES = {"date", "datetime", "timestamp", "time"}
# What a declared type takes from a server whose column has another one. Every value is checked when it is
# read; not here are types whose values would lose digits, or mean something else, without anybody noticing.
_TAKEN: dict[str, set[str]] = {
    **{kind: {*_INTEGERS, "decimal", *_TEXT} for kind in _INTEGERS},
    **{kind: {*_TEXT, *_BYTES, *_INTEGERS, "decimal", *_TIMES} for kind in _TEXT},
    **{kind: {*_BYTES, *_TEXT} for kind in _BYTES},
    "decimal": {"decimal", *_INTEGERS, *_TEXT},
    "double": {"double", "float", *_SHORT_INTEGERS},
    "float": {"float"},
    "date": {"date", *_TEXT},
    "datetime": {"datetime", "timestamp", "date", *_TEXT},
    "timestamp": {"datetime", "timestamp", "date", *_TEXT},
}


@dataclass(frozen=True)
class Difference:
    """One column that is missing, new or of another type. ``breaks``: what was declared cannot be read."""

    column: str
    line: str
    breaks: bool


def drift(
    table: Table,
    there: Mapping[str, str],
    *,
    same: Callable[[str, str], bool],
    fits: Callable[[str, str], bool],
) -> list[Difference]:
    """Every difference: a column that is missing or new, or of another type.

    ``there`` maps column to the type that the server has. ``same`` says whether a declared type and one of
    the server are one type, ``fits`` whether values of the second can be read as the first: each kind of
    server has its own. A new column, and another type whose values fit as long as each does, break nothing.

    >>> from lucky_analytics import estate
    >>> shops = estate.load().database("opshop").table("t_shop_info")
    >>> there = {name: column.type for name, column in shops.columns.items()} | {"x": "int(11)"}
    >>> drift(shops, there, same=same, fits=fits)
    [Difference(column='x', line='column x int(11) is not declared', breaks=False)]
    """
    found = [
        Difference(name, f"column {name} is missing", breaks=True)
        for name in table.columns
        if name not in there
    ]
    found += [
        Difference(name, f"column {name} {kind} is not declared", breaks=False)
        for name, kind in there.items()
        if name not in table.columns
    ]
    for name, column in table.columns.items():
        if name in there and not same(column.type, there[name]):
            line = f"column {name} is {there[name]}, declared {column.type}"
            found.append(Difference(name, line, breaks=not fits(column.type, there[name])))
    return found


def fits(declared: str, there: str) -> bool:
    """Whether a column of the type ``there`` may be read as ``declared``, each value checked on the way.

    >>> fits("varchar(20)", "text"), fits("int", "bit(8)"), fits("decimal(12,2)", "double")
    (True, True, False)
    """
    return base_type(there) in _TAKEN.get(base_type(declared), set())


def base_type(kind: str) -> str:
    """A MySQL type without its arguments.

    >>> base_type("decimal(12,2) unsigned")
    'decimal'
    """
    return re.split(r"[( ]", kind.strip().lower(), maxsplit=1)[0]


def same(declared: str, there: str) -> bool:
    """Whether two MySQL types are one, as ``information_schema`` may write it.

    Display widths do not count, nor does MariaDB's writing ``longtext`` for ``json``.

    >>> same("int unsigned", "int(10) unsigned"), same("json", "longtext"), same("int", "bigint")
    (True, True, False)
    """
    one, other = _plain(declared), _plain(there)
    return one == other or (one, other) == ("json", "longtext")


def _plain(kind: str) -> str:
    kind = _WIDTH.sub(r"\1", kind.strip().lower().replace(" zerofill", ""))
    return {"datetime(0)": "datetime", "timestamp(0)": "timestamp", "bit": "bit(1)"}.get(kind, kind)
