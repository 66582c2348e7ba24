"""The findings of the tax page as sentences, and what an adviser must confirm."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import wait_for_orders
from lucky_analytics.formats import format_value
from lucky_analytics.models.taxed_sales.booked import Booked, Remitted
from lucky_analytics.models.taxed_sales.open_returns import OpenReturns

__all__ = [
    "ADVISER",
    "NO_ORDERS",
    "describe_answer",
    "describe_booked",
    "describe_naive",
    "describe_remitted",
    "describe_returns",
    "describe_unpaid",
    "name_finding",
    "name_gaps",
]

OWNER = "Finance"
NO_ORDERS = (
    "No sale to tax yet",
    "No order was completed by this date: nothing was sold on which tax could be due.",
    wait_for_orders(OWNER),
)
# Topic, what the page assumes, what an adviser must say.
ADVISER = pd.DataFrame(
    [
        ("Delivery and packaging fees", "Taxable as what is delivered; none was charged",
         "Whether they are, and who owes the tax where a delivery platform sells and delivers"),
        ("Packaged food", "Exempt when sold unheated and to go",
         "Whether a store with seats may treat it so, and what proves that it was to go"),
        ("Place of delivery", "The store's address decides the rate",
         "Orders delivered to another place are taxed there; the place is not in the tables"),
        ("Rounding", "Once a line, half a cent up",
         "Whether the order is the receipt on which the state rounds"),
        ("Coupons", "The price after the store's own discounts is the receipt",
         "A coupon that somebody else pays back does not lower it; order discounts were taken off after tax"),
        ("Refunds", "Not taken off what is due", "When and how the tax in them may be claimed as a credit"),
        ("Tax charged on exempt food", "Paid to the state unless it is given back",
         "Whether it is paid over or returned to customers"),
        ("Shops abroad", "No New York tax is due where the address names no place in it",
         "Why orders in US dollars stand in shops elsewhere, and what is due there"),
        ("Internal and pop-up shops", "Taxed as stores", "Whether meals of staff are sales"),
        ("Returns already filed", "Not known: the tax system is empty",
         "What was registered, filed and paid, when, and on which forms"),
        ("Interest and penalty", "A bound at published rates",
         "What the state would ask, and what it may waive"),
    ],
    columns=["topic", "assumed", "to confirm"],
)  # fmt: skip


def name_finding(n_errors: int, under: float, over: float, fee_tax: float, open_: OpenReturns) -> str:
    """The title, a template for ``report.title``: what fell due without a payment on record, or the lines.

    ``under``: due and not charged; ``over``: the reverse.
    """
    if open_.dollars:
        following = open_.following
        more = f"; {{next_return:value}} more by {following.due_date:%-d %b}" if following else ""
        return "{unpaid:value} of tax fell due, no payment on record" + more
    if not n_errors:
        first = "Every line carries the tax due"
    elif under and over:
        first = "Tax was {not_charged:value} short and {over_charged:value} over"
    elif under:
        first = "Tax is right but for {not_charged:value}"
    elif over:
        first = "Tax was charged that is not due: {over_charged:value}"
    else:
        first = "No cent is wrong; look at {wrong_lines:value}"
    return first + ("; {fee_tax:value} on fees is open" if fee_tax else "")


def describe_answer(n_errors: int, under: float, over: float, open_: OpenReturns) -> str:
    """The answer, as a template for ``report.answer``: returns that fell due, the next one, the lines."""
    if open_.unread:
        first = f"What was paid of the returns cannot be told: {open_.unread}."
    elif not open_.n_due:
        first = "No return has fallen due yet."
    elif open_.dollars:
        first = (
            "We cannot see that the {unpaid:value} that fell due was paid: find the receipts today, and "
            "file what has none."
        )
    else:
        first = "Each return that has fallen due has its payment on record."
    if open_.following:
        first += f" {{next_return:value}} follows by {open_.following.day}."
    if open_.dollars:
        return f"{first} If none was paid, interest and penalty come to {{late_on_all:value}} at most."
    return f"{first} {_describe_lines(n_errors, under, over)}"


def _describe_lines(n_errors: int, under: float, over: float) -> str:
    if under:
        return "Of all tax due, {not_charged:value} was never charged."
    if over:
        return "All tax due was charged, and {over_charged:value} more than that."
    if n_errors:
        return "No cent is missing, though {wrong_lines:value} need a look."
    return "Every line carries the tax due, none is wrong."


def describe_unpaid(open_: OpenReturns) -> str:
    """What the tile of returns that fell due says."""
    if open_.unread:
        return f"Not known: {open_.unread}"
    if not open_.dollars:
        return "Each return that fell due is on record" if open_.n_due else "No return has fallen due yet"
    return "No row of the tax system shows it, which does not say that it was not paid. Counted: no interval"


def describe_remitted(remitted: Remitted) -> str:
    """Why what was remitted is known or not, for its headline."""
    if remitted.cents is not None:
        return (
            "Of the returns in the tax system, by their periods. Counted, not estimated: it has no interval"
        )
    if remitted.n_rows is None:
        return "Not known: the tax system's tables are not in the snapshot"
    return (
        "Not known, which is not zero: the tax system holds no return, and may be filled later or elsewhere"
    )


def describe_booked(booked: Booked | None) -> str:
    """What was booked beside what was charged, for its headline."""
    if booked is None:
        return "Not known: bills or payments are not in the snapshot"
    n = len(booked.rows)
    if not n:
        return "Agrees with what was charged, batch by batch. Counted: it has no interval"
    off = format_value(booked.off_cents / 100, "USD")
    return f"{n} batches or orders differ from what was charged, {off} in all. Counted: it has no interval"


def name_gaps(bars: pd.DataFrame) -> str:
    """What was charged wrongly, as the title of its chart."""
    if bars.empty:
        return "No cent was charged wrongly"
    first, total = bars.iloc[0], bars["amount"].sum()
    share = 100 * first["amount"] / total
    return (
        f"{format_value(total, 'USD')} was charged wrongly, {share:.0f} % of it of one kind: {first['label']}"
    )


def describe_naive(naive: float, due: float, under: float) -> str:
    """Why rate times revenue is no liability, as the title of its chart."""
    charged = f"all but {format_value(under, 'USD')} of it" if under else "all of it"
    return (
        f"Rate times revenue says {format_value(naive, 'USD')}; {format_value(due, 'USD')} was due, "
        f"{charged} charged"
    )


def describe_returns(open_: OpenReturns) -> str:
    """What the returns that fell due carry, as the title of their chart."""
    if not open_.n_due:
        return "No return has fallen due yet"
    due = f"{open_.n_due} returns have fallen due" if open_.n_due > 1 else "1 return has fallen due"
    if open_.unread:
        return f"{due}; what was paid of it cannot be told"
    if not open_.dollars:
        return f"{due}, each with its payment on record"
    n = len(open_.rows)
    which = f"{due} without a payment" if n == open_.n_due else f"{due}, {n} of them without a payment"
    return f"{which} on record: {format_value(open_.dollars, 'USD')}"
