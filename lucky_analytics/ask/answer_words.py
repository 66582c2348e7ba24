"""The one sentence of an answer: number, unit, period, n."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lucky_analytics.ask.ask_dimensions import CUSTOMER
from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.asked_rows import AskedRows
from lucky_analytics.ask.period_words import say_span
from lucky_analytics.ask.request_words import say_condition, say_key, say_label, say_period, say_request
from lucky_analytics.formats import format_change, format_value, join_names

__all__ = ["say_answer"]

Rows = tuple[tuple[Any, ...], ...]


def say_answer(request: Request, found: AskedRows, units: tuple[str, ...], rows: Rows) -> str:
    """The answer to a request in a sentence; ``rows`` hold texts of groups, then numbers in ``units``."""
    k = len(found.labels)
    keys = [*(["day"] if request.against else []), *request.by]
    if found.values != ("n_groups",):
        rows = tuple((*map(say_label, keys, row[:k]), *row[k:]) for row in rows)
    period = say_period(request, found.first, found.last)
    what = _what(request)
    if not rows:
        return f"{what}, {period}: there are none."
    if found.values == ("n_groups",):
        said = say_request(request, found.first, found.last).partition(" with ")[2]
        return f"{format_value(rows[0][0], units[0])} {'had' if request.having else 'with'} {said}."
    if request.against and not request.by and len(rows) == 2:
        return _compared(request, found, units[0], rows)
    if not request.by:
        labels = [what, *(find_measure(name).label.lower() for name in request.measures[1:])]
        values = [format_value(value, unit) for value, unit in zip(rows[0], units, strict=True)]
        said = "; ".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
        return f"{said}, {period} (n = {found.n:,} rows)."
    if CUSTOMER in request.by:
        return _people(request, units[0], rows, period)
    if request.rank:
        return f"{what}, {period}: {_ranked(request, units[0], rows, len(found.labels))}."
    known = [row for row in rows if row[k] is not None]
    top = max(known, key=lambda row: row[k], default=None)
    most = f", most for {', '.join(top[:k])} with {format_value(top[k], units[0])}" if top else ""
    groups = " and ".join(map(say_key, request.by))
    return f"{what} by {groups}, {period}: {format_value(len(rows), 'values')}{most} (n = {found.n:,} rows)."


def _what(request: Request) -> str:
    label = find_measure(request.measures[0]).label
    if request.share:
        label = f"Share of {label.lower()} that are {join_names(map(say_condition, request.share))}"
    if request.of_total:
        label = f"Share of all {label.lower()}"
    if request.per:
        label = f"{label} a {request.per}"
    return ", ".join([label, *map(say_condition, request.where)])


def _compared(request: Request, found: AskedRows, unit: str, rows: Rows) -> str:
    one = say_span(request.start, request.end, found.first, found.last)
    two = say_span(*(request.against or (None, None)), found.first, found.last)
    a, b = rows[0][1], rows[1][1]
    before, after = (a, b) if _begins(request.start) <= _begins((request.against or (None,))[0]) else (b, a)
    change = (
        f" ({format_change(after / before - 1)} from the earlier to the later)" if after and before else ""
    )
    values = f"{format_value(a, unit)} {one}, {format_value(b, unit)} {two}"
    return f"{_what(request)}: {values}{change} (n = {found.n:,} rows)."


def _begins(day: dt.date | None) -> dt.date:
    return day or dt.date.min


def _people(request: Request, unit: str, rows: Rows, period: str) -> str:
    direction = request.rank.direction if request.rank else "most"
    ends = f"{format_value(rows[0][1], unit)} to {format_value(rows[-1][1], unit)}"
    return (
        f"The {len(rows)} customers with the {direction} had {ends}, {period}; single people are not named."
    )


def _ranked(request: Request, unit: str, rows: Rows, k: int) -> str:
    direction = request.rank.direction if request.rank else "most"
    if request.rank and request.rank.within:
        return f"first of each {join_names(map(say_key, request.rank.within))} in the table"
    then = [f"{', '.join(row[:k])} with {format_value(row[k], unit)}" for row in rows[:3]]
    rest = f", then {join_names(then[1:])}" if then[1:] else ""
    return f"{', '.join(rows[0][:k])} has the {direction} with {format_value(rows[0][k], unit)}{rest}"
