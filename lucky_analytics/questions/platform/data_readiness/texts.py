"""The findings about readiness as sentences, and which data to get first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh

__all__ = [
    "decide",
    "describe_answer",
    "describe_gaps",
    "describe_totals",
    "name_departments",
    "name_finding",
]

OWNER = "Data platform"
_TITLE_WORDS, _DAYS = 14, 14  # days in which a table that exists can be copied
_TAX = "luckyus_fi_tax"


def name_finding(counts: Mapping[str, int], gaps: pd.DataFrame) -> str:
    """The title, as a template for ``report.title``. ``counts``: of ``count_cases``; ``gaps``: of
    ``rank_gaps``, of which the first is named."""
    if not counts["ready"]:
        return "No question has all its data; {blocked:value} lack data of their own"
    if counts["blocked"] and counts["answered"] == counts["n"]:
        return "All {answered:value} have a page; {blocked:value} lack data of their own"
    if not counts["blocked"] and not counts["partly"]:
        return "All {ready:value} have the data they need"
    if not counts["blocked"]:
        return "{ready:value} have all their data, the others most of it"
    first = f"; {_name_gap(gaps['gap'].iloc[0])} come first" if len(gaps) else ""
    title = "{blocked:value} lack data of their own" + first
    return title if len(title.split()) < _TITLE_WORDS else title.removesuffix(first)


def describe_answer(counts: Mapping[str, int]) -> str:
    """The answer, as a template for ``report.answer``: at most three numbers."""
    text = (
        "This portal answers {pages:value}, the catalog's among them. Of the catalog's {ready:value} have "
        "all their data and {partly:value} most of it"
    )
    if not counts["blocked"]:
        return text + "; none lacks what it cannot do without."
    return text + "; the others are answered in part from other sources."


def name_departments(cases: pd.DataFrame) -> str:
    """Where most is ready and most is blocked, as the title of the main picture."""
    names = cases["department"]
    ready, blocked = (
        (cases["measured"] == name).groupby(names, sort=False).sum() for name in ("ready", "blocked")
    )
    if not blocked.sum():
        return "No department has a question that lacks its own data"
    if not ready.sum():
        return "No department has a question with all its data"
    most, least = ready.idxmax(), blocked.idxmax()
    return (
        f"{most} has most questions with all their data ({ready.max()}), "
        f"{least} most that lack their own ({blocked.max()})"
    )


def describe_gaps(gaps: pd.DataFrame) -> str:
    """The gap that blocks most, as the title of the table of gaps."""
    if gaps.empty:
        return "No question lacks data that it cannot do without"
    first = gaps.iloc[0]
    return f"What is lacking: {_name_gap(first['gap'])} first, for priority {first['priority']}"


def describe_totals(totals: pd.DataFrame, scores: pd.DataFrame) -> str:
    """How many of the catalog's totals do not add up, as the title of their table."""
    n = int(totals["differs"].sum())
    if not n and scores.empty:
        return "The catalog's totals and scores add up"
    return f"{n} of {len(totals)} totals of the catalog do not add up, and {len(scores)} of its scores"


def decide(gaps: pd.DataFrame, as_of: dt.date) -> Decision:
    """What to get first, and by when. The catalog's scores rank it; no money is known: never a "do"."""
    if gaps.empty:
        return Decision(
            "go on as before",
            OWNER,
            idle("no question lacks its data"),
            "Each table that a question needs is there and has rows.",
            "A table that is needed goes missing or loses its rows.",
        )
    first = gaps.iloc[0]
    rest = len(gaps) - 1
    what = _name_gap(first["gap"])
    tables = "" if first["tables"] == "no table" else f" Its tables: {_few(first['tables'])}."
    n = int(first["n_cases"])
    because = (
        f"{n} {'question needs' if n == 1 else 'questions need'} it, of priority {first['priority']}: of "
    )
    because += f"{len(gaps)} gaps the first by the catalog's priorities and scores."
    if not rest:
        because = f"It is the only gap: {n} {'question needs' if n == 1 else 'questions need'} it."
    if first["gap"] == _TAX:
        because = f"Until they come no page can see whether sales tax was paid. {because}"
    return Decision(
        f"have {what} copied by {as_of + dt.timedelta(days=_DAYS):%-d %b}, for {_few(first['cases'])}",
        OWNER,
        weigh(None),
        because + tables,
        "Another gap keeps away answers that are worth more, or its tables are filled.",
    )


def _name_gap(gap: str) -> str:
    """A gap in a sentence, a plural: rows of a database, or what no table holds.

    >>> _name_gap("luckyus_fi_tax"), _name_gap("luckyus_opshop"), _name_gap("posts: nobody keeps them")
    ('rows of the tax system', 'rows of opshop', 'posts')
    """
    if gap == _TAX:
        return "rows of the tax system"
    if ":" not in gap:
        return f"rows of {gap.removeprefix('luckyus_')}"
    return gap.partition(":")[0].removeprefix("luckyus_")


def _few(listed: str) -> str:
    """The first three names of a list with commas, and how many more there are."""
    names = listed.split(", ")
    rest = len(names) - 3
    return listed if rest < 1 else f"{', '.join(names[:3])} and {rest} more"
