"""Which rows of a request count: the values, hours and numbers that a question names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lucky_analytics.ask.ask_dimensions import dimensions_of
from lucky_analytics.ask.ask_request import Condition
from lucky_analytics.ask.question_parts import Misfit, Part, keys_of
from lucky_analytics.ask.spoken import SPOKEN

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_filters"]


def find_filters(builder: RequestBuilder) -> tuple[list[Condition], list[Condition]]:
    """The conditions on the rows, and those of a share. Values that are named beside each other are noted as
    ``builder.many``."""
    found: dict[tuple[str, bool], list[Any]] = {}
    flags: list[Condition] = []
    for at, part in enumerate(builder.parts):
        is_not = at > 0 and builder.parts[at - 1].kind == "is_not"
        if part.kind == "name":
            key, value = builder.values[id(part)]
            found.setdefault((key, is_not), []).append(value)
        elif part.kind == "flag":
            key = builder.resolve(part)
            flags.append(Condition(key, (not is_not,)))
        elif part.kind == "hours":
            found.setdefault((_hours(builder), False), []).extend(part.whats[0])
        elif part.kind == "rows":
            for name, is_other in (("where", False), ("where_not", True)):
                for key, values in part.whats[0].get(name, {}).items():
                    found.setdefault((key, is_other), []).extend(values)
        else:
            continue
        builder.use(part)
        if is_not:
            _check_not(builder, at)
            builder.use(builder.parts[at - 1])
    number = next((p for p in builder.parts if p.kind == "number" and id(p) not in builder.used), None)
    if number is not None:
        _number_value(builder, number, found)
    fixed = SPOKEN["fixed"].get(builder.measures[0].name, [])
    if any(key in fixed for key in (*(key for key, _ in found), *(each.key for each in flags))):
        raise Misfit(f"{builder.measures[0].label} are of one kind already", 1)
    if len({each.key for each in flags}) < len(flags):
        raise Misfit("it asks for something and its opposite at once", 0)
    where = [Condition(key, tuple(dict.fromkeys(values)), is_not) for (key, is_not), values in found.items()]
    builder.many += [
        each.key
        for each in where
        if len(each.values) > 1 and not each.is_not and not each.key.endswith("local_hour")
    ]
    if "share" not in builder.kinds or builder.measures[0].unit in ("share", "rate"):
        return where + flags, []
    of = flags or ([where[-1]] if len(where) == 1 else [])
    if len(of) != 1 or len(of[0].values) > 1:
        raise Misfit("a share of what is not clear")
    for part in builder.parts:
        if part.kind == "share":
            builder.use(part)
    return [each for each in [*where, *flags] if each not in of], of


def _check_not(builder: RequestBuilder, at: int) -> None:
    """ "Not at A or B" leaves open whether B counts."""
    after = [part.kind for part in builder.parts[at + 1 : at + 3]]
    if after[:1] in (["or"], ["and"]) and after[1:] != ["measure"]:
        raise Misfit(f'how far "not" before "{builder.parts[at].span.text}" reaches, is not clear', 0)


def _number_value(builder: RequestBuilder, number: Part, found: dict[tuple[str, bool], list[Any]]) -> None:
    """A number beside the dimension that it is a value of: sugar level 4."""
    at = builder.parts.index(number)
    for near in (builder.parts[i] for i in (at - 1, at + 1) if 0 <= i < len(builder.parts)):
        keys = (
            [key for key in keys_of(near) if key in dimensions_of(builder.table)]
            if near.kind == "dimension"
            else []
        )
        if keys and dimensions_of(builder.table)[keys[0]].type == "int64":
            found.setdefault((keys[0], False), []).append(number.whats[0])
            builder.use(number, near)
            return


def _hours(builder: RequestBuilder) -> str:
    own = f"{builder.table}.local_hour"
    return own if own in dimensions_of(builder.table) else "orders.local_hour"
