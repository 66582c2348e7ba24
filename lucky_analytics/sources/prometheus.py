"""What Prometheus answers or an exporter shows, as rows: the JSON of a query, or text a line a sample."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.export_blocks import Block, Reject, Told, to_blocks

__all__ = ["PROMETHEUS", "read_prometheus"]

PROMETHEUS = (".prom.json", ".prom")
# Labels that say of what a sample is. Others may hold anything, a person's name too, and do not pass.
LABELS = (
    "job",
    "device",
    "mountpoint",
    "fstype",
    "mode",
    "cpu",
    "database",
    "topic",
    "partition",
    "consumergroup",
)
COLUMNS = ("said_at", "instance", "metric", "subject", "value", *LABELS)
_MOST_BYTES = 256 << 20
_SAMPLE = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+(-?\d+))?\s*", re.ASCII)
_LABEL = re.compile(r'\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)', re.ASCII)
Sample = tuple[int, str, Mapping[str, str], float, str]


def read_prometheus(text: IO[str], path: str, at: dt.datetime | None, told: Told) -> Iterator[Block]:
    """One row a sample: ``said_at`` (UTC), ``instance`` (without its port), ``metric``, ``subject`` (those of
    ``LABELS`` but job, as ``name=value`` by comma), ``value``, and each of these labels as a column.

    A line without a time is of the time ``at``. Samples without a number (NaN, Inf), and those that differ
    from one before by other labels alone, are told and not taken. Raises ``SourceError`` for a file that is
    neither.
    """
    is_json = path.lower().removesuffix(".gz").endswith(".json")
    samples = _answers(text, path) if is_json else _lines(text, path, at, told)
    seen: set[tuple[Any, ...]] = set()

    def rows() -> Iterator[tuple[int, list[str | None]]]:
        for number, metric, labels, seconds, value in samples:
            if not math.isfinite(_number(value)):
                told.reject(Reject(path, number, "a sample without a number"))
                continue
            kept = {name: labels[name] for name in LABELS if labels.get(name)}
            subject = ",".join(f"{name}={found}" for name, found in kept.items() if name != "job")
            instance = re.sub(r":\d+$", "", labels.get("instance", ""))
            key = (seconds, instance, metric, subject)
            if key in seen:
                told.reject(Reject(path, number, "one like another but for labels that do not pass"))
                continue
            seen.add(key)
            when = dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(sep=" ", timespec="milliseconds")
            yield number, [when, instance, metric, subject, value, *(kept.get(name) for name in LABELS)]

    yield from to_blocks(COLUMNS, rows(), lambda found: found)


def _answers(text: IO[str], path: str) -> Iterator[Sample]:
    """The samples of an answer of ``/api/v1/query`` or ``query_range``."""
    written = text.read(_MOST_BYTES + 1)
    if len(written) > _MOST_BYTES:
        raise SourceError(
            path, expected="an answer below 256 MiB", got="more", remedy="Ask for shorter spans"
        )
    try:
        body = json.loads(written)
        if body["status"] != "success" or body["data"]["resultType"] not in ("matrix", "vector"):
            raise ValueError("no matrix or vector")
        number = 0
        for series in body["data"]["result"]:
            labels = {str(name): str(value) for name, value in series["metric"].items()}
            for seconds, value in series.get("values") or [series["value"]]:
                number += 1
                yield number, labels.get("__name__", ""), labels, float(seconds), str(value)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        got = f"something else ({type(error).__name__})"
        expected = "an answer of Prometheus (status success, a matrix or vector)"
        raise SourceError(path, expected=expected, got=got) from error


def _lines(text: IO[str], path: str, at: dt.datetime | None, told: Told) -> Iterator[Sample]:
    number = n_untimed = 0
    for number, line in enumerate(text, 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _SAMPLE.fullmatch(line)
        if found is None:
            told.reject(Reject(path, number, "no sample: name{labels} value"))
            continue
        metric, labels, value, stamp = found.groups()
        n_untimed += stamp is None
        if stamp is None and at is None:
            told.reject(Reject(path, number, "a sample without a time"))
            continue
        seconds = at.timestamp() if stamp is None and at is not None else int(stamp) / 1000
        yield number, metric, dict(_LABEL.findall(labels or "")), seconds, value
    if n_untimed and at is not None:
        told.remark("samples without a time: taken as of the file's", n_untimed)


def _number(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan
