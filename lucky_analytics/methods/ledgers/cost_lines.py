"""What a bill has of a fixed part and of a part that follows sales: one slope, and each unit's own level.

cost = fixed of the unit + slope x volume + error. Each unit is compared with itself alone, so a dear lease is
no slope; errors may hang together within a unit in any way (``methods.inference.within_units``). Assumes that
the slope is that of all units and the line straight; not for what is due in steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.within_units import fit_within

__all__ = ["CostLine", "fit_cost_line"]


@dataclass(frozen=True)
class CostLine:
    """``slope``: cost per unit of volume, with its standard error ``se`` over ``n_units``; ``recent``: by
    unit the mean ``volume`` and ``cost`` of its last weeks, through which its line goes."""

    slope: float
    se: float
    n_units: int
    recent: pd.DataFrame

    def fixed(self, slope: float | np.ndarray | None = None) -> np.ndarray:
        """The fixed part of each unit (rows of ``recent``), for the slope or for others (n, 1): (n,
        units)."""
        at = self.slope if slope is None else slope
        found: np.ndarray = self.recent["cost"].to_numpy() - at * self.recent["volume"].to_numpy()
        return found


def fit_cost_line(weeks: pd.DataFrame, n_recent: int = 8) -> CostLine:
    """The line of ``weeks``: ``unit_id``, ``week``, ``volume``, ``cost``, one row per unit and week.

    Raises ``LuckyError`` with fewer than three units that have two weeks of different volume.

    >>> rows = [(u, w, 10.0 * w + u, 5.0 * u + 0.5 * (10.0 * w + u)) for u in (1, 2, 3) for w in (1, 2, 3)]
    >>> line = fit_cost_line(pd.DataFrame(rows, columns=["unit_id", "week", "volume", "cost"]))
    >>> round(line.slope, 4), line.fixed().round(3).tolist()
    (0.5, [5.0, 10.0, 15.0])
    """
    rows = weeks.sort_values(["unit_id", "week"])
    spread = rows.groupby("unit_id")["volume"].agg(lambda volume: volume.max() - volume.min())
    if (spread > 0).sum() < 3:
        raise LuckyError(
            "bills that follow sales",
            expected="three stores with bills of weeks that differ in sales",
            got=str(int((spread > 0).sum())),
            remedy="Choose a later as_of",
        )
    unit, ids = rows["unit_id"].factorize()
    volume, cost = rows["volume"].to_numpy(float), rows["cost"].to_numpy(float)
    fit = fit_within(cost, {"volume": volume}, unit)
    recent = rows.groupby("unit_id").tail(n_recent).groupby("unit_id")[["volume", "cost"]].mean()
    error = float(np.sqrt((fit.influence[:, 0] ** 2).sum()))
    return CostLine(float(fit.effects[0]), error, len(ids), recent)
