"""Day by day: what was ordered, paid and booked, where they differ, and what each difference is made of."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.methods.ledgers.classes import EXCEPTIONS, UNEXPLAINED, whole_sum
from lucky_analytics.models.matched_books.books import Books
from lucky_analytics.models.matched_books.legs import BILLS, PAYMENTS, Leg

__all__ = ["compare_days", "judge_daily_totals"]

_REFUNDS = "|refunds"


def compare_days(books: Books, legs: Sequence[Leg], currency: str) -> pd.DataFrame:
    """One row a business date with an order, a payment or a bill, the newest first; whole cents.

    ``date``, ``placed_cents`` (completed orders), ``paid_cents`` (money moved), ``booked_cents`` (bills of
    sales by posting date; null without accounting), ``paid_off`` (paid less ordered), ``booked_off`` (booked
    less paid), and what the two are made of: ``moved`` (paid on one day, posted on another), ``classified``
    (exceptions of a known kind), ``unexplained``, ``settling`` (rounding, and what is not due yet). Their sum
    is ``paid_off`` + ``booked_off``: ``left_over`` is 0, or the books were not read whole. ``n_paid`` and
    ``n_booked`` count the exceptions of the day; ``paid_mark`` and ``booked_mark`` say so.
    """
    ordered = _by_day(books.placed.filter(_.status == "completed"), currency, "date")
    paid = _by_day(books.paid, currency, "date")
    columns = {"placed_cents": ordered, "paid_cents": paid}
    if books.bills is not None:
        columns["booked_cents"] = _by_day(books.bills.filter(_.part == "sales"), currency, "date")
        columns["posted"] = _by_day(books.paid.filter(_.cents != 0), currency, "posted_on")
    days = pd.DataFrame(columns).fillna(0).astype("int64")
    days["paid_off"] = days["paid_cents"] - days["placed_cents"]
    has_bills = "booked_cents" in days
    days["booked_off"] = days["booked_cents"] - days["paid_cents"] if has_bills else pd.NA
    days["moved"] = days.pop("posted") - days["paid_cents"] if has_bills else 0
    days[["classified", "unexplained", "settling"]] = 0
    for leg, name in ((PAYMENTS, "n_paid"), (BILLS, "n_booked")):
        days[name] = 0
        for found in legs:
            if found.name == leg:
                _add_classes(days, found, currency, name)
    parts = days[["moved", "classified", "unexplained", "settling"]].sum(axis=1)
    days["left_over"] = days["paid_off"] + (days["booked_off"].astype("int64") if has_bills else 0) - parts
    days["paid_mark"] = _mark(days["n_paid"])
    days["booked_mark"] = _mark(days["n_booked"]) if has_bills else "–"
    days.index.name = "date"
    return days.sort_index(ascending=False).reset_index()


def _by_day(rows: ir.Table, currency: str, date: str) -> pd.Series:
    own = rows.filter(rows.currency == currency)
    found = own.group_by(date=own[date]).agg(cents=whole_sum(own.cents)).execute()
    return found.set_index("date")["cents"].astype("int64")


def _add_classes(days: pd.DataFrame, leg: Leg, currency: str, name: str) -> None:
    """Adds what the classes of one leg put into each day's difference, and how many exceptions it has."""
    for side, sign in ((leg.left, -1), (leg.right, 1)):
        own = side.filter((side.currency == currency) & (~side.key.endswith(_REFUNDS) | side.key.isnull()))
        sums = own.group_by("date", kind="class").agg(cents=whole_sum(own.cents), n=own.count()).execute()
        sums = sums[sums["date"].isin(days.index)]
        for row in sums.itertuples():
            kind = str(row.kind)
            is_exception = kind in EXCEPTIONS
            column = "unexplained" if kind == UNEXPLAINED else "classified" if is_exception else "settling"
            days.loc[row.date, column] += sign * int(row.cents)
            # An amount that differs has a row on both sides, and is one exception.
            if is_exception and not (kind == "amount" and sign == 1):
                days.loc[row.date, name] += int(row.n)


def _mark(n: pd.Series) -> list[str]:
    return ["✓" if not count else f"✗ {count:,}" for count in n]


def judge_daily_totals(days: pd.DataFrame, tolerance_cents: int) -> dict[str, int]:
    """What a dashboard of daily totals would have said of the days of ``compare_days``.

    ``n_days``; ``n_differ``: totals differ by more than the tolerance; ``n_false``: of those, days without an
    exception, where only the day of posting differs; ``n_hidden``: totals agree, and exceptions are inside.
    """
    off = days[["paid_off", "booked_off"]].astype("Int64").abs().gt(tolerance_cents).fillna(False).any(axis=1)
    has = (days["n_paid"] + days["n_booked"]) > 0
    return {
        "n_days": len(days),
        "n_differ": int(off.sum()),
        "n_false": int((off & ~has).sum()),
        "n_hidden": int((~off & has).sum()),
    }
