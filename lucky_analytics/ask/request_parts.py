"""The pieces of a question put together to a request; every piece must find its place, or there is none."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import replace

from lucky_analytics.ask.ask_measures import Measure, find_measure
from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.inferred_measures import infer_measures
from lucky_analytics.ask.name_values import choose_values
from lucky_analytics.ask.question_parts import Misfit, Part
from lucky_analytics.ask.request_builder import RequestBuilder
from lucky_analytics.ask.request_measures import find_measures
from lucky_analytics.ask.spoken import SPOKEN

__all__ = ["put_together"]

_UNITS = ("seconds", "minutes")
_PERCENT = ("percent", "in percent")
_CURRENCY = ("usd", "dollar", "dollars", "in usd", "in dollars")
_NOUNS = ("measure", "rows", "name", "flag", "not_flag")


def put_together(
    parts: list[Part], follows: Request | None, before: Request | None
) -> Iterator[tuple[int, Request]]:
    """Requests of these parts with what each costs in plausibility. Raises ``Misfit``.

    ``follows``: the question goes on from this request; ``before``: the request before, which gives its
    measure to a question that names none.
    """
    parts = _with_units([part for part in parts if part.kind != "silent"])
    kinds = {part.kind for part in parts}
    measures, cost = find_measures(parts, kinds)
    context = follows if follows else (before if not measures and not infer_measures(parts) else None)
    if not measures and context:
        measures = [find_measure(name) for name in context.measures]
    if not measures:
        inferred = infer_measures(parts)
        if not inferred:
            raise Misfit("it names no number that the catalog has, like orders or revenue", 3)
        for measure in inferred:
            named = (
                find_measure(SPOKEN["money_of"].get(measure.name, measure.name))
                if "money" in kinds
                else measure
            )
            if "money" in kinds and not named.unit.startswith(("cents", "base units")):
                raise Misfit(f"{named.label} is no amount of money", 1)
            yield from _with(parts, kinds, [named], cost + 5, None)
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
    """Percent and dollars that stand after a number are its unit, and ask for nothing themselves; "how many
    dollars" asks for money, and "how many seconds" for a time."""
    is_plain = not any(part.kind in ("name", "flag", "not_flag", "rows") for part in parts)
    if is_plain and any(
        part.kind == "change" for part in parts
    ):  # told in percent anyway: no share of anything
        parts = [part for part in parts if part.kind != "share" or not part.span.text.startswith(_PERCENT)]
    around = zip([None, *parts], parts, [*parts[1:], None], strict=False)  # of no parts, too
    parts = [part for before, part, after in around if not _says_no_more(before, part, after)]
    parts = _without_currency(parts)
    made = parts[:1]
    for before, part in itertools.pairwise(parts):
        if before.kind == "number" and part.kind == "share" and part.span.text.startswith("percent"):
            part = replace(part, kind="percent")
        elif before.kind == "number" and part.kind == "money" and part.span.text in _CURRENCY:
            part = replace(part, kind="dollars")
        elif before.kind == "count" and part.kind == "money":
            made[-1] = replace(before, kind="money")
        elif before.kind == "count" and part.kind in _UNITS:
            made[-1], part = replace(before, kind="how long"), replace(part, kind="how long")
        made.append(part)
    if any(part.kind == "share" for part in made):  # "how often, as a rate"
        made = [
            part for part in made if not (part.kind == "count" and part.span.text.startswith("how often"))
        ]
    return made


def _says_no_more(before: Part | None, part: Part, after: Part | None) -> bool:
    """Whether a word only says how the next is meant: a "percentage change" is a change."""
    if after is None or (before is not None and before.kind == "number"):
        return False
    is_percent = part.kind == "share" and part.span.text.startswith(_PERCENT)
    return is_percent and after.kind == "change"


def _without_currency(parts: list[Part]) -> list[Part]:
    """ "USD refunds" and "refunds in US dollars" say the currency of what is counted; "how many dollars" asks
    for an amount."""
    kept = []
    for at, part in enumerate(parts):
        before = parts[at - 1].kind if at else ""
        after = parts[at + 1].kind if at + 1 < len(parts) else ""
        is_currency = part.kind == "money" and part.span.text in _CURRENCY and before != "number"
        is_beside = after in _NOUNS or (before != "count" and any(each.kind == "count" for each in parts))
        if not (is_currency and is_beside):
            kept.append(part)
    return kept


def _instead(
    parts: list[Part], kinds: set[str], measures: list[Measure], cost: int, context: Request | None
) -> Iterator[tuple[int, Request]]:
    """Other measures in place of the one that was named, as far as the question fits them."""
    if len(measures) != 1:
        return
    name = measures[0].name
    for other in SPOKEN["of_items"].get(name, ()):
        yield from _try(parts, kinds, find_measure(other), cost + 2, context)
    for other in SPOKEN["instead"].get(name, ()):
        yield from _try(parts, kinds, find_measure(other), cost + 4, context)


def _try(
    parts: list[Part], kinds: set[str], measure: Measure, cost: int, context: Request | None
) -> Iterator[tuple[int, Request]]:
    with contextlib.suppress(Misfit):
        yield from _with(parts, kinds, [measure], cost, context, is_instead=True)


def _with(
    parts: list[Part], kinds: set[str], measures: list[Measure], cost: int, context: Request | None,
    is_instead: bool = False,
) -> Iterator[tuple[int, Request]]:  # fmt: skip
    """Requests for these measures: one that may be several things makes one of each."""
    named = [part for part in parts if part.kind == "name"]
    first: Misfit | None = None
    n_made = 0
    for chosen in itertools.product(*choose_values(parts, named, measures[0].table)):
        values = dict(zip(map(id, named), chosen, strict=True))
        builder = RequestBuilder(parts, kinds, measures, values, context, is_instead=is_instead)
        try:
            yield cost, builder.build()
        except Misfit as misfit:
            first = first or misfit
            continue
        n_made += 1
        if builder.may_be_together:
            yield cost, RequestBuilder(parts, kinds, measures, values, context, True, is_instead).build()
    if first and not n_made:
        raise first
