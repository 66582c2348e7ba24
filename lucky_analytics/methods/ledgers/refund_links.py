"""Refunds, each held against what was paid under its key: may it be, or is it too much?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.methods.ledgers.classes import (
    AMOUNT,
    CURRENCY,
    DUPLICATE,
    EMPTY,
    MATCHED,
    UNEXPLAINED,
    UNLINKED,
    whole_sum,
)

__all__ = ["link_refunds"]


def link_refunds(refunds: ir.Table, payments: ir.Table) -> ir.Table:
    """Each refund with whether a payment of its key and currency, not later, leaves room for it.

    ``refunds``: ``row_id``, ``key``, ``currency``, ``cents`` (positive), ``date``. ``payments``: ``key``,
    ``currency``, ``cents``, ``date`` of what was collected. Refunds of a key are taken in the order of their
    dates. Returns the refunds with ``class`` and ``excess_cents`` (of it, beyond what was collected):
    *matched*; *refund unlinked* (nothing was collected under its key, or only later); *currency*; *duplicate*
    (beyond it, and as large as an earlier one); *amount* (beyond it); *nothing moved*; *unexplained*
    (negative).
    """
    paid = payments.filter(payments.cents > 0)
    paid = paid.group_by(key_="key", currency_="currency").agg(
        paid_cents=whole_sum(paid.cents), paid_date=paid.date.min()
    )
    known = payments.filter(payments.key.notnull()).select(known_key="key").distinct()
    row = refunds.left_join(paid, [refunds.key == paid.key_, refunds.currency == paid.currency_])
    row = row.left_join(known, row.key == known.known_key)
    so_far = ibis.window(
        group_by=[row.key, row.currency], order_by=[row.date, row.row_id], preceding=None, following=0
    )
    alike = ibis.window(group_by=[row.key, row.currency, row.cents], order_by=[row.date, row.row_id])
    row = row.mutate(
        given=whole_sum(ibis.ifelse(row.cents > 0, row.cents, 0), so_far),
        copy_no=ibis.row_number().over(alike),
    )
    excess = ibis.greatest(row.given - row.paid_cents, 0)
    label = ibis.cases(
        (row.cents == 0, EMPTY),
        (row.cents < 0, UNEXPLAINED),
        (row.paid_cents.isnull() & row.known_key.notnull(), CURRENCY),
        (row.paid_cents.isnull() | (row.date < row.paid_date), UNLINKED),
        (excess == 0, MATCHED),
        (row.copy_no > 0, DUPLICATE),
        else_=AMOUNT,
    )
    row = row.mutate(**{"class": label})
    is_linked = row["class"].isin((MATCHED, DUPLICATE, AMOUNT))
    beyond = ibis.ifelse(is_linked, ibis.least(excess, row.cents), row.cents)
    names = ("row_id", "key", "currency", "cents", "date", "class")
    return row.select(*names, excess_cents=beyond).cache()
