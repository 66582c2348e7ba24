"""How many hours of crew each store is planned for: what its orders need, hour by hour, and never nobody."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Floats
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, WEEKDAY
from lucky_analytics.demo.process.store_plan import OPENED, StorePlan
from lucky_analytics.demo.process.timing import hour_shares
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["crew_hours"]

# A young store has at least two at the bar, and its crew trains for two weeks before it opens.
_YOUNG_DAYS, _YOUNG_CREW = 42, 2
_TRAINING_DAYS, _TRAINING_HOURS = 14, 24.0
_OPEN_AND_CLOSE_HOURS = 1.0
# The next one is called in when those at the bar have a quarter more than a full hour each.
_SLACK = 0.25


def crew_hours(plan: StorePlan, planted: Plants, scale: float) -> Floats:
    """Planned crew, [11 stores, 229 days, 13 hours from seven to eight], and the hour before and after it.

    Shape [11, 229, 14]: thirteen hours of trade, then what is neither (opening, closing, training before
    the first day). By the expected orders of a plain estate, so that ``scale`` changes nothing.
    """
    per_hour = planted["costs"]["orders_a_crew_hour"]
    expected = plan.orders[:, :, None] / scale * hour_shares(WEEKDAY >= 5)[None]
    age = DAYS[None, :] - OPENED[:, None]
    fewest = np.where((age < _YOUNG_DAYS) & (OPENED[:, None] > 0), _YOUNG_CREW, 1)
    crew = np.maximum(np.ceil(expected / per_hour - _SLACK), fewest[:, :, None])
    beside = np.where(age >= 0, _OPEN_AND_CLOSE_HOURS, 0.0)
    beside += np.where((age < 0) & (age >= -_TRAINING_DAYS), _TRAINING_HOURS, 0.0)
    hours = np.dstack([crew * (age >= 0)[:, :, None], beside])
    assert hours.shape == (len(OPENED), N_DAYS, 14)
    return hours
