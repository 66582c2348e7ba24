"""Every exception of every leg, one row each: its class, age, money at risk, and what is known beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.methods.ledgers.classes import (
    AMOUNT,
    CURRENCY,
    DUPLICATE,
    EXCEPTIONS,
    MISSING,
    ORPHAN,
    ROUNDING,
    TIMING,
    UNEXPLAINED,
    UNLINKED,
    whole_sum,
)
from lucky_analytics.models.matched_books.books import Books
from lucky_analytics.models.matched_books.legs import (
    BILLS,
    CLEARING,
    FEES,
    LEDGER,
    PAYMENTS,
    PAYOUTS,
    REFUNDS,
    Leg,
)

__all__ = ["AGES", "AGREED", "collect_exceptions", "count_agreed", "list_exceptions", "sum_exceptions"]

TRUE, DELAY, ENTRY, UNKNOWN = "true discrepancy", "timing delay", "entry error", "not known"
AGES = {"0 to 7 days": 7, "8 to 30": 30, "31 to 90": 90, "over 90": None}
# Figures that more than one page prints: how many exceptions between orders and payments are open in US
# dollars, by class.
AGREED = {
    ORPHAN: "payments without an order",
    DUPLICATE: "orders charged twice",
    MISSING: "orders not paid",
}
_COLUMNS = (
    "leg", "class", "currency", "key", "row_id", "n_rows", "date", "due_cents", "recorded_cents"
)  # fmt: skip


def collect_exceptions(legs: Sequence[Leg], books: Books, as_of: dt.date) -> ir.Table:
    """One row for each exception, an Ibis table; amounts in cents of ``currency``.

    ``leg``, ``class``, ``currency``, ``key`` (order, batch, bill or payment), ``row_id`` (of what was
    recorded; null where nothing was), ``n_rows``, ``date``, ``due_cents``, ``recorded_cents``, ``off_cents``
    (recorded less due), ``at_risk_cents``, ``nature`` (true discrepancy, timing delay, entry error, not
    known), ``age_days`` (at ``as_of``), ``known`` (what else is known; may be empty).

    Money stands once: what a later leg shows again of an earlier exception is at risk there, and 0 here.
    Rounding of fee bills has no rows: every batch rounds, and their sum stands with its class.
    """
    parts = [part for leg in legs for part in _rows_of(leg)]
    row = ibis.union(*parts) if len(parts) > 1 else parts[0]
    row = _with_context(row.cache(), books)
    off = row.recorded_cents - row.due_cents
    risk = ibis.cases(
        (row["class"].isin((TIMING, ROUNDING)), 0),
        (row.is_shown_before | row.is_given_back, 0),
        else_=off.abs(),
    )
    nature = ibis.cases(
        (row["class"] == TIMING, DELAY),
        (row["class"] == UNEXPLAINED, UNKNOWN),
        ((row["class"] == ROUNDING) | _looks_mistyped(row), ENTRY),
        else_=TRUE,
    )
    return row.select(
        *_COLUMNS,
        off_cents=off,
        at_risk_cents=risk.cast("int64"),
        nature=nature,
        age_days=_days(as_of, row.date),
        known=_say_known(row),
    ).cache()


def _days(as_of: dt.date, date: ir.DateColumn) -> ir.IntegerValue:
    return ibis.literal(as_of).delta(date, unit="day").cast("int64")


def _rows_of(leg: Leg) -> list[ir.Table]:
    """Exceptions of one leg, from both sides; rows of one key that are parts of a sum are one."""
    wanted = [*EXCEPTIONS, TIMING] if leg.name == FEES else [*EXCEPTIONS, TIMING, ROUNDING]
    left = leg.left.filter(
        leg.left["class"].isin(wanted) & ((leg.left["class"] != TIMING) | (_.counterpart_cents == 0))
    )
    left = left.select(
        "class", "currency", "key", "date",
        leg=ibis.literal(leg.name), row_id=ibis.null("string"), n_rows=ibis.literal(1, "int64"),
        due_cents="cents", recorded_cents="counterpart_cents",
    )  # fmt: skip
    # What differs or is missing has its row on the left; refunds have no left side.
    told = () if leg.name == REFUNDS else (MISSING, AMOUNT)
    right = leg.right.filter(leg.right["class"].isin([name for name in EXCEPTIONS if name not in told]))
    if leg.are_parts:
        # What names no key is no part of a sum: else two of them would cancel.
        alone = ibis.ifelse(right.key.isnull(), right.row_id, ibis.null("string"))
        right = right.group_by("class", "currency", "key", alone=alone).agg(
            row_id=right.row_id.min(),
            n_rows=right.count(),
            date=right.date.max(),
            cents=whole_sum(right.cents),
        )
    else:
        right = right.mutate(n_rows=ibis.literal(1, "int64"))
    recorded = right.excess_cents if leg.name == REFUNDS else right.cents
    right = right.select(
        "class", "currency", "key", "row_id", "n_rows", "date",
        leg=ibis.literal(leg.name), due_cents=ibis.literal(0, "int64"), recorded_cents=recorded,
    )  # fmt: skip
    return [left.select(*_COLUMNS), right.select(*_COLUMNS)]


def _with_context(row: ir.Table, books: Books) -> ir.Table:
    """What other rows say of an exception: the order's state, a refund of its amount, an earlier leg."""
    order = books.placed.select(order_key="key", order_status="status", order_currency="currency")
    order = order.distinct(on="order_key", keep="first")
    row = row.left_join(order, row.key == order.order_key)
    back = books.returned.group_by(back_key="key", back_in="currency", back_cents="cents").agg(
        n_back=_.count()
    )
    row = row.left_join(
        back,
        [
            row.key == back.back_key,
            row.currency == back.back_in,
            row.recorded_cents - row.due_cents == back.back_cents,
        ],
    )
    first = row.filter((row.leg == PAYMENTS) & row.row_id.notnull())
    first = first.select(seen_key="row_id", seen_class="class").distinct()
    row = row.left_join(first, row.key == first.seen_key)
    ledger = row.filter(row.leg == LEDGER).mutate(shown=(_.recorded_cents - _.due_cents).abs())
    ledger = ledger.select("shown", ledger_in="currency", ledger_batch="key")
    if books.bills is not None:
        bill = books.bills.select(billed="bill_id", batch="batch_id").distinct()
        ledger = ledger.join(bill, ledger.ledger_batch == bill.billed)
        ledger = ledger.drop("ledger_batch").rename(ledger_batch="batch")
    ledger = ledger.group_by("ledger_batch", "ledger_in").agg(ledger_cents=whole_sum(ledger.shown))
    row = row.left_join(ledger, [row.key == ledger.ledger_batch, row.currency == ledger.ledger_in])
    # One refund gives back one charge, of several that are alike.
    is_charge = (row.leg == PAYMENTS) & row["class"].isin((DUPLICATE, ORPHAN, UNEXPLAINED, CURRENCY, AMOUNT))
    alike = ibis.window(
        group_by=[is_charge, row.key, row.currency, row.recorded_cents - row.due_cents],
        order_by=[row["class"], row.row_id],
    )
    off = (row.recorded_cents - row.due_cents).abs()
    return row.mutate(
        is_given_back=is_charge & (ibis.row_number().over(alike) < row.n_back).fill_null(False),
        is_shown_before=(row.leg.isin((BILLS, PAYOUTS)) & row.seen_key.notnull())
        # No more than was shown: what is off by more stands here, too.
        | ((row.leg == CLEARING) & (off <= row.ledger_cents).fill_null(False)),
    )


