"""What is asked for where a question names values alone."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.ask.ask_dimensions import dimensions_of
from lucky_analytics.ask.ask_measures import Measure, find_measure, list_measures
from lucky_analytics.ask.question_parts import Part, keys_of
from lucky_analytics.ask.spoken import SPOKEN

__all__ = ["infer_measures"]

_MANY = 3  # readings that are put before a reader
_STORE = "stores.store_name"


def infer_measures(parts: Sequence[Part]) -> list[Measure]:
    """What is meant where values alone are named: the rows of the one table that has them all. A store is
    known by many tables, and says nothing of which."""
    if any(part.kind == "name" and part.span.has("measure") for part in parts):
        return []  # the word names a number: it is not taken for a value only because that does not fit
    named = [
        {key.partition(".")[0] for key in keys_of(part) if "." in key}
        for part in parts
        if part.kind == "name"
    ]
    flags = [
        {key.partition(".")[0] for key in keys_of(part)}
        for part in parts
        if part.kind in ("flag", "not_flag")
    ]
    named = [each for each in named if each] + (
        flags if not any(each != {"stores"} for each in named) else []
    )
    others = [each for each in named if each != {"stores"}]
    kept: list[set[str]] = others or named
    tables = kept[0].intersection(*kept[1:]) if kept else set()
    if flags and tables:
        tables = tables.intersection(*flags)
    tables -= set(SPOKEN["not_inferred"])
    if "order_items" in tables and any(part.kind in ("most", "least") for part in parts):
        tables = {"order_items"}  # the best or worst of what is sold
    names = [SPOKEN["stands_for"].get(table, f"count:{table}") for table in sorted(tables)]
    if others and len(others) < len(named):
        names = [name for name in names if _STORE in dimensions_of(find_measure(name).table)]
    if "units" in names and "count:products" in names:
        names.remove("count:products")  # a product by its name is sold, and is one
    return [list_measures()[name] for name in names if name in list_measures()][:_MANY]
