"""How far the stores that opened with the chain stand below their best weeks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

__all__ = ["estimate_launch_levels"]


def estimate_launch_levels(
    weeks: pd.DataFrame, stores: pd.DataFrame, launch: list[str], noise_sd: float, level: float = 0.9
) -> pd.DataFrame:
    """Stores that opened with the chain: their best four weeks against their last four full ones.

    ``store_name``, ``peak`` and ``recent`` (orders of an ordinary week), ``change`` (recent / peak - 1) with
    ``low`` and ``high`` from the weekly noise, ``n_weeks``. The best four weeks are chosen after the fact,
    so the fall is somewhat overstated.
    """
    rows = []
    half = norm.ppf(0.5 + level / 2) * noise_sd * np.sqrt(2 / 4)
    for unique_id in launch:
        own = weeks[(weeks["unique_id"] == unique_id) & (weeks["n_days"] == 7)]["y_week"]
        if len(own) < 8:
            continue
        peak, recent = float(own.rolling(4).mean().max()), float(own.tail(4).mean())
        change = [recent / peak * np.exp(side * half) - 1 for side in (0, -1, 1)]
        name = stores.set_index("unique_id").loc[unique_id, "store_name"]
        rows.append((name, peak, recent, *change, len(own)))
    return pd.DataFrame(rows, columns=["store_name", "peak", "recent", "change", "low", "high", "n_weeks"])
