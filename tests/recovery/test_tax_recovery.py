"""Planted errors of tax are found, all of them and nothing else; where none is planted none is found."""

from __future__ import annotations

import pytest

from lucky_analytics.methods.ledgers.tax_lines import ERRORS, EXEMPT, RIGHT
from tests import demo_suite, taxed

PLANTED = {
    "wrong rate": "wrong_rate_lines",
    "zero where tax is due": "zero_tax_lines",
    "exempt, but taxed": "taxed_exempt_lines",
    "off by rounding": "off_by_a_cent_lines",
}


@pytest.mark.parametrize("seed", [None, *(pytest.param(seed, marks=pytest.mark.full) for seed in (7, 8, 9))])
def test_every_planted_line_is_found_and_no_other(seed):
    suite = taxed.world({}, seed) if seed else demo_suite.suite()
    planted = taxed.planted_ids(suite)
    lines = taxed.classified(suite)
    off = lines.filter(lines["class"].isin((*ERRORS, "off by rounding"))).execute()
    for kind, name in PLANTED.items():
        found = set(off.loc[off["class"] == kind, "line_id"])
        # The line abroad stands under its place, whatever else is wrong with it.
        abroad = set(off.loc[off["class"] == "no rate on file", "line_id"])
        expected = set(map(str, planted[name]))
        assert expected and found == expected - abroad, kind  # recall and precision are 1
    orders = suite.orders.filter(~suite.orders.is_trading_store).execute()
    assert set(off["class"]) <= {*PLANTED, "no rate on file"}
    assert set(off.loc[off["class"] == "no rate on file", "order_id"]) <= set(orders["order_id"])


@pytest.mark.full
def test_where_nothing_is_planted_nothing_is_found():
    lines = taxed.classified(taxed.world(taxed.NOTHING))
    assert set(lines["class"].execute()) <= {RIGHT, EXEMPT}
    assert int(lines.gap_cents.abs().sum().execute()) == 0
