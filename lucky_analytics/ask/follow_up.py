"""A question that goes on from the one before it."""

from __future__ import annotations

from dataclasses import replace

from lucky_analytics.ask.ask_dimensions import TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Request

__all__ = ["go_on"]


def go_on(request: Request, before: Request) -> Request:
    """A follow-up with what it leaves unsaid, from the request before it."""
    known = dimensions_of(find_measure(request.measures[0]).table)
    said = {*request.by, *(each.key for each in request.where)}
    kept = [
        each for each in before.where if each.key not in said and (each.key in known or each.key in TIMES)
    ]
    has_period = request.start or request.end
    by = request.by or tuple(key for key in before.by if key in known or key in TIMES)
    is_same = by == before.by and request.measures == before.measures
    return replace(
        request,
        where=(*kept, *request.where),
        by=by,
        rank=request.rank or (before.rank if by == before.by else None),
        having=request.having or (before.having if is_same else None),
        how_many=request.how_many or (before.how_many and is_same),
        share=request.share or (before.share if request.measures == before.measures else ()),
        start=request.start if has_period else before.start,
        end=request.end if has_period else before.end,
        against=request.against if has_period else before.against,
        per=request.per or ("" if request.by else before.per),
    )
