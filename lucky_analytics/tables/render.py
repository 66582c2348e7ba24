"""A frame as the table that readers see: units in the header, one number of decimals a column, no colours
of its own, the same markup for the same frame."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
from great_tables import GT, loc, style
from great_tables import html as markup

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.formats import keep_together

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "Column", "format_cells", "format_label", "render"]

NULL = "–"
MOST_ROWS = 1_000  # more than anybody reads on a page
MOST_COLUMNS = 50
MOST_CHARACTERS = 1_000  # of one cell
LONG_TEXT = 40  # characters that wrap
# The accent of the charts: it holds on white and on black.
BAR = "#3b7dd8"
_CELL = "\ue000"  # of private use: no text of great-tables has it
_PREFIX = {"USD": "$", "USD change": "$", "NZD": "NZ$"}


@dataclass(frozen=True)
class Column:
    """How one column is shown. ``label`` is the header, ``unit`` stands below it.

    ``decimals``: digits after the point; null shows the value as text (a name, a date). ``unit`` "USD" is
    written before each number, "USD change" so with its sign, "share" shows 0-1 as percent, "change" so with
    its sign, "USD K" (or "USD K a month") thousands of dollars. ``high``: another column; the two are shown
    as an interval, low to high. ``bar``: a bar as long as the value.
    """

    label: str
    unit: str = ""
    decimals: int | None = None
    high: str = ""
    bar: bool = False


def render(
    frame: pd.DataFrame, columns: Mapping[str, Column], table_id: str, most_rows: int = MOST_ROWS
) -> str:
    """HTML of the ``columns`` of ``frame``, in their order; ``table_id`` is unique on its page.

    Nulls are an en dash. Text is escaped. Of more than ``most_rows`` rows or ``MOST_COLUMNS`` columns the
    first are shown, of a text of more than ``MOST_CHARACTERS`` the beginning, and that is said under them;
    the download holds all. Raises ``UnknownNameError`` for a column the frame has not, ``ParameterError``
    for text in a column of numbers.

    >>> "$1.5" in render(pd.DataFrame({"x": [1.5]}), {"x": Column("Price", "USD", 1)}, "prices")
    True
    """
    _check_names(frame, columns)
    n_rows, frame = len(frame), frame.head(most_rows)
    n_columns, columns = len(columns), dict(itertools.islice(columns.items(), MOST_COLUMNS))
    shown = format_cells(frame, columns)
    is_long = shown.map(len) > MOST_CHARACTERS
    if is_long.any(axis=None):
        shown = shown.mask(is_long, shown.map(lambda text: f"{text[:MOST_CHARACTERS]}…"))
    for name in (name for name, column in columns.items() if column.bar):
        shown[name] = _with_bars(shown[name], frame[name])
    labels = {name: _header(column) for name, column in columns.items()}
    numbers = [name for name, column in columns.items() if column.decimals is not None]
    # great-tables goes cell by cell, a second for a thousand rows: it makes one row, and all are like it
    one_row = pd.DataFrame({name: [_CELL] for name in shown})
    table = GT(one_row, id=table_id).cols_align("left").cols_align("right", columns=numbers)
    table = table.cols_label(cases={name: markup(label) for name, label in labels.items()})
    if n_rows > most_rows:
        table = table.tab_source_note(f"The first {most_rows:,} of {n_rows:,} rows; the downloads hold all.")
    if n_columns > MOST_COLUMNS:
        table = table.tab_source_note(
            f"The first {MOST_COLUMNS} of {n_columns:,} columns; the downloads hold all."
        )
    if is_long.any(axis=None):
        table = table.tab_source_note(
            f"Of texts over {MOST_CHARACTERS:,} characters the beginning; the downloads hold all."
        )
    long = [name for name in shown if name not in numbers and shown[name].map(len).max() > LONG_TEXT]
    if long:  # on a phone such a column would be as high as a screen
        table = table.tab_style(style.css("min-width: 14rem"), loc.body(columns=long))
    is_markup = [column.bar for column in columns.values()]
    return _put_rows(table.as_raw_html(), shown, is_markup)


def _put_rows(one_row: str, shown: pd.DataFrame, is_markup: list[bool]) -> str:
    """The table of one row, in its place those of ``shown``: escaped but for columns of markup."""
    start = one_row.index("\n", one_row.index("<tbody")) + 1
    end = one_row.index("</tbody>", start)
    before, *after = one_row[start:end].split(_CELL)
    columns = [
        shown[name] if is_html else shown[name].map(escape)
        for name, is_html in zip(shown, is_markup, strict=True)
    ]
    rows = [
        before + "".join(itertools.chain.from_iterable(zip(cells, after, strict=True)))
        for cells in zip(*columns, strict=True)
    ]
    return one_row[:start] + "".join(rows) + one_row[end:]


def format_cells(frame: pd.DataFrame, columns: Mapping[str, Column]) -> pd.DataFrame:
    """The ``columns`` of ``frame`` as the texts that readers see, not yet escaped, without bars.

    Raises ``UnknownNameError`` for a column the frame has not.

    >>> format_cells(pd.DataFrame({"x": [0.25, None]}), {"x": Column("Share", "share", 0)})["x"].tolist()
    ['25\xa0%', '–']
    """
    _check_names(frame, columns)
    cells = {name: _cells(frame, name, column) for name, column in columns.items()}
    return pd.DataFrame(cells, index=frame.index, dtype=object)


def format_label(column: Column) -> str:
    """A column's name with its unit where the numbers do not carry it: ``"Revenue, $ thousand"``.

    >>> format_label(Column("Level", "USD K a month")), format_label(Column("Change", "change"))
    ('Level, $ thousand a month', 'Change')
    """
    unit = _unit(column)
    return f"{column.label}, {unit}" if unit else column.label


def _check_names(frame: pd.DataFrame, columns: Mapping[str, Column]) -> None:
    needed = [*columns, *(column.high for column in columns.values() if column.high)]
    for name in needed:
        if name not in frame:
            raise UnknownNameError("table column", name, frame.columns)


def _cells(frame: pd.DataFrame, name: str, column: Column) -> list[str]:
    values = frame[name].tolist()
    if column.decimals is None:
        return [_text(value) for value in values]
    try:
        texts = [_number(value, column) for value in values]
    except (TypeError, ValueError) as error:
        remedy = "Leave decimals out to show it as text"
        raise ParameterError(
            f"table column {name}", expected="numbers", got=str(error), remedy=remedy
        ) from error
    if column.high:
        highs = [_number(value, column) for value in frame[column.high].tolist()]
        texts = [
            NULL if {low, high} == {NULL} else f"{low} to {high}"
            for low, high in zip(texts, highs, strict=True)
        ]
    return texts


def _with_bars(texts: pd.Series, values: pd.Series) -> list[str]:
    largest = max((abs(float(v)) for v in values if not _is_null(v) and math.isfinite(v)), default=0) or 1
    return [text + _bar(value, largest) for text, value in zip(texts, values, strict=True)]


def _is_null(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or value != value


def _text(value: Any) -> str:
    if _is_null(value):
        return NULL
    if isinstance(value, pd.Timestamp):
        time = "" if value == value.normalize() else f"{value: %H:%M %Z}".rstrip()
        return f"{value:%-d %b %Y}{time}".replace(" ", "\u00a0")
    return str(value)


def _number(value: Any, column: Column) -> str:
    if _is_null(value):
        return NULL
    factor = (
        0.001 if column.unit.startswith("USD K") else {"share": 100.0, "change": 100.0}.get(column.unit, 1.0)
    )
    number = float(value) * factor  # money straight from a source is decimal
    text = "∞" if math.isinf(number) else f"{abs(number):,.{column.decimals}f}"
    rise = "+" if column.unit.endswith("change") else ""
    sign = ("\N{MINUS SIGN}" if number < 0 else rise) if text.strip("0.,") else ""
    suffix = " %" if column.unit in ("share", "change") else ""
    return keep_together(sign + _PREFIX.get(column.unit, "") + text + suffix)


def _header(column: Column) -> str:
    label, unit = escape(column.label), _unit(column)
    return f"{label}<br><small>{escape(unit)}</small>" if unit else label


def _unit(column: Column) -> str:
    """What stands beside a column's name: nothing where each number has its own sign or currency."""
    if column.unit in _PREFIX or column.unit in ("share", "change"):
        return ""
    return column.unit.replace("USD K", "$ thousand")


def _bar(value: Any, largest: float) -> str:
    share = 0 if _is_null(value) else min(1.0, abs(float(value)) / largest)
    return f'<div style="width:{100 * share:.0f}%;height:3px;margin-left:auto;background:{BAR}"></div>'
