"""What was found on Ask Lucky as sentences, and what to do about it."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.platform.ask_lucky.golden_questions import PARTS
from lucky_analytics.questions.platform.ask_lucky.steps import Found

__all__ = ["decide", "describe_answer", "name_departments", "name_finding", "name_parts", "note_others"]

OWNER = "Data platform"
MOST_WRONG, FEWEST_RIGHT = 0.01, 0.85  # what was asked for: at most so many wrong, at least so many right


def name_finding(found: Found, others: pd.DataFrame) -> str:
    """The title, as a template for ``report.title``: of the newest set of ``asked_by_others.load_sets``."""
    if found.right.value is None:
        return "This snapshot has no data to ask about"
    found_on = f"{dt.date.fromisoformat(others['day'].iloc[-1]):%-d %b %Y}"
    return f"Strangers asked once, on {found_on}: {{others_right:value}} right, {{others_wrong}} wrong"


def note_others(others: pd.DataFrame) -> str:
    """What stands under the shares of the newest set: that this snapshot has no part in them."""
    return (
        f"Asked once, on {others['day'].iloc[-1]}, of the reader of that day; written down, not computed here"
    )


def describe_answer(found: Found) -> str:
    """The answer, as a template for ``report.answer``."""
    if found.right.value is None:
        return "No question could be held against its answer, because the tables that it needs are not there."
    return (
        "Where it does not understand, it says so and gives no number. On the questions of those who built "
        "it, it does better: {right:value} right. Questions that must not be answered were kept back in "
        "{held:value} of cases."
    )


def decide(found: Found, others_right: Estimate, others_wrong: Estimate) -> Decision:
    """Whether departments may ask by themselves: only where wrong answers are rare for sure, by the questions
    of people who had not seen the reader (``others_right``, ``others_wrong``) and by those of this page."""
    problems, doubts = [], []
    if found.right.value is None or found.wrong.value is None:
        problems.append("nothing could be measured on this snapshot")
    else:
        if found.wrong.value > MOST_WRONG or (others_wrong.low or 0.0) > MOST_WRONG:
            problems.append(f"more than {MOST_WRONG:.0%} of answers are wrong".replace("%", " %"))
        elif (others_wrong.high or 0.0) > MOST_WRONG:
            doubts.append(f"more than {MOST_WRONG:.0%} wrong is not ruled out".replace("%", " %"))
        if (others_right.value or 0.0) < FEWEST_RIGHT:
            doubts.append(
                f"fewer than {FEWEST_RIGHT:.0%} of strangers' questions are answered".replace("%", " %")
            )
    strength = weigh(None, doubts=doubts, problems=problems)
    action = "open Ask Lucky to the departments, with what it read shown beside each answer"
    if strength.waits:
        action = "let analysts ask first, and collect what departments would ask"
    if problems:
        action = "repair what is answered wrongly before departments ask by themselves"
    return Decision(
        action,
        OWNER,
        strength,
        "A wrong number costs more trust than a question that goes to an analyst.",
        "Some 400 new questions from the departments themselves, asked once, with none answered wrongly.",
    )


def name_parts(counted: pd.DataFrame) -> str:
    """The title of the main chart: what became of the questions that were asked once."""
    own = counted[counted["part"] == PARTS[2]]
    if not len(own):
        return "No question could be asked"
    row = own.iloc[0]
    wrong = "none is answered wrongly" if not row["wrong"] else f"{row['wrong']} are answered wrongly"
    return f"Of {row['n']} new questions {row['right']} are answered rightly, {wrong}"


def name_departments(counted: pd.DataFrame) -> str:
    """The title of the chart by department: who gets fewest answers."""
    if not len(counted):
        return "No question could be asked"
    worst = counted.sort_values(["share", "of"]).iloc[0]
    return f"Fewest are answered from {worst['of']}: {worst['right']} of {worst['n']}"
