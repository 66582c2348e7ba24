"""The price index against published answers.

Six commodities, prices and quantities of five periods: Consumer Price Index Manual (ILO and others 2004),
tables 19.1 and 19.2, as in Balk (2008), tables 3.1 and 3.2. The geometric Laspeyres index of each period
against the first, to four decimals: Balk (2008), chapter 3, as the R package gpindex 0.6.3 recreates its
tables. Jevons' index is the same geometric mean without weights.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.prices.price_index import estimate_off, geometric_index

PRICES = np.array([
    [1.0, 1.2, 1.0, 0.8, 1.0], [1.0, 3.0, 1.0, 0.5, 1.0], [1.0, 1.3, 1.5, 1.6, 1.6],
    [1.0, 0.7, 0.5, 0.3, 0.1], [1.0, 1.4, 1.7, 1.9, 2.0], [1.0, 0.8, 0.6, 0.4, 0.2],
])  # fmt: skip
QUANTITIES = np.array([1.0, 1.0, 2.0, 1.0, 4.5, 0.5])
GEOMETRIC_LASPEYRES = [1.0000, 1.3300, 1.2523, 1.1331, 1.0999]


@pytest.mark.parametrize("period", range(5))
def test_the_weighted_geometric_mean_is_the_published_index(period):
    base = PRICES[:, 0]
    found = geometric_index(PRICES[:, period], base, base * QUANTITIES)
    assert found == pytest.approx(GEOMETRIC_LASPEYRES[period], abs=5e-5)
    off = estimate_off(
        PRICES[:, period] / base, base * QUANTITIES, list("abcdef"), ["here"] * 6, ["one"] * 6
    ).off
    assert off.value == pytest.approx(found - 1)


def test_without_weights_it_is_jevons_index():
    found = geometric_index(PRICES[:, 1], PRICES[:, 0], np.ones(6))
    assert found == pytest.approx(math.prod(PRICES[:, 1]) ** (1 / 6)) and round(found, 4) == 1.2419


def test_a_base_turned_round_is_the_index_turned_round():
    """Time reversal: theirs over ours and ours over theirs multiply to 1 at the same weights."""
    weights = np.arange(1.0, 7.0)
    there, back = (
        geometric_index(*pair, weights)
        for pair in ((PRICES[:, 2], PRICES[:, 1]), (PRICES[:, 1], PRICES[:, 2]))
    )
    assert there * back == pytest.approx(1.0)


@pytest.mark.parametrize("broken", [([0.0], [1.0], [1.0]), ([1.0], [-1.0], [1.0]), ([1.0], [1.0], [0.0])])
def test_what_is_no_price_is_refused(broken):
    with pytest.raises(ParameterError, match="price index"):
        geometric_index(*broken)
