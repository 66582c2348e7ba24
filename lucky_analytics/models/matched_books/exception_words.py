"""Each kind of exception of each comparison in plain words."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.methods.ledgers.classes import (
    AMOUNT,
    CURRENCY,
    DUPLICATE,
    MISSING,
    ORPHAN,
    UNEXPLAINED,
    UNLINKED,
)
from lucky_analytics.models.matched_books.legs import (
    BILLS,
    FEES,
    LEDGER,
    PAYMENTS,
    PAYOUT_FEES,
    PAYOUTS,
    REFUNDS,
)

__all__ = ["name_kinds"]

_WORDS = {
    (PAYMENTS, ORPHAN): "payments without an order",
    (PAYMENTS, DUPLICATE): "orders charged twice",
    (PAYMENTS, MISSING): "orders not paid",
    (PAYMENTS, AMOUNT): "payments of another amount",
    (PAYMENTS, CURRENCY): "payments in another currency",
    (PAYMENTS, UNEXPLAINED): "payments without explanation",
    (REFUNDS, DUPLICATE): "refunds given twice",
    (REFUNDS, AMOUNT): "refunds of too much",
    (REFUNDS, UNLINKED): "refunds without a payment",
    (REFUNDS, CURRENCY): "refunds in another currency",
    (BILLS, MISSING): "payments not booked",
    (BILLS, DUPLICATE): "payments booked twice",
    (BILLS, AMOUNT): "bills of another amount",
    (BILLS, ORPHAN): "bills without a payment",
    (LEDGER, MISSING): "bills not entered",
    (LEDGER, DUPLICATE): "bills entered twice",
    (LEDGER, AMOUNT): "entries of another amount",
    (FEES, MISSING): "fees without a record",
    (FEES, DUPLICATE): "fees booked twice",
    (FEES, AMOUNT): "fees of another amount",
    (PAYOUTS, MISSING): "payments not paid out",
    (PAYOUTS, ORPHAN): "payouts without a payment",
    (PAYOUTS, DUPLICATE): "payments paid out twice",
    (PAYOUTS, AMOUNT): "payouts of another amount",
    (PAYOUT_FEES, AMOUNT): "payout fees of another amount",
    (PAYOUT_FEES, ORPHAN): "payout fees without a record",
}


def name_kinds(rows: pd.DataFrame) -> pd.Series:
    """``leg`` and ``class`` of each row in plain words; what has none is said as it is.

    >>> name_kinds(pd.DataFrame({"leg": ["orders and payments"], "class": ["orphan"]})).tolist()
    ['payments without an order']
    """
    pairs = list(zip(rows["leg"], rows["class"], strict=True))
    words = [_WORDS.get(pair, f"{pair[1]}, {pair[0].split(' and ')[-1]}") for pair in pairs]
    return pd.Series(words, index=rows.index, dtype="str")
