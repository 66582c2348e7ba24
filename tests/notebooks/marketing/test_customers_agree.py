"""Lifetime value and churn cohorts speak of the same customers: who they are, who lapsed, who has left."""

from __future__ import annotations

import pytest

from lucky_analytics.methods.customers.repeat_forecast import estimate_alive
from lucky_analytics.models import churn_scores
from lucky_analytics.models.customer_histories import find_fit, histories_of
from lucky_analytics.models.customer_purchases import load_purchases
from lucky_analytics.models.customer_worth import customer_margins
from lucky_analytics.models.customer_worth import paid_orders as steps
from tests import demo_suite


def test_both_pages_count_the_same_customers_and_expect_as_many_to_be_here():
    suite = demo_suite.suite()
    features = churn_scores.load_features(load_purchases(suite), suite.as_of)
    fit = find_fit(features)
    paid = steps.load_paid_orders(suite)
    level = steps.measure_level(paid.rows, suite.as_of)
    known = steps.know_customers(paid.rows, suite.as_of, level)
    valued = customer_margins.value_customers(known, customer_margins.find_model(known, level))
    valued.index = paid.customer_id[valued.index]
    own = features.set_index("customer_id").loc[valued.index]
    for name in ("n_orders", "days_since_first", "days_since_last"):
        assert (own[name] == valued[name]).all()
    assert len(own) == len(features)
    alive = estimate_alive(fit, histories_of(own))
    assert valued["p_alive"].to_numpy() == pytest.approx(alive, rel=1e-6, abs=1e-12)
