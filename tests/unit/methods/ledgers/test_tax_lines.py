"""Sales tax line by line: a ledger by hand, a plain loop, and identities to the cent."""

from __future__ import annotations

import itertools
import random
from decimal import ROUND_HALF_UP, Decimal

import ibis
import pandas as pd
import pytest

from lucky_analytics.methods.ledgers import tax_lines
from tests import tax_ledger


@pytest.fixture(scope="module")
def lines():
    return tax_lines.classify_tax_lines(ibis.memtable(tax_ledger.frame())).cache()


def test_the_ledger_by_hand_is_found_line_by_line(lines):
    found = lines.execute().set_index("line_id")
    assert found["class"].to_dict() == found["class_"].to_dict()
    assert found["due_cents"].to_dict() == found["due"].astype("int64").to_dict()
    counted = found["class"].value_counts()
    assert counted.min() >= 2 and set(counted.index) == set(tax_lines.TAX_CLASSES)


def test_its_sums_are_those_by_hand(lines):
    row = tax_lines.sum_tax(lines).iloc[0]
    assert {name: int(row[name]) for name in tax_ledger.TOTALS} == tax_ledger.TOTALS


def test_due_is_charged_and_gap_in_every_grouping_and_groupings_add_up(lines):
    total = tax_lines.sum_tax(lines).iloc[0]
    names = ("date", "store_id", "is_taxable", "class")
    for by in (c for k in range(1, 5) for c in itertools.combinations(names, k)):
        sums = tax_lines.sum_tax(lines, *by)
        assert (sums["due_cents"] == sums["charged_cents"] + sums["gap_cents"]).all(), by
        parts = sums["under_cents"] - sums["over_cents"] + sums["rounded_cents"]
        assert (sums["gap_cents"] == parts).all(), by
        for name in ("n", "due_cents", "charged_cents", "under_cents", "over_cents", "n_errors"):
            assert sums[name].sum() == total[name], (by, name)


def test_random_lines_equal_a_plain_loop():
    rng = random.Random(5)
    rows = [
        {
            "line_id": str(n),
            "receipt_cents": rng.choice([0, -300, *range(1, 1_500, 7)]),
            "rate": rng.choice([88_750, 88_750, 88_750, 40_000, None]),
            "charged_rate": rng.choice([88_750, 88_750, 85_000, 40_000, 0, None]),
            "is_taxable": rng.choice([True, True, True, False, None]),
        }
        for n in range(1_500)
    ]
    for row in rows:
        right = by_decimal(row["receipt_cents"], row["charged_rate"] or 0)
        row["charged_cents"] = rng.choice([right, right, right + 1, right - 1, right + 9, 0, None])
    frame = pd.DataFrame(rows).astype({"is_taxable": "boolean", **dict.fromkeys(
        ("receipt_cents", "rate", "charged_rate", "charged_cents"), "Int64")})  # fmt: skip
    found = tax_lines.classify_tax_lines(ibis.memtable(frame), 1).execute().set_index("line_id")
    for row in rows:
        due, label = by_loop(row)
        own = found.loc[row["line_id"]]
        assert (int(own["due_cents"]), own["class"]) == (due, label), row
        assert own["gap_cents"] == due - (row["charged_cents"] or 0)
    assert set(found["class"]) == set(tax_lines.TAX_CLASSES)


def by_decimal(cents: int, rate: int) -> int:
    tax = Decimal(abs(cents)) * Decimal(rate) / 1_000_000
    return int(tax.quantize(Decimal(1), ROUND_HALF_UP)) * (1 if cents >= 0 else -1)


def by_loop(row: dict) -> tuple[int, str]:
    taxable, rate, charged = row["is_taxable"], row["rate"], row["charged_cents"]
    if rate is None:
        return 0, "no rate on file"
    due = 0 if taxable is False else by_decimal(row["receipt_cents"], rate)
    if due and charged is None:
        return due, "no tax recorded"
    if taxable is None:
        return due, "product not classified"
    if not taxable:
        return due, "exempt, but taxed" if charged else "exempt, not taxed"
    if not charged and due:
        if not row["charged_rate"] or abs(due) > 1:
            return due, "zero where tax is due"
        return due, "wrong rate" if row["charged_rate"] != rate else "off by rounding"
    if not charged:
        return due, "right"
    if row["charged_rate"] != rate:
        return due, "wrong rate"
    off = abs(due - charged)
    return due, "right" if not off else "off by rounding" if off == 1 else "right rate, wrong amount"


def test_a_wider_tolerance_calls_more_of_it_rounding():
    frame = ibis.memtable(tax_ledger.frame())
    wide = tax_lines.classify_tax_lines(frame, 10).execute().set_index("line_id")["class"]
    assert wide["wrong amount 1"] == "off by rounding" and wide["wrong amount 2"] != "off by rounding"


def test_no_line_is_no_tax():
    none = tax_lines.classify_tax_lines(ibis.memtable(tax_ledger.frame()).limit(0))
    assert tax_lines.sum_tax(none).iloc[0].tolist() == [0] * 10
    assert tax_lines.sum_tax(none, "store_id").empty
