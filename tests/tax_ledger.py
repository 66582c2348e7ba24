"""A ledger of thirty lines of sales tax, computed by hand: every class occurs, once and twice.

Nothing here is computed by the code that it tests.
"""

from __future__ import annotations

import datetime as dt

import pandas as pd

__all__ = ["LINES", "TOTALS", "frame"]

NYC = 88_750
ONE, TWO = dt.date(2025, 8, 31), dt.date(2025, 9, 1)  # the last day of a sales tax quarter, and the next
# Line, day, store, taxable, rate on file, receipt, recorded rate, charged; due and class by hand (cents).
LINES: list[tuple] = [
    ("right 1", ONE, "A", True, NYC, 471, NYC, 42, 42, "right"),                # 41.80
    ("right 2", TWO, "B", True, NYC, 194, NYC, 17, 17, "right"),                # 17.22
    ("a half", ONE, "A", True, NYC, 400, NYC, 36, 36, "right"),                 # 35.50: a whole cent
    ("a half, again", TWO, "A", True, NYC, 1_200, NYC, 107, 107, "right"),      # 106.50
    ("just below", ONE, "B", True, NYC, 344, NYC, 31, 31, "right"),             # 30.53
    ("free", TWO, "B", True, NYC, 0, NYC, 0, 0, "right"),
    ("too little to tax", ONE, "A", True, NYC, 5, 0, 0, 0, "right"),            # 0.44
    ("given back", TWO, "A", True, NYC, -471, NYC, -42, -42, "right"),
    ("exempt 1", ONE, "A", False, NYC, 350, 0, 0, 0, "exempt, not taxed"),
    ("exempt 2", TWO, "B", False, NYC, 295, 0, 0, 0, "exempt, not taxed"),
    ("a cent more", ONE, "B", True, NYC, 471, NYC, 43, 42, "off by rounding"),
    ("a cent less", TWO, "A", True, NYC, 471, NYC, 41, 42, "off by rounding"),
    ("all of one cent", ONE, "A", True, NYC, 8, NYC, 0, 1, "off by rounding"),  # 0.71
    ("zero 1", TWO, "B", True, NYC, 500, 0, 0, 44, "zero where tax is due"),    # 44.38
    ("zero 2", ONE, "A", True, NYC, 600, 0, 0, 53, "zero where tax is due"),    # 53.25
    ("rate, no tax", ONE, "A", True, NYC, 500, NYC, 0, 44, "zero where tax is due"),
    ("state alone", TWO, "B", True, NYC, 500, 40_000, 20, 44, "wrong rate"),
    ("no district", ONE, "A", True, NYC, 500, 85_000, 43, 44, "wrong rate"),    # a cent apart, yet wrong
    ("too high", TWO, "A", True, NYC, 500, 95_000, 48, 44, "wrong rate"),       # 47.50
    ("wrong, same cent", ONE, "B", True, NYC, 100, 85_000, 9, 9, "wrong rate"), # 8.50 and 8.88
    ("taxed exempt 1", TWO, "B", False, NYC, 350, NYC, 31, 0, "exempt, but taxed"),
    ("taxed exempt 2", ONE, "A", False, NYC, 295, 40_000, 12, 0, "exempt, but taxed"),
    ("wrong amount 1", TWO, "A", True, NYC, 500, NYC, 54, 44, "right rate, wrong amount"),
    ("wrong amount 2", ONE, "B", True, NYC, 500, NYC, 4, 44, "right rate, wrong amount"),
    ("nothing noted 1", TWO, "B", True, NYC, 500, None, None, 44, "no tax recorded"),
    ("nothing noted 2", ONE, "A", None, NYC, 600, None, None, 53, "no tax recorded"),
    ("abroad 1", TWO, "C", True, None, 500, NYC, 44, 0, "no rate on file"),
    ("abroad 2", ONE, "C", False, None, 500, 0, 0, 0, "no rate on file"),
    ("what is it 1", TWO, "B", None, NYC, 500, NYC, 44, 44, "product not classified"),
    ("what is it 2", ONE, "A", None, NYC, 500, 0, 0, 44, "product not classified"),
]  # fmt: skip
# By hand, class by class. Due: right 191, off by rounding 85, zero 141, wrong rate 141, wrong amount 88, no
# tax recorded 97, not classified 88. Owed, not charged: 44 + 53 + 44 + 24 + 1 + 40 + 44 + 53 + 44.
TOTALS = {
    "n": 30,
    "due_cents": 191 + 85 + 141 + 141 + 88 + 97 + 88,
    "charged_cents": 191 + 84 + 0 + 120 + 43 + 58 + 0 + 44 + 44,
    "gap_cents": 247,
    "under_cents": 347,
    "over_cents": 4 + 31 + 12 + 10 + 44,
    "rounded_cents": -1 + 1 + 1,
    "n_errors": 17,
}


def frame() -> pd.DataFrame:
    """The lines as the method takes them, with the expected ``due`` and ``class_`` beside."""
    names = ["line_id", "date", "store_id", "is_taxable", "rate", "receipt_cents", "charged_rate",
             "charged_cents", "due", "class_"]  # fmt: skip
    lines = pd.DataFrame(LINES, columns=names)
    whole = dict.fromkeys(("rate", "receipt_cents", "charged_rate", "charged_cents", "due"), "Int64")
    return lines.astype({**whole, "is_taxable": "boolean"})
