"""How much more often something happens per unit of a dose drawn at random, from counts of cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import LuckyError

__all__ = ["estimate_dose_response"]


def estimate_dose_response(
    cells: pd.DataFrame, at: float, strata: str = "stratum", level: float = 0.9
) -> dict[str, float]:
    """Change of a probability at dose ``at`` against dose 0: ``value``, ``low``, ``high``, ``se``, ``n``,
    ``base`` (probability at dose 0, over the strata as they are).

    ``cells``: one row per stratum and dose: ``dose`` (any unit), ``n`` trials, ``n_event`` of them with the
    event; ``strata`` names the column within which the dose was drawn (a calendar week, say). Least squares
    with an own level for each stratum, so that the effect is linear in the dose; standard errors allow for
    unequal variances (White 1980, Econometrica 48). A person may count in several strata: because the dose
    is drawn anew in each, their contributions are uncorrelated. Raises ``LuckyError`` when the dose does not
    vary within any stratum.

    >>> cells = pd.DataFrame({"stratum": 1, "dose": [0.0, 0.5], "n": [1000, 1000], "n_event": [10, 20]})
    >>> round(estimate_dose_response(cells, 0.5)["value"], 3)
    0.01
    """
    n, events, dose = (cells[name].to_numpy(float) for name in ("n", "n_event", "dose"))
    total = cells.groupby(strata)["n"].transform("sum").to_numpy(float)
    weighted = cells.assign(dose=n * dose).groupby(strata)[["dose", "n_event"]].transform("sum")
    away = dose - weighted["dose"].to_numpy() / total
    spread = float(n @ away**2)
    if not spread > 0:
        raise LuckyError("dose response", expected="doses that differ within a stratum", got="none that do")
    slope = float(away @ events) / spread
    fitted = weighted["n_event"].to_numpy() / total + slope * away
    squares = events * (1 - fitted) ** 2 + (n - events) * fitted**2
    se = at * float(np.sqrt(away**2 @ squares)) / spread
    value, half = at * slope, norm.ppf(0.5 + level / 2) * se
    base = float(events.sum() - slope * (n @ dose)) / float(n.sum())
    interval = {"value": value, "low": value - half, "high": value + half}
    return interval | {"se": se, "n": float(n.sum()), "base": base}
