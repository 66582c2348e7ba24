"""The frames that the page shows: outcomes in words, shares, dates, US dollars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from lucky_analytics.methods.ledgers.classes import DUPLICATE, MISSING, ORPHAN
from lucky_analytics.methods.ledgers.control_limits import (
    FAILED,
    NO_CASE,
    OUTCOMES,
    PASSED,
    UNDECIDED,
    UNTESTABLE,
)
from lucky_analytics.models.matched_books.exceptions import AGREED
from lucky_analytics.questions.platform.compliance.control_runs import Run, score
from lucky_analytics.questions.platform.compliance.declared_controls import TABS

__all__ = [
    "always_failed",
    "count_agreed",
    "count_outcomes",
    "list_issues",
    "rank_failed",
    "show_checklist",
    "show_declared",
    "show_failed",
    "show_hashes",
    "show_months",
    "show_scores",
    "show_shares",
    "show_untestable",
    "sum_stores",
]


def count_outcomes(rows: pd.DataFrame) -> dict[str, int]:
    """How many controls have each outcome, and how many were ``tested``: passed, failed or too few to say."""
    counts = {name: int((rows["outcome"] == name).sum()) for name in OUTCOMES}
    return counts | {"tested": sum(counts[name] for name in (PASSED, FAILED, UNDECIDED))}


def rank_failed(rows: pd.DataFrame) -> pd.DataFrame:
    """The controls that fail: the severest first, then new ones, then those with most at stake."""
    failed = rows[rows["outcome"] == FAILED].assign(money=lambda row: row["at_stake"].fillna(0.0))
    order = ["weight", "is_new", "money", "n", "name"]
    return failed.sort_values(order, ascending=[False, False, False, False, True], ignore_index=True)


def always_failed(months: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """Names of the controls that fail now and failed in each month of their tests, of two at least."""
    tested = months[months["outcome"].isin((PASSED, FAILED, UNDECIDED))]
    by_control = (tested["outcome"] == FAILED).groupby(tested["name"]).agg(["all", "size"])
    every = by_control.index[by_control["all"].astype(bool) & (by_control["size"] > 1)]
    return [name for name in rank_failed(rows)["name"] if name in every]


def count_agreed(runs: Sequence[Run]) -> dict[str, int]:
    """How many each control of orders and payments found that the reconciliation page prints too."""
    named = {"orphan_payment": ORPHAN, "double_charge": DUPLICATE, "unpaid_order": MISSING}
    return {
        AGREED[named[run.control.name]]: len(run.found.exceptions)
        for run in runs
        if run.control.name in named and not run.reason
    }


def show_failed(rows: pd.DataFrame) -> pd.DataFrame:
    """``rank_failed`` for readers: ``exceptions`` in words, how many of how many, the limit, since when."""
    failed = rank_failed(rows)
    return failed.assign(
        exceptions=_capital(failed["exceptions"]),
        new=["new" if is_new else "as before" for is_new in failed["is_new"]],
        limit=_limits(failed),
    )


def show_checklist(rows: pd.DataFrame) -> pd.DataFrame:
    """Every control by tab with its outcome; without a count where it was not tested."""
    shown = rows.assign(title=_capital(rows["title"]), limit=_limits(rows))
    is_tested = ~rows["outcome"].isin((UNTESTABLE, NO_CASE))
    for name in ("n", "cases"):
        shown[name] = rows[name].astype("Int64").where(is_tested)
    return shown


def show_untestable(rows: pd.DataFrame) -> pd.DataFrame:
    """The controls that no table shows, each with the reason."""
    own = rows[rows["outcome"] == UNTESTABLE]
    return own.assign(title=_capital(own["title"]), reason=_capital(own["reason"])).reset_index(drop=True)


def show_scores(months: pd.DataFrame) -> pd.DataFrame:
    """One row a month, the oldest first: ``month``, ``is_whole``, ``score``, ``tested``, ``passed``,
    ``failed``, ``undecided``, ``failed_weight``, and each tab's score, null where none of it was tested."""
    rows = []
    for month, own in months.groupby("month"):
        counts = count_outcomes(own)
        tested = own[own["outcome"].isin((PASSED, FAILED, UNDECIDED))]
        failed = tested.loc[tested["outcome"] == FAILED, "weight"].sum()
        row: dict[str, Any] = {"month": month, "is_whole": bool(own["is_whole"].all())}
        row |= {"score": score(own), "tested": counts["tested"]}
        row |= {"passed": counts[PASSED], "failed": counts[FAILED], "undecided": counts[UNDECIDED]}
        row["failed_weight"] = int(failed)
        rows.append(row | {tab: score(own[own["tab"] == tab]) for tab in TABS})
    columns = [
        "month",
        "is_whole",
        "score",
        "tested",
        "passed",
        "failed",
        "undecided",
        "failed_weight",
        *TABS,
    ]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(["score", *TABS], float))


