"""The findings of the page on payment methods as sentences, made from its frames."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.finance.payment_channels.advice import LARGER, saves_more
from lucky_analytics.questions.finance.payment_channels.payment_answer import PaymentAnswer
from lucky_analytics.questions.finance.payment_channels.payment_prepared import PreparedPayments
from lucky_analytics.questions.finance.payment_channels.payment_what_if import USUAL, PaymentQuestion

__all__ = [
    "NO_FEES",
    "NO_PACE",
    "describe_answer",
    "explain_rate",
    "name_cost",
    "name_finding",
    "name_levers",
    "name_take_up",
    "name_trend",
    "say_break_even",
]

OWNER = "Finance"
NO_FEES = (
    "No fee record yet",
    "No payment with a fee record was made by this date: nothing can be said of what payments cost.",
    Decision(
        "ask again once the processor has reported fees",
        OWNER,
        Strength(WAIT, ("there is no fee record yet",)),
        "There is no fee record yet.",
        "The processor reports the first fees.",
    ),
)
NO_PACE = (
    "Too few weeks or methods to say what steering would save",
    "There are fewer than two whole weeks of payments, or fewer than two payment methods to compare.",
    Decision(
        "ask again after two whole weeks of payments by two methods",
        OWNER,
        Strength(WAIT, ("there is nothing to choose between",)),
        "A year cannot be foretold from less than two weeks, and one method leaves nothing to steer to.",
        "Two whole weeks with two methods are on record.",
    ),
)


def say_cents(cents: float) -> str:
    """
    >>> say_cents(5.0), say_cents(1.0)
    ('5-cent', '1-cent')
    """
    return f"{cents:g}-cent"


def name_finding(
    answer: PaymentAnswer, source: str, target: str, asked: PaymentQuestion, cent: Estimate
) -> str:
    """The title, as a template for ``report.title``; ``source`` and ``target`` as names; ``cent``: what a
    cent less on each fee would save, which leads where it is more than steering whatever its interval."""
    incentive = asked.incentive
    if incentive:
        discount = f"A {say_cents(incentive)} discount for {target}"
        if answer.net.high is not None and answer.net.high < 0:
            if saves_more(cent, answer.steering):
                return "Fees of {fees_year:value}: a cent less per payment saves {cent_saving:value}"
            return f"{discount} costs more than it saves"
        if answer.net.low is not None and answer.net.low > 0:
            return f"{discount} would save more than it costs"
        return f"{discount} may cost more than it saves"
    if answer.steering.low is not None and answer.steering.low > 0:
        return f"Shifting {_say_share(asked)} of {source} to {target} would save {{saving:value}}"
    if answer.steering.high is not None and answer.steering.high < 0:
        return f"Shifting {source} to {target} would cost more"
    return f"Shifting {source} to {target} may save nothing"


def _say_share(asked: PaymentQuestion) -> str:
    return f"{100 * asked.take_up:.3g} %"


def describe_answer(
    answer: PaymentAnswer,
    source: str,
    target: str,
    asked: PaymentQuestion,
    larger: float = LARGER,
    cent: Estimate | None = None,
) -> str:
    """The answer, as a template for ``report.answer``; ``larger``: by which share the other basket is;
    ``cent`` as in ``name_finding``."""
    gain, part = answer.steering, f"{_say_share(asked)} of {source}"
    if larger >= 0 and cent is not None and saves_more(cent, gain):
        return (
            "One cent less per payment would save {cent_saving:value} of {fees_year:value} in fees, more "
            f"than moving payments from {source} to {target} would."
        )
    source = part
    if gain.low is not None and gain.low > 0:
        shift = f"Shifting {source} to {target} would save {{saving}} before any discount"
    elif gain.high is not None and gain.high < 0:
        shift = f"Shifting {source} to {target} would save nothing and cost {{saving:value}}"
    else:
        shift = f"Whether shifting {source} to {target} saves anything is not known"
    if larger < 0:
        return f"{shift}; a smaller basket alone brings {{basket_saving:value}}, against today's pace."
    return f"{shift}. One cent less per payment would save {{cent_saving:value}}, against today's pace."


def say_break_even(answer: PaymentAnswer, prepared: PreparedPayments) -> str:
    """What stands beside the highest discount that pays."""
    each = format_value(answer.difference.value, "cents")
    return (
        f"A shifted payment saves {each}, and those who pay so already get the discount, too. "
        "Interval: half to twice as many switch, in weeks like the last "
        f"{len(prepared.n)}"
    )


def name_cost(ranked: pd.DataFrame, basket: float) -> str:
    """What the same order costs at most and at least by methods in use, as the title of the main chart."""
    usual = ranked[ranked["same"].notna() & (ranked["n"] >= USUAL * ranked["n"].sum())]
    known = usual.sort_values("same", ascending=False)
    if len(known) < 2:
        return "One payment method is in use"
    dear, cheap = known.iloc[0], known.iloc[-1]
    if dear["same_low"] <= cheap["same_high"]:
        return f"No method is surely dearer than another for a ${basket:.2f} order"
    return (
        f"Of methods often used, a ${basket:.2f} order costs {dear['same']:.1f} cents by "
        f"{_within(dear['label'])} and {cheap['same']:.1f} by {_within(cheap['label'])}"
    )


def _within(label: str) -> str:
    """A label inside a sentence: names of brands keep their capital."""
    return label if label.split(" ")[0] in ("Apple", "Google") else f"{label[0].lower()}{label[1:]}"


def name_take_up(asked: PaymentQuestion, answer: PaymentAnswer, source: str) -> str:
    """Whether the discount pays at any take-up, as the title of its chart."""
    if not asked.incentive:
        return f"Each tenth of {source} that switches saves the same again"
    off = f"{asked.incentive:g} cents off"
    if answer.needed is None:
        return f"With {off} nothing is saved, however many switch"
    return f"With {off} something is saved from {format_value(answer.needed, 'share')} of {source} on"


def name_levers(levers: pd.DataFrame) -> str:
    """What saves more than steering, as the title of the comparison."""
    first, steering = levers.iloc[0], levers[levers["kind"] == "steering"].iloc[0]
    if first["kind"] == "price" and first["saving_low"] > max(steering["saving_high"], 0.0):
        times = first["saving_low"] / steering["saving_high"] if steering["saving_high"] > 0 else 0.0
        than = (
            f"at least {times:.0f} times what moving payments would"
            if times >= 2.5
            else "more than moving payments"
        )
        return f"{first['lever']} would save most: {than}"
    basket = levers[levers["kind"] == "basket"].iloc[0]
    if basket["saving_low"] > steering["saving_high"]:
        return "A larger basket would save more than moving payments"
    if steering["saving_low"] > basket["saving_high"]:
        return "Moving payments would save more than a larger basket"
    if basket["saving"] > steering["saving"]:
        return "A larger basket would save more, unless twice as many switch"
    return "Whether moving payments or a larger basket saves more depends on how many switch"


def name_trend(trend: pd.DataFrame, n_changes: int) -> str:
    """How the fee rate moved, and whether a schedule did, as the title of its chart."""
    if len(trend) < 2:
        return "Too few months of fees to compare"
    first, last = trend["percent"].iloc[0], trend["percent"].iloc[-1]
    moved = (
        f"Fees are {last:.1f} % of what was collected, as in the first month"
        if f"{first:.1f}" == f"{last:.1f}"
        else f"Fees went from {first:.1f} % to {last:.1f} % of what was collected"
    )
    if n_changes:
        return f"{moved}; {n_changes} change{'s' if n_changes > 1 else ''} of a schedule in between"
    return f"{moved}, and no schedule changed"


def explain_rate(rate: float | None, fees: Estimate, listed: float) -> str:
    """What stands beside the fee rate: what a dashboard would take for it."""
    if rate is None:
        return "No fee record"
    return (
        "Counted, not estimated: it has no interval. By a list price of 2.9 % and 30 cents a year would cost "
        f"{format_value(listed, 'USD')}, not {format_value(fees.value, 'USD')}"
    )
