"""What stands around charts and tables of the page on incidents, and the notes of its headlines."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_interval, format_value
from lucky_analytics.questions.platform.incident_runbooks.incident_kinds import NONE, Kind, Proof
from lucky_analytics.questions.platform.incident_runbooks.incidents import Incidents
from lucky_analytics.questions.platform.incident_runbooks.solving_times import FEWEST, MOST_FALSE, Lead
from lucky_analytics.questions.platform.incident_runbooks.texts import find_slow, is_compared
from lucky_analytics.questions.platform.incident_runbooks.worked_case import Case

__all__ = ["COUNTED", "list_limits", "name_case", "name_open", "name_slow", "note_lead", "note_slow",
           "reading", "times"]  # fmt: skip

COUNTED = "Counted, not estimated: it has no interval"


def reading(proof: Proof, level: float) -> dict[str, str]:
    """The arguments of ``report.figure`` for ``plot_reading``."""
    right, naive = (format_value(each.value, "share") for each in (proof.right, proof.naive))
    finding = f"Words put {right} of made-up texts rightly, always the commonest kind {naive}"
    if not proof.beats_naive:
        finding = "Words do not surely do better than always naming the commonest kind"
    return {
        "finding": finding,
        "subtitle": "Share of each kind's texts that were put under it, each text tried by the others alone; "
        f"lines: {100 * level:.0f} % intervals; dashed: always naming the commonest kind",
        "alt": "; ".join(
            f"{row['kind']}: {100 * row['right']:.0f} % of {row['n']}"
            for row in proof.by_kind[proof.by_kind["n"] > 0].to_dict("records")
        ),
        "source": "texts made up for this page",
    }


def times(shown: pd.DataFrame, level: float) -> dict[str, str]:
    """The arguments of ``report.figure`` for ``plot_times``; ``shown`` as from ``measure_kinds``."""
    slow = find_slow(shown)
    finding = "No kind of incident surely takes longer than the others"
    if len(slow):
        finding = f"It takes longer than with other incidents where {slow['label'].iloc[0]}"
    elif not is_compared(shown):
        finding = f"Too few of each kind to say which takes longer: {FEWEST} solved are needed"
    known = shown[shown["hours"].notna()].to_dict("records")
    return {
        "finding": finding,
        "subtitle": "Hours within which half of a kind are solved, on a scale of times; open ones count "
        f"for as long as they were seen open; lines: {100 * level:.0f} % intervals, to the edge where they "
        "have no upper end",
        "alt": "; ".join(
            f"{row['label']}: {row['hours']:.1f} hours, {format_interval(row['low'], row['high'], 'hours')}"
            for row in known
        ),
        "source": "the file of incidents that was handed in",
    }


def name_case(case: Case, kinds: list[Kind]) -> str:
    """The title of the worked case's dry run."""
    label = next((kind.label for kind in kinds if kind.name == case.kind), "")
    if not label:
        return f"{case.server}, {case.when}: words do not tell the kind, somebody reads it"
    return f"{case.server}, {case.when}: {label}. What a person would do, step by step; nothing here runs it"


def name_open(open_now: pd.DataFrame) -> str:
    """The title of the table of open incidents."""
    if open_now.empty:
        return "No incident is open"
    if len(open_now) == 1:
        return "The incident that is open, and its runbook"
    return f"The {len(open_now)} incidents that are open, the oldest first, and their runbooks"


def name_slow(shown: pd.DataFrame) -> dict[str, str]:
    """Kinds that take longer, for alerts: name and words."""
    return {str(row["name"]): str(row["label"]) for row in find_slow(shown).to_dict("records")}


def note_slow(shown: pd.DataFrame) -> str:
    n = int((shown["verdict"] != "too few").sum())
    rate = f"where nothing differs, one is called in at most {100 * MOST_FALSE:.0f} of 100 worlds"
    return f"{COUNTED}. {n} kinds have {FEWEST} or more solved and are compared; {rate}"


def note_lead(lead: Lead) -> str:
    if lead.kind:
        return f"{COUNTED}. The second has {lead.n_second}; of incidents whose kind somebody gave"
    if not lead.n:
        return "Null: no incident has a kind that somebody gave"
    return f"Null: the two that come most have {lead.n_first} and {lead.n_second}, which may be chance"


def list_limits(found: Incidents) -> list[str]:
    """What this file in particular cannot tell."""
    rows, limits = found.rows, []
    n_none, n_no_server = int((rows["kind"] == NONE).sum()), int((rows["server"] == "").sum())
    if n_none:
        limits.append(f"{n_none} of {len(rows)} incidents are not classed: somebody reads them.")
    if n_no_server:
        limits.append(f"{n_no_server} of {len(rows)} incidents name no server.")
    if found.n_later or found.n_old:
        limits.append(
            f"{found.n_later} incidents began later and {found.n_old} before these days; they do not count."
        )
    return limits
