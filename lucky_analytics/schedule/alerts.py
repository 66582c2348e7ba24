"""Alerts from firing to resolved: sent when they begin, when they say something new, and at their end."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from lucky_analytics.schedule import outbox
from lucky_analytics.schedule.compose import format_alert
from lucky_analytics.schedule.recipients import Delivery
from lucky_analytics.schedule.rules import Rule
from lucky_analytics.schedule.verdicts import Facts, Verdict, judge

__all__ = ["raise_alerts", "says_something_new"]

OPEN, RESOLVED = "open", "resolved"


def raise_alerts(
    database: sqlite3.Connection,
    rules: Sequence[Rule],
    facts: Facts,
    recipients: Sequence[str],
    delivery: Delivery,
    now: dt.datetime,
) -> list[Rule]:
    """Judge a report by every rule that is about it; the rules that have something new to say.

    A value that went missing is told once: neither crossed nor clear, the alert stays open until there is a
    value again. A rule without recipients of its own tells ``recipients``. The same alert is not sent again
    until it resolves or says something new; its end is sent once. What a headline counts by name is told once
    each, also after the alert had ended. Each decision and its messages are one transaction.
    """
    news = []
    for rule in rules:
        if rule.notebook not in (None, facts.run.notebook):
            continue
        verdict = judge(rule, facts)
        with database:
            before = _open(database, rule, facts.about)
            fresh = _not_told(verdict.evidence, _told(database, rule, facts.about))
            if _is_news(before, verdict, fresh):
                event, kind, reasons = OPEN, "alert", (*verdict.reasons, *(fresh or {}).values())
                news.append(rule)
            elif verdict.state == "clear" and before is not None:
                event, kind, reasons = RESOLVED, "resolved", (f"No longer so: {rule.when}.",)
            else:
                continue
            number = _note(database, rule, facts.about, event, verdict, now)
            message = format_alert(kind, rule.name, facts.run, reasons, facts.subject)
            told = rule.recipients or recipients
            stream = f"alert {rule.name} {facts.about}"
            outbox.put(database, message, told, delivery, stream=stream, occasion=str(number), now=now)
    return news


def says_something_new(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether evidence differs enough from what was sent to be sent again.

    A headline does when its value left the interval that was sent with it; without an interval, when it
    is shown differently; so does one whose value went missing or came back. Everything else does when it
    differs at all.

    >>> says_something_new({"mape": [0.31, 0.30, 0.33, "31 %"]}, {"mape": [0.32, 0.31, 0.34, "32 %"]})
    False
    """
    if before.keys() != after.keys():
        return True
    return any(_differs(before[name], after[name]) for name in before)


def _is_news(
    before: Mapping[str, Any] | None, verdict: Verdict, fresh: Mapping[str, str] | None = None
) -> bool:
    """Whether a rule that fires says something new, or one that cannot be judged any more lost its value.
    ``fresh``: what is counted by name and was not told yet; null where nothing is."""
    if verdict.state == "clear" or not verdict.evidence:
        return False
    if fresh is not None:
        return bool(fresh)
    if before is None:
        return verdict.state == "firing" or verdict.is_newly_missing
    return says_something_new(before, verdict.evidence)


def _differs(before: Any, after: Any) -> bool:
    if not isinstance(before, list) or len(before) != 4 or not isinstance(before[0], float | int):
        return before != after
    (_, low, high, shown), (value, _, _, shown_now) = before, after
    if value is None:
        return True
    if low is None and high is None:
        return shown != shown_now
    return (low is not None and value < low) or (high is not None and value > high)


def _not_told(evidence: Mapping[str, Any], told: set[str]) -> dict[str, str] | None:
    """What the evidence counts by name and nobody was told of; null where it counts nothing by name."""
    counted = [of["counted"] for of in evidence.values() if isinstance(of, Mapping) and "counted" in of]
    if not counted:
        return None
    return {name: words for each in counted for name, words in each.items() if name not in told}


def _told(database: sqlite3.Connection, rule: Rule, about: str) -> set[str]:
    """The names that earlier alerts of this rule counted."""
    rows = database.execute(
        "select evidence from alerts where rule = ? and subject = ? and event = ?", (rule.name, about, OPEN)
    )
    every = [json.loads(row[0]) for row in rows]
    return {name for evidence in every for name in (_not_told(evidence, set()) or {})}


def _open(database: sqlite3.Connection, rule: Rule, about: str) -> dict[str, Any] | None:
    row = database.execute(
        "select event, evidence from alerts where rule = ? and subject = ? order by number desc limit 1",
        (rule.name, about),
    ).fetchone()
    return json.loads(row[1]) if row and row[0] == OPEN else None


def _note(
    database: sqlite3.Connection, rule: Rule, about: str, event: str, verdict: Verdict, now: dt.datetime
) -> int:
    evidence = json.dumps(verdict.evidence)
    values = (rule.name, about, event, now.isoformat(timespec="seconds"), evidence)
    added = database.execute(
        "insert into alerts (rule, subject, event, at, evidence) values (?, ?, ?, ?, ?)", values
    )
    return added.lastrowid or 0