def show_months(months: pd.DataFrame) -> pd.DataFrame:
    """Outcomes by control and month, the newest month first."""
    shown = months.assign(title=_capital(months["title"]))
    return shown.sort_values("month", ascending=False, kind="stable", ignore_index=True)


def show_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Controls whose limit is a share, in percent: ``percent``, ``low``, ``high``, ``most`` (the limit)."""
    own = rows[rows["limit"].str.endswith("%") & rows["share"].notna()]
    percent = {
        name: 100 * own[column] for name, column in (("percent", "share"), ("low", "low"), ("high", "high"))
    }
    most = own["limit"].str.removesuffix("%").astype(float)
    return own.assign(**percent, most=most, exceptions=_capital(own["exceptions"])).reset_index(drop=True)


def list_issues(
    runs: Sequence[Run], rows: pd.DataFrame, stores: pd.DataFrame, start: pd.Timestamp
) -> pd.DataFrame:
    """Exceptions from ``start`` on of the controls that fail, in the order of ``rank_failed``, newest first.

    ``tab``, ``owner``, ``exceptions``, ``date``, ``store`` (its name), ``case``, ``detail``, ``amount``
    (whole units of ``currency``).
    """
    names = dict(zip(stores["store_id"], stores["store_name"], strict=True))
    by_name = {run.control.name: run for run in runs}
    parts = []
    for name in rank_failed(rows)["name"]:
        control, listed = by_name[name].control, by_name[name].found.exceptions
        own = listed[listed["date"] >= start].sort_values("date", ascending=False, kind="stable")
        own = own.assign(tab=control.tab, owner=control.owner, exceptions=_first_up(control.exceptions))
        parts.append(own.assign(store=own["store_id"].map(names), amount=own["cents"].astype(float) / 100))
    columns = ["tab", "owner", "exceptions", "date", "store", "case", "detail", "amount", "currency"]
    made = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return made[columns].astype({"amount": float})


def sum_stores(issues: pd.DataFrame) -> pd.DataFrame:
    """``list_issues`` by ``store`` and tab, with ``total``, most first; those of none are left out."""
    known = issues.dropna(subset="store")
    table = pd.crosstab(known["store"], known["tab"]).reindex(columns=TABS, fill_value=0)
    table = table.assign(total=table.sum(axis=1)).reset_index()
    return table.sort_values(["total", "store"], ascending=[False, True], ignore_index=True)


def show_declared(runs: Sequence[Run]) -> pd.DataFrame:
    """The declarations as they were tested, one row a control."""
    names = ["name", "tab", "demands", "source", "owner", "severity", "limit", "query", "evidence"]
    rows = [{name: getattr(run.control, name) for name in names} for run in runs]
    return pd.DataFrame(rows, columns=names).assign(
        limit=["" if run.control.limit is None else str(run.control.limit) for run in runs]
    )


def show_hashes(hashes: dict[str, str], evidence: pd.DataFrame) -> pd.DataFrame:
    """``control``, ``lines`` of its evidence, ``sha256``."""
    lines = evidence.groupby("control", sort=False).size()
    return pd.DataFrame(
        {
            "control": list(hashes),
            "lines": [int(lines[name]) for name in hashes],
            "sha256": list(hashes.values()),
        }
    )


def _limits(rows: pd.DataFrame) -> pd.Series:
    return rows["limit"].replace({"0": "none"})


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _capital(words: pd.Series) -> pd.Series:
    return words.map(_first_up)
