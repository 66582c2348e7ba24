"""How much of what a coupon adds now is missing in the weeks after it: purchases pulled forward.

A ratio of two responses to the drawn depth, over decisions (one person, one category, one coupon): of what
was bought in the following weeks, and of what was bought in the coupon's week. Its interval is Fieller's,
which here is the one of Anderson and Rubin: where the depth does not clearly move sales, nothing can be said
about what a coupon adds, and so about how much of it comes later. From sufficient statistics, as in
``iv_poisson``: sums over all decisions of a cell, zeros only counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.fieller import fieller

__all__ = ["PulledForward", "covary_with_slope", "estimate_pull_forward"]

# A response that nothing caused is clear of 0 once in ten times at the level of a page: asked for more here.
_CLEAR = 0.99


@dataclass(frozen=True)
class PulledForward:
    """Share of the added units that is missing later: ``value`` with ``low``, ``high``; all None when it
    cannot be said. ``n`` decisions. ``moments``: response of sales later (sign turned) and now to the depth,
    up to one factor; ``cov``: their covariance, (2, 2). ``correlations``: of the share's error with that of
    the price response of each category, where somebody measured it: both rest on the same purchases."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    moments: tuple[float, float]
    cov: tuple[tuple[float, float], tuple[float, float]]
    correlations: Mapping[str, float] = field(default_factory=dict)

    @property
    def spread(self) -> float:
        """Standard error of the share, to first order; infinite where nothing moved."""
        later, now = self.moments
        if not now:
            return float("inf")
        (var_later, both), (_, var_now) = self.cov
        share = later / now
        return float(np.sqrt(max(var_later - 2 * share * both + share**2 * var_now, 0.0)) / abs(now))

    def draw(self, n_draws: int, seed: int = 11) -> NDArray[Any]:
        """Draws of the share, those beyond 0 and 1 cut off; every share is as likely when it cannot be said.

        >>> PulledForward(None, None, None, 9, (0.0, 0.0), ((1.0, 0.0), (0.0, 1.0))).draw(3).round(2).tolist()
        [0.13, 0.5, 0.6]
        """
        rng = np.random.default_rng(seed)
        if self.value is None:
            return rng.random(n_draws)
        later, now = rng.multivariate_normal(self.moments, self.cov, n_draws).T
        return np.clip(later / now, 0.0, 1.0)

    def draw_along(self, slopes: NDArray[Any], category: str) -> NDArray[Any]:
        """Draws of the share for the ``slopes`` (draws,) of one category, which err together: a product of
        both is else surer than it is. The same values as ``draw``, in another order.

        >>> known = PulledForward(0.15, 0.1, 0.2, 9, (15.0, 100.0), ((9.0, 0.0), (0.0, 9.0)), {"Tea": 0.9})
        >>> slopes = np.random.default_rng(1).normal(size=1000)
        >>> round(float(np.corrcoef(known.draw_along(slopes, "Tea"), slopes)[0, 1]), 1)
        0.9
        """
        shares, shared = self.draw(len(slopes)), self.correlations.get(category, 0.0)
        spread = slopes.std()
        if self.value is None or not shared or not spread:
            return shares
        own = np.random.default_rng(13).normal(size=len(slopes))
        score = shared * (slopes - slopes.mean()) / spread + np.sqrt(1 - shared**2) * own
        drawn: NDArray[Any] = np.sort(shares)[score.argsort().argsort()]
        return drawn


def estimate_pull_forward(
    cells: pd.DataFrame, z: str, strata: Sequence[str] = (), level: float = 0.9
) -> PulledForward:
    """Share of the added units that is missing later.

    ``cells``: ``z`` (the instrument, such as the log of one minus the depth), ``strata``, ``n`` decisions,
    and sums over them: ``y`` units now, ``f`` units later, ``y2``, ``f2`` (squares), ``yf`` (products). The
    value is .15 where 15 of 100 added units are missing later, negative where coupons make people buy more
    later too. Errors are robust: they allow any variance. Raises ``LuckyError`` when z does not vary.

    >>> cells = pd.DataFrame({"z": [0.0, -0.7], "n": [100, 100], "y": [10, 30], "f": [40, 36],
    ...     "y2": [10, 30], "f2": [60, 50], "yf": [4, 9]})
    >>> round(estimate_pull_forward(cells, "z").value, 3)
    0.2
    >>> estimate_pull_forward(cells.assign(y=[20, 21]), "z").value is None
    True
    """
    stratum = cells.groupby(list(strata)).ngroup().to_numpy() if strata else np.zeros(len(cells), int)
    n, y, f, y2, f2, yf = (cells[name].to_numpy(float) for name in ("n", "y", "f", "y2", "f2", "yf"))
    n_s, mean_y, mean_f = (np.bincount(stratum, values) for values in (n, y, f))
    mean_y, mean_f = (mean_y / n_s)[stratum], (mean_f / n_s)[stratum]
    depth = cells[z].to_numpy(float)
    depth = depth - (np.bincount(stratum, n * depth) / n_s)[stratum]
    if not np.abs(depth).max() > 1e-9:
        raise LuckyError("purchases pulled forward", expected="depths that differ", got="one depth")
    later, now = -float(depth @ f), float(depth @ y)
    # Sums over a cell of products of one decision's deviations from its stratum's means.
    var_y = float(depth**2 @ (y2 - 2 * mean_y * y + n * mean_y**2))
    var_f = float(depth**2 @ (f2 - 2 * mean_f * f + n * mean_f**2))
    both = -float(depth**2 @ (yf - mean_f * y - mean_y * f + n * mean_y * mean_f))
    found = fieller(later, now, var_f, var_y, both, level)
    if fieller(later, now, var_f, var_y, both, max(level, _CLEAR)) is None:
        found = None
    value, low, high = (later / now, *found) if found else (None, None, None)
    moments, cov = (later, now), ((var_f, both), (both, var_y))
    return PulledForward(value, low, high, int(n.sum()), moments, cov)


def covary_with_slope(
    cells: pd.DataFrame, slope: float, pulled: PulledForward, z: str, x: str, strata: Sequence[str] = ()
) -> float:
    """Covariance of the share's error with that of a price response estimated from some of its decisions.

    ``cells``: as for ``estimate_pull_forward``, whole strata of them; ``slope``: what ``fit_iv_poisson``
    gives for them (``x`` by ``z``). More units bought at a deep coupon make the slope steeper and the share
    smaller, and people who buy much do so in both weeks. 0 where the share cannot be said. To first order.
    """
    later, now = pulled.moments
    if pulled.value is None:
        return 0.0
    stratum = cells.groupby(list(strata)).ngroup().to_numpy() if strata else np.zeros(len(cells), int)
    n, y, f, y2, yf = (cells[name].to_numpy(float) for name in ("n", "y", "f", "y2", "yf"))
    n_s = np.bincount(stratum, n)
    mean_y, mean_f, mean_z = (
        (np.bincount(stratum, values) / n_s)[stratum] for values in (y, f, n * cells[z].to_numpy(float))
    )
    depth, price = cells[z].to_numpy(float), cells[x].to_numpy(float)
    inside, over = depth - mean_z, depth - np.average(depth, weights=n)
    weight = over * np.exp(-slope * price)
    with_later = yf - mean_f * y - mean_y * f + n * mean_y * mean_f
    with_now = y2 - 2 * mean_y * y + n * mean_y**2
    moved = -float((weight * inside) @ (with_later + later / now * with_now))
    return moved / (now * float((weight * price) @ y))
