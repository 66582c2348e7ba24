"""What a share is of: the rows that fulfil a condition, in those of the others; or each group in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_dimensions import TIMES
from lucky_analytics.ask.ask_request import Condition
from lucky_analytics.ask.question_parts import Misfit

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["Told", "find_share"]

Told = list[tuple[int, Condition]]  # conditions with the place of the word that says each
_STORE = "stores.store_name"
Shared = tuple[list[Condition], list[Condition], bool]


def find_share(builder: RequestBuilder, where: list[Condition], told: Told) -> Shared:
    """The conditions of the whole, those of the share, and whether each group is a share of all.

    Raises ``Misfit`` where it is not clear which of several conditions the share is of.
    """
    if "share" not in builder.kinds:
        return where, [], False
    measure = builder.measures[0]
    if builder.kinds & {"change", "trend"}:
        raise Misfit("a share of what is not clear")
    at = next(i for i, part in enumerate(builder.parts) if part.kind == "share")
    builder.use(*(part for part in builder.parts if part.kind == "share"))
    if measure.unit in ("share", "rate"):
        return where, [], False
    if measure.is_count and builder.parts[at].span.text == "how often":
        raise Misfit("a number of times is no share", 1)
    groups = [key for key in (*builder.by, *builder.ranked_by) if key not in TIMES]
    others = [each for each in where if each.key != _STORE]
    if not others and len(groups) == 1 and len(builder.by) + len(builder.ranked_by) == 1:
        if not measure.adds_up:
            raise Misfit(f"a share of {measure.label} is not defined", 1)
        return where, [], True
    of = _of(builder, at, where, others, told)
    if len(of.values) > 1 and of.key in builder.many:
        raise Misfit("a share of what is not clear")
    return [each for each in where if each is not of], [of], False


def _of(
    builder: RequestBuilder, at: int, where: list[Condition], others: list[Condition], told: Told
) -> Condition:
    """The one condition that the share is of: the only one, the only one but a store, or by its place."""
    chosen = others or where
    if len(chosen) == 1:
        return chosen[0]
    places = {id(each): place for place, each in told}
    noun = next((i for i, part in enumerate(builder.parts) if part.kind == "measure" and i > at), None)
    if noun is not None:
        after = [each for each in chosen if places.get(id(each), -1) > noun]
        if len(after) == 1:
            return after[0]  # "what share of delivery orders came from ios"
    before = [each for each in chosen if places.get(id(each), -1) == at - 1]
    if len(before) == 1:
        return before[0]  # "ios share of delivery orders"
    raise Misfit("a share of what is not clear")
