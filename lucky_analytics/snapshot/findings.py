"""What a contract found in a snapshot."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]

_NOTED = ("drift", "dates", "text", "rejects", "rows", "length", "files")


@dataclass(frozen=True)
class Finding:
    """One rule on one table: whether it holds, and how many rows (or tables, or columns) break it.

    ``rule`` is ``drift``, ``source``, ``dates``, ``text``, ``rejects``, ``files``, ``rows``, ``length``,
    ``key``, ``nulls``, ``range``, ``reference``, ``fresh`` or ``issue``; ``subject`` is the column, or the
    issue's name. An ``issue`` is known and counted; the others are breaches when they do not hold. One that
    holds and counts something is a note: a new column that nobody declared, say, which stops nothing.
    ``source`` is of a whole server: ``table`` is its name.
    """

    table: str
    rule: str
    subject: str
    holds: bool
    count: int
    detail: str
    severity: str = "high"

    @property
    def is_breach(self) -> bool:
        return not self.holds and self.rule != "issue"

    @property
    def is_severe(self) -> bool:
        """A breach because of which no number that rests on the table is shown."""
        return self.is_breach and self.severity in ("critical", "high")

    @property
    def is_note(self) -> bool:
        return self.holds and self.count > 0 and self.rule in _NOTED

    def __str__(self) -> str:
        return f"{self.table}: {self.rule} {self.subject}: {self.detail}"
