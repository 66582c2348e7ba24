"""Small words of a question that are used up where they fit: what fits nowhere makes no request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.question_parts import Part

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["use_small_words"]

_OF_SALES = ("orders", "order_items")
_NAMES_NUMBER = ("measure", "column", "count", "sum", "mean")


def use_small_words(builder: RequestBuilder, is_ranked: bool) -> None:
    """Marks the words as used that say nothing more than the request does."""
    for at, part in enumerate(builder.parts):
        after = builder.parts[at + 1] if at + 1 < len(builder.parts) else None
        if _fits(builder, part, after, is_ranked):
            builder.use(part)


def _fits(builder: RequestBuilder, part: Part, after: Part | None, is_ranked: bool) -> bool:
    kinds, measure = builder.kinds, builder.measures[0]
    n_periods = sum(each.kind == "period" for each in builder.parts)
    is_compared = n_periods == 2 or bool(builder.many) or len(builder.measures) > 1
    if part.kind == "by":
        is_group = after is not None and after.kind in ("dimension", "by time")
        return is_group or (is_ranked and after is not None and after.kind in _NAMES_NUMBER)
    if part.kind == "versus":
        has_ends = any(each.kind == "period" and each.whats[0].ends for each in builder.parts)
        return is_compared or has_ends or bool(builder.by)
    if part.kind == "more":
        return bool(kinds & {"or", "than"}) and is_compared and "count" not in kinds
    if part.kind == "than":
        return is_compared and bool(kinds & {"more", "versus"})
    if part.kind == "above":
        return part.span.text == "over" and after is not None and after.kind == "period"
    if part.kind == "now":
        return not measure.date
    if part.kind == "distinct":
        return measure.unit == "customers" or measure.name.startswith("distinct:")
    if part.kind == "refers":
        return builder.context is not None
    if part.kind == "verb":
        return any(measure.table in tables for tables in part.whats)
    if part.kind == "sold":
        return measure.table in _OF_SALES
    if part.kind == "sum":
        return part.span.text not in ("total", "sum") or not measure.is_ratio
    return False
