"""The pieces of a question put together to a request; every piece must find its place, or there is none."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from lucky_analytics.ask.ask_dimensions import dimensions_of
from lucky_analytics.ask.ask_measures import Measure, find_measure, list_measures
from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.question_parts import LIMITS, Misfit, Part, keys_of
from lucky_analytics.ask.request_builder import RequestBuilder
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.metrics import REGISTRY

__all__ = ["put_together"]

_MANY = 3  # readings that are put before a reader


def put_together(
    parts: list[Part], follows: Request | None, before: Request | None
) -> Iterator[tuple[int, Request]]:
    """Requests of these parts with what each costs in plausibility. Raises ``Misfit``.

    ``follows``: the question goes on from this request; ``before``: the request before, which gives its
    measure to a question that names none.
    """
    parts = _with_units(parts)
    kinds = {part.kind for part in parts}
    measures, cost = _measures(parts, kinds)
    context = follows if follows else (before if not measures and not _infer(parts) else None)
    if not measures and context:
        measures = [find_measure(name) for name in context.measures]
    if not measures:
        inferred = _infer(parts)
        if not inferred:
            raise Misfit("it names no number that the catalog has, like orders or revenue", 3)
        for measure in inferred:
            yield from _with(
                parts, kinds, [_in_money(measure) if "money" in kinds else measure], cost + 3, None
            )
        return
    first: Misfit | None = None
    try:
        yield from _with(parts, kinds, measures, cost, context)
    except Misfit as misfit:
        first = misfit
    yield from _instead(parts, kinds, measures, cost, context)
    if first:
        raise first


def _with_units(parts: list[Part]) -> list[Part]:
    """Percent and dollars that stand after a number are its unit, and ask for nothing themselves."""
    made = parts[:1]
    for before, part in itertools.pairwise(parts):
        if before.kind == "number" and part.kind == "share" and part.span.text.startswith("percent"):
            part = replace(part, kind="percent")
        elif before.kind == "number" and part.kind == "money" and part.span.text != "how much":
            part = replace(part, kind="dollars")
        made.append(part)
    return made


def _instead(
    parts: list[Part], kinds: set[str], measures: list[Measure], cost: int, context: Request | None
) -> Iterator[tuple[int, Request]]:
    if len(measures) == 1 and (of_items := SPOKEN["of_items"].get(measures[0].name)):
        yield from _try(parts, kinds, find_measure(of_items), cost + 2, context)
    if len(measures) == 1 and (wider := SPOKEN["wider"].get(measures[0].name)):
        yield from _try(parts, kinds, find_measure(wider), cost + 4, context)


def _try(
    parts: list[Part], kinds: set[str], measure: Measure, cost: int, context: Request | None
) -> Iterator[tuple[int, Request]]:
    """Another measure in place of the one that was named, as far as the question fits it."""
    with contextlib.suppress(Misfit):
        yield from _with(parts, kinds, [measure], cost, context, is_instead=True)


def _measures(parts: Sequence[Part], kinds: set[str]) -> tuple[list[Measure], int]:
    """The measures that the parts name, and what it costs to read them so."""
    named = [part.whats[0] for part in parts if part.kind == "measure"]
    if len(set(named)) > 1 and not kinds & {"most", "least"}:
        for before, part in itertools.pairwise(parts):
            if before.kind == "by" and part.kind == "measure":
                raise Misfit("one number per another is not offered: ask for both", 0)
    rows = [part.whats[0].get("measure") for part in parts if part.kind == "rows"]
    best = [part.whats[0] for part in parts if part.kind in ("most", "least") and part.whats[0]]
    columns = [part.whats for part in parts if part.kind == "column"]
    names = list(dict.fromkeys([*named, *(row for row in rows if row)]))
    if columns:
        is_one_word = any(part.kind == "column" and " " not in part.span.text for part in parts)
        return _of_columns(columns, names, kinds, is_one_word)
    has_limit = bool(kinds & {*LIMITS, "or more", "or fewer"})
    if not names and best:
        names = [best[0]]
    if not names and "sold" in kinds:
        names = ["revenue" if "dollars" in kinds and has_limit else "units"]
    if not names and has_limit and "time" in kinds:
        names = ["orders"]
    found, cost = [], 0
    for name in names:
        measure = find_measure(name)
        if "money" in kinds:
            measure = _in_money(measure)
        if "mean" in kinds and measure.name in SPOKEN["mean_of"]:
            measure = find_measure(SPOKEN["mean_of"][measure.name])
        if name.startswith("count:") and "count" not in kinds and _is_metric_too(parts, name):
            cost += 1  # "refunds" are first of all what the metrics call so
        is_amount = measure.unit == "cents" or measure.is_ratio
        if "count" in kinds and is_amount and not kinds & {"most", "least", *LIMITS}:
            cost += 4
            if len(names) == 1 and measure.unit not in ("seconds", "items an order"):
                raise Misfit(f"{measure.label} is no count", 1)
        found.append(measure)
    rates = [measure for measure in found if measure.unit in ("share", "rate")]
    if "share" in kinds and rates:
        if len({measure.table for measure in found}) > 1:
            raise Misfit("a share of what is not clear", 1)
        found = rates
    return found, cost


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


def _of_columns(
    columns: list[Any], names: list[str], kinds: set[str], is_one_word: bool
) -> tuple[list[Measure], int]:
    if len(columns) > 1:
        raise Misfit("it names several numbers at once")
    kind = "mean" if "mean" in kinds else "sum"
    if not names and is_one_word:
        raise Misfit("it does not say of which rows", 1)
    if "share" in kinds:
        raise Misfit("a share of what is not clear", 1)
    if not all(name.startswith("count:") or name in SPOKEN["stands_for"].values() for name in names):
        raise Misfit("it names several numbers at once", 1)
    tables = {find_measure(name).table for name in names}
    found = []
    for table, column in columns[0]:
        measure = list_measures().get(f"{kind}:{table}.{column}") or list_measures().get(
            f"mean:{table}.{column}"
        )
        if measure and tables <= {table}:
            found.append(measure)
    if len(found) != 1:
        raise Misfit("it does not say of which rows" if found else "the tables do not have that number")
    return found, 0


def _infer(parts: Sequence[Part]) -> list[Measure]:
    """What is meant where values alone are named: the rows of the one table that has them all."""
    tables: set[str] | None = None
    if any(part.kind == "name" and part.span.has("measure") for part in parts):
        return []  # the word names a number: it is not taken for a value only because that does not fit
    for part in parts:
        own = {key.partition(".")[0] for key in keys_of(part) if "." in key}
        if part.kind == "name" and own:
            tables = own if tables is None else tables & own
    tables = (tables or set()) - set(SPOKEN["not_inferred"])
    names = [SPOKEN["stands_for"].get(table, f"count:{table}") for table in sorted(tables)]
    return [list_measures()[name] for name in names if name in list_measures()][:_MANY]


def _with(
    parts: list[Part], kinds: set[str], measures: list[Measure], cost: int, context: Request | None,
    is_instead: bool = False,
) -> Iterator[tuple[int, Request]]:  # fmt: skip
    """Requests for these measures: one that may be several things makes one of each."""
    table = measures[0].table
    named = [part for part in parts if part.kind == "name"]
    choices = [_values(part, table, _beside(parts, part)) for part in named]
    choices = _without_kinds(choices)
    if any(len(each) > 12 for each in choices):
        most = next(part for part, each in zip(named, choices, strict=True) if len(each) > 12)
        raise Misfit(f'"{most.span.text}" may be any of many', 0)
    for chosen in itertools.product(*choices):
        values = dict(zip(map(id, named), chosen, strict=True))
        builder = RequestBuilder(parts, kinds, measures, values, context, is_instead=is_instead)
        yield cost, builder.build()
        if builder.may_be_together:
            yield cost, RequestBuilder(parts, kinds, measures, values, context, True, is_instead).build()


def _values(part: Part, table: str, beside: set[str]) -> list[tuple[str, str]]:
    """What a name stands for in a table: what the word beside it says, then its own columns."""
    known = dimensions_of(table)
    found = [each for each in part.whats[0] if each[0] in known or each[0] in ("weekday", "part of week")]
    if not found:
        raise Misfit(f'"{part.span.text}" is nothing by which {table.replace("_", " ")} are known', 1)
    said = [each for each in found if each[0] in beside]
    if not said and part.span.text in map(str, SPOKEN["needs_word"]):
        raise Misfit(f'of what "{part.span.text}" is one, is not said', 1)
    said = said or found
    own = [each for each in said if each[0] not in known or not known[each[0]].by]
    return own or said


def _without_kinds(choices: list[list[tuple[str, str]]]) -> list[list[tuple[str, str]]]:
    """A name of many things beside one of them is that one: "lattes of the kind Iced Latte"."""
    single = [each[0] for each in choices if len(each) == 1]
    return [next(([one] for one in single if len(each) > 1 and one in each), each) for each in choices]


def _beside(parts: Sequence[Part], part: Part) -> set[str]:
    """The dimensions that the words next to a name say: "category Matcha", "the 221 Grand store"."""
    at = next(i for i, each in enumerate(parts) if each is part)
    near = [parts[i] for i in (at - 1, at + 1) if 0 <= i < len(parts)]
    return {key for each in near if each.kind == "dimension" for key in keys_of(each)}
