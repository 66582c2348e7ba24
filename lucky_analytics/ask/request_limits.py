"""Which groups of a request count: those beyond a limit, or the first by a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Having, Rank
from lucky_analytics.ask.question_parts import LIMITS, Misfit

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_limit", "find_rank"]


def find_limit(builder: RequestBuilder) -> Having | None:
    for at, part in enumerate(builder.parts):
        after = builder.parts[at + 1] if at + 1 < len(builder.parts) else None
        if part.kind in LIMITS and after and after.kind == "number":
            builder.use(part, after)
            limited = _limited(builder, at + 2)
            _check_unit(builder, at + 2, limited)
            return Having(limited, LIMITS[part.kind], after.whats[0])
        if part.kind == "number":
            near = builder.parts[at + 1 : at + 3]
            ends = [each for each in near if each.kind in ("or more", "or fewer")]
            if ends:
                builder.use(part, ends[0])
                above = "at least" if ends[0].kind == "or more" else "at most"
                return Having(builder.measures[0].name, above, part.whats[0])
    return None


def _check_unit(builder: RequestBuilder, at: int, limited: str) -> None:
    """What stands after a limit's number, dollars or percent, is the unit of what is limited."""
    said = builder.parts[at].kind if at < len(builder.parts) else ""
    unit, label = find_measure(limited).unit, find_measure(limited).label.lower()
    if said == "money" and builder.parts[at].span.text != "how much" and not unit.startswith("cents"):
        raise Misfit(f"its limit is in dollars, but {label} is no money", 0)
    if said == "share" and unit not in ("share", "rate"):
        raise Misfit(f"its limit is a share, but {label} is none", 0)


def _limited(builder: RequestBuilder, at: int) -> str:
    after = builder.parts[at] if at < len(builder.parts) else None
    named = after.whats[0] if after and after.kind == "measure" else None
    return named or builder.measures[0].name


def find_rank(builder: RequestBuilder) -> Rank | None:
    found = [part for part in builder.parts if part.kind in ("most", "least")]
    if not found:
        return None
    directions = {part.kind for part in found}
    if len(directions) > 1:
        raise Misfit("it asks for the most and the least at once")
    for part in found:
        builder.use(part)
    numbers = [part for part in builder.parts if part.kind == "number" and id(part) not in builder.used]
    n = 0
    for part in numbers:
        at = builder.parts.index(part)
        near = [each.kind for each in builder.parts[max(0, at - 1) : at + 2]]
        if any(kind in ("most", "least", "dimension") for kind in near) and not n:
            n = part.whats[0]
            builder.use(part)
    if isinstance(n, float) or n > 100:
        raise Misfit("it asks for more than the first hundred", 0)
    return Rank("most" if "most" in directions else "least", int(n))
