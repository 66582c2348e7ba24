"""One more leg, when a payout file of the processor is given: what was collected, and what was paid out."""

from __future__ import annotations

from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import _

from lucky_analytics.catalog.sales.trade_codes import CURRENCIES
from lucky_analytics.errors import LuckyError
from lucky_analytics.models.matched_books.books import Books
from lucky_analytics.models.matched_books.legs import (
    PAYOUT_FEES,
    PAYOUTS,
    Leg,
    Rules,
    make_leg,
)
from lucky_analytics.reference.imports import read_import

__all__ = ["match_payouts", "read_payouts"]

_CENT = 1e-6  # of a cent: what is left of two decimals in a binary number


def read_payouts(path: str | Path) -> pd.DataFrame | None:
    """The lines of a payout file, or null when ``path`` is empty.

    Columns as the contract ``payouts`` (``reference.imports``) with ``gross_cents`` and ``fee_cents`` (fees
    rounded to the cent) in the place of dollars, and ``paid_out`` as a date. Raises ``LuckyError`` with file,
    line and column for what breaks the contract, a gross amount with more than two decimals, a currency of
    no market, or a date that is none.
    """
    lines = read_import("payouts", path)
    if lines is None:
        return None
    cents = (lines["gross_dollars"] * 100).round().astype("int64")
    _refuse(path, "gross_dollars", "whole cents", (cents - lines["gross_dollars"] * 100).abs() > _CENT, lines)
    _refuse(path, "currency", " or ".join(CURRENCIES), ~lines["currency"].isin(CURRENCIES), lines)
    dates = pd.to_datetime(lines["paid_out"], format="%Y-%m-%d", errors="coerce")
    _refuse(path, "paid_out", "a date like 2026-02-13", dates.isna(), lines)
    hundredths = (lines["fee_dollars"] * 1e4).round().astype("int64")
    # Half a cent goes up, as in the database's rounding of the fee records.
    fees: pd.Series = (hundredths.abs() + 50) // 100 * np.sign(hundredths)
    made = lines.assign(gross_cents=cents, fee_cents=fees, paid_out=dates.dt.date)
    return made.drop(columns=["gross_dollars", "fee_dollars"])


def _refuse(path: str | Path, column: str, expected: str, broken: pd.Series, lines: pd.DataFrame) -> None:
    if broken.any():
        first = int(broken.to_numpy().argmax())
        got = repr(lines[column].iloc[first])
        raise LuckyError(f"import payouts from {path}, row {first + 2}, {column}", expected=expected, got=got)


def match_payouts(books: Books, lines: pd.DataFrame, rules: Rules) -> tuple[Leg, ...]:
    """Payments that moved money and the payout lines that name them; and, where there are fee records, those
    of the payments paid out and the fees of the lines. Lines paid out after ``rules.as_of`` are left out.

    A payment that is not paid out within ``rules.grace_days`` is missing; paid out on another day is how the
    processor works, so a line has its payment's date where there is one.
    """
    paid = books.paid.filter(_.is_known & (_.cents != 0))
    left = paid.select("currency", "cents", "date", key="row_id").cache()
    line = _dated_lines(lines, left, rules)
    legs = [make_leg(PAYOUTS, left, _as_rows(line, line.cents), rules)]
    if books.fee_records is not None:
        named = line.select(line_key="key")
        fee = books.fee_records.semi_join(named, books.fee_records.row_id == named.line_key)
        own = fee.select(
            "currency", "date", key="row_id", cents=(fee.fee_hundredths / 100).round().cast("int64")
        )
        legs.append(make_leg(PAYOUT_FEES, own.cache(), _as_rows(line, line.fee_cents), rules))
    return tuple(legs)


def _dated_lines(lines: pd.DataFrame, payments: ir.Table, rules: Rules) -> ir.Table:
    texts = [(name, pa.string()) for name in ("row_id", "key", "currency")]
    numbers = [("cents", pa.int64()), ("fee_cents", pa.int64()), ("on", pa.date32())]
    names = {"line_id": "row_id", "payment_id": "key", "gross_cents": "cents", "paid_out": "on"}
    given = pa.Table.from_pandas(
        lines.rename(columns=names), schema=pa.schema([*texts, *numbers]), preserve_index=False
    )
    line = ibis.memtable(given).filter(_.on <= rules.as_of)
    dated = payments.select(paid_key="key", paid_in="currency", paid_date="date")
    return line.left_join(dated, [line.key == dated.paid_key, line.currency == dated.paid_in]).cache()


def _as_rows(line: ir.Table, cents: ir.IntegerColumn) -> ir.Table:
    return line.select(
        "row_id",
        "key",
        "currency",
        cents=cents,
        date=ibis.coalesce(line.paid_date, line.on),
        twin=ibis.literal(""),
        is_known=ibis.literal(True),
    ).cache()
