"""The records of an executed notebook as the parts of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics.decisions import hold
from lucky_analytics.formats import (
    format_interval,
    format_number,
    format_value,
    keep_together,
    largest_end,
)
from lucky_analytics.pages.carried import cap_table
from lucky_analytics.pages.charts import find_spec, format_json, format_picture
from lucky_analytics.pages.clean import clean_html
from lucky_analytics.pages.decision_box import show_decision
from lucky_analytics.pages.facts import RunFacts
from lucky_analytics.report_charts import find_rows
from lucky_analytics.report_data import name_figure_data
from lucky_analytics.report_record import read

__all__ = ["Content", "Figure", "Headline", "Table", "read_content"]


@dataclass(frozen=True)
class Headline:
    """A tile. ``number`` and ``words`` are the value as readers see it, in two sizes of type."""

    name: str
    label: str
    number: str
    words: str
    interval: str
    n: str
    note: str
    sql: str
    is_known: bool
    problems: list[str]
    tables: list[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Figure:
    """A chart: ``json`` is its specification, safe inside a script element; ``picture`` its still form,
    ``downloads`` the files in ``tables/`` of the data that it draws."""

    name: str
    finding: str
    subtitle: str
    alt: str
    source: str
    left_out: str
    json: str
    picture: str
    downloads: list[str]


@dataclass(frozen=True)
class Table:
    """A table: cleaned ``markup`` for readers; the run's folder holds ``tables/<name>.csv`` and .parquet."""

    name: str
    title: str
    markup: str
    is_empty: bool
    has_excel: bool = False


@dataclass
class Content:
    """Everything that a notebook recorded, by kind, in notebook order."""

    answers: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    decisions: list[Mapping[str, Any]] = field(default_factory=list)
    headlines: list[Headline] = field(default_factory=list)
    more_headlines: list[Headline] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    caveats: list[str] = field(default_factory=list)
    checks: list[Mapping[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    published: list[Mapping[str, Any]] = field(default_factory=list)
    predictions: list[Mapping[str, Any]] = field(default_factory=list)
    n_withheld: int = 0
    title: str = ""
    is_stopped: bool = False  # ``report.stop``: the data cannot answer the question


def read_content(notebook: Mapping[str, Any], facts: RunFacts) -> Content:
    """The parts of a page, read from the records of an executed notebook.

    Where the data behind an answer or a headline has a problem (``RunFacts.problems``), the text goes and
    the problem stands in its place. A figure or a table of such data is left out with its title, which
    states a finding, and counted.
    """
    content = Content()
    for _, record, bundle in read(notebook):
        kind, problems = record["kind"], facts.problems(record.get("tables_read", {}))
        if kind == "headline":
            tiles = content.headlines if record.get("is_tile", True) else content.more_headlines
            tiles.append(_headline(record, facts, problems))
        elif kind in ("figure", "table") and problems:
            content.n_withheld += 1
        elif kind == "figure":
            content.figures.append(_figure(record, bundle))
        elif kind == "table":
            content.tables.append(_table(record, bundle))
        elif kind == "check":
            content.checks.append({**record, "detail": keep_together(record["detail"])})
        elif kind == "missing":
            content.missing.append(record["text"])
        elif kind == "title":
            content.title = "" if problems else keep_together(record["text"])
            content.is_stopped = bool(record.get("is_stopped"))
        elif kind == "caveat":
            content.caveats.append(keep_together(record["text"]))
        elif kind == "published" and not problems:
            content.published.append(record)
        elif kind == "prediction" and not problems:
            content.predictions.append({**record, "shown": keep_together(record["shown"])})
        elif kind == "answer" and not problems:
            content.answers.append(keep_together(record["text"]))
        elif kind == "point" and not problems:
            content.points.append(keep_together(record["text"]))
        elif kind == "decision":
            content.decisions.append(show_decision(hold(record, problems) if problems else record))
        content.problems += [problem for problem in problems if problem not in content.problems]
    return content


def _headline(record: Mapping[str, Any], facts: RunFacts, problems: list[str]) -> Headline:
    value, unit = record["value"], record["unit"]
    like = largest_end(record["low"], record["high"])
    number = format_number(value, unit, like)
    interval = format_interval(record["low"], record["high"], unit).strip("()")
    if interval and record["level"]:
        interval = f"{interval}, {100 * record['level']:.3g}\u00a0%\u00a0interval"  # kept on one line
    return Headline(
        name=record["name"],
        label=keep_together(record["label"]),
        number=keep_together(number),
        words=format_value(value, unit, like).removeprefix(number).strip(),
        interval=keep_together(interval),
        n=_count(record),
        note=keep_together(record["note"]),
        sql=record["sql"],
        is_known=value is not None,
        problems=problems,
        tables=[(name, facts.tables.get(name, {})) for name in record["tables_read"]],
    )


def _count(record: Mapping[str, Any]) -> str:
    """What the number rests on; empty where it is that count itself."""
    is_itself = record["value"] == record["n"] and record["unit"] == record["n_of"]
    return "" if is_itself else f"{record['n']:,} {record['n_of']}"


def _figure(record: Mapping[str, Any], bundle: Mapping[str, Any]) -> Figure:
    spec = find_spec(bundle)
    return Figure(
        name=record["name"],
        finding=keep_together(record["finding"]),
        subtitle=keep_together(record["subtitle"]),
        alt=record["alt"],
        source=record["source"],
        left_out=record["left_out"],
        json=format_json(spec) if spec else "",
        picture=format_picture(bundle),
        downloads=[name_figure_data(record["name"], place) for place in range(len(find_rows(spec or {})))],
    )


def _table(record: Mapping[str, Any], bundle: Mapping[str, Any]) -> Table:
    return Table(
        name=record["name"],
        title=keep_together(record["title"]),
        markup=clean_html(cap_table("".join(bundle["text/html"]))),
        is_empty=not record["n_rows"],
        has_excel=bool(record.get("excel")),
    )
