"""TOML with the lines of its names, which the standard library's reader does not keep."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from lucky_analytics.declarations.block import Block
from lucky_analytics.errors import ParameterError

__all__ = ["parse_toml"]

_NAME = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_PATH = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_HEADER = re.compile(rf"\s*\[\s*({_PATH})\s*\]")
_FIELD = re.compile(rf"\s*({_PATH})\s*=")
_MANY_LINES = ('"""', "'''")
Path = tuple[str, ...]


def parse_toml(text: str, file: str) -> Block:
    """The tables of a TOML text. Raises ``ParameterError`` naming the line, or both of a repeated name.

    >>> parse_toml("[smtp]\\nhost = 'a'", "delivery.toml")["smtp"].where("host")
    'delivery.toml line 2, smtp.host'
    """
    lines = _find_lines(text)
    for path, found in lines.items():
        if len(found) > 1:
            got = " and ".join(f"line {line}" for line in found)
            raise ParameterError(f"{file}, {'.'.join(path)}", expected="to be declared once", got=got)
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        line = int(place[1]) if place and place[1] else len(text.splitlines())
        where = f"{file} line {line}"
        reason = str(error)[: place.start()] if place else str(error)
        raise ParameterError(where, expected="TOML", got=reason) from error
    return _block(body, file, (), 1, lines)


def _block(body: dict[str, Any], file: str, path: Path, line: int, lines: dict[Path, list[int]]) -> Block:
    block = Block(file, path, line)
    for name, value in body.items():
        inner = (*path, name)
        block.lines[name] = lines.get(inner, [_first_below(inner, lines) or line])[0]
        is_table = isinstance(value, dict)
        block[name] = _block(value, file, inner, block.lines[name], lines) if is_table else value
    return block


def _first_below(path: Path, lines: dict[Path, list[int]]) -> int | None:
    return min((found[0] for name, found in lines.items() if name[: len(path)] == path), default=None)


def _find_lines(text: str) -> dict[Path, list[int]]:
    """Where tables and fields are declared; what stands inside texts of several lines is passed over."""
    found: dict[Path, list[int]] = {}
    table: Path = ()
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        begins_inside = inside
        for mark in _MANY_LINES:
            if inside in ("", mark) and line.count(mark) % 2:
                inside = "" if inside else mark
        if begins_inside:
            continue
        if line.lstrip().startswith("[["):  # one of a list of tables: each has its own names
            table = (line.strip(), str(number))
        elif header := _HEADER.match(line):
            table = _split(header[1])
            found.setdefault(table, []).append(number)
        elif field := _FIELD.match(line):
            found.setdefault((*table, *_split(field[1])), []).append(number)
    return found


def _split(path: str) -> Path:
    return tuple(name.strip("\"'") for name in re.findall(_NAME, path))
