"""The document of a what-if, as its page sends it and a report's parameter holds it: checked before it is
read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from lucky_analytics.errors import ParameterError, UnknownNameError

__all__ = ["parse_scenario", "require_parts"]

LONGEST_SHOWN = 40


def parse_scenario(text: str) -> object:
    """What the parameter ``scenario`` of a report holds, as plain values. Raises ``ParameterError`` where it
    is no JSON.

    >>> parse_scenario('{"levers": {"price": 1.1}}')
    {'levers': {'price': 1.1}}
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        got = repr(text[:LONGEST_SHOWN])
        raise ParameterError("scenario", expected="the what-if's document as JSON", got=got) from error


def require_parts(document: object, known: Collection[str], what: str) -> Mapping[Any, Any]:
    """``document`` where it is one with no other names than the ``known``; ``what`` they are, in words.

    Raises ``ParameterError`` for no document, ``UnknownNameError`` for another name.

    >>> require_parts({"depth": 0.2}, ["depth"], "lever")
    {'depth': 0.2}
    >>> require_parts({"depht": 0.2}, ["depth"], "lever")
    Traceback (most recent call last):
    lucky_analytics.errors.UnknownNameError: unknown lever 'depht': expected one of depth
    """
    if not isinstance(document, Mapping):
        raise ParameterError(what, expected="a document with names", got=type(document).__name__)
    for name in document:
        if name not in known:
            raise UnknownNameError(what, str(name)[:LONGEST_SHOWN], known)
    return document
