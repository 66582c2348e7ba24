"""Whether each table that a use case needs is there, filled, and as new as it usually is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics import estate
from lucky_analytics.errors import MissingTableError, SnapshotError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "EMPTY",
    "FILLED",
    "LATE",
    "MISSING",
    "STATES",
    "date_column",
    "judge_age",
    "measure_tables",
    "read_days",
    "read_raw",
]

FILLED, LATE, EMPTY, MISSING = STATES = ("filled", "late", "no row", "not in the snapshot")
RHYTHM_DAYS = 90  # days up to as_of from which a table's usual gap is read
FEWEST_DAYS = 8  # days with rows in them without which no rhythm is known
RAREST = 0.001  # the chance of so long a quiet below which a table is late
_COLUMNS = [
    "table",
    "database",
    "state",
    "n_rows",
    "n_published",
    "newest",
    "age_days",
    "usual_gap",
    "reason",
]


def measure_tables(suite: Suite, names: Iterable[str]) -> pd.DataFrame:
    """One row for each of the tables ``source.table``, in the order of their names.

    ``n_rows``: up to ``as_of``, by the table's date; of all rows where it has none. ``n_published``: as the
    documents count, null without one. ``newest``: the last day with a row; ``age_days``: days from it to
    ``as_of``; ``usual_gap``: the longest quiet in the 90 days before (``judge_age``); each null where it is
    not known. ``reason`` says why a table is late or lacking, empty otherwise.
    """
    rows = [_measure(suite, name) for name in sorted(set(names))]
    made = pd.DataFrame(rows, columns=_COLUMNS)
    whole = ["n_rows", "n_published", "age_days", "usual_gap"]
    return made.astype(dict.fromkeys(whole, "Int64")).astype({"newest": "datetime64[ns]"})


def date_column(table: estate.Table, absent: Iterable[str] = ()) -> str | None:
    """The column that says when a row came to be: ``create_time``, else the first time, else the first date.

    >>> date_column(estate.load().database("salesorder").tables["t_order"])
    'create_time'
    """
    columns = [column for column in table.columns.values() if column.name not in set(absent)]
    if any(column.name == "create_time" for column in columns):
        return "create_time"
    times = [column.name for kind in ("datetime", "date") for column in columns if column.type == kind]
    return times[0] if times else None


def judge_age(days: pd.Series, as_of: pd.Timestamp) -> tuple[int | None, int | None, bool]:
    """Age of the newest of ``days`` (ascending dates with rows, none after ``as_of``), usual gap, is late.

    Late: quiet for more than a day longer than ever in the 90 days up to its newest row, and so long that it
    happens less than once in a thousand tables whose days have rows at random, as often as its own. The gap
    is null where fewer than eight days there have rows: then nobody can say, and it is not late.

    >>> days = pd.Series(pd.date_range("2026-01-01", "2026-01-20"))
    >>> judge_age(days, pd.Timestamp("2026-01-22")), judge_age(days, pd.Timestamp("2026-01-23"))
    ((2, 1, False), (3, 1, True))
    """
    if days.empty:
        return None, None, False
    age = (as_of - days.iloc[-1]).days
    recent = days[days > days.iloc[-1] - pd.Timedelta(days=RHYTHM_DAYS)]
    if len(recent) < FEWEST_DAYS:
        return age, None, False
    gap = int(recent.diff().dt.days.max())
    n_days, n_filled = (recent.iloc[-1] - recent.iloc[0]).days, len(recent) - 1
    return age, gap, age > gap + 1 and _chance_of_quiet(n_filled, n_days, age) < RAREST


def _chance_of_quiet(n_filled: int, n_days: int, age: int) -> float:
    """That the next ``age`` days are all empty, after ``n_filled`` of ``n_days`` were not: beta-binomial,
    with the prior that makes a share of ``n_filled`` in ``n_days + 1`` its mean."""
    empty = n_days - n_filled + 1
    return math.prod((empty + day) / (empty + n_filled + day) for day in range(age))


def read_raw(suite: Suite, name: str) -> ir.Table:
    """The raw table ``source.table``. By its name as a text: no notebook is refused for lack of it."""
    source, _, table = name.partition(".")
    return getattr(suite.source(source), table)


def read_days(suite: Suite, name: str) -> ir.Table | None:
    """``day``, ``n`` of a table by its date up to ``as_of``; null where it has no date. Raises
    ``MissingTableError``, and ``SnapshotError`` where its server could not be read since."""
    source, _, table = name.partition(".")
    raw = read_raw(suite, name)
    declared = estate.load().database(source)
    absent = suite.snapshot.tables[f"{declared.name}.{table}"].absent
    column = date_column(declared.tables[table], absent)
    if column is None:
        return None
    days = raw.select(day=raw[column].cast("date"))
    days = days.filter(days.day <= ibis.date(suite.as_of.isoformat()))
    return days.group_by("day").agg(n=days.count()).order_by("day")


def _measure(suite: Suite, name: str) -> tuple[object, ...]:
    source, _, table = name.partition(".")
    database = estate.load().database(source)
    published = database.tables[table].rows
    first = (name, database.name)
    try:
        days = read_days(suite, name)
    except MissingTableError:
        reason = database.tables[table].why_absent if suite.snapshot.kind == "demo" else ""
        return *first, MISSING, 0, published, None, None, None, reason
    except SnapshotError as error:
        return *first, LATE, None, published, None, None, None, f"{error.got}, expected {error.expected}"
    if days is None:
        n_rows = suite.snapshot.tables[f"{database.name}.{table}"].rows
        return *first, FILLED if n_rows else EMPTY, n_rows, published, None, None, None, ""
    counted = days.execute()
    if counted.empty:
        return *first, EMPTY, 0, published, None, None, None, ""
    seen = pd.to_datetime(counted["day"])
    age, gap, is_late = judge_age(seen, pd.Timestamp(suite.as_of))
    reason = f"nothing for {age} days, before at most {gap}" if is_late else ""
    state = LATE if is_late else FILLED
    return *first, state, int(counted["n"].sum()), published, seen.iloc[-1], age, gap, reason
