"""What steering would save beside other ways to pay less in fees, and beside what is said of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_value
from lucky_analytics.questions.finance.payment_channels.payment_answer import (
    PaymentAnswer,
    answer_payment,
    estimate_sum,
)
from lucky_analytics.questions.finance.payment_channels.payment_prepared import PreparedPayments
from lucky_analytics.questions.finance.payment_channels.payment_what_if import PaymentQuestion

__all__ = ["answer_basket", "answer_wider", "compare_levers", "estimate_cent", "judge_claims", "say_larger"]

LIST_FIXED, LIST_RATE = 30.0, 0.029  # a processor's published price for cards, which nobody here is billed
CLAIMED_SHARES = (0.15, 0.25)


def compare_levers(
    prepared: PreparedPayments, asked: PaymentQuestion, larger: float, top_up: float
) -> pd.DataFrame:
    """One row a lever, the most saved first: ``lever``, ``saving`` with its ends (dollars a year), ``share``
    of all fees, ``asks``, ``kind`` ("steering", "discount", "basket", "top-up", "price").

    ``larger``: by how much a basket would be, as a share. ``top_up``: dollars that customers would load at a
    time; as many pay so as would be steered, by the methods that they use today.
    """
    basket = prepared.basket
    free = answer_payment(prepared, replace(asked, incentive=0.0, basket=basket))
    paid = answer_payment(prepared, replace(asked, basket=basket))
    wider = answer_wider(prepared, asked, larger)
    n, cents = prepared.year()
    fixed = prepared.methods["fixed"].to_numpy()
    source, target = (prepared.methods["name"].iloc[prepared.place(c)] for c in (asked.source, asked.target))
    share = f"{100 * asked.take_up:.3g} %"
    topped = asked.take_up * ((n - cents / (100 * top_up)) * fixed).sum(axis=1)
    rows = [
        (f"{share} of {source} by {target}", free.steering, f"{share} switch without a discount", "steering"),
        (f"Basket {say_larger(larger)}", wider.basket, "The same sales in fewer orders", "basket"),
        (
            f"{share} of all pay from top-ups of ${top_up:g}",
            estimate_sum(topped, prepared),
            "A wallet in the app",
            "top-up",
        ),
        ("A cent off each fee", estimate_cent(prepared), "The processor agrees", "price"),
        (
            "0.1 points off the rate",
            estimate_sum(0.001 * cents.sum(axis=1), prepared),
            "The processor agrees",
            "price",
        ),
    ]
    if asked.incentive:
        asks = f"{share} switch; all who pay by {target} get it"
        rows.append((f"That shift with {asked.incentive:g} cents off", paid.net, asks, "discount"))
    listed = [
        (
            lever,
            saved.value,
            saved.low,
            saved.high,
            (saved.value or 0.0) / (paid.fees.value or np.nan),
            asks,
            kind,
        )
        for lever, saved, asks, kind in rows
    ]
    columns = ["lever", "saving", "saving_low", "saving_high", "share", "asks", "kind"]
    return pd.DataFrame(listed, columns=columns).sort_values("saving", ascending=False, ignore_index=True)


def estimate_cent(prepared: PreparedPayments) -> Estimate:
    """Dollars a year that one cent less in the fixed part of every fee would save."""
    n, _cents = prepared.year()
    return estimate_sum(n.sum(axis=1), prepared)


def answer_wider(prepared: PreparedPayments, asked: PaymentQuestion, larger: float) -> PaymentAnswer:
    """The answer without a discount where a basket is ``larger`` than today's by that share."""
    return answer_payment(prepared, replace(asked, incentive=0.0, basket=prepared.basket * (1 + larger)))


def answer_basket(
    prepared: PreparedPayments, asked: PaymentQuestion, larger: float
) -> tuple[float, PaymentAnswer]:
    """The share by which a basket is larger than today's, and its answer without a discount: of the basket
    that is asked about, or, where that is today's, of one ``larger``."""
    if asked.basket == prepared.basket:
        return larger, answer_wider(prepared, asked, larger)
    free = answer_payment(prepared, replace(asked, incentive=0.0))
    return asked.basket / prepared.basket - 1, free


def say_larger(share: float) -> str:
    """
    >>> say_larger(0.1), say_larger(-0.052)
    ('10 % larger', '5.2 % smaller')
    """
    return f"{100 * abs(share):.3g} % {'smaller' if share < 0 else 'larger'}"


def judge_claims(
    prepared: PreparedPayments, asked: PaymentQuestion, months: pd.DataFrame
) -> tuple[float, pd.DataFrame]:
    """What is said of payment fees beside what the records say: ``claim``, ``found``; and what a year would
    cost by a list price (dollars), which is the naive answer. ``months``: of ``aggregate_fees``."""
    n, cents = (each[0] for each in prepared.year())
    fees = answer_payment(prepared, replace(asked, incentive=0.0, basket=prepared.basket)).fees
    listed = float((n * LIST_FIXED + cents * LIST_RATE).sum()) / 100
    target = prepared.place(asked.target)
    m = prepared.methods
    every = (
        (m["fixed"] - m["fixed"].iloc[target]) * n + (m["rate"] - m["rate"].iloc[target]) * cents
    ).sum() / 100
    needed = [share * (fees.value or 0.0) / every if every > 0 else np.inf for share in CLAIMED_SHARES]
    name, most = m["name"].iloc[target], every / (fees.value or np.nan)
    steered = (
        f"Needs {format_value(needed[0], 'share')} to {format_value(needed[1], 'share')} of all other "
        f"payments to go by {name}; if all did it would be {format_value(most, 'share')}"
        if needed[1] <= 1
        else f"Out of reach: if all other payments went by {name} it would be "
        f"{format_value(max(most, 0.0), 'share')}"
    )
    both = months.groupby("currency")[["fees", "amount"]].sum()
    mixed = both["fees"].sum() / both["amount"].sum() if both["amount"].sum() else float("nan")
    own = both["fees"] / both["amount"].where(both["amount"] != 0)
    rates = ", ".join(f"{currency} {100 * rate:.2f} %" for currency, rate in own.items())
    rows = [
        ("Fees are $50K to $80K a year",
         f"{format_estimate(fees.value, fees.low, fees.high, 'USD')} in a year of weeks like the last "
         f"{len(prepared.n)}"),
        ("A card costs 2.9 % and 30 cents",
         f"No method does: by that price a year would cost {format_value(listed, 'USD')}"),
        ("Steering saves 15 to 25 %", steered),
        ("One rate for all payments", f"{100 * mixed:.2f} % adds two currencies; apart it is {rates}"),
    ]  # fmt: skip
    return listed, pd.DataFrame(rows, columns=["claim", "found"])
