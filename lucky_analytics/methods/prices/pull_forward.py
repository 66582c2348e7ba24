"""How much of what a coupon adds now is missing in the weeks after it: purchases pulled forward.

Two-stage least squares on decisions (one person, one category, one coupon): what was bought in the following
weeks on what was bought in the coupon's week, with the drawn depth as instrument. The coefficient is the
change later per unit sold more now; its negative is the share pulled forward. From sufficient statistics, as
in ``iv_poisson``: sums over all decisions of a cell, zeros only counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import LuckyError

__all__ = ["estimate_pull_forward"]


def estimate_pull_forward(
    cells: pd.DataFrame, z: str, strata: Sequence[str] = (), level: float = 0.9
) -> dict[str, float]:
    """Share of the added units that is missing later: ``value``, ``low``, ``high``, ``se``, ``n``.

    ``cells``: ``z`` (the instrument, such as the log of one minus the depth), ``strata``, ``n`` decisions,
    and sums over them: ``y`` units now, ``f`` units later, ``y2``, ``f2`` (squares), ``yf`` (products). The
    value is .15 where 15 of 100 added units are missing later, negative where coupons make people buy more
    later too. Standard errors are robust. Raises ``LuckyError`` when z does not move y.

    >>> cells = pd.DataFrame({"z": [0.0, -0.7], "n": [100, 100], "y": [10, 30], "f": [40, 36],
    ...     "y2": [10, 30], "f2": [60, 50], "yf": [4, 9]})
    >>> round(estimate_pull_forward(cells, "z")["value"], 3)
    0.2
    """
    stratum = cells.groupby(list(strata)).ngroup().to_numpy() if strata else np.zeros(len(cells), int)
    n, y, f, y2, f2, yf = (cells[name].to_numpy(float) for name in ("n", "y", "f", "y2", "f2", "yf"))
    n_s, mean_y, mean_f = (np.bincount(stratum, values) for values in (n, y, f))
    mean_y, mean_f = (mean_y / n_s)[stratum], (mean_f / n_s)[stratum]
    depth = cells[z].to_numpy(float)
    depth = depth - (np.bincount(stratum, n * depth) / n_s)[stratum]
    gained, later = float(depth @ y), float(depth @ f)
    if abs(gained) < 1e-9 * max(float(np.abs(depth) @ y), 1e-300):
        raise LuckyError("purchases pulled forward", expected="depths that change sales", got="no change")
    slope = later / gained
    # Residual of one decision: (f - mean f) - slope (y - mean y); its square, summed over a cell.
    shift = mean_f - slope * mean_y
    squared = f2 + slope**2 * y2 - 2 * slope * yf - 2 * shift * (f - slope * y) + n * shift**2
    se = float(np.sqrt(depth**2 @ squared) / abs(gained))
    half = float(norm.ppf(0.5 + level / 2)) * se
    return {"value": -slope, "low": -slope - half, "high": -slope + half, "se": se, "n": float(n.sum())}
