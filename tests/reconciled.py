"""A catalog reconciled: its books, legs and exceptions, for tests that hold them against what was planted."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from lucky_analytics.models.matched_books import books as three_books
from lucky_analytics.models.matched_books import exceptions as found_in
from lucky_analytics.models.matched_books import legs as matching
from tests import planted_world

__all__ = ["NOTHING", "SCALE", "list_all", "planted_ids", "world"]

# Every planted exception of orders, payments and books taken out.
NOTHING = {
    "exceptions": {
        "usd_orders_in_nz_shops": 0, "missing_trades": 0, "duplicate_trades": 0, "orphan_trades": 0,
        "amount_mismatches": 0, "combined_trades": 0, "unforeseen_trades": 0, "late_posting_share": 0.0,
        "missing_batches": 0, "double_booked_batches": 0, "wrong_amount_bills": 0,
    }
}  # fmt: skip
SCALE = 0.02


def world(planted: object, seed: int = 7, scale: float = SCALE) -> Any:
    """A small uncalibrated world with ``planted`` in the place of the defaults."""
    return planted_world.suite(planted, scale, seed)


def list_all(suite: Any) -> pd.DataFrame:
    """Every exception of every leg; the balance of each leg is proved on the way."""
    books = three_books.load_books(suite)
    legs = matching.match_books(books, matching.Rules(suite.as_of))
    for leg in legs:
        assert (leg.sums["off_cents"] == leg.sums["right_cents"] - leg.sums["left_cents"]).all()
    return found_in.list_exceptions(found_in.collect_exceptions(legs, books, suite.as_of), 100_000)


def planted_ids(suite: Any) -> dict[str, list[str]]:
    """The row ids of each planted class, from the truth beside the estate of ``suite``."""
    truth = json.loads((suite.snapshot.folder.parents[1] / "demo" / "truth.json").read_text())
    return truth["exceptions"]["rows"]
