"""What a notebook says, recorded in the executed notebook in a form that runs, pages and alerts read.

Every function shows its record to the analyst. The records are display outputs with the
MIME type ``application/vnd.lucky.report+json``; ``read`` finds them again.
"""

from __future__ import annotations

import dataclasses
import html
import json
import math
import string
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.getipython import get_ipython
from IPython.display import display

from lucky_analytics.decisions import Decision, Strength, cap
from lucky_analytics.errors import NothingToSayError, ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import (
    format_estimate,
    format_interval,
    format_value,
    largest_end,
    printable,
)
from lucky_analytics.report_charts import build_spec
from lucky_analytics.report_data import encode
from lucky_analytics.report_names import Given

if TYPE_CHECKING:
    import pandas as pd

    from lucky_analytics.tables.render import Column

__all__ = [
    "MIME",
    "VEGA_LITE",
    "Estimate",
    "answer",
    "at_fixed_width",
    "caveat",
    "check",
    "decision",
    "defaults",
    "draw_still",
    "figure",
    "headline",
    "leave_stills",
    "missing",
    "publish_figure",
    "read",
    "record_definition",
    "record_read",
    "stop",
    "table",
    "title",
]

MIME = "application/vnd.lucky.report+json"
VEGA_LITE = "application/vnd.vegalite.v6+json"

_COMMON = ("level", "n", "n_of", "sql", "unit")

_stills_are_left = False
_defaults: dict[str, Any] = {}
_headlines: dict[str, dict[str, Any]] = {}
_given = Given()
_published: dict[tuple[str, str, str], str] = {}
_tables_read: dict[str, str] = {}
_definitions: dict[str, str] = {}


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
) -> None:
    """One number that the page is about.

    ``value`` is in ``unit`` (see ``formats.format_value``), plain or an ``Estimate``, which brings its
    interval, level and n; null means that it cannot be known, and then ``note`` says why. ``low`` and
    ``high`` bound it at confidence ``level`` (0 to 1); one of them may be null for a censored value. ``n``
    counts ``n_of`` ("store-weeks", "customers"). ``sql`` is the query behind it. What is not given comes
    from ``defaults``; a level only where there is an interval. One that is no tile (``is_tile``) stands among
    the details: for alerts, and for those who compare runs.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    """
    _given.add("headline", name, get_ipython())
    if isinstance(value, Estimate):
        low, high, level, n = value.low, value.high, value.level, value.n if n is None else n
        value = value.value
    has_interval = low is not None or high is not None
    if level is None and has_interval:
        level = _defaults.get("level")
    if has_interval != (level is not None):
        raise ParameterError(f"headline {name}", expected="low or high together with level")
    if value is None and not note:
        raise ParameterError(f"headline {name} without a value", expected="a note that says why")
    given: dict[str, Any] = {"unit": unit, "n": n, "n_of": n_of}
    common = {key: _defaults.get(key) if own is None else own for key, own in given.items()}
    for key, found in common.items():
        if found is None:
            raise ParameterError(f"headline {name}", expected=f"{key}, given or among the defaults")
    record: dict[str, Any] = {
        "kind": "headline",
        "name": name,
        "label": label,
        "value": _finite(value),
        "low": _finite(low),
        "high": _finite(high),
        "level": level,
        "unit": common["unit"],
        "n": int(common["n"] or 0),
        "n_of": common["n_of"],
        "sql": _defaults.get("sql", "") if sql is None else sql,
        "note": note,
        "is_tile": is_tile,
    }
    _headlines[name] = record
    shown = format_estimate(record["value"], record["low"], record["high"], record["unit"])
    _say(record, f"{label}: {shown}, n = {record['n']:,} {record['n_of']}")


def title(template: str) -> None:
    """What was found, as the title of the page: at most 14 words, with the name of the store where there are
    many. The notebook's question stands above it. Headlines are named as in ``answer``.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    >>> title("An order is worth {aov:value}")
    An order is worth $4.71
    """
    text = _fill(template)
    _say({"kind": "title", "text": text}, text)


def answer(template: str) -> None:
    """The answer in one or two sentences, written from headlines: ``{name}`` becomes value and interval.

    ``{name:value}`` is the value alone, ``{name:interval}`` the interval, ``{name:n}`` the count.
    Raises ``UnknownNameError`` for a headline that was not given before.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    >>> answer("Orders average {aov:value}.")
    Orders average $4.71.
    """
    text = _fill(template)
    _say({"kind": "answer", "text": text}, text)


