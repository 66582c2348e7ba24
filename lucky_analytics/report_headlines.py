"""Headlines of a notebook, and sentences that are written from them."""

from __future__ import annotations

import contextlib
import math
import string
from collections.abc import Mapping
from typing import Any

from IPython.core.getipython import get_ipython

from lucky_analytics import report_record
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import (
    format_estimate,
    format_interval,
    format_value,
    largest_end,
    printable,
)
from lucky_analytics.report_names import GIVEN

__all__ = ["answer", "defaults", "finite", "headline", "point", "title", "write_sentence"]

NO_NUMBER = "The calculation gave no number."
_COMMON = ("level", "n", "n_of", "sql", "unit")

_defaults: dict[str, Any] = {}
_headlines: dict[str, dict[str, Any]] = {}


def defaults(**values: Any) -> None:
    """What every later headline of the notebook has in common: ``level``, ``sql``, ``n``, ``n_of``, ``unit``.

    A headline's own argument wins. Called again, the named values are replaced and the others stay.
    Raises ``UnknownNameError`` for another name.

    >>> defaults(n_of="stores", level=0.9)
    >>> headline("net", "Net", Estimate(2.5, 1.0, 4.0, level=0.9, n=9), unit="USD")
    Net: $2.50 ($1.00 to $4.00), n = 9 stores
    """
    for name in values:
        if name not in _COMMON:
            raise UnknownNameError("headline default", name, _COMMON)
    _defaults.update(values)


def headline(
    name: str,
    label: str,
    value: float | Estimate | None,
    *,
    unit: str | None = None,
    n: int | None = None,
    n_of: str | None = None,
    low: float | None = None,
    high: float | None = None,
    level: float | None = None,
    sql: str | None = None,
    note: str = "",
    is_tile: bool = True,
    counted: Mapping[str, str] | None = None,
) -> None:
    """One number that the page is about.

    ``value`` is in ``unit`` (see ``formats.format_value``), plain or an ``Estimate``, which brings its
    interval, level and n; null means that it cannot be known, and then ``note`` says why. ``low`` and
    ``high`` bound it at confidence ``level`` (0 to 1); one of them may be null for a censored value. ``n``
    counts ``n_of`` ("store-weeks", "customers"). ``sql`` is the query behind it. What is not given comes
    from ``defaults``; a level only where there is an interval. A calculation that gave no number (NaN or
    infinite) is null, and a note says so where there is none. One that is no tile (``is_tile``) stands among
    the details: for alerts, and for those who compare runs. ``counted``: what a count is of, each by a name
    that stays its own, with its words: then an alert tells each of them once, however the count moves.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    """
    GIVEN.add("headline", name, get_ipython())
    what = f"headline {name}"
    if isinstance(value, Estimate):
        low, high, level, n = value.low, value.high, value.level, value.n if n is None else n
        value = value.value
    has_interval = low is not None or high is not None
    if level is None and has_interval:
        level = _defaults.get("level")
    if has_interval != (level is not None):
        raise ParameterError(what, expected="low or high together with level")
    if value is None and not note:
        raise ParameterError(f"{what} without a value", expected="a note that says why")
    found, lower, upper = (finite(each, what) for each in (value, low, high))
    if lower is not None and upper is not None and lower > upper:
        raise ParameterError(what, expected="low at most high", got=f"{lower} and {upper}")
    if level is not None and not 0 < level < 1:
        raise ParameterError(what, expected="a level between 0 and 1", got=str(level))
    if found is None and not note:
        note = NO_NUMBER
    given: dict[str, Any] = {"unit": unit, "n": n, "n_of": n_of}
    common = {key: _defaults.get(key) if own is None else own for key, own in given.items()}
    for key, own in common.items():
        if own is None:
            raise ParameterError(what, expected=f"{key}, given or among the defaults")
    record: dict[str, Any] = {
        "kind": "headline",
        "name": name,
        "label": label,
        "value": found,
        "low": lower,
        "high": upper,
        "level": level,
        "unit": common["unit"],
        "n": _count(common["n"], what),
        "n_of": common["n_of"],
        "sql": _defaults.get("sql", "") if sql is None else sql,
        "note": note,
        "is_tile": is_tile,
    }
    if counted is not None:
        record["counted"] = {printable(key): printable(words) for key, words in counted.items()}
    _headlines[name] = record
    shown = format_estimate(record["value"], record["low"], record["high"], record["unit"])
    report_record.say(record, f"{label}: {shown}, n = {record['n']:,} {record['n_of']}")


def title(template: str) -> None:
    """What was found, as the title of the page: at most 14 words, with the name of the store where there are
    many. The notebook's question stands above it. Headlines are named as in ``answer``.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    >>> title("An order is worth {aov:value}")
    An order is worth $4.71
    """
    text = write_sentence(template)
    report_record.say({"kind": "title", "text": text}, text)


def answer(template: str) -> None:
    """The answer in one or two sentences, written from headlines: ``{name}`` becomes value and interval.

    ``{name:value}`` is the value alone, ``{name:interval}`` the interval, ``{name:n}`` the count.
    Raises ``UnknownNameError`` for a headline that was not given before.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    >>> answer("Orders average {aov:value}.")
    Orders average $4.71.
    """
    text = write_sentence(template)
    report_record.say({"kind": "answer", "text": text}, text)


def point(template: str) -> None:
    """One thing that a reader must know beside the answer, in a line: it stands under it, in mails and in
    messages. At most seven on a page. Headlines are named as in ``answer``; an empty template is no point.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    >>> point("An order was worth {aov:value}.")
    An order was worth $4.71.
    """
    if template:
        text = write_sentence(template)
        report_record.say({"kind": "point", "text": text}, text)


def write_sentence(template: str) -> str:
    """The sentence with its headlines, named as in ``answer``."""
    if not isinstance(template, str):
        raise ParameterError("sentence", expected="a text", got=f"{type(template).__name__} {template!r:.40}")
    parts = []
    for text, name, form, _ in string.Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(_headline_text(name, form or ""))
    return "".join(parts)


def _headline_text(name: str, form: str) -> str:
    if name not in _headlines:
        raise UnknownNameError("headline", name, _headlines)
    h = _headlines[name]
    ends, unit = (h["low"], h["high"]), h["unit"]
    value, interval = format_value(h["value"], unit, largest_end(*ends)), format_interval(*ends, unit)
    whole = format_estimate(h["value"], *ends, unit)
    forms = {"": whole, "value": value, "interval": interval, "n": f"{h['n']:,}"}
    if form not in forms:
        raise UnknownNameError("headline form", form, forms)
    return forms[form]


def finite(value: Any, what: str) -> float | None:
    """The number, or null for one that is none. Raises ``ParameterError``, naming ``what``, for no number.

    >>> finite(2, "x"), finite(float("nan"), "x"), finite(None, "x")
    (2.0, None, None)
    """
    if value is None:
        return None
    with contextlib.suppress(TypeError, ValueError):
        if not isinstance(value, str | bytes):
            return float(value) if math.isfinite(value) else None
    raise ParameterError(what, expected="a number or None", got=f"{type(value).__name__} {value!r:.40}")


def _count(n: Any, what: str) -> int:
    number = finite(n, f"n of {what}")
    if number is None or number < 0 or number != int(number):
        raise ParameterError(f"n of {what}", expected="a whole number from 0 on", got=str(n))
    return int(number)
