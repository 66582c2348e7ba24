"""Numbers that a question names by a column of a table: its mean or its sum."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from lucky_analytics.ask.ask_measures import Measure, find_measure, list_measures
from lucky_analytics.ask.question_parts import LIMITS, Misfit, Part
from lucky_analytics.ask.spoken import SPOKEN

__all__ = ["is_limited_column", "take_columns"]


def take_columns(
    columns: list[Any], names: list[str], kinds: set[str], is_one_word: bool
) -> tuple[list[Measure], int]:
    """The mean or sum of the one column that ``columns`` (table and column, of each part) names, beside the
    rows ``names``; what it costs to read it so is nought. Raises ``Misfit`` where several are meant."""
    if len(columns) > 1:
        raise Misfit("it names several numbers at once")
    if not names and is_one_word:
        raise Misfit("it does not say of which rows", 1)
    if "share" in kinds:
        raise Misfit("a share of what is not clear", 1)
    if not all(name.startswith("count:") or name in SPOKEN["stands_for"].values() for name in names):
        raise Misfit("it names several numbers at once", 1)
    tables = {find_measure(name).table for name in names}
    kind = "mean" if "mean" in kinds else "sum"
    found = []
    for table, column in columns[0]:
        measure = list_measures().get(f"{kind}:{table}.{column}")
        measure = measure or list_measures().get(f"mean:{table}.{column}")
        if measure and tables <= {table}:
            found.append(measure)
    if len(found) != 1:
        raise Misfit("it does not say of which rows" if found else "the tables do not have that number")
    return found, 0


def is_limited_column(parts: Sequence[Part], names: Sequence[str]) -> bool:
    """Whether the column that is named is one of the rows that are counted, and stands before a limit."""
    tables = {find_measure(name).table for name in names if find_measure(name).is_count}
    return any(
        before.kind == "column"
        and after.kind in (*LIMITS, "number")
        and {table for table, _ in before.whats} & tables
        for before, after in itertools.pairwise(parts)
    )
