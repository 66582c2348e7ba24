"""Which groups of a request count: those beyond a limit, or the first by a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_measures import Measure, find_measure
from lucky_analytics.ask.ask_request import Having, Rank
from lucky_analytics.ask.question_parts import LIMITS, Misfit, Part

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_limit", "find_rank"]

_ENDS = {"or more": "at least", "or fewer": "at most"}
_UNITS = ("dollars", "percent", "seconds", "minutes")
_SELLING = ("units", "orders", "revenue", "net_sales", "sum:order_items.paid_cents")


def find_limit(builder: RequestBuilder) -> Having | None:
    """The limit that a question sets: its number with its unit, and what is limited."""
    parts = builder.parts
    for at, part in enumerate(parts):
        after = parts[at + 1] if at + 1 < len(parts) else None
        if part.kind in LIMITS and after and after.kind == "number":
            builder.use(part, after)
            return _having(builder, at + 1, LIMITS[part.kind], parts[at - 1] if at else None)
        if part.kind == "number":
            end = next((each for each in parts[at + 1 : at + 4] if each.kind in _ENDS), None)
            if end:
                builder.use(part, end)
                return _having(builder, at, _ENDS[end.kind], parts[at - 1] if at else None)
    return None


def _having(builder: RequestBuilder, at: int, above: str, before: Part | None) -> Having:
    """The limit whose number stands at ``at``; what is limited stands beside it, or is all that is asked."""
    number, unit, is_times, i = builder.parts[at].whats[0], "", False, at + 1
    while i < len(builder.parts) and builder.parts[i].kind in (*_UNITS, *_ENDS, "time"):
        part = builder.parts[i]
        unit, is_times = part.kind if part.kind in _UNITS else unit, is_times or part.kind == "time"
        if part.kind not in _ENDS:
            builder.use(part)
        i += 1
    if i < len(builder.parts) and builder.parts[i].kind == "dimension":
        raise Misfit("how many of one thing another has, is not counted", 0)  # "at two or more stores"
    near = [builder.parts[i] if i < len(builder.parts) else None, before]
    named = next((part.whats[0] for part in near if part and part.kind == "measure"), "")
    own = next((measure for measure in builder.measures if measure.name == named), None)
    if own is None and named and len(builder.measures) > 1:
        own = find_measure(named)
    if own is None and len(builder.measures) > 1:
        raise Misfit("which of its numbers is limited, is not clear", 0)
    limited = own or builder.measures[0]
    if is_times and not limited.is_count:
        raise Misfit(f"{limited.label} is not counted in times", 0)
    _check_unit(limited, unit)
    return Having(limited.name, above, number * 60 if unit == "minutes" else number)


def _check_unit(limited: Measure, said: str) -> None:
    """Dollars, percent and minutes are said of what is measured so; shares and times need them."""
    label = limited.label.lower()
    is_share, is_time = limited.unit in ("share", "rate"), limited.unit == "seconds"
    if said == "dollars" and not limited.unit.startswith("cents"):
        raise Misfit(f"its limit is in dollars, but {label} is no money", 0)
    if said == "percent" and not is_share:
        raise Misfit(f"its limit is a share, but {label} is none", 0)
    if is_share and said != "percent":
        raise Misfit(f"{label} is a share: say percent with its limit", 0)
    if (said in ("seconds", "minutes")) != is_time:
        raise Misfit(
            f"say seconds or minutes with {label}" if is_time else f"{label} is not counted in {said}", 0
        )


def find_rank(builder: RequestBuilder) -> Rank | None:
    """The first or last groups that a question asks for."""
    found = [part for part in builder.parts if part.kind in ("most", "least")]
    if not found:
        return None
    directions = {_direction(part, builder.measures[0]) for part in found}
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


def _direction(part: Part, measure: Measure) -> str:
    """Most or least: "best" is least where less is better, and "best selling" is of what is sold."""
    word, *rest = part.span.text.split()
    if part.whats[0]:
        is_selling = rest and measure.name not in _SELLING
        if is_selling or (word in ("slowest", "fastest") and measure.unit != "seconds"):
            raise Misfit(f'"{part.span.text}" is not said of {measure.label.lower()}', 1)
        return part.kind
    if word not in ("best", "strongest", "worst", "weakest"):
        return part.kind
    if measure.direction == "none":
        raise Misfit(
            f"whether more or less is better is not known of {measure.label.lower()}: say most or least", 0
        )
    return "most" if (word in ("best", "strongest")) == (measure.direction == "up") else "least"
