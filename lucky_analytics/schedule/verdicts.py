"""Does a rule hold for a run? Numbers are judged only where they may be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lucky_analytics.errors import ParameterError
from lucky_analytics.formats import format_estimate
from lucky_analytics.publish.shelf import Run
from lucky_analytics.publish.whats_new import find_moves
from lucky_analytics.schedule.rules import Condition, Event, Moved, Rule, Threshold
from lucky_analytics.snapshot import Finding

__all__ = ["Facts", "Verdict", "judge"]


@dataclass(frozen=True)
class Facts:
    """What is known of one report when its entry has run.

    ``previous`` is the run before that asked the same, ``breaches`` the contracts that do not hold of the
    tables it read, ``today`` the business date of the slot. ``subject`` is what an alert is about, when it
    is not this report alone.
    """

    run: Run
    previous: Run | None
    breaches: Sequence[Finding]
    today: dt.date
    subject: str = ""

    @property
    def about(self) -> str:
        return self.subject or self.run.key

    @property
    def days_old(self) -> int:
        """Business days since the last one that the report counts; yesterday is the newest that is closed."""
        return (self.today - dt.date.fromisoformat(self.run.record.as_of)).days


@dataclass(frozen=True)
class Verdict:
    """``clear``, ``firing``, or ``unknown`` when there is no number to judge.

    ``reasons`` are sentences for the reader; ``evidence`` is what a later verdict is compared with, to
    tell whether it says something new. Where a headline has no value they say so; ``is_newly_missing`` when
    the run before had one.
    """

    state: Literal["clear", "firing", "unknown"]
    reasons: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    is_newly_missing: bool = False


def judge(rule: Rule, facts: Facts) -> Verdict:
    """Whether all conditions of a rule hold, in whatever order they stand: one that is clear makes it clear.

    Otherwise one without a number leaves it unknown, as does a page that ended before it. A rule that does
    not fit its report fires and says so.
    """
    try:
        verdicts = [_judge_one(condition, facts) for condition in rule.conditions]
    except ParameterError as error:
        reason = f"The rule {rule.name} does not fit its report: {error}"
        return Verdict("firing", (reason,), {"when": rule.when})
    states = [verdict.state for verdict in verdicts]
    if "clear" in states:
        return Verdict("clear")
    if "unknown" in states:
        verdicts = [verdict for verdict in verdicts if verdict.state == "unknown"]
    if not any(verdict.reasons for verdict in verdicts):
        return Verdict("unknown")  # nothing that may be shown of a run that failed or has problems
    evidence: dict[str, Any] = {"when": rule.when}
    for verdict in verdicts:
        evidence |= verdict.evidence
    return Verdict(
        "unknown" if "unknown" in states else "firing",
        tuple(reason for verdict in verdicts for reason in verdict.reasons),
        evidence,
        any(verdict.is_newly_missing for verdict in verdicts),
    )


def _judge_one(condition: Condition, facts: Facts) -> Verdict:
    if isinstance(condition, Event):
        return _event(condition, facts)
    if not facts.run.is_good or facts.run.problems:
        return Verdict("unknown")
    headline = next((h for h in facts.run.headlines if h["name"].lower() == condition.headline), None)
    if headline is None and facts.run.is_stopped:
        return _stopped(condition, facts)
    if headline is None:
        known = ", ".join(h["name"] for h in facts.run.headlines)
        raise ParameterError(f"headline {condition.headline}", expected=f"one of {known}")
    if isinstance(condition, Moved):
        return _moved(headline, facts)
    return _threshold(condition, headline, facts)


def _threshold(condition: Threshold, headline: Mapping[str, Any], facts: Facts) -> Verdict:
    holds = condition.holds(headline)
    if holds is None:
        return _missing(headline, condition.part, facts)
    if not holds:
        return Verdict("clear")
    said = ", ".join(filter(None, (f"{headline['label']}: {_shown(headline)}", condition.said)))
    if counted := headline.get("counted"):
        return Verdict("firing", (said,), {headline["name"]: {"counted": counted}})
    evidence = {headline["name"]: [headline["value"], headline["low"], headline["high"], _shown(headline)]}
    return Verdict("firing", (said,), evidence)


def _moved(headline: Mapping[str, Any], facts: Facts) -> Verdict:
    if headline["value"] is None:
        return _missing(headline, "value", facts)
    moves = find_moves(facts.run, facts.previous) if facts.previous else []
    move = next((m for m in moves if m.name == headline["name"]), None)
    if move is None or not move.is_beyond or not move.before_interval:
        return Verdict("clear")
    reason = f"{headline['label']}: {_shown(headline)}, {move.sentence}"
    return Verdict("firing", (reason,), {"run": facts.run.id})


def _missing(headline: Mapping[str, Any], part: str, facts: Facts) -> Verdict:
    """There is nothing to judge; news when there was before."""
    of_part = "value" if part == "value" else f"{part} of its value"
    reason = f"{headline['label']}: no {of_part} in this report, so that the rule cannot be judged."
    name = headline["name"]
    before = facts.previous.headlines if facts.previous and facts.previous.is_good else []
    had = next((h.get(part) for h in before if h["name"] == name), None)
    return Verdict("unknown", (reason,), {name: [None, None, None, f"no {part}"]}, had is not None)


def _stopped(condition: Threshold | Moved, facts: Facts) -> Verdict:
    """The page ended before the number, because its data cannot answer; news when it was there before."""
    said = facts.run.results["title"][0]["text"]
    before = facts.previous.headlines if facts.previous and facts.previous.is_good else []
    had = any(headline["name"].lower() == condition.headline for headline in before)
    reason = f"{said}: there is no {condition.headline} in this report, so that the rule cannot be judged."
    return Verdict("unknown", (reason,), {condition.headline: "stopped"}, had)


def _event(event: Event, facts: Facts) -> Verdict:
    run = facts.run
    if event.name == "failed run":
        if run.is_good:
            return Verdict("clear")
        name = (run.record.error or {}).get("name", "")
        return Verdict("firing", (f"It did not complete ({name}).",), {"error": name})
    if event.name == "data older than":
        if facts.days_old <= event.days:
            return Verdict("clear")
        reason = f"Its data end on {run.record.as_of}, {facts.days_old} days before {facts.today}."
        return Verdict("firing", (reason,), {"older than": event.days})
    is_stale = event.name == "stale data"
    found = [finding for finding in facts.breaches if (finding.rule == "fresh") == is_stale]
    if not found:
        return Verdict("clear")
    subjects = sorted(f"{finding.table} {finding.rule} {finding.subject}" for finding in found)
    return Verdict("firing", tuple(map(str, found)), {"contracts": subjects})


def _shown(headline: Mapping[str, Any]) -> str:
    return format_estimate(headline["value"], headline["low"], headline["high"], headline["unit"])
