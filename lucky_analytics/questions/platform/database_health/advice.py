"""What IT does today, in what order and by when; or that there is nothing to do."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.questions.platform.database_health.health import ACT, SOON
from lucky_analytics.questions.platform.database_health.texts import OWNER, say_fix, say_issue

__all__ = ["decide", "say_deadline"]

_WORDS = 36


def decide(issues: pd.DataFrame, moment: pd.Timestamp) -> Decision:
    """The first steps, as many as fit, worst first, each with its last day where one is known."""
    wanted = issues[issues["state"] == ACT]
    if wanted.empty:
        wanted = issues[issues["state"] == SOON]
    if wanted.empty:
        return Decision(
            "do nothing on the servers today",
            OWNER,
            idle("no server is over a limit, and none gets there within weeks"),
            "Each server was held against its limits and against its own usual hours.",
            "A server passes a limit.",
        )
    steps: list[str] = []
    for issue in wanted.to_dict("records"):
        step = say_fix(str(issue["kind"]), str(issue["name"]), str(issue["subject"]))
        step += say_deadline(pd.Series(issue), moment)
        if len(" ".join([*steps, step]).split()) > _WORDS - 3:
            break
        steps.append(step)
    rest = len(wanted) - len(steps)
    action = "; ".join(steps) + (f"; then {rest} more" if rest else "")
    first = wanted.iloc[0]
    return Decision(
        action,
        OWNER,
        weigh(None),
        f"{first['name']}: {say_issue(first)}.",
        "The next collection no longer shows it, or its team shows that it is meant so.",
    )


def say_deadline(issue: pd.Series, moment: pd.Timestamp) -> str:
    """ " by 2 Mar": the first day on which it may be full; empty where no such day is known.

    >>> say_deadline(pd.Series({"kind": "memory", "days_low": 16.2}), pd.Timestamp("2026-02-14 12:00"))
    ' by 2 Mar'
    """
    if issue["kind"] not in ("memory", "connections", "fills") or pd.isna(issue["days_low"]):
        return ""
    if issue["days_low"] < 1:
        return " today"
    if issue["days_low"] > 365:
        return ""
    return f" by {moment + pd.Timedelta(days=float(issue['days_low'])):%-d %b}"
