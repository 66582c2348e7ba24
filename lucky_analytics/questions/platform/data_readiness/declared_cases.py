"""The use cases and the joins between systems as they are declared, checked against the estate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucky_analytics import estate
from lucky_analytics.declarations import Block, each, read
from lucky_analytics.errors import LuckyError, UnknownNameError

__all__ = ["AXES", "COLOURS", "Case", "Join", "list_needed", "load_cases", "load_joins"]

COLOURS = ("green", "yellow", "red")
AXES = (0.25, 0.30, 0.20, 0.10, 0.15)  # weights of the catalog's five axes, in the order of ``axes``
_JOINS, _CASES = (Path(__file__).with_name(name) for name in ("joins.yml", "use_cases.yml"))
_CASE = (
    "name",
    "department",
    "priority",
    "said",
    "score",
    "axes",
    "needs",
    "joins",
    "lacks",
    "limits",
    "page",
)
_JOIN = ("from", "to", "said", "least")


@dataclass(frozen=True)
class Case:
    """One use case. ``said``, ``priority``, ``score`` and ``axes`` (1 to 5 each) are the catalog's.

    ``needs``: tables as ``source.table``. ``joins``: names of ``load_joins``. ``lacks``: what it cannot be
    answered without and no table holds; ``limits``: what keeps it from being answered in full; empty where
    nothing does. ``page``: the notebook that answers it, empty without one.
    """

    id: str
    name: str
    department: str
    priority: str
    said: str
    score: float
    axes: tuple[int, ...]
    needs: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    lacks: str = ""
    limits: str = ""
    page: str = ""

    @property
    def added_up(self) -> float:
        """The score that the axes and their weights come to, to two decimals as the catalog prints it."""
        cents = sum(round(100 * weight) * axis for weight, axis in zip(AXES, self.axes, strict=True))
        return cents / 100


@dataclass(frozen=True)
class Join:
    """Rows of one table that find their counterpart in another: ``child`` and ``parent`` are
    ``(source.table, column)``, ``least`` the share that must, ``said`` what the catalog says of the key."""

    name: str
    child: tuple[str, str]
    parent: tuple[str, str]
    said: str
    least: float


def load_joins(file: Path = _JOINS) -> tuple[dict[str, Join], dict[str, LuckyError]]:
    """The joins by name, and what is wrong by place: a mistaken entry costs itself.

    >>> load_joins()[0]["order_shop"].parent
    ('opshop.t_shop_info', 'id')
    """
    block = read(file, by_entry=True)
    found, faults = each(block, lambda name, value: _join(_entry(block, name, value), name))
    return {join.name: join for join in found}, _named(file, faults)


def load_cases(joins: dict[str, Join], file: Path = _CASES) -> tuple[list[Case], dict[str, LuckyError]]:
    """The use cases in the catalog's order, and what is wrong by place.

    >>> cases, wrong = load_cases(load_joins()[0])
    >>> len(cases), wrong
    (41, {})
    """
    block = read(file, by_entry=True)
    found, faults = each(block, lambda name, value: _case(_entry(block, name, value), name, joins))
    return found, _named(file, faults)


def list_needed(cases: Iterable[Case], joins: Iterable[Join]) -> list[str]:
    """Every table that a use case or a join needs, as ``source.table``, once, in order."""
    needed = {table for case in cases for table in case.needs}
    return sorted(needed | {table for join in joins for table, _ in (join.child, join.parent)})


def _case(own: Block, name: str, joins: dict[str, Join]) -> Case:
    own.require_known(_CASE)
    words = {key: own.get_as(key, str, "") for key in ("name", "department", "priority")}
    for key, value in words.items():
        if not value:
            raise own.wrong(key, "a text", "nothing")
    axes = own.get_as("axes", list, [])
    if len(axes) != len(AXES) or any(axis not in range(1, 6) for axis in axes):
        raise own.wrong("axes", f"{len(AXES)} whole numbers from 1 to 5", repr(axes))
    needs, joined = own.names("needs"), own.names("joins")
    for table in needs:
        _require_table(own, "needs", table)
    for one in joined:
        if one not in joins:
            raise UnknownNameError(f"join of {own.where('joins')}", one, joins)
    rest = {key: own.get_as(key, str, "") for key in ("lacks", "limits", "page")}
    if not needs and not rest["lacks"]:
        raise own.wrong("needs", "tables, or under lacks what no table holds", "neither")
    said, score = own.choice("said", COLOURS), own.get_as("score", float, 0.0)
    return Case(name, **words, said=said, score=score, axes=tuple(axes), needs=needs, joins=joined, **rest)


def _join(own: Block, name: str) -> Join:
    own.require_known(_JOIN)
    ends = {key: _column(own, key) for key in ("from", "to")}
    least = own.get_as("least", float, 0.99)
    if not 0 < least <= 1:
        raise own.wrong("least", "a share from 0 to 1", repr(least))
    return Join(name, ends["from"], ends["to"], own.get_as("said", str, ""), least)


def _column(own: Block, key: str) -> tuple[str, str]:
    table, _, column = own.get_as(key, str, "").rpartition(".")
    columns = _require_table(own, key, table).columns
    if column not in columns:
        raise UnknownNameError(f"column of {own.where(key)}", column, columns)
    return table, column


def _require_table(own: Block, key: str, name: str) -> estate.Table:
    source, _, table = name.partition(".")
    tables = estate.load().database(source).tables
    if table not in tables:
        raise UnknownNameError(f"table of {own.where(key)}", table, tables)
    return tables[table]


def _entry(block: Block, name: str, value: Any) -> Block:
    if not isinstance(value, Block):
        raise block.wrong(name, "names with their values", "another form")
    return value


def _named(file: Path, faults: dict[str, LuckyError]) -> dict[str, LuckyError]:
    return {f"{file.name}, {name}": error for name, error in faults.items()}
