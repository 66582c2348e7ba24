"""Small words of a question that are used up where they fit: what fits nowhere makes no request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_dimensions import TIMES
from lucky_analytics.ask.question_parts import Part

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["use_small_words"]

_OF_SALES = ("orders", "order_items")
_NAMES_NUMBER = ("measure", "column", "count", "sum", "mean", "money", "share", "how long", "rows")
_STATES = (".status", ".is_active", ".is_online", ".is_running", ".is_push_allowed", ".value", ".result")


def use_small_words(builder: RequestBuilder, is_ranked: bool, is_compared: bool) -> None:
    """Marks the words as used that say nothing more than the request does."""
    for at, part in enumerate(builder.parts):
        after = builder.parts[at + 1] if at + 1 < len(builder.parts) else None
        if _fits(builder, part, after, is_ranked, is_compared):
            builder.use(part)


def _fits(builder: RequestBuilder, part: Part, after: Part | None, is_ranked: bool, is_against: bool) -> bool:
    kinds, measure = builder.kinds, builder.measures[0]
    is_compared = is_against or bool(builder.many) or len(builder.measures) > 1
    groups = [*builder.by, *builder.ranked_by]
    if part.kind == "by":
        is_group = after is not None and after.kind in ("dimension", "by time")
        return is_group or (is_ranked and after is not None and after.kind in _NAMES_NUMBER)
    if part.kind == "versus":
        return is_compared or bool(builder.by)
    if part.kind == "trend":
        return bool(groups) or is_compared
    if part.kind == "change":
        return is_compared or bool(set(groups) & set(TIMES))
    if part.kind == "more":
        return bool(kinds & {"or", "than", "change"}) and is_compared
    if part.kind == "than":
        return is_compared and bool(kinds & {"more", "versus", "change"})
    if part.kind == "above":
        return part.span.text == "over" and after is not None and after.kind == "period"
    if part.kind == "only":
        return after is not None and after.kind in ("name", "flag", "not_flag", "period", "hours")
    if part.kind == "firsts":
        return measure.table == "customer_features"
    if part.kind == "now":
        return not measure.date or any(key.endswith(_STATES) for key in _keys(builder))
    if part.kind == "distinct":
        is_people = measure.unit == "customers" or measure.name.startswith("distinct:")
        is_limited = any(each.kind == "dimension" and id(each) in builder.used for each in builder.parts)
        return is_people or builder.how_many or is_limited
    if part.kind == "refers":
        return builder.context is not None
    if part.kind == "verb":
        return any(measure.table in tables for tables in part.whats)
    if part.kind == "sold":
        return measure.table in _OF_SALES
    if part.kind == "sum":
        return part.span.text not in ("total", "sum") or not measure.is_ratio
    if part.kind == "how long":
        return measure.unit.startswith(("seconds", "days", "hours", "minutes"))
    if part.kind == "part_of_day":
        return "hours" in kinds
    if part.kind == "by time":
        return part.whats[0] in groups
    return False


def _keys(builder: RequestBuilder) -> list[str]:
    """The dimensions that its words name: of values, of yes and no, of groups."""
    named = [key for key, _ in builder.values.values()]
    flags = [key for part in builder.parts if part.kind in ("flag", "not_flag") for key in part.whats]
    rows = [key for part in builder.parts if part.kind == "rows" for key in part.whats[0].get("where", {})]
    return [*named, *flags, *rows, *builder.by]
