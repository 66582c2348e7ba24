"""A file of incidents, checked row by row: when each began and ended, on which server, of which kind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate.markets import HOME
from lucky_analytics.formats import join_names
from lucky_analytics.methods.texts.word_votes import Votes
from lucky_analytics.questions.platform.incident_runbooks.incident_kinds import NONE, Kind, put_under
from lucky_analytics.reference.import_times import DAY_OR_TIME, read_times
from lucky_analytics.reference.imports import read_import, refuse_rows

__all__ = ["SERVER", "Incidents", "read_incidents"]

# A name that may stand in a command: whoever copies a step must not run what somebody wrote into a file.
SERVER = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}"
_NUMBER = r"[A-Za-z0-9][A-Za-z0-9._#/-]{0,39}"
_FIRST_YEAR = 2000


@dataclass(frozen=True)
class Incidents:
    """``rows``: one an incident that began in the last days, the oldest first: ``incident_id``,
    ``opened_at``, ``resolved_at`` (null: open), ``hours`` (until it was solved, or until ``until``),
    ``is_open``, ``server`` (empty: not said), ``given`` (the kind that somebody gave it; empty: none),
    ``kind`` (that, or what its words say; ``NONE``: not classed), ``by`` (given, words, nothing). What was
    said is not kept. Times are the home market's. ``until``: the newest moment of the file, null without a
    row; ``n_file`` rows of the file, ``n_later`` after as_of, ``n_old`` before the days; ``read_as``: of
    those whose kind is given, what their words say and it. ``sql``: what reads the file."""

    rows: pd.DataFrame
    until: pd.Timestamp | None
    n_file: int
    n_later: int
    n_old: int
    read_as: pd.DataFrame
    sql: str = ""


def read_incidents(
    path: str | Path, kinds: list[Kind], votes: Votes, sure: float, as_of: dt.date, days: int
) -> Incidents | None:
    """The incidents of a file that began in the ``days`` up to ``as_of``; null when ``path`` is empty.

    One that was solved later was open then. Raises ``LuckyError`` with file, row and column for what breaks
    the contract ``incidents`` (``reference.imports``), for a time that is none, for an end before the
    beginning, for a number or a server with other signs than letters, digits and ``. _ - /``, and for a
    class that is none of ``kinds``.
    """
    rows = read_import("incidents", path)
    if rows is None:
        return None
    opened, solved = (read_times(rows[name], HOME.time_zone) for name in ("opened_at", "resolved_at"))
    has_end, given = rows["resolved_at"] != "", rows["class"].str.lower()
    odd = {"incident_id": ~rows["incident_id"].str.fullmatch(_NUMBER)}
    odd["server"] = (rows["server"] != "") & ~rows["server"].str.fullmatch(SERVER)
    for column, expected, broken in (
        ("incident_id", "letters, digits and . _ # / -, at most 40", odd["incident_id"]),
        ("opened_at", DAY_OR_TIME, opened.isna()),
        ("opened_at", f"a time from {_FIRST_YEAR} on", opened < pd.Timestamp(_FIRST_YEAR, 1, 1)),
        ("resolved_at", f"{DAY_OR_TIME}, or nothing while it is open", has_end & solved.isna()),
        ("resolved_at", "a time not before opened_at", solved < opened),
        ("server", "a name of letters, digits and . _ / - that begins with a letter or digit", odd["server"]),
    ):  # fmt: skip
        refuse_rows("incidents", path, column, expected, broken, rows[column])
    _refuse_kinds(path, given, kinds)
    end = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    is_later, is_old = (opened >= end), opened < end - pd.Timedelta(days=days)
    is_open = solved.isna() | (solved >= end)
    words = put_under(votes, votes.weigh(rows["said"].tolist()), sure)
    seen = pd.concat([opened[~is_later], solved[~is_later & ~is_open]])
    until = None if seen.empty else seen.max()
    kind = np.where(given != "", given, words)
    made = pd.DataFrame(
        {
            "incident_id": rows["incident_id"],
            "opened_at": opened,
            "resolved_at": solved.mask(is_open),
            "hours": (solved.mask(is_open).fillna(until) - opened).dt.total_seconds() / 3_600,
            "is_open": is_open,
            "server": rows["server"],
            "given": given,
            "kind": kind,
            "by": np.select([given != "", words != NONE], ["given", "words"], "nothing"),
        }
    )
    counted = ~is_later & ~is_old
    name = Path(path).name.replace("'", "''")
    return Incidents(
        made[counted].sort_values(["opened_at", "incident_id"], ignore_index=True),
        until, len(rows), int(is_later.sum()), int((is_old & ~is_later).sum()),
        pd.DataFrame({"words": words, "given": given})[counted & (given != "")].reset_index(drop=True),
        f"SELECT incident_id, opened_at, resolved_at, server, class FROM '{name}'",
    )  # fmt: skip


def _refuse_kinds(path: str | Path, given: pd.Series, kinds: list[Kind]) -> None:
    known = [kind.name for kind in kinds] + [NONE]
    unknown = ~given.isin([*known, ""])
    if unknown.any():
        first = int(unknown.to_numpy().argmax())
        where = f"import incidents from {path}, row {first + 2}, class"
        told = f"Known are {join_names(known)}; leave it empty where nobody knows"
        raise UnknownNameError(where, given.iloc[first][:60], known, told)
