"""Lifetime value on the calibrated estate: the published accounts, and quarters as pages foretold them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from lucky_analytics.models.customer_worth import customer_classes, customer_margins, held_out
from lucky_analytics.models.customer_worth import paid_orders as steps
from lucky_analytics.questions.marketing.lifetime_value import concentrated

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def paid(suite):
    return steps.load_paid_orders(suite)


def test_the_three_that_spent_141_thousand_are_delivery_accounts(suite):
    largest = concentrated.list_largest(suite).set_index("who")
    top = largest.iloc[0]
    assert (top["n"], round(top["dollars"])) == (3, 141_000)
    assert largest.loc["of these, accounts of delivery platforms", "n"] == 3
    assert round(largest.loc["the largest of them", "dollars"]) == 82_203


def test_intervals_of_pages_of_earlier_days_hold_what_came(suite, paid):
    """As a page of each date would have foretold the next 30 days, from tests over by then."""
    found = []
    for back in range(30, 110, 15):
        as_of = suite.as_of - dt.timedelta(days=back)
        known = paid.rows[paid.rows["order_date"] <= pd.Timestamp(as_of)]
        level = steps.measure_level(known, as_of)
        customers = steps.know_customers(known, as_of, level)
        held = held_out.run_held_out(known, as_of, customer_classes.Rule())
        if held is None:
            continue
        model = customer_margins.find_model(customers, level)
        expected = customer_margins.expect_margins(customers, model, 30).sum()
        half = held.miss_of(30, customers, model).half(0.9)
        day = pd.Timestamp(as_of)
        later = paid.rows[
            (paid.rows["order_date"] > day)
            & (paid.rows["order_date"] <= day + pd.Timedelta(days=30))
            & paid.rows["customer"].isin(customers.index)
        ]
        found.append(abs(np.log(later["margin_cents"].sum() / expected)) <= half)
    assert len(found) >= 4 and sum(found) >= binom.ppf(0.005, len(found), 0.9)