def decision(
    action: str,
    owner: str,
    strength: Strength | str,
    because: str,
    would_change_if: str,
    worth: Estimate | None = None,
    on: Mapping[str, str] | None = None,
    worth_unit: str = "USD a month",
) -> None:
    """What to do with the answer, who decides it, and how strongly (``decisions.weigh``).

    Arguments as the fields of ``decisions.Decision``, which may be handed over whole:
    ``report.decision(*texts.decide(found))``. Raises ``ParameterError`` for a strength that the interval
    of ``worth`` does not allow.

    >>> from lucky_analytics.decisions import weigh
    >>> worth = Estimate(50.0, 10.0, 90.0, level=0.9)
    >>> decision("raise the price", "Product", weigh(worth), "It earns more.", "Costs rise.", worth)
    Do. Product: raise the price.
    """
    made = Decision(
        action, owner, cap(strength, worth), because, would_change_if, worth, on or {}, worth_unit
    )
    _say(made.record, made.text)


def publish_figure(
    what: str, entity: str, window: str, value: float | Estimate | None, unit: str, reason: str = ""
) -> None:
    """A figure that other pages print too: they must agree, or each say why it differs.

    ``what`` names it for all pages alike ("revenue a month at the plateau"), ``entity`` whose it is ("221
    Grand", or "all stores"), ``window`` the time that it is of ("12 weeks to 13 Feb 2026"). Where two pages
    print different values of one figure, ``lucky publish`` fails, unless their windows differ or each gives a
    ``reason``; the page shows window and reason under *Details*. A null value is not published. Raises
    ``ParameterError`` for a second value of the same figure and window in one notebook.

    >>> publish_figure("price paid", "Food", "12 weeks", 5.0, "USD")
    price paid of Food, 12 weeks: $5.00
    """
    number = value.value if isinstance(value, Estimate) else _finite(value)
    if number is None:
        return
    ends = (value.low, value.high) if isinstance(value, Estimate) else ()
    shown, key = format_value(number, unit, largest_end(*ends)), (what, entity, window)
    before = _published.setdefault(key, shown)
    if before != shown and not reason and get_ipython() is not None:
        raise ParameterError(f"figure {what} of {entity}, {window}", expected=before, got=shown)
    record = {"kind": "published", "what": what, "entity": entity, "window": window, "value": number}
    _say(record | {"unit": unit, "shown": shown, "reason": reason}, f"{what} of {entity}, {window}: {shown}")


def stop(finding: str, said: str, made: Decision) -> NoReturn:
    """End the page with this title, answer and decision, because the data cannot answer its question.

    The cells after it do not run, and the run is good: what cannot be said is an answer too. Raises
    ``NothingToSayError``, always.

    >>> from lucky_analytics.decisions import WAIT
    >>> made = Decision("ask again", "Operations", Strength(WAIT), "Nobody ordered.", "Somebody orders.")
    >>> stop("Nobody ordered", "Nobody ordered yet.", made)
    Traceback (most recent call last):
    lucky_analytics.errors.NothingToSayError: Nobody ordered yet.
    """
    for kind, text in (("title", finding), ("answer", said)):
        _say({"kind": kind, "text": text}, text)
    decision(*made)
    raise NothingToSayError(said)


def caveat(text: str) -> None:
    """A limit of the answer that its reader must know."""
    _say({"kind": "caveat", "text": text}, f"Limit: {text}")


def missing(section: str, tables: Mapping[str, str]) -> None:
    """An optional section that is left out: the source tables that the snapshot lacks, each with its server.

    That they were asked for is recorded, so that what was made without them is made again with them.
    """
    by_server: dict[str, list[str]] = {}
    for name, server in tables.items():
        record_read(name, "not in the snapshot")
        by_server.setdefault(server, []).append(name)
    needs = " and ".join(f"{', '.join(names)} of {server}" for server, names in by_server.items())
    text = f"Not shown: {section}. It needs {needs}, which this snapshot does not have."
    _say({"kind": "missing", "section": section, "tables": list(tables), "text": text}, text)


def check(name: str, passed: bool, detail: str) -> None:
    """A property of the data that the method relies on, and whether it holds."""
    record = {"kind": "check", "name": name, "passed": bool(passed), "detail": detail}
    _say(record, f"{'holds' if passed else 'DOES NOT HOLD'}: {name} ({detail})")


