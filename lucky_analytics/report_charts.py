"""A chart as a specification that is drawn as it was meant: plain data, fields that exist, nothing dropped
without a word."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lucky_analytics.errors import ParameterError, UnknownNameError, redact, refuse_private_name

__all__ = ["VEGA_LITE", "build_spec", "find_rows"]

VEGA_LITE = "application/vnd.vegalite.v6+json"

_PRIVATE = "what looks like personal data"
_NO_TEXTS = frozenset({"$schema", "as", "calculate", "expr", "field", "filter", "href", "shape", "url"})
_VIEWS = ("layer", "hconcat", "vconcat", "concat")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Transforms whose new fields have names that "as" need not say; after them any field may exist.
_READ_IN_TEXT = re.compile(r"""\bdatum(?:\.([A-Za-z_$][\w$]*)|\[\s*(['"])(.+?)\2\s*\])""")
_OPEN_ENDED = {"pivot", "lookup", "fold", "density", "regression", "loess", "quantile", "flatten", "sample"}


def build_spec(chart: Any, what: str) -> tuple[dict[str, Any], str]:
    """The Vega-Lite specification of an Altair chart, and in words what of its data cannot be drawn.

    Decimals are drawn as floats, periods and intervals as text, durations in seconds. Days written as text
    are days where the reader is, not in Greenwich. Infinite values, and what a logarithmic scale cannot
    show, are counted in the second text, which is empty when there are none; it also says of a chart without
    a single row that it is one. What looks like a mail address, a telephone number, a payment token or a
    login is taken out of texts, and counted there.

    Raises ``UnknownNameError`` for a field that the chart's data has not, and ``ParameterError`` for a
    column of mixed types, a field whose dot must be escaped, more rows than a page can carry, data at an
    address (a page asks the network for nothing), and what Altair itself refuses. ``what`` names the figure
    in errors.
    """
    if not hasattr(chart, "_kwds"):
        raise ParameterError(what, expected="an Altair chart", got=type(chart).__name__)
    left_out: dict[str, int] = {}
    spec = _to_dict(_with_plain_data(chart, what, left_out), what)
    for address in _addresses(spec):
        remedy = "Read it into a frame, or alt.Data(values=...) for the outlines of a map"
        raise ParameterError(what, expected="data in the chart", got=f"an address {address}", remedy=remedy)
    datasets = spec.get("datasets", {})
    _count_infinite(spec, left_out)
    for view in _views(spec, datasets):
        _check_fields(view, what)
        _mend_days(view)
        _count_on_log_scale(view, left_out)
    sets = [rows for rows in datasets.values() if isinstance(rows, list)]
    _remove_private(spec, left_out, what)
    if sets and not any(sets):
        return spec, "There are no rows to draw for this period and selection."
    texts = [f"{count:,} {'value' if count == 1 else 'values'} of {why}" for why, count in left_out.items()]
    return spec, f"Not drawn: {'; '.join(texts)}." if texts else ""


def _remove_private(
    part: Any, left_out: dict[str, int], what: str, no_texts: frozenset[str] = _NO_TEXTS
) -> None:
    """Takes mail addresses, telephone numbers and the like out of all texts, as of a table's: rows, titles,
    orders, domains. What names a field stays, and is refused where it looks like one."""
    for name, value in list(part.items() if isinstance(part, dict) else enumerate(part)):
        if isinstance(value, dict | list):
            is_data = name in ("datasets", "values")  # whose columns may have any name
            _remove_private(value, left_out, what, frozenset() if is_data else no_texts)
        elif isinstance(value, str) and name not in no_texts and (without := redact(value)) != value:
            part[name] = without
            left_out[_PRIVATE] = left_out.get(_PRIVATE, 0) + 1
        if isinstance(name, str) and redact(name) != name:
            refuse_private_name(what)


def _to_dict(chart: Any, what: str) -> dict[str, Any]:
    import altair as alt
    from altair.utils.schemapi import SchemaValidationError

    try:
        return dict(chart.to_dict())
    except alt.MaxRowsError as error:
        remedy = "Aggregate or sample them before they are drawn"
        raise ParameterError(what, expected="at most 5,000 rows", got="more", remedy=remedy) from error
    except (ValueError, TypeError, SchemaValidationError) as error:
        refused = str(error).strip().splitlines()[0]
        raise ParameterError(what, expected="a chart that Altair draws", got=refused) from error


def _addresses(part: Any) -> Iterator[str]:
    """Addresses that a specification would read data from; those in rows are links, and text."""
    if isinstance(part, list):
        for each in part:
            yield from _addresses(each)
    elif isinstance(part, dict):
        data = part.get("data")
        if isinstance(data, dict) and isinstance(data.get("url"), str):
            yield data["url"]
        for name, value in part.items():
            if name not in ("datasets", "values"):
                yield from _addresses(value)


def find_rows(spec: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """The data sets that a specification draws, each as its rows; outlines of maps and empty ones left out.

    >>> find_rows({"datasets": {"a": [{"x": 1}], "b": []}})
    [[{'x': 1}]]
    """
    sets = [*spec.get("datasets", {}).values(), spec.get("data", {}).get("values")]
    return [rows for rows in sets if isinstance(rows, list) and rows and all(map(_is_flat, rows))]


def _is_flat(row: Any) -> bool:
    return isinstance(row, dict) and not any(isinstance(value, dict | list) for value in row.values())


@dataclass(frozen=True)
class _View:
    """One view that draws marks: its encoding, the rows behind it, the fields made and read on the way."""

    encoding: Mapping[str, Any]
    rows: list[Any]
    made: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    is_open: bool = False


def _with_plain_data(chart: Any, what: str, left_out: dict[str, int]) -> Any:
    """A copy of the chart whose frames hold only what a chart can draw."""
    import pandas as pd

    copy = chart.copy(deep=False)
    data = getattr(copy, "data", None)
    if isinstance(data, pd.DataFrame):
        copy.data = _plain_frame(data, what, left_out)
    for name in _VIEWS:
        parts = copy._kwds.get(name)
        if isinstance(parts, list):
            copy[name] = [_with_plain_data(part, what, left_out) for part in parts]
    if hasattr(copy._kwds.get("spec"), "to_dict"):
        copy["spec"] = _with_plain_data(copy["spec"], what, left_out)
    return copy


def _plain_frame(frame: Any, what: str, left_out: dict[str, int]) -> Any:
    import numpy as np
    import pandas as pd

    changed = {}
    for name in frame.columns:
        values, dtype = frame[name], frame[name].dtype
        if isinstance(values, pd.DataFrame):
            raise ParameterError(what, expected="each column once", got=str(name), remedy="Rename one")
        if isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype):
            changed[name] = values.astype(str).where(values.notna(), None)
        elif isinstance(dtype, pd.CategoricalDtype) and not pd.api.types.is_string_dtype(
            dtype.categories.dtype
        ):
            changed[name] = values.cat.rename_categories([str(each) for each in dtype.categories])
        elif pd.api.types.is_timedelta64_dtype(dtype):
            changed[name] = values.dt.total_seconds()
        elif pd.api.types.is_object_dtype(dtype) or "decimal" in str(dtype):
            changed[name] = _plain_objects(values, f"{what}, column {name}")
        numbers = changed.get(name, values)
        if pd.api.types.is_float_dtype(numbers.dtype):
            n_infinite = int(np.isinf(numbers.to_numpy(dtype=float, na_value=np.nan)).sum())
            if n_infinite:
                left_out[f"{name}, infinite"] = n_infinite
    return frame.assign(**{str(name): column for name, column in changed.items()}) if changed else frame


def _plain_objects(values: Any, what: str) -> Any:
    import pandas as pd

    known = [value for value in values if value is not None and value is not pd.NA and value == value]
    kinds = {type(value) for value in known}
    if Decimal in kinds and kinds <= {Decimal, int, float}:
        return pd.Series([None if pd.isna(v) else float(v) for v in values], index=values.index, dtype=float)
    is_mixed = len(kinds) > 1 and not all(
        issubclass(kind, int | float) and kind is not bool for kind in kinds
    )
    if is_mixed:
        listed = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ParameterError(what, expected="one type", got=listed, remedy="Convert the column with .astype")
    if kinds and all(issubclass(kind, pd.Period | pd.Interval) for kind in kinds):
        return values.astype(str).where(values.notna(), None)
    if kinds and all(issubclass(kind, dt.date | dt.time) for kind in kinds):
        return values.map(lambda value: value.isoformat(), na_action="ignore")
    return values.where(values.notna(), None)


def _views(
    spec: Mapping[str, Any],
    datasets: Mapping[str, Any],
    rows: list[Any] | None = None,
    above: Mapping[str, Any] | None = None,
    made: frozenset[str] = frozenset(),
    read: frozenset[str] = frozenset(),
    is_open: bool = False,
) -> Iterator[_View]:
    """The views of a specification that draw inline data, each with what it inherits."""
    if "data" in spec:
        rows, made, read, is_open = _rows(spec["data"], datasets), frozenset(), frozenset(), False
    for step in spec.get("transform", []):
        is_open = is_open or bool(_OPEN_ENDED & set(step))
        made |= set(_names_made(step))
        read |= set(_names_read(step))
    encoding = {**(above or {}), **spec.get("encoding", {})}
    if isinstance(spec.get("facet"), dict):
        facets = spec["facet"] if {"row", "column"} & set(spec["facet"]) else {"facet": spec["facet"]}
        encoding |= facets
    if "repeat" in spec:
        encoding["repeat"] = [{"field": name} for name in _repeated(spec["repeat"])]
    parts = [part for name in _VIEWS for part in spec.get(name, [])]
    parts += [spec["spec"]] if isinstance(spec.get("spec"), dict) else []
    for part in parts:
        yield from _views(part, datasets, rows, encoding, made, read, is_open)
    if "mark" in spec and rows:
        yield _View(encoding, rows, set(made), set(read), is_open)


def _repeated(repeat: Any) -> list[str]:
    return repeat if isinstance(repeat, list) else [name for names in repeat.values() for name in names]


def _rows(data: Any, datasets: Mapping[str, Any]) -> list[Any] | None:
    """The rows of inline data; null where they come from an address or a generator."""
    if not isinstance(data, Mapping):
        return None
    values = datasets.get(data.get("name", ""), data.get("values"))
    is_rows = isinstance(values, list) and all(isinstance(row, dict) for row in values)
    return values if is_rows and "format" not in data else None


def _names_made(step: Any) -> Iterator[str]:
    if isinstance(step, Mapping):
        for key, value in step.items():
            if key == "as":
                yield from [value] if isinstance(value, str) else value
            else:
                yield from _names_made(value)
    elif isinstance(step, list):
        for each in step:
            yield from _names_made(each)


def _names_read(step: Any, key: str = "") -> Iterator[str]:
    """The fields that a transform reads, by name or in a text: a missing one leaves an empty picture."""
    if isinstance(step, Mapping):
        for name, value in step.items():
            yield from _names_read(value, name)
    elif isinstance(step, list):
        for each in step:
            yield from _names_read(each, key)
    elif isinstance(step, str) and step and key in ("field", "groupby", "stack", "impute", "key"):
        yield step
    elif isinstance(step, str) and key in ("calculate", "filter", "and", "or", "not"):
        for plain, _, quoted in _READ_IN_TEXT.findall(step):
            yield plain or re.sub(r"([.\[\]])", r"\\\1", quoted)


def _check_fields(view: _View, what: str) -> None:
    if view.is_open:
        return
    known = {name for row in view.rows for name in row}
    for written in sorted({*_fields(view.encoding), *view.read}):
        name = re.sub(r"\\(.)", r"\1", written)
        path = re.split(r"(?<!\\)[.\[]", written)[0].replace("\\", "")
        if written in view.made or name in view.made or path in view.made:
            continue
        is_nested = path != name and any(isinstance(row.get(path), dict | list) for row in view.rows)
        if is_nested or (name in known and path == name):
            continue
        if name in known:
            remedy = "Rename the column without . and [, or escape them with a backslash"
            raise ParameterError(what, expected="a plain field name", got=written, remedy=remedy)
        raise UnknownNameError(f"field of {what}:", written, known | view.made)


def _fields(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key == "field" and isinstance(value, str):
                yield value
            elif key not in ("scale", "axis", "legend", "header"):
                yield from _fields(value)
    elif isinstance(part, list):
        for each in part:
            yield from _fields(each)


def _channels(view: _View) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, channel in view.encoding.items():
        for each in channel if isinstance(channel, list) else [channel]:
            if isinstance(each, Mapping) and isinstance(each.get("field"), str):
                yield name, each


def _mend_days(view: _View) -> None:
    """A browser reads ``2026-02-13`` as midnight in Greenwich, which is the day before in Manhattan; with a
    time it is midnight where the reader is."""
    names = {c["field"] for _, c in _channels(view) if c.get("type") == "temporal" or "timeUnit" in c}
    for row in view.rows if names else ():
        for name in names:
            value = row.get(name)
            if isinstance(value, str) and _DAY.fullmatch(value):
                row[name] = f"{value}T00:00:00"


def _count_on_log_scale(view: _View, left_out: dict[str, int]) -> None:
    for _, channel in _channels(view):
        scale = channel.get("scale")
        if not isinstance(scale, Mapping) or scale.get("type") != "log" or "aggregate" in channel:
            continue
        name = channel["field"]
        values = [row.get(name) for row in view.rows]
        n = sum(isinstance(v, int | float) and not isinstance(v, bool) and v <= 0 for v in values)
        if n:
            left_out[f"{name} at or below zero, which a logarithmic scale has no place for"] = n


def _count_infinite(part: Any, left_out: dict[str, int]) -> None:
    """Rows given as plain values may still hold infinite numbers, which are no JSON."""
    if isinstance(part, list):
        for each in part:
            _count_infinite(each, left_out)
    elif isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, float) and not math.isfinite(value):
                part[name] = None
                if math.isinf(value):
                    why = f"{name}, infinite"
                    left_out[why] = left_out.get(why, 0) + 1
            elif isinstance(value, dict | list):
                _count_infinite(value, left_out)
