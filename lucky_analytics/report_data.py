"""A frame as Arrow bytes in its table's record, and as downloads: equal to the frame, or an error."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lucky_analytics.errors import ParameterError, redact, refuse_private_name
from lucky_analytics.formats import neutralise

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "decode",
    "encode",
    "flatten",
    "name_figure_data",
    "refuse_private_name",
    "remove_private",
    "write_csv_text",
]

_REMEDY = "Give the column one plain type (.astype), or leave it out"


def encode(frame: pd.DataFrame, what: str) -> str:
    """The frame as text: an Arrow stream, compressed, base64. The same frame gives the same text.

    A named index, or one with labels, becomes columns; a plain row number is left out. Numbers, decimals,
    dates, times, durations and categories stay what they are; periods and intervals become their text.
    Nulls of every kind (None, NaN, NaT, ``pd.NA``) are nulls. ``what`` names the table in errors.

    Raises ``ParameterError`` that names the column, for values that no download can carry: mixed types,
    bytes, lists, complex numbers, objects, two columns of one name.

    >>> import pandas as pd
    >>> decode(encode(pd.DataFrame({"price": [4.95, None]}), "prices")).to_pydict()
    {'price': [4.95, None]}
    """
    import pandas as pd
    import pyarrow as pa

    flat = flatten(frame, what)
    columns = {name: _plain(flat[name], f"{what}, column {name}") for name in flat.columns}
    table = pa.Table.from_pandas(pd.DataFrame(columns, index=flat.index), preserve_index=False)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
        stream.write_table(table)
    return base64.b64encode(sink.getvalue()).decode("ascii")


def remove_private(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The frame without mail addresses, telephone numbers, payment tokens and logins in its texts, and how
    many values had one. The frame itself is not changed.

    Snapshots have none of these; this is for what a notebook brings from elsewhere. Raises
    ``ParameterError`` for a column whose name has one.

    >>> import pandas as pd
    >>> cleaned, n = remove_private(pd.DataFrame({"who": ["221 Grand", "ann@example.com"], "n": [1, 2]}))
    >>> cleaned["who"].tolist(), n
    (['221 Grand', '[removed]'], 1)
    """
    import pandas as pd

    changed: dict[str, pd.Series] = {}
    kind: Any
    n = 0
    for name in frame.columns:
        if redact(str(name)) != str(name):
            refuse_private_name("table")
        column, dtype = frame[name], frame[name].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            kind, texts = "category", {text for text in dtype.categories if isinstance(text, str)}
        elif pd.api.types.is_object_dtype(dtype) or pd.api.types.is_string_dtype(dtype):
            kind, texts = dtype, {text for text in column if isinstance(text, str)}
        else:
            continue
        told = {text: without for text in texts if (without := redact(text)) != text}
        if told:  # an object column may hold what has no hash, which ``encode`` refuses by its name
            values = [told.get(value, value) if isinstance(value, str) else value for value in column]
            n += sum(isinstance(value, str) and value in told for value in column)
            changed[name] = pd.Series(values, column.index, kind, name)
    return (frame.assign(**changed), n) if changed else (frame, 0)


def decode(text: str) -> pa.Table:
    """The table that ``encode`` wrote."""
    import pyarrow as pa

    return pa.ipc.open_stream(base64.b64decode(text)).read_all()


def write_csv_text(table: pa.Table) -> Iterator[str]:
    """The lines of a CSV file, header first. Nulls are empty, an empty text is ``""``.

    Numbers have every digit that tells them apart; days are ``2026-02-13``, moments ``2026-02-13
    12:00:00``. Text that a spreadsheet would take for a formula is led by an apostrophe
    (``formats.neutralise``); the Parquet file beside it holds the text as it is.
    """
    yield ",".join(_quoted(name) for name in table.column_names) + "\n"
    texts = [list(_column_texts(column)) for column in table.columns]
    for row in zip(*texts, strict=True):
        yield (",".join(row) or '""') + "\n"  # an empty line would be none


def name_figure_data(figure: str, place: int) -> str:
    """The file of the data behind a figure, beside the tables; no table has a dot in its name.

    >>> name_figure_data("plateaus", 0), name_figure_data("plateaus", 1)
    ('plateaus.chart.csv', 'plateaus.chart-2.csv')
    """
    return f"{figure}.chart{f'-{place + 1}' if place else ''}.csv"


