"""The stores' plan follows what is planted."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.process.store_plan import OPENED, _shapes
from lucky_analytics.demo.truth.planted import plants


def share_after_two_weeks(k_sd):
    planted = plants()
    planted["ramp"]["k_sd"] = k_sd
    _, _, maturity = _shapes(planted, 7)
    return np.array([maturity[store, OPENED[store] + 14] for store in range(9)])


def test_stores_grow_at_one_speed_unless_k_sd_is_planted():
    assert np.ptp(share_after_two_weeks(0.0)) < 1e-12
    differing = share_after_two_weeks(0.3)
    speeds = -np.log(-np.log(differing) / 1.2) / 2
    assert 0.1 < np.log(speeds / 0.55).std() < 0.6
