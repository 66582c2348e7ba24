"""Ten stores with orders day by day, and coffee shops of others that open beside some of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

START, N_DAYS = pd.Timestamp("2025-06-30"), 229
_OPENED = (0, 0, 20, 40, 55, 70, 100, 120, 126, 140)  # days after the start


def make_stores() -> pd.DataFrame:
    """Stores ``0`` to ``9``, two kilometres apart."""
    rows = [
        (str(place), f"S{place}", START + pd.Timedelta(days=day), 40.70 + 0.02 * place, -74.0)
        for place, day in enumerate(_OPENED)
    ]
    return pd.DataFrame(rows, columns=["store_id", "store_name", "opened_date", "latitude", "longitude"])


def make_openings(n: int, day: str = "2026-01-10") -> pd.DataFrame:
    """One beside each of the first ``n`` stores."""
    rows = [("Rival", f"L{place}", "opened", 40.70 + 0.02 * place, -74.001) for place in range(n)]
    frame = pd.DataFrame(rows, columns=["competitor", "location", "change", "latitude", "longitude"])
    return frame.assign(day=pd.Timestamp(day), source="drawn")


def make_days(seed: int, lost: float = 0.0, store: str = "", since: str = "2026-01-10") -> pd.DataFrame:
    """Orders that grow from each opening, a weekday pattern and weather that all stores share, levels that
    wander; ``store`` loses a share ``lost`` of its orders from ``since`` on."""
    rng = np.random.default_rng(seed)
    ds = pd.date_range(START, periods=N_DAYS)
    shared = np.exp(rng.normal(0, 0.05, N_DAYS) + np.where(ds.day_of_week >= 5, -0.3, 0.0))
    parts = []
    for place, opened in enumerate(_OPENED):
        age = np.arange(N_DAYS) - opened
        grown = 1 - 0.8 * np.exp(-np.maximum(age, 0) / 25)
        level = 300 * np.exp(rng.normal(0, 0.3)) * grown * np.exp(np.cumsum(rng.normal(0, 0.006, N_DAYS)))
        mean = level * shared * np.exp(rng.normal(0, 0.05, N_DAYS))
        if str(place) == store:
            mean = mean * np.where(ds >= pd.Timestamp(since), 1 - lost, 1.0)
        orders = rng.poisson(mean).astype(float)
        own = pd.DataFrame({"store_id": str(place), "ds": ds, "orders": orders})
        parts.append(own[(age >= 0) & (orders > 0)])
    return pd.concat(parts, ignore_index=True)
