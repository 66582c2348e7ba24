"""A request in words, so that a reader sees what was read, and what else may be asked from here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Condition, Having, Request
from lucky_analytics.ask.period_words import say_span
from lucky_analytics.ask.question_words import plural_of
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.ask.table_measures import spoken_column
from lucky_analytics.catalog import TABLES
from lucky_analytics.formats import join_names
from lucky_analytics.metrics.metric import reader_unit

__all__ = ["explain", "follow_ups", "say_condition", "say_key", "say_label", "say_period", "say_request"]


def say_key(key: str) -> str:
    """A dimension in words.

    >>> say_key("stores.store_name"), say_key("complaints.kind"), say_key("part of week")
    ('store', 'complaint reason', 'part of the week')
    """
    if key in SPOKEN["dimensions"]:
        return str(SPOKEN["dimensions"][key][0])
    return spoken_column(key.rpartition(".")[2]).removesuffix(" name")


def say_condition(of: Condition) -> str:
    """A condition in words.

    >>> say_condition(Condition("orders.channel", ("ios", "android")))
    'channel ios or android'
    """
    if isinstance(of.values[0], bool):
        return f"{'' if of.values[0] != of.is_not else 'not '}{say_key(of.key)}"
    if of.key.endswith("local_hour"):
        return f"hour {of.values[0]}:00 to {int(of.values[-1]) + 1}:00"
    return f"{say_key(of.key)} {'not ' if of.is_not else ''}{' or '.join(map(str, of.values))}"


def say_label(key: str, text: str) -> str:
    """A group as a reader sees it.

    >>> say_label("month", "2026-01-01"), say_label("orders.local_hour", "8"), say_label("day", "2026-01-15")
    ('Jan 2026', '8:00', '15 Jan 2026')
    """
    if key.endswith("local_hour") and text.isdigit():
        return f"{text}:00"
    if key not in ("day", "week", "month", "quarter", "year") or len(text) != 10:
        return text
    day = dt.date.fromisoformat(text)
    names = {"month": f"{day:%b %Y}", "quarter": f"Q{(day.month + 2) // 3} {day.year}", "year": str(day.year)}
    return names.get(key, f"{'week of ' if key == 'week' else ''}{day.day} {day:%b %Y}")


def say_period(request: Request, first: dt.date | None, last: dt.date) -> str:
    """The period of a request in words; where none was named, all days that there are."""
    if not find_measure(request.measures[0]).date:
        return "as it stands now"
    said = say_span(request.start, request.end, first, last)
    if request.against:
        return f"{said}, compared with the days {say_span(*request.against, first, last)}"
    return f"{said}{'' if request.start or request.end else ', all days that there are'}"


def say_request(request: Request, first: dt.date | None, last: dt.date) -> str:
    """What was read, in one line.

    >>> say_request(Request(("orders",), by=("stores.store_name",), start=dt.date(2026, 1, 1),
    ...     end=dt.date(2026, 2, 1)), None, dt.date(2026, 2, 13))
    'Orders by store, in January 2026'
    """
    labels = join_names([find_measure(name).label for name in request.measures])
    parts = []
    if request.share:
        labels = f"Share of {labels.lower()} that are {' and '.join(map(say_condition, request.share))}"
    if request.of_total:
        labels = f"Share of all {labels.lower()}"
    if request.per:
        labels = f"{labels} a {request.per}, on average"
    if request.how_many and not request.having:
        labels = f"Number of {plural_of(say_key(request.by[0]))} with {labels.lower()}"
    elif request.having and (CUSTOMER in request.by or request.how_many):
        labels = f"Number of {plural_of(say_key(request.by[0]))} with {_say_limit(request.having)}"
        parts += ["accounts of delivery platforms left out"] if CUSTOMER in request.by else []
    elif request.by:
        labels += f" by {' and '.join(map(say_key, request.by))}"
        if request.having:
            labels += f" with {_say_limit(request.having)}"
    if request.rank:
        each = f" of each {' and '.join(map(say_key, request.rank.within))}" if request.rank.within else ""
        parts.append(f"the {request.rank.n} with the {request.rank.direction}{each}")
    parts += [say_condition(each) for each in request.where]
    return ", ".join([labels, *parts, say_period(request, first, last)])


def _say_limit(having: Having) -> str:
    """The limit of a request in words: "more than $10,000 of revenue", "at least 3 orders"."""
    of = find_measure(having.measure)
    if of.unit in ("share", "rate"):
        return f"{having.above} {having.number:g} %"
    unit, number = reader_unit(of.unit)[0], f"{having.number:,.10g}"
    said = f"${number}{unit.removeprefix('USD')}" if unit.startswith("USD") else f"{number} {unit}"
    return f"{having.above} {said}"


def follow_ups(request: Request) -> list[str]:
    """Questions that go on from this one and keep what it asked; each is read with it as context."""
    measure = find_measure(request.measures[0])
    known, said = dimensions_of(measure.table), {*request.by, *(each.key for each in request.where)}
    found: list[str] = []
    if CUSTOMER in request.by:
        return ["and last month?"] if measure.date else []
    for key in ("stores.store_name", f"{measure.table}.category", f"{measure.table}.kind",
                f"{measure.table}.channel", f"{measure.table}.status", "goods.goods_class"):  # fmt: skip
        if key in known and key not in said and len(found) < 2:
            found.append(f"and by {say_key(key)}?")
    if measure.date:
        if not set(request.by) & set(TIMES):
            found.append("and by month?")
        found.append("and last week?")
    return found


def explain(request: Request) -> list[dict[str, Any]]:
    """What the numbers of a request are: definition, unit, owner and the rows that they are made of."""
    measures = [find_measure(name) for name in request.measures]
    return [
        {
            "label": measure.label,
            "definition": measure.description,
            "rows": TABLES[measure.table].grain,
            "unit": measure.unit,
            "owner": measure.owner,
            "date": TABLES[measure.table].columns[measure.date].meaning if measure.date else "",
            "fills_later": measure.fills_later,
        }
        for measure in measures
    ]
