"""Sentences of the page on incidents, none stronger than the interval behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_value
from lucky_analytics.questions.platform.incident_runbooks.incident_kinds import Kind, Proof
from lucky_analytics.questions.platform.incident_runbooks.incidents import Incidents
from lucky_analytics.questions.platform.incident_runbooks.runbooks import Runbook
from lucky_analytics.questions.platform.incident_runbooks.solving_times import FEWEST, Lead
from lucky_analytics.questions.platform.incident_runbooks.views import is_stale
from lucky_analytics.questions.platform.incident_runbooks.worked_case import Case

__all__ = ["FEWEST_INCIDENTS", "LIMITS", "decide", "describe_unknown", "find_slow", "is_compared",
           "name_finding", "phrase_answer"]  # fmt: skip

_OWNER = "IT"
FEWEST_INCIDENTS = 10
_NOTE = (
    "note every incident when it begins: its number, the time, the server, a sentence, and the time it ended"
)
LIMITS = (
    "Nothing here runs a step, opens a connection or can be told to: a person reads the steps and decides.",
    "Commands are for MySQL and Redis in the cloud of AWS and were not tried here: who owns a runbook tries "
    "it first on a server that nobody needs.",
    "The texts that words are learnt from are made up by who wrote this page; how people here write of "
    "incidents may differ. The class that they give their own incidents shows it.",
    "One failure that is noted twice counts twice.",
    "Time to solve is as noted: it holds the time until somebody noticed, and until somebody wrote that it "
    "was over.",
    "Incidents that nobody noted are not here; no number of them can be given.",
)


def describe_unknown(proof: Proof, n_books: int, has_file: bool, case: Case) -> tuple[str, str, Decision]:
    """Title, answer and decision where no file holds an incident: the one that the documents name is all
    that is known. Where ``has_file``, the file has none of these days."""
    books = "1 runbook stands" if n_books == 1 else f"{n_books} runbooks stand"
    change = "A file of incidents is handed in."
    if has_file:
        right, naive = (format_value(each.value, "share") for each in (proof.right, proof.naive))
        answer = (
            f"The file has no incident in these days. Read by their words, {right} of made-up ones come "
            f"under their kind; always naming the commonest, {naive}."
        )
        because = (
            "Without a beginning, an end and a kind of each, nobody can say which runbook saves most time."
        )
        strength = Strength(WAIT, ("no incident is on record",))
        return (
            f"No incident in these days; {books} ready",
            answer,
            Decision(_NOTE, _OWNER, strength, because, change),
        )
    unseen = "no alarm of ours did" if not case.is_own else "an alarm of ours"
    title = (
        f"{case.server} failed in {case.when}; how long is not on record"
        if case.is_own
        else f"No alarm of ours saw the machine that failed in {case.when}"
    )
    answer = (
        f"{case.noticed[0].upper()}{case.noticed[1:]} saw {case.server} fail in {case.when}; {unseen}. When "
        f"it began and ended is not on record, and no other incident is noted anywhere. {books} ready."
    )
    alarm = "set an alarm of our own for machines that go down and test it; " if not case.is_own else ""
    because = (
        f"Of {len(case.facts)} things to know of that failure {case.n_told} are on record: without times "
        "nobody can say what failures cost or which runbook saves most."
    )
    return title, answer, Decision(f"{alarm}{_NOTE}", _OWNER, weigh(None), because, change)


def find_slow(times: pd.DataFrame) -> pd.DataFrame:
    """Kinds that take longer than the others, the surest first."""
    return times[times["verdict"] == "slower"].sort_values(["p_value", "name"])


def name_finding(found: Incidents, times: pd.DataFrame, lead: Lead, kinds: list[Kind], as_of: dt.date) -> str:
    """The title: what is beyond chance, and no more."""
    short = {kind.name: kind.short for kind in kinds}
    if is_stale(found, as_of):
        return "The file of incidents is old: how things stand now is not known"
    if len(found.rows) < FEWEST_INCIDENTS:
        return "Too few incidents are noted to tell which kind matters most"
    slow = find_slow(times)
    if len(slow):
        return f"{_begin(short[slow['name'].iloc[0]])} take longer to solve than other incidents"
    if lead.kind:
        return f"{_begin(short[lead.kind])} come most often: {lead.n_first} of {lead.n} incidents"
    if not is_compared(times):
        return "Too few incidents of a kind to tell which takes longer to solve"
    return "No kind of incident surely comes more often or takes longer than others"


def is_compared(times: pd.DataFrame) -> bool:
    """Whether any kind has enough incidents to be held against the others."""
    return bool((times["verdict"] != "too few").any())


def _begin(words: str) -> str:
    return words[0].upper() + words[1:]


def phrase_answer(times: pd.DataFrame, lead: Lead, kinds: list[Kind]) -> str:
    """The answer, as a template over headlines."""
    short = {kind.name: kind.short for kind in kinds}
    slow = find_slow(times)
    said = "no kind surely takes longer than the others"
    if not is_compared(times):
        said = "no kind has enough to be compared"
    if len(slow):
        said = f"{short[slow['name'].iloc[0]]} take longer than the others"
    most = f"{short[lead.kind]} come most often" if lead.kind else "none surely comes most often"
    half = "Half of all incidents are solved within {solved}"
    return f"{half}; {said}, and {most}. {{fits:value}} fit a runbook."


def decide(
    found: Incidents, times: pd.DataFrame, solved: Estimate, lead: Lead, kinds: list[Kind],
    books: Mapping[str, Runbook], proof: Proof, as_of: dt.date, level: float,
) -> Decision:  # fmt: skip
    """Which runbook to rehearse first; nothing where no kind stands out."""
    if is_stale(found, as_of):
        old = Strength(WAIT, ("the file is old",))
        return Decision(
            _NOTE, _OWNER, old, "The newest moment of the file is weeks ago.", "A newer file comes."
        )
    if len(found.rows) < FEWEST_INCIDENTS:
        few = Strength(WAIT, ("there are too few incidents to tell",))
        because = f"Of these days {len(found.rows)} are noted; below {FEWEST_INCIDENTS} nothing is compared."
        return Decision(_NOTE, _OWNER, few, because, "There are more.")
    slow = find_slow(times)
    chosen = slow["name"].iloc[0] if len(slow) else lead.kind
    if not chosen and not is_compared(times):
        few = Strength(WAIT, ("there are too few of each kind to tell",))
        because = f"No kind has {FEWEST} that are solved, and none surely comes most often."
        return Decision(_NOTE, _OWNER, few, because, "There are more.")
    if not chosen:
        return Decision(
            "go on noting incidents, and rehearse runbooks in any order", _OWNER,
            idle("no kind stands out"),
            f"No kind with {FEWEST} or more solved takes longer than the others, and none surely leads.",
            "A kind comes more often, or takes longer, beyond chance.",
        )  # fmt: skip
    kind = next(each for each in kinds if each.name == chosen)
    row = times[times["name"] == chosen].iloc[0]
    because = f"{row['n']} incidents were of this kind, more than of any other."
    if len(slow):
        own, all_of = (
            format_estimate(each.value, each.low, each.high, "hours")
            for each in (Estimate.of(row.to_dict(), "hours", level=level), solved)
        )
        because = f"Half of its {row['n']} incidents were solved within {own}; of all, within {all_of}."
    doubts = []
    is_read = found.rows.loc[found.rows["kind"] == chosen, "by"] == "words"
    if len(slow) and is_read.any():
        doubts.append(f"the kind of {int(is_read.sum())} of them was read from their words")
    if not proof.beats_naive and is_read.any():
        doubts.append("words do no better than always naming the commonest kind")
    book = books.get(kind.runbook)
    action = (
        f'rehearse the runbook "{book.title}" on a server that nobody needs'
        if book
        else f"write the runbook {kind.runbook}"
    )
    return Decision(
        action, _OWNER, weigh(None, doubts=doubts), because, "The next incidents show no such difference."
    )
