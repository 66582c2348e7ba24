"""The reconciliation at full scale: the published totals, each planted class exactly, and its time."""

from __future__ import annotations

import time

import pytest

from lucky_analytics.models.matched_books import books as three_books
from lucky_analytics.models.matched_books import legs as matching
from lucky_analytics.questions.finance.revenue_reconciliation.views import bridge_payments


@pytest.mark.full
def test_orders_and_payments_are_the_published_ones_and_the_way_between_has_no_gap(suite):
    began = time.process_time()
    books = three_books.load_books(suite)
    legs = matching.match_books(books, matching.Rules(suite.as_of))
    assert time.process_time() - began < 20  # on an idle core about a quarter of it
    steps = bridge_payments(legs).set_index("step")
    first, last = steps.iloc[0], steps.iloc[-1]
    assert (first["n_usd"], first["usd"]) == (466_252, 2_194_799.00)
    assert (first["n_nzd"], first["nzd"]) == (21_245, 74_628.00)
    assert last["n"] == 506_322
    # The channel table adds both currencies at face value: $2,271,110, and $1,683 more than the orders.
    assert round(last["usd"] + last["nzd"]) == 2_271_110
    inner = steps.iloc[1:-1]
    assert inner["n"].sum() == 18_825
    assert round(inner["usd"].sum() + inner["nzd"].sum()) == 1_683
    found = legs[0].sums.set_index(["currency", "class"])
    both = {kind: sum(found.loc[(c, kind), "n_right"] for c in ("USD", "NZD") if (c, kind) in found.index)
            for kind in ("duplicate", "orphan", "unexplained", "currency")}  # fmt: skip
    assert both == {"duplicate": 180, "orphan": 170, "unexplained": 6, "currency": 4}
    missing = sum(found.loc[(c, "missing counterpart"), "n_left"] for c in ("USD", "NZD"))
    off = sum(found.loc[key, "n_left"] for key in found.index if key[1] in ("amount", "rounding"))
    assert (missing, off) == (25, 48)