def flatten(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    """The frame with text column names, its labelled index among the columns: what tables and downloads show.

    Raises ``ParameterError`` for what is no pandas frame, several header rows, or two columns of one name.

    >>> import pandas as pd
    >>> flatten(pd.DataFrame({2026: [1]}, index=pd.Index(["Food"], name="category")), "t").columns.tolist()
    ['category', '2026']
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        kind, remedies = type(frame).__name__, {"Series": ".to_frame()", "Table": ".execute()"}
        remedy = f"Call {remedies[kind]} on it" if kind in remedies else "Make one with pandas.DataFrame"
        raise ParameterError(what, expected="a pandas frame", got=kind, remedy=remedy)
    index = frame.index
    is_numbering = index.nlevels == 1 and index.name is None and pd.api.types.is_integer_dtype(index.dtype)
    if isinstance(frame.columns, pd.MultiIndex):
        raise ParameterError(
            what,
            expected="one header row",
            got=f"{frame.columns.nlevels}",
            remedy="Join their names, or .stack() all but one",
        )
    flat = frame.set_axis([str(name) for name in frame.columns], axis=1)
    labels = [*([] if is_numbering else _index_names(index)), *flat.columns]
    twice = sorted({name for name in labels if labels.count(name) > 1})
    if twice:
        raise ParameterError(
            what, expected="each column name once", got=", ".join(twice), remedy="Rename one"
        )
    if is_numbering:
        return flat.reset_index(drop=True)
    return flat.reset_index(names=_index_names(index))


def _index_names(index: pd.Index) -> list[str]:
    unnamed = (lambda level: "index") if index.nlevels == 1 else (lambda level: f"level_{level}")
    return [unnamed(level) if name is None else str(name) for level, name in enumerate(index.names)]


def _plain(values: pd.Series, what: str) -> pd.Series:
    """The column as Arrow can hold it without loss."""
    import pandas as pd
    import pyarrow as pa

    dtype = values.dtype
    if isinstance(dtype, pd.SparseDtype):
        values = pd.Series(values.array.to_dense(), index=values.index)
    elif isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype):
        values = values.astype("string")
    elif isinstance(dtype, pd.CategoricalDtype) and not _is_plain(dtype.categories.dtype):
        values = values.cat.rename_categories([str(category) for category in dtype.categories])
    elif pd.api.types.is_object_dtype(dtype) and isinstance(_first(values), pd.Period | pd.Interval):
        values = values.astype("string")
    elif pd.api.types.is_object_dtype(dtype) and _is_large_unsigned(values):
        values = values.astype("UInt64")
    try:
        array = pa.array(values, from_pandas=True)
        kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    except (pa.ArrowException, OverflowError, UnicodeError, TypeError, ValueError) as error:
        kinds = sorted({type(value).__name__ for value in values if not _is_null(value)})
        got = f"mixed types {', '.join(kinds)}" if len(kinds) > 1 else f"{kinds or dtype} ({error})"
        raise ParameterError(
            what, expected="values of one plain type", got=got[:200], remedy=_REMEDY
        ) from error
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise ParameterError(what, expected="one plain value a row", got=str(kind), remedy=_REMEDY)
    if isinstance(kind, pa.ExtensionType | pa.BaseExtensionType):
        raise ParameterError(what, expected="one plain value a row", got=str(kind), remedy=_REMEDY)
    if pd.api.types.is_object_dtype(dtype) and pa.types.is_integer(kind) and array.null_count:
        return values.astype("UInt64" if pa.types.is_unsigned_integer(kind) else "Int64")
    return values


def _is_plain(dtype: Any) -> bool:
    import pandas as pd

    return not isinstance(dtype, pd.IntervalDtype | pd.PeriodDtype)


def _is_large_unsigned(values: pd.Series) -> bool:
    """Whole numbers that only an unsigned column can hold, which Arrow does not try of itself."""
    known = [value for value in values if not _is_null(value)]
    are_whole = all(type(value) is int for value in known)
    return bool(known) and are_whole and min(known) >= 0 and 2**63 <= max(known) < 2**64


def _first(values: pd.Series) -> Any:
    return next((value for value in values if not _is_null(value)), None)


def _is_null(value: Any) -> bool:
    import pandas as pd

    return value is None or value is pd.NA or value is pd.NaT or value != value


def _column_texts(column: pa.ChunkedArray) -> Iterator[str]:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_duration(kind):
        yield from ("" if value is None else str(value) for value in column.to_pandas().astype(object))
        return
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        moments = column.to_pandas()
        yield from (_timestamp_texts(moments))
        return
    values = column.to_pylist()
    days_only = pa.types.is_timestamp(kind) and all(
        value is None or (value.time() == dt.time() and value.tzinfo is None) for value in values
    )
    for value in values:
        if isinstance(value, str):
            yield _quoted(value)
        elif days_only and value is not None:
            yield value.date().isoformat()
        else:
            yield _text(value)


def _timestamp_texts(moments: pd.Series) -> Iterator[str]:
    import pandas as pd

    known = moments.dropna()
    days_only = moments.dt.tz is None and bool((known == known.dt.normalize()).all())
    for moment in moments:
        if pd.isna(moment):
            yield ""
        else:
            yield moment.date().isoformat() if days_only else str(moment)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _quoted(text: str) -> str:
    """One text as a CSV field, by RFC 4180."""
    safe = neutralise(text)
    if not safe or any(character in safe for character in ',"\r\n'):
        return '"' + safe.replace('"', '""') + '"'
    return safe
