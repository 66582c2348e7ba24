"""The findings about readiness as sentences, and which data to get first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.formats import join_names

__all__ = [
    "decide",
    "describe_answer",
    "describe_gaps",
    "describe_totals",
    "name_departments",
    "name_finding",
]

OWNER = "Data platform"
_MOST_NAMED = 3


def name_finding(counts: Mapping[str, int], bare: Sequence[str]) -> str:
    """The title, as a template for ``report.title``. ``counts``: of ``count_cases``; ``bare``: departments
    without a use case that has all its data."""
    if not counts["ready"]:
        return "No use case has all the data it needs; {blocked:value} are blocked"
    if not counts["blocked"] and not counts["partly"]:
        return "All {ready:value} have the data they need"
    if not counts["blocked"]:
        return "{ready:value} have all their data, the others most of it"
    if bare:
        who = join_names(bare) if len(bare) <= _MOST_NAMED else f"{len(bare)} departments"
        return f"{who} {'has' if len(bare) == 1 else 'have'} no use case with all its data"
    return "{ready:value} have all their data; {blocked:value} lack theirs"


def describe_answer(counts: Mapping[str, int]) -> str:
    """The answer, as a template for ``report.answer``: at most three numbers."""
    text = "{ready:value} have all their data, {blocked:value} lack theirs, the others are answered in part"
    if not counts["late"]:
        return text + ". No table that is needed is late."
    return text + ". {late:value} had no new row for longer than ever before."


def name_departments(cases: pd.DataFrame) -> str:
    """Where most is ready and most is blocked, as the title of the main picture."""
    names = cases["department"]
    ready, blocked = (
        (cases["measured"] == name).groupby(names, sort=False).sum() for name in ("ready", "blocked")
    )
    if not blocked.sum():
        return "No department has a use case that is blocked"
    if not ready.sum():
        return "No department has a use case with all its data"
    most, least = ready.idxmax(), blocked.idxmax()
    return (
        f"{most} has most use cases with all data ({ready.max()}), "
        f"{least} most that are blocked ({blocked.max()})"
    )


def name_steps(cases: pd.DataFrame) -> str:
    """What keeps most use cases from being ready, as the title of the picture of all of them."""
    kept = {
        "something that no table holds": int((cases["gap"] != "").sum()),
        "a table that is lacking or empty": int((cases["n_filled"] < cases["n_needs"]).sum()),
        "a late table": int((cases["n_new"] < cases["n_filled"]).sum()),
        "a join that does not hold": int((cases["n_joined"] < cases["n_joins"]).sum()),
    }
    reason = max(kept, key=lambda name: kept[name])
    if not kept[reason]:
        return "Nothing keeps a use case from its data"
    return f"{kept[reason]} of {len(cases)} use cases meet {reason}: more than any other obstacle"


def describe_gaps(gaps: pd.DataFrame) -> str:
    """The gap that blocks most, as the title of the table of gaps."""
    if gaps.empty:
        return "No gap blocks a use case"
    first = gaps.iloc[0]
    return f"What blocks use cases: {_name_gap(first['gap'])} first, for priority {first['priority']}"


def describe_totals(totals: pd.DataFrame, scores: pd.DataFrame) -> str:
    """How many of the catalog's totals do not add up, as the title of their table."""
    n = int(totals["differs"].sum())
    if not n and scores.empty:
        return "The catalog's totals and scores add up"
    return f"{n} of {len(totals)} totals of the catalog do not add up, and {len(scores)} of its scores"


def decide(gaps: pd.DataFrame) -> Decision:
    """What to get first. Scores of the catalog rank it; no money is known of any, so it is never a "do"."""
    if gaps.empty:
        return Decision(
            "go on as before",
            OWNER,
            idle("no use case is blocked"),
            "Each table that a use case needs is there and has rows.",
            "A table that is needed goes missing or loses its rows.",
        )
    first = gaps.iloc[0]
    rest = len(gaps) - 1
    what = _name_gap(first["gap"])
    tables = "" if first["tables"] == "no table" else f" ({_few(first['tables'])})"
    n = int(first["n_cases"])
    return Decision(
        f"get {what}{tables} first, for {_few(first['cases'])}",
        OWNER,
        weigh(None),
        f"It blocks {n} use {'case' if n == 1 else 'cases'}, of priority {first['priority']}: of {len(gaps)} "
        "gaps the first by the catalog's priorities and scores."
        if rest
        else f"It is the only gap: {n} use {'case needs' if n == 1 else 'cases need'} it.",
        "Another gap blocks use cases that are worth more, or its tables are filled.",
    )


def _name_gap(gap: str) -> str:
    """A gap in a sentence: a database without the prefix that all have, or what no table holds.

    >>> _name_gap("luckyus_fi_tax"), _name_gap("posts: nobody keeps them")
    ('fi_tax', 'posts')
    """
    return gap.partition(":")[0].removeprefix("luckyus_")


def _few(listed: str) -> str:
    """The first three names of a list with commas, and how many more there are."""
    names = listed.split(", ")
    rest = len(names) - 3
    return listed if rest < 1 else f"{', '.join(names[:3])} and {rest} more"
