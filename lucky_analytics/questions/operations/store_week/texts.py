"""The week of a store, or of all, in words."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.methods.growth.steady_level import FEWEST
from lucky_analytics.questions.operations.store_week.verdict import Verdict

__all__ = ["describe", "describe_first_days", "describe_older", "name_finding", "name_group", "name_older"]


def name_finding(name: str, verdict: Verdict, *, is_group: bool = False) -> str:
    """What became of the week of ``name``, one store or all, as the title of the page. Of a store that keeps
    falling it is the whole fall; of a group its week, because its best weeks are of other stores, too."""
    if verdict.newest["is_inside"] is None:
        return f"{name}: too young to say whether the week was unusual"
    sold = f"{name} sold {100 * abs(verdict.change):.0f} % {'more' if verdict.change > 0 else 'less'}"
    if verdict.is_growing:
        return f"{sold} than before; new stores grow"
    if not verdict.newest["is_inside"]:
        if (
            not is_group
            and verdict.keeps_falling
            and verdict.since_best.value
            and verdict.best_end is not None
        ):
            lost = f"{name} lost {100 * -verdict.since_best.value:.0f} % since {verdict.best_end:%B}"
            return f"{lost}; {verdict.n_running} weeks running below range"
        if verdict.n_running > 1:
            side = "above" if verdict.change > 0 else "below"
            return f"{sold}, the {_ordinal(verdict.n_running)} week running {side} range"
        n_odd = verdict.n_judged - verdict.n_inside
        often = f"{sold}, as unusual as {n_odd} of {verdict.n_judged} weeks before"
        return f"{sold} than before, more than chance" if verdict.is_steady else often
    if verdict.is_fallen and verdict.since_best.value is not None:
        return f"{name}: the last four weeks are {100 * -verdict.since_best.value:.0f} % below the best four"
    if not round(100 * verdict.change):
        return f"{name} sold as much as before"
    return f"{sold} than before, no more than chance"


def _ordinal(number: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ends.get(number % 10, 'th')}"


def describe(verdict: Verdict) -> str:
    """A week in words, to follow "sold $12.3K"."""
    said = _compare_in_words(verdict)
    if verdict.is_fallen and verdict.since_best.value is not None:
        said += f"; its last four weeks stand {100 * -verdict.since_best.value:.0f} % below its best four"
    return said


def name_older(names: Sequence[str]) -> str:
    """The stores that were open in all weeks, for labels: ``"the 7 older stores"``."""
    return f"the {len(names)} older stores" if len(names) != 1 else names[0]


def name_group(names: Sequence[str]) -> str:
    """The same stores, to begin a title with.

    >>> name_group(["a", "b"]), name_group(["221 Grand"])
    ('The 2 oldest stores', '221 Grand')
    """
    return f"The {len(names)} oldest stores" if len(names) != 1 else names[0]


def describe_older(verdict: Verdict) -> str:
    """What became of the week of the stores that were open in all of them, to follow what all sold."""
    return f". The older stores sold {{older}} of it{_compare_in_words(verdict)}"


def describe_first_days(name: str, n_days: int) -> tuple[str, str, Decision]:
    """Title, answer and decision of a store that has not been open for a week.

    >>> describe_first_days("21st & 3rd", 5)[1]
    '21st & 3rd has been open for 5 days: there is no week yet to judge.'
    """
    return (
        f"{name}: no week yet",
        f"{name} has been open for {n_days} days: there is no week yet to judge.",
        Decision(
            "plan by the opening plan",
            "Store manager",
            weigh(None, is_outside="the store has not been open for a week"),
            "The store has no whole week.",
            "Its first seven days are over.",
        ),
    )


def _compare_in_words(verdict: Verdict) -> str:
    newest = verdict.newest
    if newest["is_inside"] is None:
        return f", with fewer than {FEWEST} whole weeks before that would say what to expect"
    word = "not unusual: " if newest["is_inside"] else ""
    if not round(100 * verdict.change):
        return f", {word}as much as in the weeks before"
    side = "more" if verdict.change > 0 else "less"
    return f", {word}{100 * abs(verdict.change):.0f} % {side} than in the weeks before"
