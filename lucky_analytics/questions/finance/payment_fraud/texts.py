"""Sentences of the page on payment fraud: none calls anybody a fraud, none is stronger than its interval."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, wait_for_orders, weigh
from lucky_analytics.formats import format_value
from lucky_analytics.questions.finance.payment_fraud.accounts import Accounts
from lucky_analytics.questions.finance.payment_fraud.cases import KINDS, REFUNDS, RINGS, STRANGERS, Cases
from lucky_analytics.questions.finance.payment_fraud.odd_payments import OddPayments
from lucky_analytics.questions.finance.payment_fraud.review_budget import Budget

__all__ = ["COUNTED", "COUNTS", "NOTHING", "decide", "describe_answer", "describe_rules", "list_limits",
           "name_cards", "name_curve", "name_finding", "name_listed", "name_refunds", "note_beyond",
           "note_net", "note_overlap", "note_taken"]  # fmt: skip

COUNTED = "Counted, not estimated"
COUNTS = {
    "n_rings": (RINGS, "Cards with vouchers taken repeatedly", "cards", "cards"),
    "n_refunds": (REFUNDS, "Customers with far more refunds", "customers", "refunds"),
    "n_strangers": (STRANGERS, "Cards of more accounts than a household has", "cards", "cards"),
}
_OWNER = "Finance"
_JUDGED = "nobody has judged a case yet, so that none is known to be fraud"
NOTHING = (
    "No customer has paid yet",
    "There is no order yet, and so nothing that anybody could have taken.",
    wait_for_orders(_OWNER),
)


def name_finding(cases: Cases) -> str:
    """The title, a template over ``n_cases`` and ``taken_so_far``."""
    if cases.sure.empty:
        return "No account takes more than chance explains"
    n = "{n_cases:value} look" if len(cases.sure) > 1 else "1 case looks"
    return f"{n} like abuse and took {{taken_so_far:value}} since opening; none is proven"


def name_listed(n_sure: int, n_listed: int) -> str:
    """The title of the table of cases: how many are to be looked at, and how many stand below them.

    >>> name_listed(48, 58), name_listed(2, 2)
    ('48 cases to look at first, and 10 that are not judged by chance', '2 cases to look at first')
    """
    rest = n_listed - n_sure
    first = f"{n_sure} {'case' if n_sure == 1 else 'cases'} to look at first"
    return f"{first}, and {rest} that are not judged by chance" if rest > 0 else first


def describe_answer(cases: Cases, budget: Budget) -> str:
    """The answer, a template over headlines: at most three numbers."""
    if cases.sure.empty:
        return (
            "Shared cards, new-customer vouchers and refunds are spread as chance spreads them. That is no "
            "proof that nobody cheats: chargebacks and devices are in no table."
        )
    kinds = set(cases.sure["kind"])
    said = []
    if RINGS in kinds:
        said.append("new-customer vouchers were taken repeatedly on {n_rings:value}")
    if REFUNDS in kinds:
        said.append("{n_refunds:value} get far more refunds than others")
    first = " and ".join(said)
    end = "Looking pays if they go on."
    if _is_unsure(budget):
        end = "Whether looking at them pays is not known."
    if budget.net.high is not None and budget.net.high < 0:
        end = "Looking at them costs more than they take."
    return f"{first[0].upper()}{first[1:]}, beyond chance; that is {{taken}} a month. {end} None is proven."


def _is_unsure(budget: Budget) -> bool:
    return budget.net.value is None or budget.net.level is None or budget.net.holds(0)


def decide(accounts: Accounts, cases: Cases, budget: Budget) -> Decision:
    """Which cases somebody looks at; nobody is ever blocked on this page's word."""
    change = "Answers to the first reviews say how many of the cases are fraud."
    if cases.sure.empty:
        strange = len(cases.rows)
        action = (
            f"ask whose {strange} cards are that pay for many accounts" if strange else "review no account"
        )
        if strange:
            return Decision(
                action, _OWNER, Strength(WAIT, (_JUDGED,)),
                "They are more accounts on a card than a household has; nothing else about them is unusual.",
                change,
            )  # fmt: skip
        return Decision(
            action, _OWNER, idle("no account takes more than chance explains"),
            "Every shared card and every customer with refunds was held against chance.",
            "A case goes beyond chance.",
        )  # fmt: skip
    n = len(budget.picked)
    if budget.net.value is None:
        return Decision(
            f"look at the {_cases(n)} that took most, and note what each was; block nobody", _OWNER,
            weigh(None, doubts=(_JUDGED,)), "What they take a month is not known yet.", change,
        )  # fmt: skip
    sold = float(accounts.people["paid"].sum()) / accounts.months
    because = (
        f"They took {format_value(budget.taken.value, 'USD')} a month, of {format_value(sold, 'USD')} paid; "
        f"looking costs {format_value(budget.cost, 'USD')} a month."
    )
    strength = weigh(budget.net, doubts=(_JUDGED,))
    if strength.waits:
        action = f"look at {_cases(min(n, 10))} to learn how many are fraud; block nobody"
    else:
        action = f"look at the {_cases(n)} that took most, worst first; block nobody"
    return Decision(action, _OWNER, strength, because, change, budget.net, {}, "USD a month")


