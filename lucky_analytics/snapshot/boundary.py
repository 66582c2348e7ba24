"""What of a table may pass into a snapshot: personal data stops here."""

from __future__ import annotations

from lucky_analytics.estate import Table

__all__ = ["kept_columns", "masked_columns"]

# ``pseudonym`` passes: it is the platform's own customer number, and the key that joins everything.
_STOPPED = frozenset({"contact", "address", "device", "card"})


def kept_columns(table: Table) -> list[str]:
    """The columns that may leave the source, in declared order. The others are not even asked for."""
    return [name for name, column in table.columns.items() if column.personal not in _STOPPED]


def masked_columns(table: Table) -> list[str]:
    """The columns that stay behind."""
    return [name for name, column in table.columns.items() if column.personal in _STOPPED]
