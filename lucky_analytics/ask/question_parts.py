"""One piece of a question with the sense that it is tried with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lucky_analytics.ask.word_spans import Span

__all__ = ["IDLE", "LIMITS", "Misfit", "Part", "keys_of"]

IDLE = {"and", "or", "which", "who", "called", "count", "money", "silent", "together"}
# "those" of a question before this one are carried by its context
LIMITS = {"above": "more than", "below": "fewer than", "at least": "at least", "at most": "at most",
          "exactly": "exactly"}  # fmt: skip


class Misfit(Exception):  # noqa: N818 - it is no failure: another way may fit
    """These senses make no request; ``order`` 0 says most about the question."""

    def __init__(self, text: str, order: int = 1):
        self.text, self.order = text, order
        super().__init__(text)


@dataclass(frozen=True)
class Part:
    """One piece with the sense that it is tried with; ``whats``: what it may then stand for."""

    span: Span
    kind: str
    whats: tuple[Any, ...]


def keys_of(part: Part) -> list[str]:
    if part.kind == "name":
        return [key for key, _ in part.whats[0]]
    return [what for what in part.whats if isinstance(what, str)]
