"""What marketing is advised to choose audiences by: what orders say, where the platform says otherwise."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, weigh
from lucky_analytics.questions.marketing.customer_360.price_bands import TELLING

__all__ = ["FALLEN", "LEAST_WRONG", "decide", "find_worst", "say_statement"]

# The share of contradicted people from which a statement is no ground for an audience.
LEAST_WRONG = 0.05
# Of the registrations a day of the month before last: fewer are a matter, as in the alert on it.
FALLEN = 2 / 3
_TITLES = {"life cycle": "the state", "label": "the label"}


def find_worst(statements: pd.DataFrame) -> pd.Series | None:
    """The statement by which most people would be chosen wrongly: of those that orders contradict for
    ``LEAST_WRONG`` or more of its people, the one with the most of them; None where there is none."""
    wrong = statements[statements["share"] >= LEAST_WRONG]
    return None if wrong.empty else wrong.sort_values("n_wrong", ascending=False, kind="stable").iloc[0]


def say_statement(row: pd.Series) -> str:
    """A statement in words: ``the state "lapsed"``, ``the taste that the platform names``.

    >>> say_statement(pd.Series({"system": "Labels", "kind": "label", "what": "one_order"}))
    'the label "one order"'
    >>> say_statement(pd.Series({"system": "Profiles", "kind": "preferred store", "what": "as said"}))
    'the preferred store (Profiles)'
    """
    if row["kind"] in _TITLES:
        return f'{_TITLES[row["kind"]]} "{str(row["what"]).replace("_", " ")}"'
    return f"the {row['kind']} ({row['system']})"


def decide(
    verdict: str, worst: pd.Series | None, problems: tuple[str, ...] = (), fall: float | None = None
) -> Decision:
    """``verdict`` as from ``judge_bands``; ``worst`` as from ``find_worst``; ``problems``: what makes states
    and orders no fair comparison, in words; ``fall``: registrations a day against two months ago, which come
    first where they fell much. Segments describe: they never advise a campaign."""
    on = "audiences by the platform's states"
    settles = "Half of an audience, drawn by chance, is not contacted and both halves' orders are counted."
    if problems:
        return Decision(
            "compare states and orders on the newest day before audiences are built from either",
            "Marketing",
            Strength(WAIT, problems),
            "The platform keeps today's state alone.",
            "The page is made of the newest closed day.",
        )
    told, because = [], []
    if verdict == "silent":
        told.append("price band")
        because.append(
            f"By no reading, in what was paid, the list price or the discount, do its bands differ by "
            f"{100 * TELLING:g} % or more."
        )
    if worst is not None:
        told.append(say_statement(worst).removeprefix("the "))
        because.append(
            f"Orders contradict {say_statement(worst)} for {worst['n_wrong']:,} of {worst['n']:,} people."
        )
    if fall is not None and fall < FALLEN:
        also = f"; choose audiences by orders, not by the platform's {' or its '.join(told)}" if told else ""
        return Decision(
            f"find out this week, channel by channel, why fewer people register{also}",
            "Marketing",
            weigh(None),
            " ".join(
                [f"Registrations a day are {100 * (1 - fall):.0f} % below the month before last.", *because]
            ),
            "Registrations a day are back at the level of two months ago.",
            on={on: "from orders" if told else "as they are"},
        )
    if not told:
        return Decision(
            "start no campaign from these groups before a trial drawn by chance shows what one brings",
            "Marketing",
            Strength(WAIT, ("groups describe who customers are, not what a contact would change",)),
            "No state, label or taste of the platform is known to be at odds with orders.",
            settles,
            on={on: "as they are"},
        )
    return Decision(
        f"choose audiences by what customers ordered, not by the platform's {' or its '.join(told)}",
        "Marketing",
        weigh(None),
        " ".join(because),
        "The platform derives it anew from orders, and this page finds that it tells customers apart.",
        on={on: "from orders"},
    )
