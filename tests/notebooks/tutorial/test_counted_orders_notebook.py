"""The tutorial on a small demo estate: its headlines are what plain counts over the raw table say."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.tutorial.counted_orders import steps
from tests import demo_suite, estate_rows
from tests.notebook_said import page_faults, said_by

NOTEBOOK = "tutorial/counted_orders"


def test_headlines_are_plain_counts_and_every_row_is_accounted_for():
    suite = demo_suite.suite()
    said = said_by(NOTEBOOK, suite)
    raw, orders = suite.source("salesorder").t_order.execute(), suite.orders.execute()
    headlines = {record["name"]: record for record in said["headline"]}
    assert headlines["counted_share"]["value"] == pytest.approx(len(orders) / len(raw))
    assert headlines["counted_share"]["n"] == len(raw)
    assert headlines["order_value"]["value"] == pytest.approx(orders["revenue_cents"].mean() / 100)
    assert page_faults(said) == [] and [check["passed"] for check in said["check"]] == [True]
    assert [len(said[kind]) for kind in ("answer", "decision", "figure", "table", "caveat")] == [1] * 5


def test_the_average_of_raw_rows_mixes_what_the_metric_keeps_apart():
    suite = demo_suite.suite()
    raw = suite.source("salesorder").t_order.execute()
    assert steps.estimate_naive_value(suite) == pytest.approx(float(raw["pay_money"].astype(float).mean()))
    assert steps.estimate_naive_value(suite) != pytest.approx(steps.estimate_order_value(suite), rel=0.01)


def test_an_earlier_as_of_moves_rows_from_counted_to_left_out():
    late, early = (steps.count_rows(demo_suite.suite(as_of)) for as_of in (None, "2025-12-31"))
    assert late["n_rows"].sum() == early["n_rows"].sum()
    assert early.loc[early["reason"] == "after as_of", "n_rows"].sum() > 0
    assert early["share"].sum() == pytest.approx(1)


def test_no_rows_is_one_clear_error(tmp_path):
    suite = estate_rows.suite(tmp_path, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    with pytest.raises(LuckyError, match="order table: expected rows, got none"):
        steps.count_rows(suite)
