"""Sentences of the page on customers, none stronger than the counts behind it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength
from lucky_analytics.formats import format_change, format_value
from lucky_analytics.questions.marketing.customer_360.advice import FALLEN, say_statement
from lucky_analytics.questions.marketing.customer_360.known_systems import Known
from lucky_analytics.questions.marketing.customer_360.profiles import HORIZON

__all__ = [
    "describe_coverage",
    "describe_fall",
    "describe_nobody",
    "describe_overlap",
    "describe_statements",
    "list_limits",
    "name_finding",
    "note_band",
    "note_recent",
    "note_wrong",
    "phrase_answer",
    "say_band",
]

_SHY = {
    "nobody": "nobody has ordered",
    "costs": "no cost of an order is known",
    "quiet": "no customer came back in the last four weeks",
    "losing": "orders cost more than they bring",
    "alike": "orders do not tell customers apart",
    "young": "too few days have passed to test it",
    "wild": "forecasts of earlier dates were too far off",
}


def describe_nobody(n: int) -> tuple[str, str, Decision]:
    """Title, answer and decision where no customer has ordered; ``n`` people are registered.

    >>> describe_nobody(0)[1]
    'Nobody has ordered yet, and nobody is registered: there is nothing to compare.'
    """
    who = "nobody is" if not n else "1 person is" if n == 1 else f"{n:,} people are"
    return (
        "No customer has ordered yet",
        f"Nobody has ordered yet, and {who} registered: there is nothing to compare.",
        Decision(
            "build no audience yet",
            "Marketing",
            Strength(WAIT, ("there is no order yet",)),
            "There is no order of a customer yet.",
            "Customers order.",
        ),
    )


def name_finding(
    worst: pd.Series | None, fall: float | None, month: str, before: str = "", n_days: int = 0
) -> str:
    """The title, as a template: registrations that fell or rose much, with both windows; else the statement
    that orders contradict most, else who orders soon of the newest ``month`` (empty: of none is known).
    ``fall`` as from ``measure_fall``: ``n_days`` of the newest month against the month ``before``.

    >>> name_finding(None, 0.52, "Jan 2026", "Dec 2025", 13)
    'Registrations in the last 13 days: 48 % fewer a day than in Dec 2025'
    >>> name_finding(None, None, "")
    '{never:value} of those who registered have never ordered'
    """
    if fall is not None and not FALLEN <= fall <= 1 / FALLEN:
        side = "fewer" if fall < 1 else "more"
        window = f" in the last {n_days} days" if n_days > 1 else ""
        against = f"in {before}" if before else "two months ago"
        return f"Registrations{window}: {100 * abs(fall - 1):.0f} % {side} a day than {against}"
    if worst is not None:
        return f"Orders contradict {say_statement(worst)} for {100 * worst['share']:.0f} % of its people"
    if month:
        return "{recent:value} of newcomers order within 30 days of registering"
    return "{never:value} of those who registered have never ordered"


def phrase_answer(month: str, fall: float | None = None) -> str:
    """The answer, as a template; ``month`` and ``fall`` as in ``name_finding``, whose title it goes on from.

    >>> phrase_answer("")
    'Of {people:value} registered, {never:value} have not ordered yet.'
    """
    if not month:
        return "Of {people:value} registered, {never:value} have not ordered yet."
    who = f"Of those who registered in {pd.Timestamp(month):%B}"
    if fall is not None and not FALLEN <= fall <= 1 / FALLEN:
        who = f"{'Fewer' if fall < 1 else 'More'} register; of those who did in {pd.Timestamp(month):%B}"
    return (
        f"{who}, {{recent}} order within a month, against "
        f"{{first_order:value}} of "
        "all so far. {never:value} of all who ever registered have not ordered yet."
    )


def say_band(verdict: str) -> str:
    """What the platform's price band tells, a template over ``band``; ``verdict``: ``judge_bands``."""
    if verdict == "silent":
        return (
            "The platform's price band does not tell who pays more: its high band paid {band} an order as "
            "its low one."
        )
    if verdict == "tells":
        return "The platform's high price band paid {band} an order against the low one."
    return "Whether the platform's price band tells who pays more is not known."


def note_band(n: int) -> str:
    """Under the tile on the price band; ``n``: customers in the two bands.

    >>> note_band(0)
    'The platform has no price band of customers with orders'
    """
    if not n:
        return "The platform has no price band of customers with orders"
    return "Mean of the high band over that of the low one; 1 is no difference"


