"""Records of what a notebook says, as display outputs of its cells: one form for runs, pages and alerts.

Each record is shown to the analyst as text, a picture or a table, and stands beside it under the MIME type
``application/vnd.lucky.report+json``, with the source tables and definitions that the notebook used so far.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from lucky_analytics.errors import ParameterError, redact
from lucky_analytics.formats import printable

__all__ = [
    "MIME",
    "NOT_THERE",
    "leaks_found",
    "read",
    "record_definition",
    "record_leak",
    "record_read",
    "say",
]

MIME = "application/vnd.lucky.report+json"
NOT_THERE = "not in the snapshot"  # in place of a content hash: it was asked for, and done without

# What each kind of record says to its reader.
_WORDS = {"title", "text", "finding", "label"}

# What no text of a reader is: queries, and the bytes of tables, whose cells were looked at before.
_MADE = {"sql", "data"}

_tables_read: dict[str, str] = {}
_definitions: dict[str, str] = {}
_leaks: dict[str, str] = {}


def say(record: dict[str, Any], text: str, shapes: Mapping[str, Any] | None = None) -> None:
    """Record ``record``, and show ``text`` or, where given, ``shapes``: MIME type to content.

    Characters that no file can hold are taken out, and what looks personal (``errors.redact``): a channel or
    a shop that a file names by a mail address comes into many sentences. Outside a notebook the text is
    printed. Raises ``ParameterError`` where a reader would find nothing: a title, finding, label or sentence
    that is empty.

    >>> say({"kind": "caveat", "text": "One store."}, "Limit: One store of ann@example.com.")
    Limit: One store of [removed].
    """
    for key in _WORDS & set(record):
        if not isinstance(record[key], str) or not record[key].strip():
            what = f"{record['kind']} {record.get('name', '')}".strip()
            raise ParameterError(what, expected=f"a {key} for readers", got=repr(record[key])[:40])
    record = {key: value if key in _MADE else _clean(value) for key, value in record.items()}
    text = _clean(text)
    used = {"tables_read": _tables_read, "definitions": _definitions}
    if _leaks:
        used["leaks"] = _leaks
    record = {**record, **{name: dict(sorted(found.items())) for name, found in used.items()}}
    bundle = {MIME: record, "text/plain": text, **(shapes or {"text/html": f"<p>{html.escape(text)}</p>"})}
    if get_ipython() is None:
        print(text)  # noqa: T201 - outside a notebook there is nobody else to say it
    else:
        display(bundle, raw=True)


def _clean(value: Any) -> Any:
    """Texts without what no file can hold and nobody else may read, also those in lists and mappings."""
    if isinstance(value, str):
        return redact(printable(value))
    if isinstance(value, Mapping):
        return {key: _clean(part) for key, part in value.items()}
    return [_clean(part) for part in value] if isinstance(value, list | tuple) else value


def record_read(table_name: str, content_hash: str) -> None:
    """Remember that a source table was read; every later record carries the tables read so far."""
    _tables_read[table_name] = content_hash


def record_definition(name: str, module: str) -> None:
    """Remember that a conformed table or a metric was used, and the module that declares it.

    A run counts as made again when one of these changes, and not for all the others.
    """
    _definitions[name] = module


def record_leak(table_name: str, text: str) -> None:
    """Remember that rows of another market stand in a table of the home market (``catalog/canaries.py``).

    ``table_name`` is the source table that they come from: nothing made from it may be shown or published.
    """
    _leaks[table_name] = f"{_leaks[table_name]}; {text}" if table_name in _leaks else text


def leaks_found() -> dict[str, str]:
    """What was remembered by ``record_leak`` so far, by source table."""
    return dict(_leaks)


def read(notebook: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """The records of an executed notebook: cell index, record, and the output's whole MIME bundle."""
    for index, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", []):
            bundle = output.get("data", {})
            if MIME in bundle:
                yield index, bundle[MIME], bundle