def _looks_mistyped(row: ir.Table) -> ir.BooleanValue:
    """The same digits in another order, or a decimal point moved by one or two places."""

    def digits(cents: ir.IntegerValue) -> ir.ArrayValue:
        return cents.abs().cast("string").re_replace("(.)", r"\1,").split(",").sort()

    due, got = row.due_cents, row.recorded_cents
    is_moved = (got == 10 * due) | (got == 100 * due) | (due == 10 * got) | (due == 100 * got)
    return (row["class"] == AMOUNT) & (due != 0) & (got != 0) & ((digits(due) == digits(got)) | is_moved)


def _say_known(row: ir.Table) -> ir.StringValue:
    status, is_order = row.order_status, row.leg.isin((PAYMENTS, REFUNDS))
    return ibis.cases(
        (row.is_given_back, "given back in full"),
        (row.is_shown_before & (row.leg == CLEARING), "counted at bills and ledger"),
        (row.is_shown_before, "counted at orders and payments: " + row.seen_class),
        ((row["class"] == TIMING), "not due yet"),
        ((row["class"] == ORPHAN) & is_order & row.key.isnull(), "names no order"),
        ((row["class"] == ORPHAN) & is_order & (status == "cancelled"), "the order was cancelled"),
        ((row["class"] == ORPHAN) & is_order & status.notnull(), "the order was not completed"),
        ((row["class"] == ORPHAN) & is_order, "no such order"),
        ((row["class"] == CURRENCY) & row.row_id.isnull(), "recorded in another currency"),
        (row["class"] == CURRENCY, "due in another currency"),
        ((row["class"] == UNLINKED) & status.isnull(), "no such order"),
        ((row["class"] == UNLINKED), "nothing was paid before it"),
        ((row["class"] == UNEXPLAINED) & (row.recorded_cents < 0), "a negative amount"),
        ((row["class"] == UNEXPLAINED) & is_order, "a further payment, or an unknown state"),
        ((row["class"] == MISSING) & (row.leg == FEES) & (row.recorded_cents != 0), "no fee record"),
        ((row["class"] == MISSING) & (row.leg == BILLS), "not booked"),
        else_="",
    )  # fmt: skip


