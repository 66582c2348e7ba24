"""Forecasts of sales on simulated stores: how often what came lies in the range, and against carrying on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.questions.finance.financial_forecast.tested import test_forecast as try_out
from tests import ramp_world

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
N_WORLDS = 24


def _try(seed: int, **planted: float) -> pd.DataFrame:
    world = ramp_world.simulate(seed, **planted)
    return try_out(world.days, world.stores, ramp_world.AS_OF, 0.9, n_draws=200).rows


def test_ranges_hold_at_their_level_and_beat_carrying_on_where_stores_grow():
    rows = [_try(seed) for seed in range(N_WORLDS)]
    shares = np.array([frame["is_inside"].mean() for frame in rows])
    mean, error = shares.mean(), shares.std(ddof=1) / np.sqrt(N_WORLDS)
    assert mean + 2.6 * error >= 0.9, f"{mean:.3f} ± {error:.3f}"
    gain = [
        (abs(frame["naive"] / frame["came"] - 1) - abs(frame["predicted"] / frame["came"] - 1)).mean()
        for frame in rows
    ]
    assert np.mean(gain) > 2.6 * np.std(gain, ddof=1) / np.sqrt(N_WORLDS)
