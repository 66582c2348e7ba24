"""Which rows of a request count: the values, hours and numbers that a question names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lucky_analytics.ask.ask_dimensions import dimensions_of
from lucky_analytics.ask.ask_request import Condition
from lucky_analytics.ask.question_parts import Misfit, Part, keys_of
from lucky_analytics.ask.request_shares import Told
from lucky_analytics.ask.spoken import SPOKEN

if TYPE_CHECKING:
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_filters"]

Found = dict[tuple[str, bool], list[Any]]


def find_filters(builder: RequestBuilder) -> tuple[list[Condition], Told]:
    """The conditions on the rows, and the place of the word that says each. Values that are named beside each
    other are noted as ``builder.many``. Raises ``Misfit``."""
    found: Found = {}
    places: dict[tuple[str, bool], int] = {}
    for at, part in enumerate(builder.parts):
        is_not = at > 0 and builder.parts[at - 1].kind == "is_not"
        if part.kind == "name":
            key, value = builder.values[id(part)]
            _add(found, places, at, (key, is_not), [value])
        elif part.kind in ("flag", "not_flag"):
            if part.kind == "flag" and _is_beside_its_pair(builder, at):
                continue
            key = _same_flag(found, builder.resolve(part))
            _add(found, places, at, (key, False), [(part.kind == "flag") != is_not])
        elif part.kind == "hours":
            _add(found, places, at, (_hours(builder), False), list(part.whats[0]))
        elif part.kind == "rows":
            builder.by += [key for key in part.whats[0].get("by", ()) if key not in builder.by]
            for name, is_other in (("where", False), ("where_not", True)):
                for key, values in part.whats[0].get(name, {}).items():
                    if any(key == own for own, _ in builder.values.values()):
                        continue  # "discarded past use-by": the name says which of them
                    _add(found, places, at, (key, is_other), values)
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
    only = [f"{builder.table}.{column}" for column in builder.measures[0].only]
    if any(key in fixed or (key in only and not key.endswith(".kind")) for key, _ in found):
        raise Misfit(f"{builder.measures[0].label} are of one kind already", 1)
    return _conditions(builder, found, places)


def _conditions(
    builder: RequestBuilder, found: Found, places: dict[tuple[str, bool], int]
) -> tuple[list[Condition], Told]:
    where, told = [], []
    if {"weekday", "part of week"} <= {key for key, _ in found}:
        raise Misfit("it names weekdays in two ways", 0)
    found = {each: values for each, values in found.items() if not (each[1] and (each[0], False) in found)}
    for (key, is_not), values in found.items():
        kept = tuple(dict.fromkeys(values))
        if len(kept) > 1 and isinstance(kept[0], bool):
            if "share" in builder.kinds or not builder.kinds & {"versus", "and", "trend", "or"}:
                raise Misfit("it asks for something and its opposite at once", 0)
            builder.by.append(key)  # "pickup vs delivery": both stand beside each other
            continue
        where.append(Condition(key, kept, is_not))
        told.append((places.get((key, is_not), -1), where[-1]))
        if len(kept) > 1 and not is_not and not key.endswith("local_hour"):
            builder.many.append(key)
    return where, told


def _add(
    found: Found, places: dict[tuple[str, bool], int], at: int, key: tuple[str, bool], values: list[Any]
) -> None:
    found.setdefault(key, []).extend(values)
    places.setdefault(key, at)


def _same_flag(found: Found, key: str) -> str:
    """A flag of another table that was named already: "delivery" and "pick-up" are one thing of a ticket,
    though its order has the words, too."""
    column = key.partition(".")[2]
    return next((other for other, _ in found if other.partition(".")[2] == column), key)


def _is_beside_its_pair(builder: RequestBuilder, at: int) -> bool:
    """Whether a flag is a dimension's name here: "by delivery" is no filter."""
    return at > 0 and builder.parts[at - 1].kind == "by"


def _check_not(builder: RequestBuilder, at: int) -> None:
    """ "Not at A or B" leaves open whether B counts."""
    after = [part.kind for part in builder.parts[at + 1 : at + 3]]
    if after[:1] in (["or"], ["and"]) and after[1:] != ["measure"]:
        raise Misfit(f'how far "not" before "{builder.parts[at].span.text}" reaches, is not clear', 0)


def _number_value(builder: RequestBuilder, number: Part, found: Found) -> None:
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
    own = [f"{builder.table}.{name}" for name in ("local_hour", "hour")]
    return next((key for key in own if key in dimensions_of(builder.table)), "orders.local_hour")