def sum_exceptions(exceptions: ir.Table) -> pd.DataFrame:
    """By ``leg``, ``currency`` and ``class``: ``n`` (with money at risk), ``n_listed`` (all of them),
    ``at_risk_cents``, ``oldest_days``, and cents at risk by age, one column for each of ``AGES``."""
    columns: dict[str, ir.Value] = {}
    low = -1
    for name, high in AGES.items():
        is_in = exceptions.age_days > low
        is_in = is_in if high is None else is_in & (exceptions.age_days <= high)
        columns[name] = whole_sum(ibis.ifelse(is_in, exceptions.at_risk_cents, 0))
        low = low if high is None else high
    return (
        exceptions.group_by("leg", "currency", "class")
        .agg(
            n=(exceptions.at_risk_cents > 0).sum(),
            n_listed=exceptions.count(),
            at_risk_cents=whole_sum(exceptions.at_risk_cents),
            oldest_days=exceptions.age_days.max(),
            **columns,
        )
        .order_by("leg", ibis.desc("currency"), ibis.desc("at_risk_cents"), "class")
        .execute()
    )


def count_agreed(sums: pd.DataFrame) -> dict[str, int]:
    """Of ``sum_exceptions``: how many there are of each that other pages print too (``AGREED``).

    >>> row = {"leg": PAYMENTS, "currency": "USD", "class": ORPHAN, "n": 3}
    >>> count_agreed(pd.DataFrame([row, {**row, "currency": "NZD"}]))["payments without an order"]
    3
    """
    own = sums[(sums["leg"] == PAYMENTS) & (sums["currency"] == "USD")].set_index("class")["n"]
    return {what: int(own.get(name, 0)) for name, what in AGREED.items()}


def list_exceptions(exceptions: ir.Table, most: int) -> pd.DataFrame:
    """The rows with most at risk first, amounts in dollars of their currency; no more than ``most``."""
    row = exceptions.order_by(
        ibis.desc("at_risk_cents"), "age_days", "leg", "class", "currency", "key", "row_id"
    ).limit(most)
    found = row.execute()
    for name in ("due", "recorded", "off", "at_risk"):
        found[name] = found.pop(f"{name}_cents").astype("int64") / 100
    return found
