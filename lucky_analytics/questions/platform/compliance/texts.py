"""The findings of the compliance page as sentences, and what to do about them, made from its frames."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import Decision, wait_for_orders, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.ledgers.control_limits import FAILED, PASSED, UNDECIDED, UNTESTABLE
from lucky_analytics.questions.platform.compliance.views import count_outcomes, rank_failed

__all__ = [
    "NO_ORDERS",
    "decide",
    "describe_answer",
    "describe_scores",
    "describe_shares",
    "name_finding",
    "name_pattern",
]

OWNER = "Leadership"
NO_ORDERS = (
    "No control can be tested yet",
    "No order was completed by this date: there is nothing against which a control could be held.",
    wait_for_orders(OWNER),
)
_FIRST = 3


def name_finding(counts: Mapping[str, int]) -> str:
    """The title, as a template for ``report.title``. ``counts``: of ``count_outcomes``."""
    rest = "; {untestable:value} cannot be tested from tables" if counts[UNTESTABLE] else ""
    if not counts["tested"]:
        return "No control could be tested" + rest
    if counts[FAILED]:
        return f"{{failed:value}} of {{tested:value}} tested controls {_fail(counts)}" + rest
    if counts[UNDECIDED]:
        return "No tested control fails, but of {undecided:value} too little is known" + rest
    return "All {tested:value} tested controls pass" + rest


def describe_answer(counts: Mapping[str, int], n_new: int, before: float | None) -> str:
    """The answer, as a template for ``report.answer``. ``before``: the score of the days before."""
    if not counts["tested"]:
        return "No control had a case: nothing passed, and nothing failed."
    passed = "weighted by severity {score:value} of what was tested passed"
    if before is not None and not n_new:
        passed += ", after {before_score:value} in the days before"
    if not counts[FAILED]:
        text = f"No tested control fails; {passed}"
    elif n_new:
        new = "{new_failures:value} of them not before"
        text = f"{{failed:value}} {_controls(counts)}, {new}; {passed}"
    else:
        text = f"{{failed:value}} {_controls(counts)}, none of them newly; {passed}"
    return text + ". What no table shows counts as neither passed nor failed."


def _fail(counts: Mapping[str, int]) -> str:
    return "fails" if counts[FAILED] == 1 else "fail"


def _controls(counts: Mapping[str, int]) -> str:
    return "control fails" if counts[FAILED] == 1 else "controls fail"


def name_pattern(months: pd.DataFrame) -> str:
    """How the controls came out over all months, as the title of the main picture."""
    tested = months[months["outcome"].isin((PASSED, FAILED, UNDECIDED))]
    if tested.empty:
        return "No control was tested in any month"
    is_failed = tested["outcome"] == FAILED
    by_control = is_failed.groupby(tested["name"]).agg(["all", "any"])
    n_always, n_never, n_all = int(by_control["all"].sum()), int((~by_control["any"]).sum()), len(by_control)
    if n_never == n_all:
        return f"None of {n_all} controls failed in any month"
    if n_always:
        return f"{n_always} of {n_all} controls failed in every month of their tests, {n_never} in none"
    return f"{n_all - n_never} of {n_all} controls failed in some month, none in all"


def describe_scores(scores: pd.DataFrame) -> str:
    """Where the monthly score stands against its best and worst month, as the title of its chart."""
    known = scores.dropna(subset="score")
    if known.empty:
        return "No month has a score"
    last = known.iloc[-1]
    so_far = "" if last["is_whole"] else " so far"
    text = f"{100 * last['score']:.0f} % by severity passed in {last['month']:%B %Y}{so_far}"
    before = known.iloc[:-1]
    before = before[before["is_whole"].astype(bool)]
    if before.empty:
        return text
    best, worst = (f"{100 * end:.0f}" for end in (before["score"].max(), before["score"].min()))
    span = best if best == worst else f"{worst} to {best}"
    return f"{text}; whole months before had {span} %"


def describe_shares(shares: pd.DataFrame) -> str:
    """Which shares are above their limit beyond chance, as the title of their chart."""
    if shares.empty:
        return "No control whose limit is a share could be tested"
    over = shares[shares["outcome"] == FAILED]
    unsure = int((shares["outcome"] == UNDECIDED).sum())
    few = f"; of {unsure} too little is known" if unsure else ""
    if over.empty:
        return f"No share is above its limit beyond chance{few}"
    return f"Above their limit beyond chance: {_join(over['exceptions'].str.lower().tolist())}{few}"


def decide(rows: pd.DataFrame) -> Decision:
    """Who settles what first. Worth is what is at stake in all that fails: counted, no interval.

    Without a failing control nothing is decided. Where one of tax is named first, it is a doubt that no
    adviser has confirmed the rules, as on the tax page.
    """
    failed, counts = rank_failed(rows), count_outcomes(rows)
    if failed.empty:
        why = "no tested control fails" if counts["tested"] else "no control was tested"
        return Decision(
            "go on as before, and have the untested controls looked at by hand"
            if counts[UNTESTABLE]
            else "go on as before",
            OWNER,
            weigh(None, problems=[f"{why}, so there is nothing to settle"]),
            f"{why[0].upper()}{why[1:]}.",
            "A control fails.",
        )
    first, rest = failed.head(_FIRST), len(failed) - _FIRST
    steps = []
    for owner in first["owner"].unique():
        own = first[first["owner"] == owner]
        named = [f"{row.exceptions} ({row.n_all:,})" for row in own.itertuples()]
        steps.append(f"{owner} settle {_join(named)}")
    action = f"have {'; '.join(steps)}" + (f", then what {_others(rest)}" if rest > 0 else "")
    money = float(failed["at_stake"].sum())
    worth = Estimate(round(money, 2), n=int(failed["n_all"].sum())) if money else None
    is_tax = bool((first["tab"] == "Tax").any())
    return Decision(
        action,
        OWNER,
        weigh(worth, doubts=["no tax adviser has confirmed the rules of tax"] if is_tax else []),
        "Each exception is listed with its rows, and its list is hashed.",
        "A late record settles an exception, or an owner shows that a rule is read wrongly.",
        worth,
        worth_unit="USD at stake",
    )


def _others(n: int) -> str:
    return "the other control found" if n == 1 else f"the other {n} controls found"


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
