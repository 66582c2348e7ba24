"""The findings of the compliance page as sentences, and what to do about them, made from its frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd

from lucky_analytics.decisions import Decision, idle, wait_for_orders, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_number, join_names
from lucky_analytics.methods.ledgers.control_limits import FAILED, PASSED, UNDECIDED, UNTESTABLE
from lucky_analytics.models.taxed_sales.open_returns import PROOF_OF_TAX
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
    "point_to_labour",
]

OWNER = "Leadership"
NO_ORDERS = (
    "Nothing can be checked yet",
    "No order was completed by this date: there is nothing against which a control could be held.",
    wait_for_orders(OWNER),
)
_NO_ADVISER = "no tax adviser has confirmed the rules of tax"
_TAX_PAID = (
    "the tax may have been paid without a row in these tables, and no tax adviser has confirmed the rules"
)
_FIRST, _MOST, _WORDS = 3, 5, 39  # controls that a decision names: at least, at most, in so many words


def name_finding(counts: Mapping[str, int], n_new: int, n_always: int, unpaid: float = 0.0) -> str:
    """The title, as a template for ``report.title``. ``counts``: of ``count_outcomes``; ``n_new``: failed and
    did not before; ``n_always``: of ``always_failed``; ``unpaid``: dollars of sales tax that fell due without
    a payment on record."""
    rest = "; {untestable:value} cannot be tested from tables" if counts[UNTESTABLE] else ""
    tax = "; {tax_unpaid:value} of sales tax shows no payment" if unpaid else ""
    if not counts["tested"]:
        return "No check could be made" + (tax or rest)
    if counts[FAILED]:
        new = "{new_failures:value} newly" if n_new else "none new" if counts[FAILED] > 1 else "not newly"
        always = "; {always:value} failed in every month" if n_always else ""
        fails = f"{{failed:value}} of {{tested:value}} checks {_fail(counts)}, {new}"
        return (
            f"{{tax_unpaid:value}} of sales tax shows no payment; {fails}" if unpaid else f"{fails}{always}"
        )
    if counts[UNDECIDED]:
        return "No check fails, but of {undecided:value} too little is known" + (tax or rest)
    return "All {tested:value} checks pass" + (tax or rest)


def describe_answer(
    counts: Mapping[str, int], n_new: int, failed: pd.DataFrame, days: int, unpaid: float = 0.0
) -> str:
    """The answer, as a template for ``report.answer``. ``failed``: of ``rank_failed``; ``days`` that decide;
    ``unpaid`` as in ``name_finding``."""
    if not counts["tested"]:
        said = "Nothing happened that a check is about: nothing passed, and nothing failed."
    elif not counts[FAILED]:
        said = "None of what could be checked fails, against the limits that we set."
    elif n_new:
        said = "{new_failures:value} of the checks that fail did not fail before."
    else:
        said = f"No check that fails is new against the {days} days before."
    if unpaid:
        said = "{tax_unpaid:value} of sales tax fell due and we see no payment."
    if len(own := failed[failed["tab"] == "Labour"]):
        top = own.iloc[0]
        where = f"{top['n']:,} of {top['cases']:,}"
        return f'{said} Next is labor law: the rule "{top["title"]}" fails in {where}.'
    money = failed[failed["money"] > 0]
    if len(money):
        top = money.nlargest(1, "money").iloc[0]
        most = "most of the money is in" if len(money) > 1 else "the money is in"
        said += f" Of what checks found, {most} {top['exceptions']}: {format_number(top['money'], 'USD')}."
    return said


def _fail(counts: Mapping[str, int]) -> str:
    return "fails" if counts[FAILED] == 1 else "fail"


def point_to_labour(failed: pd.DataFrame) -> str:
    """What fails of the law on work, which no sum shows; empty where nothing does."""
    own = failed[failed["tab"] == "Labour"]
    if own.empty:
        return ""
    return f"Labor law: {join_names(f'{row.n_all:,} {row.exceptions}' for row in own.itertuples())}."


def name_pattern(months: pd.DataFrame) -> str:
    """How the controls came out over all months, as the title of the main picture."""
    tested = months[months["outcome"].isin((PASSED, FAILED, UNDECIDED))]
    if tested.empty:
        return "No check was made in any month"
    is_failed = tested["outcome"] == FAILED
    by_control = is_failed.groupby(tested["name"]).agg(["all", "any"])
    n_always, n_never, n_all = int(by_control["all"].sum()), int((~by_control["any"]).sum()), len(by_control)
    if n_never == n_all:
        return f"None of {n_all} checks failed in any month"
    if n_always:
        return f"{n_always} of {n_all} checks failed in every month, {n_never} in none"
    return f"{n_all - n_never} of {n_all} checks failed in some month, none in all"


def describe_scores(scores: pd.DataFrame) -> str:
    """Where the monthly score stands against its best and worst month, as the title of its chart."""
    known = scores.dropna(subset="score")
    if known.empty:
        return "No month has a score"
    last = known.iloc[-1]
    so_far = "" if last["is_whole"] else " so far"
    text = f"By weight {100 * last['score']:.0f} % of checks passed in {last['month']:%B %Y}{so_far}"
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
        return "No check whose limit is a share could be made"
    over = shares[shares["outcome"] == FAILED]
    unsure = int((shares["outcome"] == UNDECIDED).sum())
    few = f"; of {unsure} too little is known" if unsure else ""
    if over.empty:
        return f"No share is above its limit beyond chance{few}"
    return f"Above their limit beyond chance: {join_names(over['exceptions'].str.lower())}{few}"


def name_failed(failed: pd.DataFrame) -> str:
    """What fails, as the title of the main picture. ``failed``: of ``rank_failed``."""
    if failed.empty:
        return "No check fails"
    money = float(failed["at_stake"].sum())
    n = f"{len(failed)} checks fail" if len(failed) > 1 else "1 check fails"
    if not money:
        return f"{n}, without money that a rule could name"
    top = failed.sort_values("at_stake", ascending=False, kind="stable").iloc[0]
    return (
        f"{n}; {100 * top['at_stake'] / money:.0f} % of the money that they found is in {top['exceptions']}"
    )


def decide(
    rows: pd.DataFrame, always: Sequence[str] = (), unpaid: float = 0.0, due: dt.date | None = None
) -> Decision:
    """Who settles what first. Worth is what is at stake in all that fails: counted, no interval.

    Named are the one with most money at stake, those that ``always`` failed, then the severest, as many as a
    reader takes in. Without a
    failing control nothing is decided. Where one of tax is named first, it is a doubt that no
    adviser has confirmed the rules, as on the tax page. ``unpaid``: dollars of sales tax that fell due
    without a payment on record, which come before all and count as at stake; ``due``: their first day.
    """
    failed, counts = rank_failed(rows), count_outcomes(rows)
    tax = (
        f"have Finance show that sales tax of {format_number(unpaid, 'USD')} was paid, or file"
        if unpaid
        else ""
    )
    if failed.empty and tax:
        return _ask_for_tax(tax, unpaid, due)
    if failed.empty:
        why = "no check fails" if counts["tested"] else "no check was made"
        return Decision(
            "go on as before, and have what no table shows looked at by hand"
            if counts[UNTESTABLE]
            else "go on as before",
            OWNER,
            idle(why) if counts["tested"] else weigh(None, problems=[why]),
            f"{why[0].upper()}{why[1:]}.",
            "A check fails.",
        )
    is_always = failed["name"].isin(list(always))
    is_dearest = (failed["money"] > 0) & (failed.index == failed["money"].idxmax())
    is_law = failed["tab"] == "Labour"  # no sum shows what it costs to break the law on work
    order = (4 * ~is_law + 2 * ~is_dearest + ~(is_always | is_dearest)).sort_values(kind="stable").index
    ranked = failed.loc[order]
    n_named = min(len(ranked), max(_FIRST, int((is_always | is_dearest).sum())))
    while n_named < len(ranked) and n_named < _MOST:
        if len(_write_steps(ranked, n_named + 1, tax).split()) > _WORDS:
            break
        n_named += 1
    while n_named > 1 and len(_write_steps(ranked, n_named, tax).split()) > _WORDS:
        n_named -= 1
    action, first = _write_steps(ranked, n_named, tax), ranked.head(n_named)
    money = float(failed["at_stake"].sum()) + unpaid
    worth = Estimate(round(money, 2), n=int(failed["n_all"].sum())) if money else None
    settled = "A receipt shows that the tax was paid, or a" if tax else "A"
    is_tax = bool((first["tab"] == "Tax").any())
    return Decision(
        action,
        OWNER,
        weigh(worth, doubts=[_TAX_PAID] if tax else [_NO_ADVISER] if is_tax else []),
        "Each finding is listed with its rows.",
        f"{settled} late record settles a finding, or an owner shows that a rule is read wrongly.",
        worth,
        {"checks that fail": "settle"} | (PROOF_OF_TAX if tax else {}),
        worth_unit="USD at stake",
        due=due if tax else None,
        is_overdue=bool(tax),
    )


def _ask_for_tax(tax: str, unpaid: float, due: dt.date | None) -> Decision:
    worth = Estimate(round(unpaid, 2), n=1)
    return Decision(
        tax,
        OWNER,
        weigh(worth, doubts=[_TAX_PAID]),
        "No check fails, but the tax system shows no payment of what fell due.",
        "A receipt shows that the tax was paid.",
        worth,
        PROOF_OF_TAX,
        worth_unit="USD at stake",
        due=due if tax else None,
        is_overdue=bool(tax),
    )


def _write_steps(ranked: pd.DataFrame, n_named: int, tax: str = "") -> str:
    """What is asked of ``tax``, then the first ``n_named`` of the controls by their owners, and how many are
    left. Where the limit is a share nothing is to be settled: it is to be kept."""
    first, rest = ranked.head(n_named), len(ranked) - n_named
    steps = [tax.removeprefix("have ")] if tax else []
    for owner in first["owner"].unique():
        own = first[first["owner"] == owner]
        named = [f"{row.exceptions} ({row.n_all:,}{_money(row.money)})" for row in own.itertuples()]
        is_share = own["limit"].str.endswith("%").all()
        listed = join_names(named)
        steps.append(f"{owner} {f'get {listed} within the limit' if is_share else f'settle {listed}'}")
    return f"have {'; '.join(steps)}" + (f"; {_others(rest)} as in the table" if rest > 0 else "")


def _money(dollars: float) -> str:
    return f", {format_number(dollars, 'USD')}" if dollars > 0 else ""


def _others(n: int) -> str:
    return "1 more" if n == 1 else f"{n} more"
