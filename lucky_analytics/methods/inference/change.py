"""How much a weekly series changed, and whether that is more than its weeks differ anyway."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.errors import LuckyError

__all__ = ["estimate_change"]


def estimate_change(
    weeks: pd.DataFrame, n_weeks: int = 4, level: float = 0.9, *, is_alike: bool = False
) -> pd.DataFrame:
    """The last ``n_weeks`` against the ``n_weeks`` before them, per series.

    ``weeks``: ``unique_id``, ``ds`` (week), ``y`` (positive); a series needs all of the last 2 ``n_weeks``
    weeks that occur in the frame, else its change is null. Returns ``unique_id``, ``before``, ``recent``
    (geometric means), ``change`` = recent / before - 1 with ``low``, ``high``: Welch's interval on logs,
    which treats weeks as independent. With ``is_alike`` single weeks scatter alike in all series, and the
    interval is Student's with the scatter of all together, which is better known. Raises ``LuckyError`` with
    fewer than two weeks a side.

    >>> weeks = pd.DataFrame({"unique_id": "a", "ds": range(4), "y": [100, 100, 110, 110]})
    >>> estimate_change(weeks, 2)[["before", "recent", "change"]].round(3).to_numpy().tolist()
    [[100.0, 110.0, 0.1]]
    """
    if n_weeks < 2:
        raise LuckyError("change between weeks", expected="at least 2 weeks a side", got=str(n_weeks))
    last = np.sort(weeks["ds"].unique())[-2 * n_weeks :]
    wide = weeks[weeks["ds"].isin(last)].pivot(index="unique_id", columns="ds", values="y")
    wide = wide.reindex(index=sorted(weeks["unique_id"].unique()), columns=last).astype(float)
    wide = wide.where((wide > 0) & (len(last) == 2 * n_weeks))
    log = wide.apply(np.log)
    before, recent = log.iloc[:, :n_weeks], log.iloc[:, -n_weeks:]
    means = [side.mean(axis=1, skipna=False) for side in (before, recent)]
    spread = [side.var(axis=1, ddof=1, skipna=False) / n_weeks for side in (before, recent)]
    difference, variance = means[1] - means[0], spread[0] + spread[1]
    scale = (spread[0] ** 2 + spread[1] ** 2).where(lambda total: total > 0)
    degrees = (variance**2 * (n_weeks - 1) / scale).fillna(2 * (n_weeks - 1))
    if is_alike:
        n_known = int(variance.notna().sum())
        variance = variance.where(variance.isna(), variance.mean())
        degrees = pd.Series(2 * (n_weeks - 1) * max(n_known, 1), variance.index)
    half = t.ppf(0.5 + level / 2, degrees) * np.sqrt(variance)
    return pd.DataFrame(
        {
            "before": np.exp(means[0]),
            "recent": np.exp(means[1]),
            "change": np.expm1(difference),
            "low": np.expm1(difference - half),
            "high": np.expm1(difference + half),
        }
    ).reset_index()