def note_wrong(n: int) -> str:
    """Under the tile on contradicted states: ``n`` people with a state."""
    if not n:
        return "The platform has no life-cycle state of anybody"
    return "All are counted, so without an interval"


def note_recent(row: pd.Series | None) -> str:
    """Under the share that orders within 30 days; ``row``: the month's of ``aggregate_registrations``.

    >>> note_recent(pd.Series({"n_registered": 18000, "n_seen": 8722, "started_share": 0.82}))
    '8,722 of 18,000 have had 30 days, of whom 82.0 % ordered; the others count for the days so far'
    """
    if row is None or pd.isna(row["started_share"]):
        return "Who registered later counts for the days so far"
    n, seen, share = int(row["n_registered"]), int(row["n_seen"]), format_value(row["started_share"], "share")
    if n == seen:
        return f"All {n:,} have had 30 days"
    return (
        f"{seen:,} of {n:,} have had 30 days, of whom {share} ordered; the others count for the days so far"
    )


def describe_fall(ratio: float | None) -> str:
    """How registrations went, as a finding; ``ratio`` as from ``measure_fall``.

    >>> describe_fall(0.8)
    'Registrations a day fell by 20 % against the month before last'
    >>> describe_fall(1.004)
    'Registrations a day are as in the month before last'
    """
    if ratio is None:
        return "Too few months to say whether fewer register"
    if format_change(ratio - 1) == "0 %":
        return "Registrations a day are as in the month before last"
    word, change = "fell" if ratio < 1 else "rose", format_change(abs(ratio - 1)).lstrip("+")
    return f"Registrations a day {word} by {change} against the month before last"


def describe_statements(statements: pd.DataFrame) -> str:
    """How far what is said agrees with orders: ``statements`` as from ``check_statements``."""
    if statements.empty or not statements["n"].sum():
        return "Neither platform nor labels nor profiles say anything that orders could contradict"
    wrong = statements[statements["n_wrong"] > 0]
    if wrong.empty:
        return f"Orders contradict none of {len(statements)} statements"
    most = wrong.iloc[0]
    share = format_value(most["share"], "share")
    return (
        f"Orders contradict {len(wrong)} of {len(statements)} statements, most of all {say_statement(most)}: "
        f"{share} of its people"
    )


def describe_overlap(cells: pd.DataFrame) -> str:
    """The overlap of classes and where customers stand, as a finding: ``cells`` as from ``cross_groups``."""
    first = cells["down"].iloc[0]
    own = cells[cells["down"] == first].sort_values("n", ascending=False, kind="stable").iloc[0]
    return f"{first}: {100 * own['share']:.0f} % are {_lower(own['across'])}"


def describe_coverage(known: Known) -> str:
    """How many people only the register knows: ``known`` as from ``count_known``."""
    total, alone = known.masks["n"].sum(), known.masks.loc[known.masks["mask"] == 1, "n"].sum()
    each = known.masks.loc[known.masks["mask"] == (1 << len(known.names)) - 1, "n"].sum()
    return (
        f"Of {total:,} people {each:,} are in all {len(known.names)} systems, {alone:,} in the register alone"
    )


def _lower(name: str) -> str:
    return name.partition(": ")[2] or name


def list_limits(why: str | None, is_scored: bool, level: float) -> list[str]:
    """What a reader must know; ``why``: why customers cannot be valued, null where they can."""
    found = [
        "Groups describe who customers are and what they did. What a contact or a coupon would change is not "
        "in them: only a trial drawn by chance shows it.",
        "Systems are joined by the customer number alone. Two accounts of one person, by phone or device, "
        "cannot be matched: both stay out of snapshots.",
        f"How the platform derives its states is not known. A state is called contradicted where no reading "
        f"of its name fits the orders, those that were cancelled or placed in another market among them: "
        f"active without one in {HORIZON} days, never after one, lapsed before one that came later. "
        "Price bands are held against four readings.",
        "The platform keeps today's value of each state alone: what it was when an audience was built is "
        "lost.",
        "Ordering lately and often are scores by fifths: equal customers have equal scores, so that with "
        f"many who ordered once some scores are nobody's. Intervals hold with {100 * level:.0f} %.",
    ]
    if why is not None:
        found.append(f"What customers will bring is not shown: {_SHY[why]}.")
    if not is_scored:
        found.append(
            "No churn scores are shown: customers who left cannot be told from those who pause yet, or too "
            "few days have passed to have tried it."
        )
    return found