def figure(chart: Any, name: str, finding: str, *, subtitle: str, alt: str = "", source: str = "") -> None:
    """An Altair chart. The first figure of a page is its main one.

    ``finding`` is the title, a sentence; ``subtitle`` says what is plotted and its unit; ``alt`` states
    the finding for those who cannot see it (the finding itself, unless given). What the chart cannot draw
    of its data (infinite values, zeros on a logarithmic scale) is counted under it. Raises an error for a
    field that the data has not, and for a name that another figure has (``report_names``).
    """
    _given.add("figure", name, get_ipython())
    spec, left_out = build_spec(chart, f"figure {name}")
    alt = alt or finding
    spec["description"] = printable(alt)
    record = {"kind": "figure", "name": name, "finding": finding, "subtitle": subtitle}
    record |= {"alt": alt, "source": source, "left_out": left_out}
    shapes: dict[str, Any] = {VEGA_LITE: spec}
    if not _stills_are_left:
        shapes["image/svg+xml"] = draw_still(spec)
    _say(record, f"{finding} [{subtitle}]", shapes)


def draw_still(spec: Mapping[str, Any]) -> str:
    """The still picture (SVG) of a Vega-Lite specification, for readers without scripts and for mail."""
    import vl_convert  # its start takes a third of a second

    return vl_convert.vegalite_to_svg(json.dumps(at_fixed_width(spec)))


def leave_stills() -> None:
    """From now on ``figure`` records no still picture: whoever runs the notebook draws it, for many kernels
    in one process that has started its drawing library once."""
    global _stills_are_left
    _stills_are_left = True


def table(
    frame: pd.DataFrame, name: str, title: str, columns: Mapping[str, Column] | str | None = None
) -> None:
    """A table: ``columns`` are what readers see (``tables.render.Column``), ``frame`` what they download, to
    the last digit.

    Without ``columns`` every column is shown as it is. Rendered HTML may stand in their place. Raises
    ``ParameterError`` for a name that another table has, and for a column that no download can hold as it
    is (``report_data.encode``).
    """
    from lucky_analytics.tables.render import Column, render  # loads great-tables

    _given.add("table", name, get_ipython())
    if columns is None:
        columns = {str(column): Column(str(column)) for column in frame.columns}
    rendered = columns if isinstance(columns, str) else render(frame, columns, name)
    data = encode(frame, f"table {name}")
    looks = [] if isinstance(columns, str) else [{"name": key, **_look(columns[key])} for key in columns]
    record = {"kind": "table", "name": name, "title": title, "n_rows": len(frame), "data": data}
    record["columns"] = looks
    _say(record, title, {"text/html": rendered})


def record_read(table_name: str, content_hash: str) -> None:
    """Remember that a source table was read; every later record carries the tables read so far."""
    _tables_read[table_name] = content_hash


def record_definition(name: str, module: str) -> None:
    """Remember that a conformed table or a metric was used, and the module that declares it.

    A run counts as made again when one of these changes, and not for all the others.
    """
    _definitions[name] = module


def read(notebook: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """The records of an executed notebook: cell index, record, and the output's whole MIME bundle."""
    for index, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", []):
            bundle = output.get("data", {})
            if MIME in bundle:
                yield index, bundle[MIME], bundle


def _say(record: dict[str, Any], text: str, shapes: Mapping[str, Any] | None = None) -> None:
    record = {key: printable(value) if isinstance(value, str) else value for key, value in record.items()}
    text = printable(text)
    used = {"tables_read": _tables_read, "definitions": _definitions}
    record = {**record, **{name: dict(sorted(found.items())) for name, found in used.items()}}
    bundle = {MIME: record, "text/plain": text, **(shapes or {"text/html": f"<p>{html.escape(text)}</p>"})}
    if get_ipython() is None:
        print(text)  # noqa: T201 - outside a notebook there is nobody else to say it
    else:
        display(bundle, raw=True)


def _fill(template: str) -> str:
    parts = []
    for text, name, form, _ in string.Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(_headline_text(name, form or ""))
    return "".join(parts)


def _look(column: Column) -> dict[str, Any]:
    """How a column is shown, for whoever shows its rows elsewhere: what is not as usual."""
    usual = {field.name: field.default for field in dataclasses.fields(column)}
    return {name: value for name, value in dataclasses.asdict(column).items() if value != usual[name]}


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


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def at_fixed_width(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """A still picture has no container: give it the width that pages are laid out for."""
    return {**spec, "width": 640} if spec.get("width") == "container" else spec