def _cases(n: int) -> str:
    return format_value(n, "cases") if n != 1 else "one case"


def note_beyond(budget: Budget) -> str:
    """What stands beside the share that chance does not make."""
    if budget.beyond.value is None:
        return "Nothing is listed, so there is nothing to be precise about"
    return "The others are chance. Not chance is not fraud: each kind has innocent reasons"


def note_taken(accounts: Accounts) -> str:
    """What counts as taken."""
    return (
        "First discounts on a ring's vouchers but one, and refunds above the usual share; "
        f"mean of {accounts.months:.0f} months"
    )


def note_net(dollars_a_case: float, n: int) -> str:
    """What a review is taken to cost."""
    each = format_value(dollars_a_case, "USD")
    return f"{format_value(n, 'cases')} since opening at {each} each, an assumption"


def note_overlap(odd: OddPayments) -> str:
    """How the forest did against the cases."""
    if not odd.n_accounts:
        return "No account of a case paid in these days, or there were too few payments"
    return f"Of the {odd.n_accounts} oddest accounts of these days, as many as accounts of cases paid in them"


def name_cards(cases: Cases, n_groups: int) -> str:
    """The title of the main picture."""
    n = int((cases.rows["kind"] == RINGS).sum())
    if not n:
        return f"On none of {n_groups:,} shared cards did accounts come together beyond chance"
    return f"On {n:,} of {n_groups:,} shared cards new accounts came together, beyond chance"


def name_refunds(cases: Cases) -> str:
    """The title of the picture of refunds."""
    n = int((cases.rows["kind"] == REFUNDS).sum())
    if not n:
        return "Nobody gets more orders refunded than chance explains"
    who = "One customer gets" if n == 1 else f"{n:,} customers get"
    return f"{who} far more orders refunded than chance explains"


def name_curve(curve: pd.DataFrame) -> str:
    """The title of the picture of what reviews bring."""
    each = curve["dollars"].diff().fillna(curve["dollars"])
    pays = int((each > curve["cost"].iloc[0]).sum())
    return f"{pays:,} of {len(curve):,} cases took more than a review costs"


def list_limits(accounts: Accounts, cases: Cases) -> list[str]:
    """What a reader must know."""
    strange = int((cases.rows["kind"] == STRANGERS).sum())
    innocent = "; ".join(f"{what[0].upper()}{what[1:]}: {why}" for what, why in KINDS.values())
    usual = 100 * cases.spread.mean
    return [
        "No case was ever judged, so the page cannot say how many are fraud: 'beyond chance' says only that "
        "chance does not bring so many together. Without answers nothing may be blocked automatically.",
        "Chargebacks, disputes and fingerprints of devices are in no table: a stolen card that is used once, "
        "as its owner would, is not seen.",
        f"Each kind has an innocent reason. {innocent}.",
        f"{strange:,} cards pay for more accounts than a household has. That is a definition, not a test; "
        "what they took is not known, a chargeback would tell.",
        "Accounts of delivery platforms order all day and are shown apart. Whether a contract stands behind "
        "the largest is in no table.",
        "A refund may be the store's fault. Who asked for it, and why, is in no table.",
        "What was taken is of days gone by; that it goes on is an assumption, and whoever is asked may stop.",
        "Two people with two cards, or one person with two, are not told apart: cards are hashes.",
        f"Ordinary customers get {usual:.2f} % of their orders refunded; that is the yardstick.",
    ]


def describe_rules(known: pd.DataFrame) -> str:
    """What the rules of risk control name, beside the cases. ``known``: as from ``compare_rules``."""
    rules, _, own = known.to_dict("records")
    if not rules["hits"]:
        return "No rule of risk control passed its limit."
    share = format_value(rules["platform_share"], "share")
    return (
        f"Limits of risk control were passed {rules['hits']:,.0f} times, {share} of them by accounts of "
        f"delivery platforms; of {own['named']:,} accounts in cases the rules named {rules['listed']:,}."
    )
