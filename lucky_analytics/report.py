"""What a notebook says, recorded in the executed notebook in a form that runs, pages and alerts read.

Every function shows its record to the analyst. The records are display outputs with the
MIME type ``application/vnd.lucky.report+json``; ``read`` finds them again.
"""

from __future__ import annotations

import html
import json
import math
import string
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.formats import format_estimate, format_interval, format_value, largest_end

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "MIME",
    "answer",
    "at_fixed_width",
    "caveat",
    "check",
    "decision",
    "draw_still",
    "figure",
    "headline",
    "leave_stills",
    "read",
    "record_read",
    "table",
]

MIME = "application/vnd.lucky.report+json"
VEGA_LITE = "application/vnd.vegalite.v6+json"

_stills_are_left = False
_headlines: dict[str, dict[str, Any]] = {}
_tables_read: dict[str, str] = {}


def headline(
    name: str,
    label: str,
    value: float | None,
    *,
    unit: str,
    n: int,
    n_of: str,
    low: float | None = None,
    high: float | None = None,
    level: float | None = None,
    sql: str = "",
    note: str = "",
) -> None:
    """One number that the page is about.

    ``value`` is in ``unit`` (see ``formats.format_value``); null means that it cannot be known, and then
    ``note`` says why. ``low`` and ``high`` bound it at confidence ``level`` (0 to 1); one of them may be
    null for a censored value. ``n`` counts ``n_of`` ("store-weeks", "customers"). ``sql`` is the query
    behind it.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    """
    has_interval = low is not None or high is not None
    if has_interval != (level is not None):
        raise ParameterError(f"headline {name}", expected="low or high together with level")
    if value is None and not note:
        raise ParameterError(f"headline {name} without a value", expected="a note that says why")
    record: dict[str, Any] = {
        "kind": "headline",
        "name": name,
        "label": label,
        "value": _finite(value),
        "low": _finite(low),
        "high": _finite(high),
        "level": level,
        "unit": unit,
        "n": int(n),
        "n_of": n_of,
        "sql": sql,
        "note": note,
    }
    _headlines[name] = record
    shown = format_estimate(record["value"], record["low"], record["high"], unit)
    _say(record, f"{label}: {shown}, n = {n:,} {n_of}")


def answer(template: str) -> None:
    """The answer in one or two sentences, written from headlines: ``{name}`` becomes value and interval.

    ``{name:value}`` is the value alone, ``{name:interval}`` the interval, ``{name:n}`` the count.
    Raises ``UnknownNameError`` for a headline that was not given before.

    >>> headline("aov", "Average order", 4.71, unit="USD", n=466_252, n_of="orders")
    Average order: $4.71, n = 466,252 orders
    >>> answer("Orders average {aov:value}.")
    Orders average $4.71.
    """
    parts = []
    for text, name, form, _ in string.Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(_headline_text(name, form or ""))
    _say({"kind": "answer", "text": "".join(parts)}, "".join(parts))


def decision(text: str) -> None:
    """What to do with the answer, and who decides it."""
    _say({"kind": "decision", "text": text}, f"Decision: {text}")


def caveat(text: str) -> None:
    """A limit of the answer that its reader must know."""
    _say({"kind": "caveat", "text": text}, f"Limit: {text}")


def check(name: str, passed: bool, detail: str) -> None:
    """A property of the data that the method relies on, and whether it holds."""
    record = {"kind": "check", "name": name, "passed": bool(passed), "detail": detail}
    _say(record, f"{'holds' if passed else 'DOES NOT HOLD'}: {name} ({detail})")


def figure(chart: Any, name: str, finding: str, *, subtitle: str, alt: str, source: str = "") -> None:
    """An Altair chart. The first figure of a page is its main one.

    ``finding`` is the title, a sentence; ``subtitle`` says what is plotted and its unit; ``alt`` states
    the finding for those who cannot see it.
    """
    spec = chart.to_dict()
    spec["description"] = alt
    record = {"kind": "figure", "name": name, "finding": finding, "subtitle": subtitle}
    record |= {"alt": alt, "source": source}
    shapes = {VEGA_LITE: spec}
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


def table(frame: pd.DataFrame, name: str, title: str, rendered: str) -> None:
    """A table: ``rendered`` is the HTML that readers see, ``frame`` what they download."""
    data = json.loads(frame.reset_index(drop=True).to_json(orient="table", index=False, date_format="iso"))
    record = {"kind": "table", "name": name, "title": title, "data": data}
    _say(record, title, {"text/html": rendered})


def record_read(table_name: str, content_hash: str) -> None:
    """Remember that a source table was read; every later record carries the tables read so far."""
    _tables_read[table_name] = content_hash


def read(notebook: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """The records of an executed notebook: cell index, record, and the output's whole MIME bundle."""
    for index, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", []):
            bundle = output.get("data", {})
            if MIME in bundle:
                yield index, bundle[MIME], bundle


def _say(record: dict[str, Any], text: str, shapes: Mapping[str, Any] | None = None) -> None:
    record = {**record, "tables_read": dict(sorted(_tables_read.items()))}
    bundle = {MIME: record, "text/plain": text, **(shapes or {"text/html": f"<p>{html.escape(text)}</p>"})}
    if get_ipython() is None:
        print(text)  # noqa: T201 - outside a notebook there is nobody else to say it
    else:
        display(bundle, raw=True)


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
