"""When people say that they can work: a file read, checked row by row, and held against who is employed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.reference.imports import read_import, refuse_rows

__all__ = ["NEVER", "WEEKDAYS", "apply_availability", "read_availability"]

KIND = "availability"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NEVER = "none"  # in place of a weekday: somebody who cannot work in this week
_TIME = r"^(?:[01]?\d|2[0-3]):[03]0$|^24:00$"
_SLOTS = 48


def read_availability(path: str | Path) -> pd.DataFrame | None:
    """The rows of a file of availability, or null when ``path`` is empty.

    ``employee`` (number, text), ``weekday`` (of ``WEEKDAYS``, or ``NEVER``), ``first`` and ``last``
    (half-hours of the day, the last not included; all of the day where the file has no times). Raises
    ``LuckyError`` with file, row and column for what breaks the contract ``availability``
    (``reference.imports``): a weekday or a time that is none, an end that is not after its begin, and
    ``NEVER`` beside days.
    """
    rows = read_import(KIND, path)
    if rows is None:
        return None
    said = rows["weekday"].str.strip().str.lower()
    words = {day.lower(): day for day in WEEKDAYS} | {NEVER: NEVER}
    rows["weekday"] = said.str[:4].where(said == NEVER, said.str[:3]).map(words)
    expected = f"a weekday from Mon to Sun, or {NEVER}"
    refuse_rows(KIND, path, "weekday", expected, rows["weekday"].isna(), said)
    for name, column, rest in (("from", "first", 0), ("until", "last", _SLOTS)):
        text = rows[name]
        is_none = (text != "") & ~text.str.fullmatch(_TIME)
        refuse_rows(KIND, path, name, "a time on the half-hour such as 14:30, or nothing", is_none, text)
        parts = text.where(text != "", f"{rest // 2}:00").str.split(":", expand=True).astype(int)
        rows[column] = 2 * parts[0] + parts[1] // 30
    is_short = rows["last"] <= rows["first"]
    refuse_rows(
        KIND, path, "until", "a time after from (a night's shift is two rows)", is_short, rows["until"]
    )
    days = rows.groupby("employee")["weekday"]
    beside = (rows["weekday"] == NEVER) & (days.transform("size") > 1)
    refuse_rows(KIND, path, "weekday", f"{NEVER} alone, or weekdays", beside, rows["weekday"])
    again = rows.duplicated(["employee", "weekday"])
    refuse_rows(KIND, path, "weekday", "each weekday of an employee once", again, rows["weekday"])
    return rows[["employee", "weekday", "first", "last"]]


def apply_availability(
    people: pd.DataFrame, rows: pd.DataFrame, path: str | Path, known: Collection[str] = ()
) -> pd.DataFrame:
    """``people`` (``employee_id``, a column for each of ``WEEKDAYS``) with the days and times of ``rows``
    (``read_availability``): ``Mon_first``, ``Mon_last`` and so on in half-hours, ``is_told``.

    Whoever the rows do not name keeps the days they have, all day. Rows of others that are ``known`` (who
    left, or works elsewhere) say nothing. Raises ``LuckyError`` with file and row for a number of nobody; the
    number itself is not repeated.
    """
    is_here = rows["employee"].isin(people["employee_id"])
    unknown = ~is_here & ~rows["employee"].isin(list(known))
    hidden = pd.Series("another one", index=rows.index)
    refuse_rows(KIND, path, "employee", "the number of an employee", unknown, hidden)
    rows = rows[is_here]
    found = people.copy()
    found["is_told"] = found["employee_id"].isin(rows["employee"])
    row_of = {number: place for place, number in enumerate(found["employee_id"])}
    place = rows["employee"].map(row_of).to_numpy(int)
    is_told = found["is_told"].to_numpy(bool)
    for day in WEEKDAYS:
        own = (rows["weekday"] == day).to_numpy(bool)
        can = np.where(is_told, False, found[day].to_numpy(bool))
        can[place[own]] = True
        found[day] = can
        for name, rest in (("first", 0), ("last", _SLOTS)):
            ends = np.full(len(found), rest)
            ends[place[own]] = rows[name].to_numpy(int)[own]
            found[f"{day}_{name}"] = ends
    return found
