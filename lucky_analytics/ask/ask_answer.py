"""An answer as readers get it: one sentence, a table, how it was read, and where it comes from."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from lucky_analytics import report_record
from lucky_analytics.ask.answer_words import say_answer
from lucky_analytics.ask.ask_dimensions import TIMES
from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.asked_rows import AskedRows
from lucky_analytics.ask.question_words import plural_of
from lucky_analytics.ask.request_document import to_document
from lucky_analytics.ask.request_words import (
    explain,
    follow_ups,
    say_key,
    say_request,
)
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.ask.table_measures import spoken_column
from lucky_analytics.catalog import TABLES
from lucky_analytics.formats import neutralise
from lucky_analytics.metrics.metric import reader_unit

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Answer", "make_answer", "write_csv"]


@dataclass(frozen=True)
class Answer:
    """What becomes of a question. ``outcome``: answered, asked back, refused.

    ``rows``: texts of groups, then numbers in readers' units (dollars, shares), null where there is none.
    ``sources`` are tables of the source databases; ``problems`` are broken contracts of them.
    """

    outcome: str
    sentence: str
    read_as: str = ""
    request: dict[str, Any] = field(default_factory=dict)
    heads: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    chart: str = ""
    n: int = 0
    n_of: str = ""
    sql: str = ""
    tables: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    fresh: str = ""
    contracts: str = ""
    meaning: tuple[dict[str, Any], ...] = ()
    report: str = ""
    why: str = ""
    next: tuple[str, ...] = ()
    choices: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()


def make_answer(suite: Suite, request: Request, found: AskedRows) -> Answer:
    """The answer to a request that was computed."""
    measures = [find_measure(name) for name in request.measures]
    table = measures[0].table
    sources = suite.sources_behind(table)
    broken = suite.snapshot.breaches(*sources)
    n_contracts = sum(finding.table in sources for finding in suite.snapshot.findings)
    units, rows = _rows(request, found)
    labels = [("period" if name == "period" else say_key(request.by[int(name[6:])])) for name in found.labels]
    counted = plural_of(say_key(request.by[0])) if found.values == ("n_groups",) else ""
    values = [counted.capitalize()] if counted else [measure.label for measure in measures]
    common: dict[str, Any] = {
        "read_as": say_request(request, found.first, found.last),
        "request": to_document(request),
        "n": found.n,
        "n_of": f"rows of {table.replace('_', ' ')}",
        "sql": found.sql,
        "tables": (table,),
        "sources": sources,
        "fresh": f"snapshot {suite.snapshot.id}, read up to {suite.snapshot.cut:%Y-%m-%d %H:%M} UTC, "
        f"days up to {suite.as_of}",
        "contracts": f"{n_contracts - len(broken)} of {n_contracts} contracts on these tables hold",
        "meaning": tuple(explain(request)),
        "report": SPOKEN["reports"].get(measures[0].name) or SPOKEN["reports"].get(table, ""),
    }
    if broken:
        text = f"Withheld: {broken[0].table} breaks a contract ({broken[0].detail})"
        return Answer("refused", text, why="withheld", **common)
    if leaks := [text for name, text in report_record.leaks_found().items() if name in sources]:
        return Answer("refused", f"Withheld: {leaks[0]}", why="withheld", **common)
    return Answer(
        "answered", say_answer(request, found, units, rows), heads=(*labels, *values), units=units, rows=rows,
        chart=_chart(request, rows), next=tuple(follow_ups(request)), notes=tuple(_notes(request, found)),
        **common,
    )  # fmt: skip


def _rows(request: Request, found: AskedRows) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    both = [(plural_of(say_key(request.by[0])), 1.0)] if found.values == ("n_groups",) else []
    if not both:
        both = [reader_unit(find_measure(name).unit) for name in found.values]
        if request.share or request.of_total:
            both = [("share", 1.0)]
        if request.per:
            both = [(f"{unit} a {request.per}", factor) for unit, factor in both]
    units, factors = tuple(unit for unit, _ in both), [factor for _, factor in both]
    k, rows = len(found.labels), []
    for row in found.frame[[*found.labels, *found.values]].itertuples(index=False, name=None):
        groups = ("not known" if pd.isna(each) else str(each) for each in row[:k])
        pairs = zip(row[k:], factors, strict=True)
        rows.append((*groups, *(None if pd.isna(each) else float(each) / factor for each, factor in pairs)))
    return units, tuple(rows)


def _chart(request: Request, rows: tuple[tuple[Any, ...], ...]) -> str:
    if len(rows) < 2 or len(request.measures) > 1 or len(request.by) > 1:
        return ""
    return "line" if request.by and request.by[0] in ("day", "week", "month", "quarter") else "bar"


def _notes(request: Request, found: AskedRows) -> list[str]:
    notes = []
    measure = find_measure(request.measures[0])
    if found.first and request.start and request.start < found.first:
        notes.append(f"The rows begin on {found.first}: the period is not whole.")
    if ":" in measure.name and measure.date:
        meaning = TABLES[measure.table].columns[measure.date].meaning
        notes.append(f"Days go by the {spoken_column(measure.date)} date: {meaning}.")
    if request.end is None and measure.date and not request.start:
        notes.append("No period was named: all days are counted.")
    if measure.fills_later:
        notes.append("Rows that come later still change the newest days.")
    if "stores.store_name" in request.by:
        notes.append("Stores are the trading ones.")
    if request.per and any(
        key == "stores.store_name" for key in (*request.by, *(w.key for w in request.where))
    ):
        notes.append("A store's days count from its opening on.")
    if request.against and not request.per:
        notes += _lengths(request, found)
    if found.is_cut:
        notes.append(f"Only the first {len(found.frame):,} rows are shown.")
    if request.by and request.by[-1] in TIMES and request.rank is None:
        notes.append("The first and the last part may not be whole.")
    return notes


def _lengths(request: Request, found: AskedRows) -> list[str]:
    """That two periods are not equally long, where they are not."""
    lengths = []
    for start, end in ((request.start, request.end), request.against or (None, None)):
        begin = max(filter(None, (start, found.first)), default=found.last)
        stop = min(filter(None, (end, found.last + dt.timedelta(days=1))))
        lengths.append(max((stop - begin).days, 0))
    one, two = lengths
    is_month = min(lengths) >= 28 and max(lengths) <= 31
    return [] if one == two or is_month else [f"The periods have {one} and {two} days with data."]


def write_csv(answer: Answer) -> str:
    """The table of an answer for a spreadsheet: units in the heads, no text that it would run as a formula.

    >>> write_csv(Answer("answered", "", heads=("store", "Orders"), units=("orders",), rows=(("=1+1", 3.0),)))
    "store,Orders (orders)\\r\\n'=1+1,3.0\\r\\n"
    """
    out = io.StringIO()
    writer = csv.writer(out)
    k = len(answer.heads) - len(answer.units)
    heads = [*answer.heads[:k], *(f"{h} ({u})" for h, u in zip(answer.heads[k:], answer.units, strict=True))]
    writer.writerow([neutralise(head) for head in heads])
    for row in answer.rows:
        writer.writerow([neutralise(each) if isinstance(each, str) else each for each in row])
    return out.getvalue()
