"""Shops that open one after the other, grow, and sell another count on named days."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["HOLIDAYS", "simulate"]

_DAYS = ("2025-09-01", "2025-10-13", "2025-11-04", "2025-11-11", "2025-11-27", "2025-12-25", "2026-01-01")
HOLIDAYS = {pd.Timestamp(day): f"holiday {number}" for number, day in enumerate(_DAYS)}


def simulate(
    rng: np.random.Generator,
    *,
    change: float = 1.0,
    level: float = 300.0,
    n_units: int = 5,
    scatter: float = 0.0,
) -> pd.DataFrame:
    """229 days of ``n_units`` shops: ``unique_id``, ``ds``, ``y``. On named days ``change`` times as many.

    ``level``: orders on a weekday of a grown shop; ``scatter``: sd of the logarithm of all shops' days.
    """
    ds = pd.date_range("2025-06-30", periods=229)
    day = np.where(ds.day_of_week < 5, 1.0, 0.45) * np.exp(rng.normal(0, scatter, 229))
    day = day * np.where(ds.isin(list(HOLIDAYS)), change, 1.0)
    parts = []
    for unit in range(n_units):
        age = np.arange(229) - (int(rng.integers(0, 120)) if unit else 0)
        mean = np.where(age >= 0, level * (1 - np.exp(-(age + 1) / 40)) * day, 0.0)
        parts.append(pd.DataFrame({"unique_id": str(unit), "ds": ds, "y": rng.poisson(mean)}))
    return pd.concat(parts, ignore_index=True)
