"""Do losses to sister units follow their openings, or were they there before? A placebo for the ramp.

Log counts with the growth curve taken off are regressed on the exposure of the same week and on that of some
weeks later, with free effects of units and of calendar weeks: none of the ramp's assumptions on plateaus and
season. Units cannot lose to a sister that has not opened yet, so an effect of the later exposure is a
warning: units near later openings were falling anyway. Sources: Autor (2003) for leads as a placebo;
MacKinnon, Nielsen and Webb (2023) for the jackknife over few clusters.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.growth_exposure import ExposurePath
from lucky_analytics.methods.growth.growth_fit import GrowthFit

__all__ = ["estimate_lead_effects", "regress_two_way"]

Array = NDArray[Any]


def estimate_lead_effects(fit: GrowthFit, lead_weeks: int = 4, level: float = 0.9) -> pd.DataFrame:
    """Change of log counts per unit of exposure: of the same week, and of ``lead_weeks`` later (the placebo).

    Two rows, ``term`` ``now`` and ``later``: ``effect`` with ``low`` and ``high`` (jackknife over units,
    Student's t with units - 1 degrees of freedom), ``n_weeks`` (unit-weeks), ``n_units``. Effects are null
    where the weeks cannot tell the two apart. Raises ``LuckyError`` for a fit without an exposure term.
    """
    if not fit.has_exposure:
        raise LuckyError("event study", expected="a ramp fitted with exposure_km", got="one without")
    rows, later = fit.weeks, pd.Timedelta(weeks=lead_weeks)
    known = (rows["week_start"] + later <= fit.as_of).to_numpy()
    columns = [_exposure(fit, rows), _exposure(fit, rows.assign(week_start=rows["week_start"] + later))]
    y = fit.reml.build(fit.reml.theta).y
    X = np.column_stack(columns)[known]
    unit, week = (rows[name][known].factorize()[0] for name in ("unique_id", "week_start"))
    effect, se = regress_two_way(y[known], X, unit, week)
    n_units = len(set(unit))
    half = t.ppf(0.5 + level / 2, n_units - 1) * se if n_units > 1 else np.full(2, np.nan)
    ends = {"effect": effect, "low": effect - half, "high": effect + half}
    return pd.DataFrame({"term": ["now", "later"], **ends, "n_weeks": int(known.sum()), "n_units": n_units})


def regress_two_way(y: Array, X: Array, unit: Array, week: Array) -> tuple[Array, Array]:
    """Slopes (p,) of y (n,) on X (n, p) beside free effects of units and weeks, and their standard errors.

    ``unit``, ``week``: codes (n,). Errors may be correlated within a unit: the standard errors are those of
    the jackknife over units (CR3), which with a handful of them errs on the long side. Both are null when the
    effects of units and weeks leave a column of X nothing of its own, with every unit or with one left out.

    >>> y, x = np.array([0.0, 1.0, 5.0, 8.0]), np.array([[0.0], [0.0], [0.0], [1.0]])
    >>> regress_two_way(y, x, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))[0]      # (8 - 5) - (1 - 0)
    array([2.])
    """
    n_slopes = X.shape[1]
    if len(y) == 0:
        return np.full(n_slopes, np.nan), np.full(n_slopes, np.nan)
    units, code = np.unique(unit, return_inverse=True)
    # With the means of each unit taken off, a unit's rows enter sums of products alone: those of all units
    # less its own are those without it.
    weeks = (week[:, None] == np.unique(week)).astype(float)
    rows = np.column_stack([weeks, X, y])
    n_each = np.bincount(code)
    means = np.stack([np.bincount(code, column) / n_each for column in rows.T], axis=1)
    rows = rows - means[code]
    order = np.argsort(code, kind="stable")
    parts = np.split(rows[order], np.cumsum(n_each)[:-1])
    products = np.stack([part.T @ part for part in parts])
    total = products.sum(axis=0)
    slope = _slopes(total, n_slopes)
    without = np.array([_slopes(total - own, n_slopes) for own in products])
    n = len(units)
    return slope, np.sqrt((n - 1) / n * ((without - slope) ** 2).sum(axis=0))


def _slopes(products: Array, n_slopes: int) -> Array:
    """From the sums of products of (weeks, X, y), the weeks' effects taken off; null where X has nothing of
    its own left."""
    w = len(products) - n_slopes - 1
    inverse = np.linalg.pinv(products[:w, :w], rcond=1e-10, hermitian=True)
    left = products[w:, w:] - products[w:, :w] @ inverse @ products[:w, w:]
    own, with_y = left[:-1, :-1], left[:-1, -1]
    smallest = 1e-12 * max(1.0, float(np.trace(products[w:-1, w:-1])))
    if np.linalg.eigvalsh(own).min() <= smallest:
        return np.full(n_slopes, np.nan)
    slope: Array = np.linalg.solve(own, with_y)
    return slope


def _exposure(fit: GrowthFit, rows: pd.DataFrame) -> Array:
    shape = fit.shape
    path = ExposurePath(shape.form, shape.exposure_km, fit.units, fit.neighbours, rows, fit.as_of)
    exposure: Array = path.relative(*fit.growth)
    return exposure
