"""How often Ask Lucky is right, wrong, or does not answer: shares with Wilson's interval."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.questions.platform.ask_lucky.golden_questions import PARTS

__all__ = ["Found", "count_outcomes", "find_shares", "share_of"]

RIGHT, WRONG = "right", "wrong"


@dataclass(frozen=True)
class Found:
    """``right``, ``wrong``, ``silent``: of the questions with an answer, in the ``part`` that says
    most; ``held``: of those that must not be answered, how many were not, all parts together."""

    part: str
    right: Estimate
    wrong: Estimate
    silent: Estimate
    held: Estimate
    n_asked: int
    n_not_there: int


def share_of(scored: pd.DataFrame, outcome: str, level: float) -> Estimate:
    """The share of questions with an outcome, with Wilson's interval; null without any.

    ``scored`` as of ``score_questions``; those that the snapshot has no data for are left out.

    >>> share_of(pd.DataFrame({"outcome": ["right"] * 9 + ["wrong"]}), "right", 0.95).value
    0.9
    """
    asked = scored[scored["outcome"] != "not there"]
    n, n_such = len(asked), int((asked["outcome"] == outcome).sum())
    if not n:
        return Estimate(None, None, None, None, 0)
    low, high = wilson_interval(n_such, n, level)
    return Estimate(n_such / n, float(low), float(high), level, n)


def find_shares(scored: pd.DataFrame, level: float) -> Found:
    """The shares that the page is about: on questions that nobody looked at before they were asked."""
    with_answer = scored[scored["is_answerable"] & (scored["part"] == PARTS[2])]
    silent = with_answer.assign(
        outcome=with_answer["outcome"].replace({"asked back": "silent", "refused": "silent"})
    )
    return Found(
        PARTS[2],
        share_of(with_answer, RIGHT, level),
        share_of(with_answer, WRONG, level),
        share_of(silent, "silent", level),
        share_of(scored[~scored["is_answerable"]], RIGHT, level),
        len(scored),
        int((scored["outcome"] == "not there").sum()),
    )


def count_outcomes(scored: pd.DataFrame, by: str, level: float) -> pd.DataFrame:
    """One row per value of ``by`` among questions with an answer: ``n``, ``right``, ``wrong``,
    ``asked_back``, ``refused`` (counts), ``share``, ``low``, ``high`` (of those that are right)."""
    asked = scored[scored["is_answerable"] & (scored["outcome"] != "not there")]
    rows = []
    for name, own in asked.groupby(by, sort=True):
        counts = own["outcome"].value_counts()
        right = share_of(own, RIGHT, level)
        rows.append(
            {
                by: name, "n": len(own),
                "right": int(counts.get(RIGHT, 0)), "wrong": int(counts.get(WRONG, 0)),
                "asked_back": int(counts.get("asked back", 0)), "refused": int(counts.get("refused", 0)),
                "share": right.value, "low": right.low, "high": right.high,
            }
        )  # fmt: skip
    names = [by, "n", "right", "wrong", "asked_back", "refused", "share", "low", "high"]
    return pd.DataFrame(rows, columns=names)
