"""A mapping that was declared: its values, where each stands in its file, and typed ways to read them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError

__all__ = ["Block", "each"]

T = TypeVar("T")
D = TypeVar("D")
_FORMS: dict[type, str] = {list: "a list", str: "a text", bool: "true or false"}
_FORMS |= {int: "a whole number", float: "a number"}


class Block(dict[str, Any]):
    """Names and values as written, nested blocks and lists among them, in file order.

    ``file`` is its name, ``path`` the names that lead to it, ``line`` where it begins, ``lines`` where
    each of its names stands. ``repeated`` holds the lines of names that are declared more than once: the
    first is kept, and ``require_sound`` refuses them.
    """

    def __init__(self, file: str, path: tuple[str, ...] = (), line: int = 1) -> None:
        super().__init__()
        self.file, self.path, self.line = file, path, line
        self.lines: dict[str, int] = {}
        self.repeated: dict[str, list[int]] = {}

    def where(self, name: str | None = None) -> str:
        """The place of the block, or of one of its names, as errors begin.

        >>> Block("schedule.yml", ("entries", "daily"), 4).where()
        'schedule.yml line 4, entries.daily'
        """
        line = self.line if name is None else self.lines.get(name, self.line)
        path = ".".join([*self.path, *([] if name is None else [str(name)])])
        return f"{self.file} line {line}" + (f", {path}" if path else "")

    def wrong(self, name: str | None, expected: str, got: str = "", remedy: str = "") -> ParameterError:
        """The error of one of its names, or of the whole block, to be raised."""
        return ParameterError(self.where(name), expected=expected, got=got, remedy=remedy)

    def require_known(self, known: Collection[str]) -> None:
        """Raises ``UnknownNameError`` with the nearest name for the first that is not known."""
        for name in self:
            if name not in known:
                path = f", {'.'.join(self.path)}" if self.path else ""
                place = f"{self.file} line {self.lines[name]}{path}"
                raise UnknownNameError(f"field of {place}", str(name), known)

    def get_as(self, name: str, form: type[T], default: D) -> T | D:
        """The value of a name, which must be of that form; ``default`` where it is not declared.

        Raises ``ParameterError`` for another form. A whole number is a number, true and false are not.
        """
        if name not in self:
            return default
        value = self[name]
        is_number = form is float and isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, float) and not math.isfinite(value):
            raise self.wrong(name, _FORMS.get(form, "a number"), repr(value))
        if not (isinstance(value, form) or is_number) or (form is int and isinstance(value, bool)):
            raise self.wrong(name, _FORMS.get(form, "names with their values"), _shown(value))
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """A text, or a list of texts, as a tuple; empty where it is not declared."""
        value = self.get(name, [])
        listed = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) and one for one in listed):
            raise self.wrong(name, "a name or a list of names", _shown(value))
        return tuple(listed)

    def choice(self, name: str, options: Collection[str]) -> str:
        """One of the options; the first of them where it is not declared."""
        value = self.get(name, next(iter(options)))
        if value not in options:
            raise self.wrong(name, " or ".join(options), _shown(value))
        return str(value)

    def require_sound(self, *, deep: bool = True) -> None:
        """Raises ``ParameterError`` naming both lines of the first name that is declared twice."""
        for name in self.repeated:
            raise self.twice(name)
        for block in _blocks(list(self.values())) if deep else ():
            block.require_sound(deep=False)

    def twice(self, name: str) -> ParameterError:
        lines = " and ".join(f"line {line}" for line in [self.lines[name], *self.repeated[name]])
        path = ".".join([*self.path, str(name)])
        # YAML reads on, off, yes, no and numbers as what they mean, and two of them may be one
        remedy = "" if isinstance(name, str) else "Quote names that are no words"
        return ParameterError(
            f"{self.file}, {path}", expected="to be declared once", got=lines, remedy=remedy
        )


def each(block: Block, build: Callable[[str, Any], T]) -> tuple[list[T], dict[str, LuckyError]]:
    """Every entry of a block through ``build(name, value)``: those that stand; what is wrong, by name.

    One that is declared twice, or whose own names are, is wrong as a whole, because nobody can say which of
    the two was meant; its neighbours go on.
    """
    built: list[T] = []
    faults: dict[str, LuckyError] = {}
    for name, value in block.items():
        try:
            if name in block.repeated:
                raise block.twice(name)
            for inner in _blocks([value]):
                inner.require_sound(deep=False)
            built.append(build(name, value))
        except LuckyError as error:
            faults[str(name)] = error
    return built, faults


def _blocks(values: list[Any]) -> Iterator[Block]:
    for value in values:
        if isinstance(value, Block):
            yield value
            yield from _blocks(list(value.values()))
        elif isinstance(value, list):
            yield from _blocks(value)


def _shown(value: Any) -> str:
    """A value in an error: short, and of tables only that it is one, since they may hold secrets."""
    if isinstance(value, dict):
        return "names with values"
    return "nothing" if value in ("", None, []) else repr(value)[:60]
