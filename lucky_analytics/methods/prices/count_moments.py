"""Moments of the multiplicative count model, from cells: what ``iv_poisson`` searches over.

Notation of ``iv_poisson``: decisions in strata s, count y, regressors x, instruments z, level m_s.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError

__all__ = ["CountMoments"]

Array = NDArray[Any]


class CountMoments:
    """The cells as arrays, and the moments, their derivative and their variance at any b."""

    def __init__(self, cells: pd.DataFrame, x: list[str], z: list[str], strata: list[str]):
        if len(z) < len(x):
            raise LuckyError("price response", expected=f"at least {len(x)} instruments", got=str(len(z)))
        stratum = (
            cells.groupby(strata, sort=True).ngroup().to_numpy() if strata else np.zeros(len(cells), int)
        )
        bought = np.bincount(stratum, cells["y"].to_numpy(float)) > 0 if len(cells) else np.array([])
        kept = bought[stratum] if len(cells) else np.array([], bool)
        rows = cells[kept]
        if not len(rows):
            raise LuckyError("price response", expected="at least one purchase", got="none")
        self.stratum = np.unique(stratum[kept], return_inverse=True)[1]
        self.X, Z = rows[x].to_numpy(float), rows[z].to_numpy(float)
        self.n, self.y, self.y2 = (rows[c].to_numpy(float) for c in ("n", "y", "y2"))
        if (self.y2 * self.n < self.y**2 * (1 - 1e-9)).any():
            raise LuckyError(
                "price response", expected="y2, the sum of squares, of at least y * y / n", got="less"
            )
        self.n_s = np.bincount(self.stratum, self.n)
        self.Z = Z - self._mean(Z, self.n, self.n_s)
        self._extra = [k for k, name in enumerate(z) if name not in x]
        self._shared = [k for k, name in enumerate(z) if name in x]
        self._is_exact = not self._extra
        moved = np.linalg.matrix_rank((self.Z * self.n[:, None]).T @ self._centred_x(), tol=1e-9)
        if moved < len(x):
            raise LuckyError(
                "price response",
                expected=f"instruments that move all of {', '.join(x)}",
                got=f"rank {moved}",
                remedy="Give cells with more than one depth",
            )

    def _mean(self, values: Array, weights: Array, totals: Array) -> Array:
        sums = np.stack([np.bincount(self.stratum, weights * v, len(totals)) for v in values.T], axis=1)
        means: Array = (sums / totals[:, None])[self.stratum]
        return means

    def _centred_x(self) -> Array:
        centred: Array = self.X - self._mean(self.X, self.n, self.n_s)
        return centred

    def _scaled(self, b: Array) -> tuple[Array, Array, Array]:
        """y exp(-x'b) summed per cell, exp(-x'b), and the level m_s of each cell's stratum."""
        factor = np.exp(-self.X @ b)
        scaled = self.y * factor
        level = np.bincount(self.stratum, scaled) / self.n_s
        return scaled, factor, level[self.stratum]

    def sums(self, b: Array) -> Array:
        total: Array = self.Z.T @ self._scaled(b)[0]
        return total

    def jacobian(self, b: Array) -> Array:
        slope: Array = -(self.Z * self._scaled(b)[0][:, None]).T @ self.X
        return slope

    def variance(self, b: Array) -> Array:
        scaled, factor, level = self._scaled(b)
        squared = self.y2 * factor**2 - 2 * level * scaled + self.n * level**2
        result: Array = (self.Z * squared[:, None]).T @ self.Z
        return result

    def minimise(self, b: Array, weight: Array) -> Array:
        """Gauss-Newton on the GMM objective, steps halved until it falls."""

        def objective(at: Array) -> float:
            g = self.sums(at)
            return float(g @ weight @ g)

        value = objective(b)
        for _ in range(100):
            D, g = self.jacobian(b), self.sums(b)
            step = np.linalg.lstsq(D.T @ weight @ D, -D.T @ weight @ g, rcond=None)[0]
            step *= min(1.0, 2.0 / max(np.abs(step).max(), 1e-12))
            while objective(b + step) > value and np.abs(step).max() > 1e-10:
                step = step / 2
            b, value = b + step, objective(b + step)
            if np.abs(step).max() < 1e-9:
                return b
        raise LuckyError(
            "price response",
            expected="a solution of the moments",
            got="none in 100 steps",
            remedy="The instrument is too weak: read estimate_robust_interval alone",
        )

    def first_stage_f(self) -> float:
        """Robust F of the excluded instruments for the first regressor."""
        if self._is_exact:
            return float("inf")
        root = np.sqrt(self.n)[:, None]
        kept, price = self.Z * root, self._centred_x()[:, :1] * root
        solved = np.linalg.lstsq(kept, price, rcond=None)[0]
        residual = ((price - kept @ solved)[:, 0] / root[:, 0]) ** 2
        bread = np.linalg.pinv(kept.T @ kept)
        cov = bread @ ((self.Z * (residual * self.n)[:, None]).T @ self.Z) @ bread
        own = solved[self._extra, 0]
        inner = cov[np.ix_(self._extra, self._extra)]
        if np.abs(inner).max() < 1e-18:
            return float("inf")
        return float(own @ np.linalg.pinv(inner) @ own / len(own))
