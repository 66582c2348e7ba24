"""Whether predicted probabilities come true: bins with intervals, Brier score, rank quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata

from lucky_analytics.errors import ParameterError

__all__ = ["Skill", "estimate_calibration", "estimate_skill", "wilson_interval"]


@dataclass(frozen=True)
class Skill:
    """``auc``: chance that one with the event is ranked above one without (0.5 is a coin). ``brier``: mean
    squared error of the probability. ``predicted`` and ``observed``: mean probability and share of events."""

    auc: float
    brier: float
    predicted: float
    observed: float
    n: int


def wilson_interval(n_event: ArrayLike, n: ArrayLike, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval of a share; NaN where n is 0. Holds near 0 and 1, and is exactly 0 or 1 there,
    never a rounding error beyond. Source: Wilson (1927).

    >>> [round(float(end), 4) for end in wilson_interval(1, 10, 0.95)]
    [0.0179, 0.4042]
    """
    events, total = np.asarray(n_event, float), np.asarray(n, float)
    z = norm.ppf(0.5 + level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = events / total
        centre = (share + z**2 / (2 * total)) / (1 + z**2 / total)
        half = z / (1 + z**2 / total) * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    low = np.where(events == 0, np.where(total > 0, 0.0, np.nan), np.clip(centre - half, 0.0, 1.0))
    high = np.where((events == total) & (total > 0), 1.0, np.clip(centre + half, 0.0, 1.0))
    return low, high


def estimate_calibration(
    probability: ArrayLike, event: ArrayLike, n_bins: int = 10, level: float = 0.9
) -> pd.DataFrame:
    """Predicted against observed in ``n_bins`` equal bins of the probability; empty bins do not appear.

    Returns ``low_edge``, ``high_edge``, ``n``, ``predicted`` (mean probability), ``observed`` (share of
    events), ``low``, ``high`` (Wilson interval of the share at ``level``).

    >>> estimate_calibration([0.1, 0.15, 0.9], [0, 0, 1], 2)[["n", "observed"]].values.tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    p, y = _pair(probability, event)
    edges = np.linspace(0, 1, n_bins + 1)
    position = np.clip(np.digitize(p, edges) - 1, 0, n_bins - 1)
    bins = pd.DataFrame({"position": position, "p": p, "y": y}).groupby("position")
    table = bins.agg(n=("p", "size"), predicted=("p", "mean"), observed=("y", "mean"), events=("y", "sum"))
    low, high = wilson_interval(table["events"], table["n"], level)
    table = table.assign(low_edge=edges[table.index], high_edge=edges[table.index + 1], low=low, high=high)
    columns = ["low_edge", "high_edge", "n", "predicted", "observed", "low", "high"]
    return table.reset_index(drop=True)[columns]


def estimate_skill(probability: ArrayLike, event: ArrayLike) -> Skill:
    """Rank quality and squared error of probabilities; ``auc`` is NaN when all or none had the event.

    >>> estimate_skill([0.2, 0.8], [0, 1])
    Skill(auc=1.0, brier=0.04, predicted=0.5, observed=0.5, n=2)
    """
    p, y = _pair(probability, event)
    n_event = y.sum()
    n_other = len(y) - n_event
    with np.errstate(invalid="ignore"):
        auc = (rankdata(p)[y == 1].sum() - n_event * (n_event + 1) / 2) / (n_event * n_other)
    brier = round(float(np.mean((p - y) ** 2)), 12)
    return Skill(float(auc), brier, float(p.mean()), float(y.mean()), len(y))


def _pair(probability: ArrayLike, event: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    p, y = np.asarray(probability, float), np.asarray(event, float)
    if len(p) == 0 or len(p) != len(y) or not (np.all((p >= 0) & (p <= 1)) and np.isin(y, [0, 1]).all()):
        raise ParameterError(
            "calibration",
            expected="as many probabilities (0-1) as events (0 or 1), at least one",
            got=f"{len(p)}",
        )
    return p, y
