"""A checked request computed: rows of groups and numbers, within limits of time, memory and rows."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from lucky_analytics.ask.ask_dimensions import CUSTOMER
from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.expression_of import MOST_ROWS, build_expression, is_counted
from lucky_analytics.ask.mean_days import divide_by_days, rank_means
from lucky_analytics.ask.request_checks import OPEN, RefusedError, Scope, check_request
from lucky_analytics.errors import LuckyError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["SECONDS", "AskedRows", "compute_request", "first_day"]

SECONDS = 20.0  # a question is read by somebody who waits
MEMORY = "4GB"
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class AskedRows:
    """What a request came to. ``frame``: ``labels`` (columns of groups, as texts or numbers), the measures by
    name in their own units, ``n``. ``first`` and ``last``: the days that rows lie between, where they have
    days. ``is_cut``: there are more groups than are shown."""

    frame: pd.DataFrame
    labels: tuple[str, ...]
    values: tuple[str, ...]
    n: int
    sql: str
    first: dt.date | None
    last: dt.date
    is_cut: bool


def compute_request(
    suite: Suite, request: Request, scope: Scope = OPEN, seconds: float = SECONDS, with_sql: bool = True
) -> AskedRows:
    """The rows of a request, which is checked before anything is built; ``with_sql``: with its query as text.

    Raises ``RefusedError`` where its days lie before the first that the table has, ``LuckyError`` for a
    request that fails its checks, needs a table that the snapshot lacks, or takes too long.
    """
    check_request(request, scope, suite.as_of)
    measure = find_measure(request.measures[0])
    with _bounded(suite, seconds):
        first = first_day(suite, measure.name, scope) if measure.date else None
        _require_days(request, first, suite.as_of, measure.label)
        built = replace(request, rank=None) if request.per else request  # means are ranked when they are made
        made = build_expression(suite, built, scope)
        sql = suite.sql(made) if with_sql else ""
        if request.against:
            other = build_expression(suite, built, scope, request.against)
            frame = _beside(made.execute(), other.execute(), request, first)
        else:
            frame = made.execute()
        if request.per:
            frame = rank_means(divide_by_days(frame, suite, request, first), request)
    return _shape(frame, request, sql, first, suite.as_of)


def first_day(suite: Suite, measure: str, scope: Scope = OPEN) -> dt.date | None:
    """The first day that a measure's table has rows of; null without rows."""
    of = find_measure(measure)
    kept: dict[tuple[str, str], Any] = suite.__dict__.setdefault("_asked_first_days", {})
    key = (of.table, of.date)
    if key not in kept:
        day = suite.table(of.table)[of.date].min().execute()
        kept[key] = None if pd.isna(day) else pd.Timestamp(day).date()
    return kept[key]


def _require_days(request: Request, first: dt.date | None, last: dt.date, label: str) -> None:
    for start, end in [(request.start, request.end), *([request.against] if request.against else [])]:
        if (start or end) and first is None:
            raise RefusedError("no data", f"there are no rows of {label} at all")
        if end is not None and first is not None and end <= first:
            raise RefusedError("no data", f"{label} begin on {first}")


def _beside(one: pd.DataFrame, two: pd.DataFrame, request: Request, first: dt.date | None) -> pd.DataFrame:
    """Both periods, one under the other, each led by its first day."""
    starts = [request.start or first, (request.against or (None, None))[0] or first]
    return pd.concat(
        [frame.assign(period=str(start)) for frame, start in zip((one, two), starts, strict=True)],
        ignore_index=True,
    )


def _shape(
    frame: pd.DataFrame, request: Request, sql: str, first: dt.date | None, last: dt.date
) -> AskedRows:
    values = ("n_groups",) if is_counted(request) else request.measures
    groups = [f"group_{i}" for i in range(len(request.by))] if not is_counted(request) else []
    labels = [*(["period"] if request.against else []), *groups]
    is_cut = len(frame) > MOST_ROWS
    frame = frame.head(MOST_ROWS)
    if request.rank and request.rank.within:
        within = [f"group_{request.by.index(key)}" for key in request.rank.within]
        value = frame[request.measures[0]] * (1 if request.rank.direction == "least" else -1)
        place = value.groupby([frame[each] for each in within], dropna=False).rank(method="min")
        frame = frame[place <= request.rank.n]
        frame = frame.sort_values(within, kind="stable", ignore_index=True)
    if CUSTOMER in request.by and not is_counted(request):
        frame = frame.assign(group_0=[_place(i + 1) for i in range(len(frame))])
    n = int(frame["n"].sum()) if len(frame) else 0
    return AskedRows(frame, tuple(labels), tuple(values), n, sql, first, last, is_cut)


def _place(number: int) -> str:
    end = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{end}"


@contextlib.contextmanager
def _bounded(suite: Suite, seconds: float) -> Iterator[None]:
    """Within the block the engine holds at most ``MEMORY`` and is stopped after ``seconds``, again and again
    until it ends: what it is told between two queries it does not hear."""
    backend = getattr(suite.engine, "connection", None)
    stop = getattr(getattr(backend, "con", None), "interrupt", None)
    if stop is not None and backend is not None:
        backend.raw_sql(f"SET memory_limit = '{MEMORY}'")
    done, late = threading.Event(), threading.Event()

    def watch() -> None:
        if done.wait(seconds):
            return
        late.set()
        while stop is not None and not done.wait(0.05):
            stop()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    except LuckyError:
        raise
    except Exception as error:
        if late.is_set():
            raise _too_late(seconds) from error
        if "out of memory" in str(error).lower():
            raise _too_large() from error
        raise
    finally:
        done.set()
        thread.join()
    if late.is_set():
        raise _too_late(seconds)


def _too_large() -> LuckyError:
    return LuckyError(
        "question", expected=f"an answer within {MEMORY} of memory", got="one that needs more",
        remedy="Ask for a shorter period or fewer groups",
    )  # fmt: skip


def _too_late(seconds: float) -> LuckyError:
    return LuckyError(
        "question", expected=f"an answer within {seconds:g} seconds", got="none",
        remedy="Ask for a shorter period or fewer groups",
    )  # fmt: skip
