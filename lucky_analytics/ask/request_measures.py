"""Which numbers a question names: a measure, a column, or the largest row."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from lucky_analytics.ask.ask_dimensions import TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import Measure, find_measure
from lucky_analytics.ask.column_measures import is_limited_column, take_columns
from lucky_analytics.ask.inferred_measures import infer_measures
from lucky_analytics.ask.question_parts import LIMITS, Misfit, Part, keys_of
from lucky_analytics.ask.question_words import stem
from lucky_analytics.ask.single_rows import find_single
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.metrics import REGISTRY

__all__ = ["find_measures"]


def find_measures(parts: Sequence[Part], kinds: set[str]) -> tuple[list[Measure], int]:
    """The measures that the parts name, and what it costs to read them so. Raises ``Misfit``."""
    if single := find_single(parts, kinds):
        return [single], 0
    named = [part.whats[0] for part in parts if part.kind == "measure"]
    _check_per(parts, named, kinds)
    rows = [part.whats[0].get("measure") for part in parts if part.kind == "rows"]
    tables = {find_measure(name).table for name in named}
    rows = [name for name in rows if name and find_measure(name).table not in tables]
    best = [part.whats[0] for part in parts if part.kind in ("most", "least") and part.whats[0]]
    if "share" in kinds and any(part.kind == "rows" and part.span.has("measure") for part in parts):
        raise Misfit("a share of what is not clear", 1)  # the word is the name of a share
    columns = [part.whats for part in parts if part.kind == "column"]
    has_limit = bool(kinds & {*LIMITS, "or more", "or fewer", "only", "between"})
    names = list(dict.fromkeys([*_without_nouns(parts, named, kinds), *rows]))
    if "firsts" in kinds and len(names) > 1 and "new_customers" in names:
        names = [name for name in names if name != "new_customers"]  # it says of whom
    if columns and has_limit and names and is_limited_column(parts, names):
        columns = []  # "coupons with a depth of at least 50 %"
    if columns:
        is_one_word = any(part.kind == "column" and " " not in part.span.text for part in parts)
        return take_columns(columns, names, kinds, is_one_word)
    if not names and best:
        names = [best[0]]
    if names == ["count:production"] and "production_seconds" in best:
        names = ["production_seconds"]  # "when was production slowest"
    is_of_people = any(part.kind == "dimension" and "customer" in part.whats for part in parts)
    if not names and "sold" in kinds and not is_of_people:
        names = ["revenue" if "dollars" in kinds and has_limit else "units"]
    if not names and kinds & {"money", "dollars", "which"} and _says(parts, SPOKEN["money_verbs"]):
        names = ["revenue"]
    if not names and not infer_measures(parts):
        said = [SPOKEN["verb_measures"].get(part.span.text, ()) for part in parts if part.kind == "verb"]
        names = [name for each in said for name in each if _knows(parts, find_measure(name).table)][:1]
    if not names and has_limit and "time" in kinds:
        names = ["orders"]
    if not names and kinds & {"most", "least"}:
        names = _ranked_by_itself(parts)
    return _checked(parts, kinds, names)


def _without_nouns(parts: Sequence[Part], named: list[str], kinds: set[str]) -> list[str]:
    """``named`` without the rows that another number is of: "revenue from delivery orders"."""
    if (
        len(named) != 2
        or len(set(named)) != 2
        or kinds & {"most", "least", "versus", *LIMITS, "or more", "or fewer"}
    ):
        return named
    of = next((name for name in named if name in SPOKEN["nouns_of"]), None)
    other = next((name for name in named if name != of), None)
    if of is None or other is None or other in SPOKEN["nouns_of"]:
        return named
    places = [i for i, part in enumerate(parts) if part.kind == "measure"]
    between = [part.kind for part in parts[places[0] + 1 : places[-1]]]
    before = parts[places[-1] - 1].kind if places[-1] else ""
    is_beside = (
        "and" in between or "count" in between or before == "count" or parts[places[-1]].whats[0] != of
    )
    return named if is_beside or find_measure(of).table != find_measure(other).table else [other]


def _knows(parts: Sequence[Part], table: str) -> bool:
    """Whether a table is known by all that is named: groups and values."""
    known = {*dimensions_of(table), *TIMES, "customer"}
    return all(known & set(keys_of(part)) for part in parts if part.kind in ("name", "dimension"))


def _says(parts: Sequence[Part], words: Sequence[str]) -> bool:
    return any(part.kind == "verb" and part.span.text in words for part in parts)


def _checked(parts: Sequence[Part], kinds: set[str], names: list[str]) -> tuple[list[Measure], int]:
    found, cost = [], 0
    if kinds & {"most", "least"} and any(name.startswith("distinct:experiments") for name in names):
        raise Misfit(
            "what is ranked is not clear", 1
        )  # the word says what is ranked: "the largest experiment"
    for name in names:
        measure = find_measure(name)
        if "mean" in kinds and name in SPOKEN["mean_money"] and _is_one(parts, kinds):
            measure = find_measure(SPOKEN["mean_money"][name])  # what an order brings in on average
        if "money" in kinds:
            measure = _in_money(measure)
        if "mean" in kinds and measure.name in SPOKEN["mean_of"]:
            measure = find_measure(SPOKEN["mean_of"][measure.name])
        if "count" in kinds or any(part.span.text.endswith("often") for part in parts):
            measure = find_measure(SPOKEN["count_of"].get(measure.name, measure.name))
        if "share" in kinds and measure.name in SPOKEN["share_of"]:
            measure = find_measure(SPOKEN["share_of"][measure.name])
        if name == "registered_customers" and "period" in kinds and _is_generic(parts, name):
            cost += 1  # customers of a month are those who ordered
        if name.startswith("count:") and "count" not in kinds and _is_metric_too(parts, name):
            cost += 1  # "refunds" are first of all what the metrics call so
        is_amount = measure.unit == "cents" or measure.is_ratio
        if "count" in kinds and is_amount and not kinds & {"most", "least", *LIMITS}:
            cost += 4
            if len(names) == 1 and not measure.unit.startswith(
                ("seconds", "items an order", "days", "orders a")
            ):
                raise Misfit(f"{measure.label} is no count", 1)
        found.append(measure)
    has_limit = kinds & {*LIMITS, "or more", "or fewer", "most", "least", "share"}
    if len(set(found)) > 1 and not kinds & {"and", "versus", "more"} and not has_limit:
        raise Misfit("it names several numbers at once", 1)
    rates = [measure for measure in found if measure.unit in ("share", "rate")]
    if "share" in kinds and rates:
        if len({measure.table for measure in found}) > 1:
            raise Misfit("a share of what is not clear", 1)
        found = rates
    return list(dict.fromkeys(found)), cost


def _check_per(parts: Sequence[Part], named: list[str], kinds: set[str]) -> None:
    """ "Orders per shipment" are no number of a table."""
    if len(set(named)) < 2 or kinds & {"most", "least"}:
        return
    for before, part in itertools.pairwise(parts):
        if before.kind == "by" and part.kind == "measure":
            raise Misfit("one number per another is not offered: ask for both", 2)


def _ranked_by_itself(parts: Sequence[Part]) -> list[str]:
    """What "top 5 products" or "top 3 costs" are ranked by, where nothing else is said."""
    keys = {key for part in parts if part.kind == "dimension" for key in keys_of(part)}
    found = {name for key, name in SPOKEN["ranked_by_itself"].items() if key in keys}
    return sorted(found) if len(found) == 1 else []


def _is_one(parts: Sequence[Part], kinds: set[str]) -> bool:
    """Whether a mean is of one row, as in "the average order": of no day, and with no plural behind it."""
    if kinds & {"by", "by time", "count"}:
        return False
    beside = [after for before, after in itertools.pairwise(parts) if before.kind == "mean"]
    is_singular = any(part.kind == "measure" and not part.span.is_plural for part in beside)
    return is_singular or _says(parts, SPOKEN["money_verbs"])


def _is_generic(parts: Sequence[Part], name: str) -> bool:
    spans = [part.span for part in parts if part.kind == "measure" and part.whats[0] == name]
    return any(stem(span.text) in ("customer", "people", "person") for span in spans)


def _is_metric_too(parts: Sequence[Part], name: str) -> bool:
    spans = [part.span for part in parts if part.kind == "measure" and part.whats[0] == name]
    others = [sense.what for span in spans for sense in span.senses if sense.kind == "measure"]
    return any(other in REGISTRY for other in others)


def _in_money(measure: Measure) -> Measure:
    """The measure that "how much" asks for: of rows, the money in them."""
    found = find_measure(SPOKEN["money_of"].get(measure.name, measure.name))
    if not found.unit.startswith(("cents", "base units", "share", "rate")):
        raise Misfit(f"{found.label} is no amount of money", 1)
    return found
