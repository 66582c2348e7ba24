"""What the names in a question stand for in the table that it asks: a store, a kind, a status."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.ask.ask_dimensions import dimensions_of
from lucky_analytics.ask.question_parts import Misfit, Part, keys_of
from lucky_analytics.ask.question_words import stem
from lucky_analytics.ask.spoken import SPOKEN

__all__ = ["choose_values"]

Value = tuple[str, str]


def choose_values(parts: Sequence[Part], named: Sequence[Part], table: str) -> list[list[Value]]:
    """For each name all (key, value) that it may be in ``table``. Raises ``Misfit`` for one that is none."""
    choices = _without_kinds([_values(part, table, _beside(parts, part)) for part in named])
    if any(len(each) > 12 for each in choices):
        most = next(part for part, each in zip(named, choices, strict=True) if len(each) > 12)
        raise Misfit(f'"{most.span.text}" may be any of many', 0)
    return choices


def _values(part: Part, table: str, beside: set[str]) -> list[Value]:
    """What a name stands for in a table: what the word beside it says, then its own columns."""
    known = dimensions_of(table)
    found = [each for each in part.whats[0] if each[0] in known or each[0] in ("weekday", "part of week")]
    if not found:
        raise Misfit(f'"{part.span.text}" is nothing by which {table.replace("_", " ")} are known', 1)
    said = [each for each in found if each[0] in beside]
    if not said and stem(part.span.text) in map(str, SPOKEN["needs_word"]):
        raise Misfit(f'of what "{part.span.text}" is one, is not said', 1)
    said = said or found
    own = [each for each in said if each[0] not in known or not known[each[0]].by]
    return own or said


def _without_kinds(choices: list[list[Value]]) -> list[list[Value]]:
    """A name of many things beside one of them is that one: "lattes of the kind Iced Latte"."""
    single = [each[0] for each in choices if len(each) == 1]
    return [next(([one] for one in single if len(each) > 1 and one in each), each) for each in choices]


def _beside(parts: Sequence[Part], part: Part) -> set[str]:
    """The dimensions that the words next to a name say: "category Matcha", "the 221 Grand store"."""
    at = next(i for i, each in enumerate(parts) if each is part)
    near = [parts[i] for i in (at - 1, at + 1) if 0 <= i < len(parts)]
    return {key for each in near if each.kind == "dimension" for key in keys_of(each)}
