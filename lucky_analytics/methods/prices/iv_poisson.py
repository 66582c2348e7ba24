"""Counts and a price: multiplicative instrumental-variable regression from sufficient statistics.

Model (Mullahy 1997), for one decision (one person, one category, one week):

    E[y exp(-x'b) - m_s | z, s] = 0

``y`` is a count, mostly zero; ``x`` what the person faced (log price, whether a coupon was shown); ``z`` what
was drawn for the person, independent of everything else within stratum ``s`` (a week, say); ``m_s`` a free
level per stratum. With z = x this is Poisson regression with stratum effects, from its own moments.

Every decision with the same (s, x, z) enters alike, so a *cell* carries all that is needed: how many
decisions it holds, the sum of y and of y squared. The millions of zeros are only counted, never rows.

Moments: sum of (z - mean z of s) y exp(-x'b). They are linear in y, so that they are right in strata of any
size: no level is divided by. Strata weigh as they buy. Two-step GMM; with as many z as x the moments are met
exactly, and for a single x they have one root. Standard errors allow any variance of y. They treat decisions
as independent, which the design buys: a depth that is drawn anew for every person, category and week is
unrelated to that person's other scores, however alike the weeks are.

References: Mullahy (1997); Windmeijer and Santos Silva (1997); Hansen (1982); Stock and Wright (2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.count_moments import CountMoments

__all__ = ["CountResponse", "estimate_first_stage", "estimate_robust_interval", "fit_iv_poisson"]

Array = NDArray[Any]


@dataclass(frozen=True)
class CountResponse:
    """``coefficients``: ``name``, ``estimate``, ``se``; ``cov`` in the same order.

    ``first_stage_f``: F of the instruments that are not themselves among the regressors, for the first
    regressor; infinite where z determines it. ``j`` and ``j_p``: Hansen's test of the surplus instruments,
    null without any. ``n`` decisions, ``n_events`` the sum of y.
    """

    coefficients: pd.DataFrame
    cov: Array
    n: int
    n_events: int
    first_stage_f: float
    j: float | None
    j_p: float | None

    def estimate(self, name: str) -> tuple[float, float]:
        """Estimate and standard error of one coefficient."""
        position = self.coefficients["name"].tolist().index(name)
        estimate, se = self.coefficients[["estimate", "se"]].to_numpy(float)[position]
        return float(estimate), float(se)


def fit_iv_poisson(
    cells: pd.DataFrame, x: Sequence[str], z: Sequence[str] | None = None, strata: Sequence[str] = ()
) -> CountResponse:
    """Fit the model to ``cells``: columns ``n``, ``y``, ``y2`` (sums), ``x``, ``z`` and ``strata``.

    ``z`` null means z = x. Strata in which nobody bought say nothing and are left out. Raises
    ``LuckyError`` with fewer instruments than regressors, without a purchase, when z does not move x, or
    where the purchases leave a coefficient without bound (bought at one price alone).

    >>> price = np.log([1.0, 0.8, 0.5])
    >>> y = 1000 * np.exp(-1.5 * price)
    >>> cells = pd.DataFrame({"log_price": price, "n": 10_000, "y": y, "y2": y})
    >>> round(fit_iv_poisson(cells, ["log_price"]).estimate("log_price")[0], 6)
    -1.5
    """
    moments = CountMoments(cells, list(x), list(z) if z is not None else list(x), list(strata))
    b = np.zeros(len(x))
    weight = np.linalg.pinv(moments.variance(b))
    for step in range(2):
        b = moments.minimise(b, weight)
        weight = np.linalg.pinv(moments.variance(b))
        if moments.Z.shape[1] == len(x) and step == 0:
            break
    D, g = moments.jacobian(b), moments.sums(b)
    try:
        cov = np.linalg.inv(D.T @ weight @ D)
    except np.linalg.LinAlgError:
        bought = f"{moments.y.sum():,.0f} units that leave {', '.join(x)} open"
        raise LuckyError("price response", expected="purchases at two prices at least", got=bought) from None
    surplus = moments.Z.shape[1] - len(x)
    j = float(g @ weight @ g) if surplus else None
    coefficients = pd.DataFrame({"name": list(x), "estimate": b, "se": np.sqrt(np.diag(cov))})
    return CountResponse(
        coefficients,
        cov,
        int(moments.n.sum()),
        round(moments.y.sum()),
        moments.first_stage_f(),
        j,
        float(chi2.sf(j, surplus)) if j is not None else None,
    )


def estimate_first_stage(
    cells: pd.DataFrame, x: Sequence[str], z: Sequence[str], strata: Sequence[str] = ()
) -> float:
    """Robust F of the instruments that are not regressors, for the first regressor; over decisions.

    Above 10 the usual interval can be trusted; infinite where z determines x.
    """
    return CountMoments(cells, list(x), list(z), list(strata)).first_stage_f()


def estimate_robust_interval(
    cells: pd.DataFrame,
    x: str,
    z: str,
    strata: Sequence[str] = (),
    level: float = 0.95,
    bounds: tuple[float, float] = (-20.0, 20.0),
) -> tuple[float, float]:
    """Interval of one coefficient that holds however weakly ``z`` moves ``x``: the S set of Stock and Wright.

    All b at which the moment is within its own standard error times the normal quantile, searched outwards
    from the best fit; an end beyond ``bounds`` is infinite.
    """
    moments = CountMoments(cells, [x], [z], list(strata))
    quantile = norm.ppf(0.5 + level / 2)

    def excess(value: float) -> float:
        b = np.array([value])
        return float(abs(moments.sums(b)[0]) / np.sqrt(moments.variance(b)[0, 0]) - quantile)

    grid = np.linspace(*bounds, 161)
    values = np.array([excess(v) for v in grid])
    best = int(values.argmin())
    low, high = -np.inf, np.inf
    for step in range(best, 0, -1):
        if values[step] <= 0 < values[step - 1]:
            low = float(brentq(excess, grid[step - 1], grid[step]))
            break
    for step in range(best, len(grid) - 1):
        if values[step] <= 0 < values[step + 1]:
            high = float(brentq(excess, grid[step], grid[step + 1]))
            break
    if values[best] > 0:
        # Narrower than the grid: start from the point at which the moment is met.
        middle = float(moments.minimise(np.array([grid[best]]), np.eye(1))[0])
        low, high = float(brentq(excess, bounds[0], middle)), float(brentq(excess, middle, bounds[1]))
    return low, high
