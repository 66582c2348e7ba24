"""A catalog with its tax computed, for tests that hold it against plain loops or what was planted."""

from __future__ import annotations

import json
from typing import Any

import ibis.expr.types as ir

from lucky_analytics.models.taxed_sales import lines as sold
from lucky_analytics.reference.sales_tax import load_tax_rules
from tests import planted_world

__all__ = ["NOTHING", "classified", "planted_ids", "world"]

# Every planted error of tax taken out, and the orders in US dollars that stand in shops abroad.
NOTHING = {
    "exceptions": {
        "usd_orders_in_nz_shops": 0, "wrong_rate_lines": 0, "zero_tax_lines": 0, "taxed_exempt_lines": 0,
        "off_by_a_cent_lines": 0, "missing_trades": 0, "duplicate_trades": 0, "orphan_trades": 0,
        "amount_mismatches": 0, "combined_trades": 0, "unforeseen_trades": 0, "late_posting_share": 0.0,
        "missing_batches": 0, "double_booked_batches": 0, "wrong_amount_bills": 0,
    }
}  # fmt: skip
SCALE = 0.02


def world(planted: object, seed: int = 7) -> Any:
    """A small uncalibrated world with ``planted`` in the place of the defaults."""
    return planted_world.suite(planted, SCALE, seed)


def classified(suite: Any) -> ir.Table:
    """Its lines by the shipped rules."""
    return sold.load_lines(suite, load_tax_rules())


def planted_ids(suite: Any) -> dict[str, list[str]]:
    """The row ids of each planted class, from the truth beside the estate of ``suite``."""
    truth = json.loads((suite.snapshot.folder.parents[1] / "demo" / "truth.json").read_text())
    return truth["exceptions"]["rows"]
