"""Tax rounding, and the money identity order by order in plain decimals."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from lucky_analytics.demo.process.order_fees import NYC_RATE, tax_cents

CENT = Decimal("0.01")


def _rows(folder: Path, name: str) -> list[dict]:
    return pq.read_table(folder / "luckyus_sales_order" / f"{name}.parquet").to_pylist()


def test_tax_rounds_half_up_to_the_cent():
    pay = np.arange(0, 4000)
    expected = [
        int((Decimal(int(cents)) * Decimal("0.08875")).quantize(Decimal(1), ROUND_HALF_UP)) for cents in pay
    ]
    assert tax_cents(pay, np.full(len(pay), NYC_RATE)).tolist() == expected


def test_every_order_is_items_plus_tax_plus_fees_minus_discount(tiny: Path):
    due: dict[int, Decimal] = defaultdict(Decimal)
    listed: dict[int, Decimal] = defaultdict(Decimal)
    for item in _rows(tiny, "t_order_item"):
        due[int(item["order_id"])] += item["pay_money"] + item["tax"]
        listed[int(item["order_id"])] += item["origin_price"]
        assert item["pay_money"] <= item["sale_price"] <= item["origin_price"]
    amounts = {row["order_id"]: row for row in _rows(tiny, "t_order_amount")}
    completed = [order for order in _rows(tiny, "t_order") if order["status"] == 90]
    assert len(completed) > 9000
    for order in completed:
        row = amounts.get(order["id"])
        fees = row["delivery_fee"] + row["packaging_fee"] - row["order_discount"] if row else Decimal(0)
        assert order["pay_money"] == due[order["id"]] + fees
        assert order["pay_money"] > 0
        assert order["total_money"] == listed[order["id"]]


def test_amount_rows_break_the_items_down(tiny: Path):
    items = defaultdict(list)
    for item in _rows(tiny, "t_order_item"):
        items[int(item["order_id"])].append(item)
    for row in _rows(tiny, "t_order_amount"):
        lines = items[row["order_id"]]
        assert row["item_amount"] == sum(line["pay_money"] for line in lines)
        assert row["tax_amount"] == sum(line["tax"] for line in lines)
        off = sum(line["origin_price"] - line["pay_money"] for line in lines)
        assert row["coupon_deduct"] + row["activity_deduct"] == off


def test_lines_that_break_the_tax_rule_are_the_planted_ones(tiny: Path):
    import json

    planted = json.loads((tiny / "truth.json").read_text())["exceptions"]["rows"]
    kinds = ("wrong_rate_lines", "zero_tax_lines", "taxed_exempt_lines", "off_by_a_cent_lines")
    expected = {row for kind in kinds for row in planted[kind]}
    orders = {order["id"]: order for order in _rows(tiny, "t_order")}
    broken = set()
    for item in _rows(tiny, "t_order_item"):
        order = orders[int(item["order_id"])]
        if order["status"] != 90:
            continue
        is_exempt = item["two_category_name"] == "Packaged Bakery" or order["currency_code"] == "NZD"
        rate = Decimal(0) if is_exempt else Decimal("0.08875")
        if (
            item["tax"] != (item["pay_money"] * rate).quantize(CENT, ROUND_HALF_UP)
            or item["tax_rate"] != rate
        ):
            broken.add(str(item["id"]))
    assert broken == expected and len(expected) >= 4
