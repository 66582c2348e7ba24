"""Every control run on its cases: outcomes of the last days and of each month, and the score of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from lucky_analytics.errors import MissingTableError
from lucky_analytics.methods.ledgers.control_limits import (
    FAILED,
    PASSED,
    UNDECIDED,
    UNTESTABLE,
    bound_share,
    judge,
)
from lucky_analytics.questions.platform.compliance.declared_controls import Control
from lucky_analytics.questions.platform.compliance.material import COLUMNS, Found, Material, list_rows
from lucky_analytics.questions.platform.compliance.query_list import list_queries

__all__ = ["Run", "count_open", "judge_days", "judge_months", "run_controls", "score"]

_TESTED = (PASSED, FAILED, UNDECIDED)
_NO_DATE = pd.Series([], dtype="datetime64[ns]")
_NONE = Found(pd.DataFrame({"date": _NO_DATE, "n": []}), list_rows(pd.DataFrame(columns=COLUMNS)))


@dataclass(frozen=True)
class Run:
    """A control and what its query found. ``reason``: why it is not testable; empty where it is."""

    control: Control
    found: Found
    reason: str = ""


def run_controls(controls: Sequence[Control], material: Material) -> list[Run]:
    """Each control on the rows up to ``as_of``. One whose tables the snapshot lacks is not testable on it."""
    queries, runs = list_queries(), []
    for control in controls:
        if control.not_testable:
            runs.append(Run(control, _NONE, control.not_testable))
            continue
        try:
            found = queries[control.query](material)
        except MissingTableError as error:
            found = f"the snapshot has no {error.table}"
        runs.append(Run(control, _NONE, found) if isinstance(found, str) else Run(control, found))
    return runs


def judge_days(runs: Sequence[Run], as_of: dt.date, days: int, level: float) -> pd.DataFrame:
    """One row a control, in their order: how it came out in the last ``days`` and in as many before them.

    ``name``, ``tab``, ``title``, ``owner``, ``severity``, ``weight``, ``limit`` and ``of`` as declared;
    ``outcome``, ``n`` (exceptions), ``cases``, ``share`` with ``low`` and ``high`` (null without a case);
    ``before`` (outcome of the days before); ``is_new`` (failed now, passed then); ``n_all`` (exceptions since
    the first day), ``first`` (the oldest), ``at_stake`` (US dollars of all of them; null where not known),
    ``reason`` (why it is not testable).
    """
    end = pd.Timestamp(as_of)
    starts = [end - pd.Timedelta(days=days - 1), end - pd.Timedelta(days=2 * days - 1)]
    rows = []
    for run in runs:
        control, listed = run.control, run.found.exceptions
        now = _judge(run, starts[0], end, level)
        before = _judge(run, starts[1], starts[0] - pd.Timedelta(days=1), level)["outcome"]
        dollars = listed.loc[(listed["currency"] == "USD").fillna(False), "cents"].sum() / 100
        row = {
            name: getattr(control, name)
            for name in ("name", "tab", "title", "owner", "severity", "source", "weight", "of")
        }
        row |= {"limit": "" if control.limit is None else str(control.limit), **now, "before": before}
        row |= {"is_new": now["outcome"] == FAILED and before == PASSED, "n_all": len(listed)}
        row |= {"first": listed["date"].min() if len(listed) else None, "at_stake": float(dollars) or None}
        rows.append({**row, "exceptions": control.exceptions, "reason": run.reason})
    return pd.DataFrame(rows).astype({"at_stake": float, "share": float, "low": float, "high": float})


def judge_months(runs: Sequence[Run], as_of: dt.date, level: float) -> pd.DataFrame:
    """One row a control and calendar month from its first case to ``as_of``: ``month`` (its first day),
    ``is_whole`` (false for one that began before the first case, or goes on), ``name``, ``tab``, ``title``,
    ``exceptions`` and ``weight`` as declared; ``outcome``, ``n``, ``cases``, ``share``, ``low``, ``high``."""
    dates = [run.found.cases["date"].min() for run in runs if len(run.found.cases)]
    columns = ["month", "is_whole", "name", "tab", "title", "exceptions", "weight"]
    columns += ["outcome", "n", "cases", "share", "low", "high"]
    if not dates:
        return pd.DataFrame(columns=columns)
    first = min(dates)
    months = pd.date_range(first.to_period("M").to_timestamp(), pd.Timestamp(as_of), freq="MS")
    rows = []
    for run in runs:
        for start in months if not run.reason else ():
            end = min(start + pd.offsets.MonthEnd(0), pd.Timestamp(as_of))
            own = {
                name: getattr(run.control, name) for name in ("name", "tab", "title", "exceptions", "weight")
            }
            is_whole = start >= first and end == start + pd.offsets.MonthEnd(0)
            rows.append({"month": start, "is_whole": is_whole, **own, **_judge(run, start, end, level)})
    return pd.DataFrame(rows, columns=columns)


def count_open(rows: pd.DataFrame) -> int:
    """Exceptions since the first day of controls whose limit is a number: each is there to be settled.

    Where the limit is a share an exception is over, such as a check that was missed.
    """
    return int(rows.loc[~rows["limit"].str.endswith("%"), "n_all"].sum())


def score(rows: pd.DataFrame) -> float | None:
    """Of the controls that were tested the share that passed, by weight; null where none was.

    What is too few to say was tested and did not pass; what is not testable or had no case is no part.
    """
    tested = rows[rows["outcome"].isin(_TESTED)]
    total = int(tested["weight"].sum())
    return int(tested.loc[tested["outcome"] == PASSED, "weight"].sum()) / total if total else None


def _judge(run: Run, start: pd.Timestamp, end: pd.Timestamp, level: float) -> dict[str, object]:
    if run.reason or run.control.limit is None:
        return {"outcome": UNTESTABLE, "n": 0, "cases": 0, "share": None, "low": None, "high": None}
    cases, listed = run.found.cases, run.found.exceptions
    n = int(listed["date"].between(start, end).sum())
    # Some exceptions have no case of their own: a bill that is missing is no bill.
    of = max(int(cases.loc[cases["date"].between(start, end), "n"].sum()), n)
    low, high = bound_share(n, of, level) if of else (None, None)
    return {
        "outcome": judge(n, of, run.control.limit, level), "n": n, "cases": of,
        "share": n / of if of else None, "low": low, "high": high,
    }  # fmt: skip
