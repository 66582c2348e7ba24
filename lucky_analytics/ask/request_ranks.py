"""Which groups of a request come first: the most or least of its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_dimensions import TIMES
from lucky_analytics.ask.ask_measures import Measure
from lucky_analytics.ask.ask_request import Rank
from lucky_analytics.ask.question_parts import Misfit, Part, keys_of

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_rank"]

_SELLING = ("units", "orders", "revenue", "net_sales", "sum:order_items.paid_cents")
_TIMES = ("slowest", "fastest", "quickest")


def find_rank(builder: RequestBuilder) -> Rank | None:
    """The first or last groups that a question asks for."""
    found = [part for part in builder.parts if part.kind in ("most", "least")]
    if not found:
        return None
    measure = builder.measures[0]
    if measure.name.startswith(("max:", "min:")) and not _has_groups(builder):
        builder.use(*found, *(part for part in builder.parts if part.kind == "number" and part.whats[0] == 1))
        return None
    directions = {_direction(builder, part, measure) for part in found}
    if len(directions) > 1:
        raise Misfit("it asks for the most and the least at once")
    if len(builder.measures) > 1:
        raise Misfit("by which of its numbers it ranks, is not clear", 2)
    builder.use(*found)
    numbers = [part for part in builder.parts if part.kind == "number" and id(part) not in builder.used]
    n = 0
    for part in numbers:
        at = builder.parts.index(part)
        near = [each.kind for each in builder.parts[max(0, at - 1) : at + 2]]
        if any(kind in ("most", "least", "dimension", "rows") for kind in near) and not n:
            n = part.whats[0]
            builder.use(part)
            if isinstance(n, float) or not 1 <= n <= 100:
                raise Misfit("it ranks from 1 to 100", 0)
    return Rank("most" if "most" in directions else "least", int(n))


def _has_groups(builder: RequestBuilder) -> bool:
    """Whether groups are ranked: something is named by which nothing is parted."""
    return any(
        part.kind == "dimension" and (not at or builder.parts[at - 1].kind != "by")
        for at, part in enumerate(builder.parts)
    )


def _is_by_time(builder: RequestBuilder) -> bool:
    """Whether days, hours or months are ranked: the slowest of them is the one with the least."""
    keys = [key for part in builder.parts if part.kind == "dimension" for key in keys_of(part)]
    return any(key in TIMES or key.endswith("local_hour") for key in keys)


def _direction(builder: RequestBuilder, part: Part, measure: Measure) -> str:
    """Most or least: "best" is least where less is better, and "best selling" is of what is sold."""
    word, *rest = part.span.text.split()
    if part.whats[0]:
        is_selling = rest and measure.name not in _SELLING
        is_time = measure.unit.startswith("seconds") or "days" in measure.unit
        is_sold = measure.name in _SELLING
        is_slow_day = word == "slowest" and part.kind == "least" and is_sold and _is_by_time(builder)
        is_time = is_time and not (word == "slowest" and part.kind == "least")
        if is_selling or (word in _TIMES and not is_time and not is_slow_day):
            raise Misfit(f'"{part.span.text}" is not said of {measure.label.lower()}', 1)
        return part.kind
    if word not in ("best", "strongest", "worst", "weakest"):
        return part.kind
    if measure.direction == "none":
        raise Misfit(
            f"whether more or less is better is not known of {measure.label.lower()}: say most or least", 0
        )
    return "most" if (word in ("best", "strongest")) == (measure.direction == "up") else "least"
