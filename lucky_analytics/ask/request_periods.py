"""Which days a request is of: one period, or two that are compared."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

from lucky_analytics.ask.calendar_names import DAY, WEEKDAYS
from lucky_analytics.ask.date_span import DateSpan
from lucky_analytics.ask.question_parts import Misfit, Part
from lucky_analytics.ask.spoken import SPOKEN

if TYPE_CHECKING:
    from lucky_analytics.ask.ask_request import Condition
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["Days", "find_period"]

Days = tuple[dt.date | None, dt.date | None, "tuple[dt.date | None, dt.date | None] | None"]
_UNCLEAR = ("it names two periods, and not what to do with them", 0)


def find_period(builder: RequestBuilder, where: list[Condition]) -> Days:
    """The first day, the day after the last, and the same of a period to compare with."""
    parts = [part for part in builder.parts if part.kind == "period"]
    builder.use(*parts)
    parts = _said_once(builder, parts)
    spans: list[DateSpan] = [part.whats[0] for part in parts]
    if len(spans) > 2 and (whole := _months_in_turn(builder, spans)):
        return whole
    if len(spans) > 2:
        raise Misfit("it names more than two periods", 0)
    if not spans and any(part.kind == "name" and part.span.text in WEEKDAYS for part in builder.parts):
        raise Misfit("whether one day or all such days are meant, is not clear: name a period", 0)
    if spans:
        _check_days(builder, parts, where)
    if len(spans) == 2:
        return _both(builder, parts, spans)
    if spans and spans[0].ends and builder.kinds & {"versus", "change"}:
        one, two = spans[0].ends
        if "versus" not in builder.kinds and one.start and one.end == one.start + DAY:
            raise Misfit("whether its two days or all between them are meant, is not clear", 0)
        return one.start, one.end, (two.start, two.end)
    return (spans[0].start, spans[0].end, None) if spans else (None, None, None)


def _said_once(builder: RequestBuilder, parts: list[Part]) -> list[Part]:
    """Periods without those that say the one before them again: "yesterday, February 13"."""
    kept: list[Part] = parts[:1]
    for part in parts[1:]:
        is_next = builder.parts.index(part) == builder.parts.index(kept[-1]) + 1
        if not (is_next and part.whats[0] in kept[-1].whats):
            kept.append(part)
        elif part.whats[0] != kept[-1].whats[0]:
            kept[-1] = part  # "the past week, February 7 to 13": one of its two readings
    return kept


def _months_in_turn(builder: RequestBuilder, spans: list[DateSpan]) -> Days | None:
    """ "In November, December and January": by month, where one follows on the other."""
    spans = sorted(spans, key=lambda each: each.start or dt.date.min)
    is_row = all(one.end == two.start and one.end is not None for one, two in itertools.pairwise(spans))
    are_months = all(each.start and each.end and 28 <= (each.end - each.start).days <= 31 for each in spans)
    if not (is_row and are_months) or builder.kinds & {"or", "together", "versus", "change"}:
        return None
    if "month" not in builder.by:
        builder.by.append("month")
    return spans[0].start, spans[-1].end, None


def _both(builder: RequestBuilder, parts: list[Part], spans: list[DateSpan]) -> Days:
    """Two periods: beside each other, or, where one follows on the other, perhaps as one."""
    one, two = spans
    is_apart = False
    between = builder.parts[builder.parts.index(parts[0]) + 1 : builder.parts.index(parts[1])]
    joint = [
        part.kind for part in between if part.kind not in ("how long", "verb", "sold", "change", "trend")
    ]
    if joint[:2] == ["and", "count"]:
        joint, is_apart = ["and", *joint[2:]], True  # "how many in October and how many in November"
    own = [part.whats[0] for part in between if part.kind == "measure"]
    if joint[1:] == ["measure"] and len(builder.measures) == 1 and own == [builder.measures[0].name]:
        joint = joint[:1]  # "orders in January and orders in February"
    kinds = builder.kinds
    if (one.start, one.end) == (two.start, two.end) and "versus" not in kinds:
        return one.start, one.end, None  # "on Thanksgiving, November 27"
    if _overlap(one, two):
        raise Misfit("its two periods share days", 0)
    beside = (one.start, one.end, (two.start, two.end))
    if kinds & {"versus", "change"} or ("more" in kinds and kinds & {"or", "than"}):
        return beside
    as_one = min(one, two, key=lambda each: each.start or dt.date.min)
    last = two if as_one is one else one
    is_one = as_one.end is not None and as_one.end == last.start
    if joint not in (["and"], ["or"]) or (joint == ["or"] and not is_one):
        raise Misfit(*_UNCLEAR)
    builder.may_be_together |= joint == ["and"] and is_one and not is_apart
    if is_one and (joint == ["or"] or builder.together or "together" in kinds):
        return as_one.start, last.end, None
    return beside


def _overlap(one: DateSpan, two: DateSpan) -> bool:
    first = max(one.start or dt.date.min, two.start or dt.date.min)
    return first < min(one.end or dt.date.max, two.end or dt.date.max)


def _check_days(builder: RequestBuilder, parts: list[Part], where: list[Condition]) -> None:
    spans: list[DateSpan] = [part.whats[0] for part in parts]
    said = [part.span.text.removeprefix("the ") for part in parts]
    for text in said:
        unit, _, rest = text.partition(" ")
        if rest == "before" and f"last {unit}" not in said:
            raise Misfit(f'"{text}" is not clear: before what', 0)
        if unit == "previous" and len(said) == 2 and f"this {rest}" not in said:
            raise Misfit(f'"{text}" is not clear beside another period', 0)
    if any(each.key in ("weekday", "part of week") for each in where):
        for span in spans:
            if span.start and span.end and (span.end - span.start).days < 7:
                raise Misfit("it names days and weekdays that may exclude each other", 0)
    measure = builder.measures[0]
    if measure.name in SPOKEN["not_in_a_period"] and "firsts" not in builder.kinds:
        day = "coupons were received" if measure.table == "coupons" else "customers first came"
        raise Misfit(f"{measure.label} goes by the day on which {day}: no period fits it", 0)
    other = SPOKEN["other_days"].get(measure.table)
    texts = {part.span.text for part in builder.parts}
    said_all = f" {' '.join(part.span.text for part in builder.parts)} "
    is_said = other and any(f" {word} " in said_all for word in other["said"])
    if other and texts & set(other["words"]) and not is_said:
        noun, said_day = measure.table.replace("_", " "), other["said"][0]
        raise Misfit(f"{noun} count by the day on which they were {said_day}: say so", 0)
