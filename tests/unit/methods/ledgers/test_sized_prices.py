"""Parts of a bill add up to it, whatever the power; a size is the smallest that holds the need."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.ledgers.sized_prices import fits_into, split_bill


@pytest.mark.parametrize("power", [0.0, 0.5, 0.8, 1.0])
def test_parts_add_up_and_go_with_size(power):
    parts, unit = split_bill(640.0, [0.5, 1.5, 13.0], power)
    assert parts.sum() == pytest.approx(640.0) and parts[2] == pytest.approx(unit * 13.0**power)
    assert parts[2] / parts[0] == pytest.approx(26.0**power)


def test_a_size_is_the_first_that_holds_the_need():
    sizes = [0.5, 1.5, 3.0, 6.0, 13.0]
    chance = np.random.default_rng(1)
    for need, most in zip(chance.uniform(0, 9, 200), chance.uniform(0.2, 1, 200), strict=True):
        held = [size for size in sizes if need <= most * size * (1 + 1e-9)]
        found = fits_into([need], sizes, most)[0]
        assert found == held[0] if held else np.isnan(found)
    assert fits_into([0.3], sizes, 0.6)[0] == 0.5  # just at the line it fits
    assert np.isnan(fits_into([np.nan], sizes, 0.6)[0])


def test_a_size_of_nought_is_refused_and_nothing_costs_nothing():
    with pytest.raises(ParameterError, match="above 0"):
        split_bill(1.0, [0.0, 1.0], 1.0)
    assert split_bill(1.0, [], 1.0)[1] == 0.0
