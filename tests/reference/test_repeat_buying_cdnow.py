"""Repeat buying, spend and retention against their authors' published estimates.

Sources: Fader, Hardie and Lee (2005), "Counting Your Customers the Easy Way", Marketing Science 24(2),
table 2 (BG/NBD, CDNOW, weeks); Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value" (946 repeat
buyers); Fader and Hardie (2007), "How to Project Customer Retention" (High End). Tolerance: printed digits.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lucky_analytics.methods.customers.repeat_buying import fit_repeat_buying, group_histories
from lucky_analytics.methods.customers.repeat_forecast import (
    estimate_alive,
    forecast_new_customer,
    forecast_orders,
)
from lucky_analytics.methods.customers.retention import fit_retention, forecast_retention
from lucky_analytics.methods.customers.spend import fit_spend


@pytest.fixture(scope="module")
def cdnow():
    return pd.read_csv(Path(__file__).parent / "data/cdnow.csv.gz")


@pytest.fixture(scope="module")
def fit(cdnow):
    return fit_repeat_buying(group_histories(cdnow["frequency"], cdnow["recency"], cdnow["age"]), "bg")


def test_bg_nbd(fit):
    assert fit.n == 2357
    assert fit.parameters == pytest.approx([0.2426, 4.4135, 0.7929, 2.4258], abs=6e-5)
    assert fit.log_likelihood == pytest.approx(-9582.43, abs=0.01)


def test_bg_nbd_of_one_customer(fit):
    # Customer 1 of the paper: two repeats, the last after 30.43 of 38.86 weeks; 1.226 orders in 39 weeks.
    one = pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86]})
    assert forecast_orders(fit, one, 39)[0] == pytest.approx(1.226, abs=5e-4)
    assert estimate_alive(fit, one)[0] == pytest.approx(0.727, abs=0.01)


def test_mbg_nbd_lets_customers_leave_at_once(cdnow):
    histories = group_histories(cdnow["frequency"], cdnow["recency"], cdnow["age"])
    mbg = fit_repeat_buying(histories, "mbg")
    assert mbg.parameters == pytest.approx([0.525, 6.183, 0.891, 1.614], abs=6e-4)
    # Both describe the same sales: 1.15 repeats a customer in 39 weeks of a cohort.
    bg = fit_repeat_buying(histories, "bg")
    assert forecast_new_customer(mbg, 39) == pytest.approx(forecast_new_customer(bg, 39), rel=0.02)


def test_gamma_gamma(cdnow):
    repeaters = cdnow[(cdnow["frequency"] > 0) & (cdnow["mean_value"] > 0)]
    spend = fit_spend(repeaters["frequency"], repeaters["mean_value"])
    assert spend.n == 946
    assert [spend.p, spend.q, spend.v] == pytest.approx([6.249, 3.745, 15.448], abs=6e-4)
    assert spend.log_likelihood == pytest.approx(-4055.92, abs=0.01)


def test_shifted_beta_geometric():
    high_end = fit_retention([1000, 869, 743, 653, 593, 551, 517, 491])
    assert [high_end.alpha, high_end.beta] == pytest.approx([0.6681, 3.8061], abs=6e-5)
    assert high_end.log_likelihood == pytest.approx(-1611.158, abs=6e-4)
    assert forecast_retention(high_end, 8) == pytest.approx(0.4604, abs=6e-5)
