"""The tenant audit at full scale: what was planted exactly, the published counts, and its time."""

from __future__ import annotations

import time

import pytest

from lucky_analytics.models.matched_books.book_faults import find_foreign
from lucky_analytics.questions.platform.tenant_audit import label_counts, order_filters, steps


@pytest.mark.full
def test_the_planted_orders_and_shops_are_found_and_the_published_counts_hold(suite):
    doubtful = order_filters.list_doubtful(suite)
    assert len(doubtful) == 37 and set(doubtful["shop_currency"]) == {"NZD"}
    assert order_filters.count_unnamed(suite, doubtful) == 0
    assert set(find_foreign(suite).order_id.execute()) == set(doubtful["order_id"])
    filters = order_filters.compare_filters(suite).set_index("filter")
    assert filters.loc["No filter", ["n", "n_let_in"]].tolist() == [487_497, 21_245 + 37]
    assert filters.loc["No filter", "other_money"] == pytest.approx(74_628.00)
    assert filters.loc["As reports do", ["n", "n_let_in", "n_lost"]].tolist() == [466_252, 37, 0]
    began = time.process_time()
    audit = label_counts.audit_tables(suite)
    assert time.process_time() - began < 25  # on an idle core about a quarter of it
    failed = audit.results.groupby("rule")["n_failed"].sum()
    assert (failed["test_flag"], failed["known"], failed["shop_known"]) == (2, 0, 0)
    orders = audit.results[audit.results["table"] == "t_order"].set_index("rule")["n_failed"]
    assert orders["currency_shop"] == 37
    result = steps.judge_databases(audit).set_index("database")["result"]
    assert result["luckyus_fi_tax"] == result["luckyus_isalesmembermarketing"] == steps.NOT_TESTED
