"""A request as JSON values and back: of a link, a choice, or a model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lucky_analytics.ask.ask_request import ABOVE, Condition, Having, Limit, Rank, Request
from lucky_analytics.errors import ParameterError

__all__ = ["from_document", "to_document"]

_FIELDS = (
    "measures", "by", "where", "start", "end", "against", "rank", "having", "share", "per", "how_many",
    "limits", "of_total",
)  # fmt: skip


def to_document(request: Request) -> dict[str, Any]:
    """A request as JSON values, without what is empty.

    >>> to_document(Request(("orders",), start=dt.date(2026, 1, 1)))
    {'measures': ['orders'], 'start': '2026-01-01'}
    """
    said: dict[str, Any] = {
        "measures": list(request.measures),
        "by": list(request.by),
        "where": [_condition(each) for each in request.where],
        "start": request.start and request.start.isoformat(),
        "end": request.end and request.end.isoformat(),
        "against": request.against and [day and day.isoformat() for day in request.against],
        "rank": request.rank
        and {"direction": request.rank.direction, "n": request.rank.n, "within": list(request.rank.within)},
        "having": request.having and vars(request.having),
        "share": [_condition(each) for each in request.share],
        "per": request.per,
        "how_many": request.how_many,
        "limits": [vars(each) for each in request.limits],
        "of_total": request.of_total,
    }
    return {name: value for name, value in said.items() if value}


def _condition(of: Condition) -> dict[str, Any]:
    return {"key": of.key, "values": list(of.values), "is_not": of.is_not}


def from_document(said: Any) -> Request:
    """The request that JSON values describe, by form alone: ``request_checks`` looks at names and sense.

    Raises ``ParameterError`` for anything but a request, a field too many included.

    >>> from_document({"measures": ["orders"], "start": "2026-01-01"}).start
    datetime.date(2026, 1, 1)
    """
    body = _mapping(said, "request", _FIELDS)
    return Request(
        measures=_texts(body.get("measures"), "measures"),
        by=_texts(body.get("by", []), "by"),
        where=tuple(_read_condition(each) for each in _list(body.get("where", []), "where")),
        start=_day(body.get("start"), "start"),
        end=_day(body.get("end"), "end"),
        against=_against(body.get("against")),
        rank=_rank(body.get("rank")),
        having=_having(body.get("having")),
        share=tuple(_read_condition(each) for each in _list(body.get("share", []), "share")),
        per=_one_of(body.get("per", ""), "per", ("", "day", "week", "month")),
        how_many=_one_of(body.get("how_many", False), "how_many", (False, True)),
        limits=tuple(_limit(each) for each in _list(body.get("limits", []), "limits")),
        of_total=_one_of(body.get("of_total", False), "of_total", (False, True)),
    )


def _wrong(what: str, expected: str, got: Any) -> ParameterError:
    return ParameterError(f"{what} of a request", expected=expected, got=f"{got!r:.40}")


def _mapping(said: Any, what: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise _wrong(what, "an object", said)
    if extra := [name for name in said if name not in known]:
        raise _wrong(what, f"only {', '.join(known)}", extra[0])
    return said


def _list(said: Any, what: str) -> list[Any]:
    if not isinstance(said, list) or len(said) > 20:
        raise _wrong(what, "a list of at most 20", said)
    return said


def _texts(said: Any, what: str) -> tuple[str, ...]:
    listed = _list(said, what)
    if not all(isinstance(each, str) and 0 < len(each) <= 120 for each in listed):
        raise _wrong(what, "texts", said)
    return tuple(listed)


def _one_of(said: Any, what: str, known: tuple[Any, ...]) -> Any:
    if said not in known:
        raise _wrong(what, " or ".join(map(repr, known)), said)
    return said


def _day(said: Any, what: str) -> dt.date | None:
    if said is None:
        return None
    try:
        return dt.date.fromisoformat(said)
    except (TypeError, ValueError) as error:
        raise _wrong(what, "a date like 2026-02-13", said) from error


def _number(said: Any, what: str) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not abs(said) < 1e12:
        raise _wrong(what, "a number", said)
    return said


def _read_condition(said: Any) -> Condition:
    body = _mapping(said, "condition", ("key", "values", "is_not"))
    values = tuple(_list(body.get("values"), "values"))
    if not isinstance(body.get("key"), str) or not values or not isinstance(body.get("is_not", False), bool):
        raise _wrong("condition", "key, values and is_not", said)
    if not all(isinstance(each, str | bool | int) for each in values):
        raise _wrong("values", "texts, numbers or yes and no", values)
    return Condition(body["key"], values, body.get("is_not", False))


def _against(said: Any) -> tuple[dt.date | None, dt.date | None] | None:
    if said is None:
        return None
    days = _list(said, "against")
    if len(days) != 2:
        raise _wrong("against", "a start and an end", said)
    return _day(days[0], "against"), _day(days[1], "against")


def _rank(said: Any) -> Rank | None:
    if said is None:
        return None
    body = _mapping(said, "rank", ("direction", "n", "within"))
    n = _number(body.get("n"), "n")
    if not isinstance(n, int) or not 1 <= n <= 100:
        raise _wrong("n", "1 to 100", n)
    direction = _one_of(body.get("direction"), "direction", ("most", "least"))
    return Rank(direction, n, _texts(body.get("within", []), "within"))


def _having(said: Any) -> Having | None:
    if said is None:
        return None
    body = _mapping(said, "having", ("measure", "above", "number"))
    above = _one_of(body.get("above"), "above", ABOVE)
    return Having(_texts([body.get("measure")], "measure")[0], above, _number(body.get("number"), "number"))


def _limit(said: Any) -> Limit:
    body = _mapping(said, "limit", ("column", "above", "number"))
    above = _one_of(body.get("above"), "above", ABOVE)
    return Limit(_texts([body.get("column")], "column")[0], above, _number(body.get("number"), "number"))
