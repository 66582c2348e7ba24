"""What the match relies on, checked in the tables themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.catalog.sales.trade_codes import CURRENCIES, PAYMENT, REFUND
from lucky_analytics.models.matched_books.book_faults import find_foreign, sum_vouchers

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_books"]


def check_books(suite: Suite) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property; without the ledger its own is left out."""
    trade = suite.source("salespayment").t_trade
    n_other = int(trade.filter(~trade.trade_type.isin((PAYMENT, REFUND))).count().execute())
    n_trades = int(trade.count().execute())
    facts = [
        ("every trade is a payment or a refund", not n_other, f"{n_other:,} of {n_trades:,} are neither")
    ]
    n_foreign = int(find_foreign(suite).count().execute())
    about = f"{n_foreign:,} completed orders are not; they stand here with the currency that they name"
    facts.append(("orders are in the currency of their shop", not n_foreign, about))
    n_strange = _count_strange(suite)
    about = f"{n_strange:,} orders, payments, refunds and bills are in another, which no tile shows"
    facts.append(("every amount is in a market's currency", not n_strange, about))
    entry = suite.optional("voucher_entries")
    if entry is not None:
        sums = sum_vouchers(entry)
        n, n_off = (int(rows.count().execute()) for rows in (sums, sums.filter(sums.off != 0)))
        facts.append(
            ("debits and credits of each voucher are equal", not n_off, f"{n_off:,} of {n:,} are not")
        )
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def _count_strange(suite: Suite) -> int:
    """Rows whose currency is that of no market."""
    tables = (suite.all_orders, suite.payments, suite.refunds, suite.optional("accounting_batches"))
    return sum(
        int((~t.currency.isin(CURRENCIES)).sum().fill_null(0).execute()) for t in tables if t is not None
    )
