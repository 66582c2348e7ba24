"""The findings of the compliance page as sentences, and what to do about them, made from its frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lucky_analytics.decisions import Decision, idle, wait_for_orders, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_number, join_names
from lucky_analytics.methods.ledgers.control_limits import FAILED, PASSED, UNDECIDED, UNTESTABLE
from lucky_analytics.questions.platform.compliance.views import count_outcomes, rank_failed

__all__ = [
    "NO_ORDERS",
    "decide",
    "describe_answer",
    "describe_scores",
    "describe_shares",
    "name_failed",
    "name_finding",
    "name_pattern",
    "point_to_books",
]

OWNER = "Leadership"
NO_ORDERS = (
    "No control can be tested yet",
    "No order was completed by this date: there is nothing against which a control could be held.",
    wait_for_orders(OWNER),
)
_FIRST, _MOST, _WORDS = 3, 5, 39  # controls that a decision names: at least, at most, in so many words


def name_finding(counts: Mapping[str, int], n_new: int, n_always: int) -> str:
    """The title, as a template for ``report.title``. ``counts``: of ``count_outcomes``; ``n_new``: failed and
    did not before; ``n_always``: of ``always_failed``."""
    rest = "; {untestable:value} cannot be tested from tables" if counts[UNTESTABLE] else ""
    if not counts["tested"]:
        return "No control could be tested" + rest
    if counts[FAILED]:
        new = "{new_failures:value} newly" if n_new else "none new" if counts[FAILED] > 1 else "not newly"
        always = "; {always:value} failed in every month" if n_always else ""
        return f"{{failed:value}} of {{tested:value}} tested controls {_fail(counts)}, {new}{always}"
    if counts[UNDECIDED]:
        return "No tested control fails, but of {undecided:value} too little is known" + rest
    return "All {tested:value} tested controls pass" + rest


def describe_answer(counts: Mapping[str, int], n_new: int, before: float | None) -> str:
    """The answer, as a template for ``report.answer``. ``before``: the score of the days before."""
    if not counts["tested"]:
        return "No control had a case: nothing passed, and nothing failed."
    passed = "weighted by severity {score:value} of what was tested passed"
    if before is not None and not n_new:
        passed += ", after {before_score:value} in as many days before"
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
    text = f"The score was {100 * last['score']:.0f} % in {last['month']:%B %Y}{so_far}"
    before = known.iloc[:-1]
    before = before[before["is_whole"].astype(bool)]
    if before.empty:
        return text
    best, worst = (f"{100 * end:.0f}" for end in (before["score"].max(), before["score"].min()))
    span = best if best == worst else f"{worst} to {best}"
    return f"{text}, and {span} % in whole months before"


def describe_shares(shares: pd.DataFrame) -> str:
    """Which shares are above their limit beyond chance, as the title of their chart."""
    if shares.empty:
        return "No control whose limit is a share could be tested"
    over = shares[shares["outcome"] == FAILED]
    unsure = int((shares["outcome"] == UNDECIDED).sum())
    few = f"; of {unsure} too little is known" if unsure else ""
    if over.empty:
        return f"No share is above its limit beyond chance{few}"
    return f"Above their limit beyond chance: {join_names(over['exceptions'].str.lower())}{few}"


def name_failed(failed: pd.DataFrame) -> str:
    """What fails, as the title of the main picture. ``failed``: of ``rank_failed``."""
    if failed.empty:
        return "No tested control fails"
    money = float(failed["at_stake"].sum())
    n = f"{len(failed)} controls fail" if len(failed) > 1 else "1 control fails"
    if not money:
        return f"{n}, without money that a rule could name"
    top = failed.sort_values("at_stake", ascending=False, kind="stable").iloc[0]
    return f"{n}; {100 * top['at_stake'] / money:.0f} % of the money at stake is in {top['exceptions']}"


def point_to_books(home: pd.DataFrame) -> str:
    """Why the reconciliation page counts fewer of the same things: it counts US dollars. A line beside the
    answer; empty where both count alike. ``home``: of ``count_home``."""
    more = home[home["n"] > home["n_home"]]
    parts = [f"{row.n_home:,} of the {row.n:,} {row.exceptions}" for row in more.itertuples()]
    if not parts:
        return ""
    return f"This page counts every currency; of US dollars alone reconciliation has {join_names(parts)}."


def decide(rows: pd.DataFrame, always: Sequence[str] = ()) -> Decision:
    """Who settles what first. Worth is what is at stake in all that fails: counted, no interval.

    Named are the one with most money at stake, those that ``always`` failed, then the severest, as many as a
    reader takes in. Without a
    failing control nothing is decided. Where one of tax is named first, it is a doubt that no
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
            idle(why) if counts["tested"] else weigh(None, problems=[why]),
            f"{why[0].upper()}{why[1:]}.",
            "A control fails.",
        )
    is_always = failed["name"].isin(list(always))
    is_dearest = (failed["money"] > 0) & (failed.index == failed["money"].idxmax())
    order = (2 * ~is_dearest + ~(is_always | is_dearest)).sort_values(kind="stable").index
    ranked = failed.loc[order]
    n_named = min(len(ranked), max(_FIRST, int((is_always | is_dearest).sum())))
    while n_named < len(ranked) and n_named < _MOST:
        if len(_write_steps(ranked, n_named + 1).split()) > _WORDS:
            break
        n_named += 1
    while n_named > 1 and len(_write_steps(ranked, n_named).split()) > _WORDS:
        n_named -= 1
    action, first = _write_steps(ranked, n_named), ranked.head(n_named)
    money = float(failed["at_stake"].sum())
    worth = Estimate(round(money, 2), n=int(failed["n_all"].sum())) if money else None
    is_tax = bool((first["tab"] == "Tax").any())
    return Decision(
        action,
        OWNER,
        weigh(worth, doubts=["no tax adviser has confirmed the rules of tax"] if is_tax else []),
        "Each exception is listed with its rows.",
        "A late record settles an exception, or an owner shows that a rule is read wrongly.",
        worth,
        worth_unit="USD at stake",
    )


def _write_steps(ranked: pd.DataFrame, n_named: int) -> str:
    """The first ``n_named`` of the controls by their owners, and how many are left."""
    first, rest = ranked.head(n_named), len(ranked) - n_named
    steps = []
    for owner in first["owner"].unique():
        own = first[first["owner"] == owner]
        named = [f"{row.exceptions} ({row.n_all:,}{_money(row.money)})" for row in own.itertuples()]
        steps.append(f"{owner} settle {join_names(named)}")
    return f"have {'; '.join(steps)}" + (f", then what {_others(rest)}" if rest > 0 else "")


def _money(dollars: float) -> str:
    return f", {format_number(dollars, 'USD')}" if dollars > 0 else ""


def _others(n: int) -> str:
    return "the other control found" if n == 1 else f"the other {n} found"
