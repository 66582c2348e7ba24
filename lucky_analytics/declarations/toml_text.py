"""TOML with the lines of its names, which the standard library's reader does not keep."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from lucky_analytics.declarations.block import Block
from lucky_analytics.errors import ParameterError

__all__ = ["parse_toml"]

_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_PATH = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[\s*({_PATH})\s*\]")
_FIELD = re.compile(rf"\s*({_PATH})\s*=")
_MANY_LINES = ('"""', "'''")
_NO_BRACKETS = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')  # texts and comments, which may hold any
Path = tuple[str, ...]
Lines = dict[Path, list[int]]


def parse_toml(text: str, file: str) -> Block:
    """The tables of a TOML text. Of a name that is declared more than once the first stands, as in YAML.

    Raises ``ParameterError`` naming the line of what is no TOML.

    >>> parse_toml("[smtp]\\nhost = 'a'", "delivery.toml")["smtp"].where("host")
    'delivery.toml line 2, smtp.host'
    """
    lines: Lines = {}
    for number, path in _declarations(text):
        lines.setdefault(path, []).append(number)
    try:
        body = tomllib.loads(_without_repeated(text, lines))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(place[1]) if place and place[1] else len(text.splitlines())
        where = f"{file} line {line}"
        reason = str(error)[: place.start()] if place else str(error)
        raise ParameterError(where, expected="TOML", got=reason) from error
    return _block(body, file, (), 1, lines)


def _without_repeated(text: str, lines: Lines) -> str:
    """The text, empty lines in place of what declares a name again: the standard reader takes no such file.

    A field ends where the next declaration begins, a table where the next table does.
    """
    again = {number for found in lines.values() for number in found[1:]}
    if not again:
        return text
    kept = text.splitlines()
    begins = sorted({number for found in lines.values() for number in found} | _headers(text))
    ends = [*begins[1:], len(kept) + 1]
    is_left_out = False
    for begin, end in zip(begins, ends, strict=True):
        if begin in _headers(text):
            is_left_out = begin in again
        if is_left_out or begin in again:
            kept[begin - 1 : end - 1] = [""] * (end - begin)
    return "\n".join(kept) + "\n"


def _headers(text: str) -> set[int]:
    return {number for number, line in _outside_texts(text) if line.lstrip().startswith("[")}


def _block(body: dict[str, Any], file: str, path: Path, line: int, lines: Lines) -> Block:
    block = Block(file, path, line)
    for name, value in body.items():
        inner = (*path, name)
        block.lines[name], *again = lines.get(inner, [_first_below(inner, lines) or line])
        if again:
            block.repeated[name] = again
        is_table = isinstance(value, dict)
        block[name] = _block(value, file, inner, block.lines[name], lines) if is_table else value
    return block


def _first_below(path: Path, lines: Lines) -> int | None:
    return min((found[0] for name, found in lines.items() if name[: len(path)] == path), default=None)


def _declarations(text: str) -> Iterator[tuple[int, Path]]:
    """Where tables and fields are declared, line by line."""
    table: Path = ()
    for number, line in _outside_texts(text):
        if line.lstrip().startswith("[["):  # one of a list of tables: each has its own names
            table = (line.strip(), str(number))
        elif header := _HEADER.match(line):
            table = _split(header[1])
            yield number, table
        elif field := _FIELD.match(line):
            yield number, (*table, *_split(field[1]))


def _outside_texts(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; those inside texts and lists of several lines are passed over."""
    inside, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        begins_inside = inside or depth
        for mark in _MANY_LINES:
            if inside in ("", mark) and line.count(mark) % 2:
                inside = "" if inside else mark
        if not begins_inside:
            yield number, line
        if not inside:
            bare = _NO_BRACKETS.sub("", line)
            depth = max(0, depth + bare.count("[") - bare.count("]"))


def _split(path: str) -> Path:
    return tuple(name.strip("\"'") for name in re.findall(_NAME, path))
