"""Declarations as files: bytes to blocks. What cannot be read is one line with the file and its place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from lucky_analytics.declarations.block import Block
from lucky_analytics.declarations.toml_text import parse_toml
from lucky_analytics.errors import ParameterError

__all__ = ["is_written", "read", "read_text"]

_DEEPEST = 40


def is_written(path: Path) -> bool:
    """Whether anything stands at ``path``: a folder, as a container makes one of a file that it was to mount
    and did not find, or a link to nothing is no absent file, and ``read`` says what it is."""
    return os.path.lexists(path)


def read(path: Path, *, as_text: bool = False, by_entry: bool = False) -> Block:
    """The declarations of a ``.yml`` or ``.toml`` file; an empty block for an empty file.

    ``as_text`` keeps every YAML scalar as the text that was written, so that ``07030`` stays one.
    ``by_entry`` leaves names that are declared twice to ``each``. Raises ``ParameterError`` naming file and
    line for a file that is missing, not UTF-8, not of its format, no mapping, or declares a name twice.

    >>> read(settings.params_dir / "schedule.yml", as_text=True)["source"]       # doctest: +SKIP
    'demo'
    """
    try:
        given = path.read_bytes()
    except OSError as error:
        raise ParameterError(str(path), expected="a file", got=error.strerror or str(error)) from error
    try:
        text = given.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = given[: error.start].count(b"\n") + 1
        byte = f"byte 0x{given[error.start]:02x}"
        raise ParameterError(f"{path.name} line {line}", expected="UTF-8", got=byte) from error
    block = read_text(text, path.name, as_text=as_text)
    if not by_entry:
        block.require_sound()
    return block


def read_text(text: str, file: str, *, as_text: bool = False) -> Block:
    """The declarations of a text; ``file`` is its name in errors and says by its ending what it is."""
    if file.endswith(".toml"):
        return parse_toml(text, file)
    slow, fast = (yaml.BaseLoader, "CBaseLoader") if as_text else (yaml.SafeLoader, "CSafeLoader")
    loader = getattr(yaml, fast, slow)(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Block(file)
        if not isinstance(node, yaml.MappingNode):
            got = "a list" if isinstance(node, yaml.SequenceNode) else repr(node.value)[:60]
            raise ParameterError(f"{file} line {_line(node)}", expected="name: value lines", got=got)
        return _Tree(file, loader).block(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file} line {mark.line + 1}" if mark else file
        raise ParameterError(place, expected="YAML", got=error.problem or str(error)) from error
    except yaml.YAMLError as error:
        raise ParameterError(file, expected="YAML", got=str(error)) from error
    finally:
        loader.dispose()


class _Tree:
    """Nodes to values, each name with its line. An anchor within itself is refused."""

    def __init__(self, file: str, loader: Any) -> None:
        self.file, self.loader = file, loader

    def block(self, node: yaml.MappingNode, path: tuple[str, ...]) -> Block:
        block = Block(self.file, path, _line(node))
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ParameterError(f"{self.file} line {_line(key)}", expected="a name", got="another form")
            name = self._scalar(key)
            if name in block:
                block.repeated.setdefault(name, []).append(_line(key))
                continue
            block.lines[name] = _line(key)
            block[name] = self.value(value, (*path, str(name)))
        return block

    def value(self, node: yaml.Node, path: tuple[str, ...]) -> Any:
        if len(path) > _DEEPEST:
            raise ParameterError(f"{self.file} line {_line(node)}", expected=f"at most {_DEEPEST} levels")
        if isinstance(node, yaml.MappingNode):
            return self.block(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*path, str(number))) for number, each in enumerate(node.value, 1)]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self.loader.construct_object(node)
        except (ValueError, yaml.YAMLError) as error:
            why = getattr(error, "problem", None) or str(error)
            raise ParameterError(
                f"{self.file} line {_line(node)}", expected="a value", got=f"{node.value!r} ({why})"
            ) from error


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1
