"""The value of an order under Gamma-Gamma: its closed form against the integral, and simulated customers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from lucky_analytics.methods.customers.spend import SpendFit, estimate_spend, fit_spend

P, Q, V = 6.25, 3.74, 15.44


@pytest.mark.parametrize(("x", "z"), [(1, 10.0), (2, 22.35), (7, 60.0)])
def test_the_expected_value_is_its_integral(x, z):
    """Over the rates of customers, each as likely as its prior times the mean of its orders."""

    def weight(rate):
        return gamma.pdf(rate, Q, scale=1 / V) * gamma.pdf(z, P * x, scale=1 / (x * rate))

    total = quad(weight, 0, 5)[0]
    expected = quad(lambda rate: weight(rate) * P / rate, 0, 5)[0] / total
    assert estimate_spend(SpendFit(P, Q, V, 0.0, 1), x, z) == pytest.approx(expected, rel=1e-6)


def test_planted_parameters_are_found():
    chance = np.random.default_rng(2)
    rate, x = chance.gamma(Q, 1 / V, 5_000), chance.integers(1, 9, 5_000)
    fit = fit_spend(x, chance.gamma(P * x) / rate / x)
    assert [fit.p, fit.q, fit.v] == pytest.approx([P, Q, V], rel=0.15)
    assert fit.mean == pytest.approx(P * V / (Q - 1), rel=0.03)
