"""Sales tax line by line: what was due, what was charged, and which kind of error lies between."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.ledgers.classes import whole_sum

__all__ = [
    "ERRORS",
    "EXEMPT",
    "MISSING_TAX",
    "NO_RATE",
    "RIGHT",
    "ROUNDED",
    "TAXED_EXEMPT",
    "TAX_CLASSES",
    "UNCLASSIFIED",
    "WRONG_AMOUNT",
    "WRONG_RATE",
    "ZERO_TAX",
    "classify_tax_lines",
    "round_tax",
    "sum_tax",
]

RIGHT, EXEMPT, ROUNDED = "right", "exempt, not taxed", "off by rounding"
MISSING_TAX, ZERO_TAX, WRONG_RATE = "no tax recorded", "zero where tax is due", "wrong rate"
TAXED_EXEMPT, WRONG_AMOUNT = "exempt, but taxed", "right rate, wrong amount"
NO_RATE, UNCLASSIFIED = "no rate on file", "product not classified"
# What somebody has to look at.
ERRORS = (ZERO_TAX, WRONG_RATE, TAXED_EXEMPT, WRONG_AMOUNT, MISSING_TAX, NO_RATE, UNCLASSIFIED)
TAX_CLASSES = (RIGHT, EXEMPT, ROUNDED, *ERRORS)
_WHOLE = 1_000_000  # rates are whole millionths


def round_tax(receipt: ir.IntegerValue, rate: ir.IntegerValue) -> ir.IntegerValue:
    """Tax in whole cents on ``receipt`` cents at ``rate`` millionths; half a cent is a whole one.

    Whole numbers all the way: a binary fraction would put some halves on the wrong side. What is given back
    (a negative receipt) is rounded as what was taken.

    >>> round_tax(ibis.literal(200), ibis.literal(88_750)).to_pandas()     # 17.75 cents
    18
    """
    size = (2 * receipt.abs().cast("int64") * rate.cast("int64") + _WHOLE) // (2 * _WHOLE)
    return (size * receipt.sign().cast("int64")).cast("int64")


def classify_tax_lines(lines: ir.Table, tolerance_cents: int = 1) -> ir.Table:
    """Each line with ``due_cents``, ``gap_cents`` (due less charged: positive is owed) and its ``class``.

    ``lines``: ``receipt_cents`` (before tax), ``charged_cents`` (null: nothing was recorded) and
    ``charged_rate`` (null is none, 0), ``rate`` (millionths that hold there and then; null: none on file),
    ``is_taxable`` (null: not known), and whatever else, which stays. Due is 0 where the line is exempt or no
    rate is on file; a line that is not classified is held as taxable. One class a line, the first that fits:

    - *no rate on file*; *no tax recorded*; *product not classified*
    - *exempt, but taxed*; *exempt, not taxed*
    - *zero where tax is due*: nothing was charged, at a rate of zero or for more than the tolerance
    - *wrong rate*: the recorded rate is not the one on file, even where both give the same cent
    - *right*; *off by rounding*: by up to ``tolerance_cents``; *right rate, wrong amount*

    >>> line = {"receipt_cents": [500], "charged_cents": [20], "charged_rate": [40_000], "rate": [88_750]}
    >>> lines = ibis.memtable(pd.DataFrame({**line, "is_taxable": [True]}))
    >>> found = classify_tax_lines(lines).execute().iloc[0]
    >>> int(found["due_cents"]), int(found["gap_cents"]), found["class"]
    (44, 24, 'wrong rate')
    """
    is_free = lines.rate.isnull() | ~lines.is_taxable.fill_null(True)
    due = ibis.ifelse(is_free, 0, round_tax(lines.receipt_cents, lines.rate.fill_null(0)))
    row = lines.mutate(due_cents=due.cast("int64"))
    row = row.mutate(gap_cents=row.due_cents - row.charged_cents.fill_null(0))
    charged, charged_rate = row.charged_cents.fill_null(0), row.charged_rate.fill_null(0)
    is_zero = charged == 0
    is_unset = (charged_rate == 0) | (row.due_cents.abs() > tolerance_cents)
    label = ibis.cases(
        (row.rate.isnull(), NO_RATE),
        (row.charged_cents.isnull() & (row.due_cents != 0), MISSING_TAX),
        (row.is_taxable.isnull(), UNCLASSIFIED),
        (~row.is_taxable & ~is_zero, TAXED_EXEMPT),
        (~row.is_taxable, EXEMPT),
        (is_zero & (row.due_cents != 0) & is_unset, ZERO_TAX),
        (is_zero & (row.due_cents == 0), RIGHT),
        (charged_rate != row.rate, WRONG_RATE),
        (row.due_cents == charged, RIGHT),
        (row.gap_cents.abs() <= tolerance_cents, ROUNDED),
        else_=WRONG_AMOUNT,
    )
    return row.mutate(**{"class": label})


def sum_tax(lines: ir.Table, *by: str) -> pd.DataFrame:
    """Classified lines by any of their columns: due = charged + gap, to the cent, in every row.

    ``n`` lines, ``receipt_cents``, ``taxable_cents`` (of it, what is taxable), ``due_cents``,
    ``charged_cents``, ``gap_cents``, and its two sides, which never cancel: ``under_cents`` (owed, not
    charged) and ``over_cents`` (charged, not owed), without what is off by rounding; ``rounded_cents`` is.
    ``n_errors``: lines that somebody has to look at. Without ``by`` it is one row.
    """
    is_error = lines["class"].isin(ERRORS)
    is_taxed = lines.rate.notnull() & lines.is_taxable.fill_null(True)
    sums = {
        "receipt_cents": lines.receipt_cents,
        "taxable_cents": ibis.ifelse(is_taxed, lines.receipt_cents, 0),
        "due_cents": lines.due_cents,
        "charged_cents": lines.charged_cents.fill_null(0),
        "gap_cents": lines.gap_cents,
        "under_cents": ibis.ifelse(is_error, ibis.greatest(lines.gap_cents, 0), 0),
        "over_cents": ibis.ifelse(is_error, ibis.greatest(-lines.gap_cents, 0), 0),
        "rounded_cents": ibis.ifelse(is_error, 0, lines.gap_cents),
    }
    made = {name: whole_sum(value).fill_null(0) for name, value in sums.items()}
    made |= {"n": lines.count(), "n_errors": is_error.sum().fill_null(0)}
    grouped = lines.group_by(*by).agg(**made) if by else lines.agg(**made)
    found = grouped.order_by(*by).execute() if by else grouped.execute()
    return found.astype(dict.fromkeys(made, "int64"))
