"""The largest or smallest single row: "the biggest order", "the longest ticket", "the smallest refund"."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.ask.ask_measures import Measure, find_measure, list_measures
from lucky_analytics.ask.question_parts import Misfit, Part
from lucky_analytics.ask.spoken import SPOKEN

__all__ = ["find_single"]

_SIZE = {
    "highest", "largest", "biggest", "greatest", "maximum", "max", "expensive", "priciest", "dearest",
    "lowest", "smallest", "minimum", "cheapest",
}  # fmt: skip
_TIME = {
    "longest",
    "shortest",
    "slowest",
    "fastest",
    "quickest",
    "maximum",
    "minimum",
    "max",
    "highest",
    "lowest",
}


def find_single(parts: Sequence[Part], kinds: set[str]) -> Measure | None:
    """The number of the largest or smallest row that a superlative before its singular asks for; null where
    it ranks groups, as in "the store with the highest revenue"."""
    at = next((i for i, part in enumerate(parts) if part.kind in ("most", "least")), None)
    if at is None or sum(part.kind in ("most", "least") for part in parts) > 1:
        return None
    word = set(parts[at].span.text.split()) & (_SIZE | _TIME)
    if not word:
        return None
    kind = {"most": "max", "least": "min"}[parts[at].kind]
    if "slowest" in word or "fastest" in word or "quickest" in word:
        kind = "max" if "slowest" in word else "min"
    after = [part for part in parts[at + 1 :] if part.kind not in ("money", "number", "verb")]
    columns = [part for part in after[:1] if part.kind == "column"]
    if columns and not _asks_for_groups(parts):
        return _of_column(kind, columns[0])
    rows = [part for part in parts if part.kind == "measure" and not part.span.is_plural]
    singles = [(part, table) for part in rows for table in _tables(part)]
    if not after or not singles or len({table for _, table in singles}) > 1:
        return None
    part, table = singles[0]
    if _asks_for_groups(parts) and find_measure(part.whats[0]).is_ratio:
        return None  # groups are ranked by their means
    others = {each.whats[0] for each in parts if each.kind == "measure"} - {
        each.whats[0] for each, _ in singles
    }
    entry = SPOKEN["single"][table]
    column = entry.get("size") if word & _SIZE else None
    column = entry.get("time") if word & _TIME and (column is None or "time" in entry) else column
    if others:
        column = next((SPOKEN["column_of"].get(other) for other in others if len(others) == 1), None)
    is_beside = after[0] is part or (len(after) > 1 and others and after[1] is part)
    if column is None or not is_beside:
        return None
    return list_measures().get(f"{kind}:{table}.{column}")


def _tables(part: Part) -> list[str]:
    """The tables of which one row is called so."""
    text = part.span.text
    of = find_measure(part.whats[0]).table
    return [of] if text in SPOKEN["single"].get(of, {}).get("words", ()) else []


def _asks_for_groups(parts: Sequence[Part]) -> bool:
    return any(part.kind == "dimension" for part in parts)


def _of_column(kind: str, part: Part) -> Measure:
    found = [list_measures().get(f"{kind}:{table}.{column}") for table, column in part.whats]
    measures = [measure for measure in found if measure]
    if len(measures) != 1:
        raise Misfit("it does not say of which rows", 1)
    return measures[0]
