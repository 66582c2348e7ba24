"""What sister units take from each other, from the exposure term of a fitted ramp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.growth_exposure import maturity, neighbour_weights, weeks_since
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.inference.reml import predict
from lucky_analytics.methods.places.distance import great_circle_km

__all__ = ["estimate_exposure_effect", "estimate_exposures", "estimate_losses", "estimate_taken"]

Array = NDArray[Any]


def estimate_exposure_effect(fit: GrowthFit) -> tuple[float, float]:
    """The change of log counts per unit of exposure, and its standard error. Negative: sisters take orders.

    Raises ``LuckyError`` for a fit without an exposure term.
    """
    if not fit.has_exposure:
        raise LuckyError("exposure", expected="a ramp fitted with exposure_km", got="one without")
    pick = np.eye(1, len(fit.reml.effects), 1)
    mean, cov = predict(fit.reml, lambda theta: (np.zeros(1), pick))
    return float(mean[0]), float(np.sqrt(cov[0, 0]))


def estimate_losses(fit: GrowthFit, level: float = 0.9) -> pd.DataFrame:
    """Share of each unit's orders that each other unit took by ``as_of``, one row per pair of open units.

    ``unique_id`` loses to ``neighbour_id``: ``km``, ``loss`` = 1 - exp(effect x exp(-km / exposure_km) x the
    neighbour's maturity), ``low``, ``high``; and, repeated within a unit, ``loss_all`` to all neighbours
    together (less than the sum: losses multiply). A negative loss is a gain.
    """
    effect, se = estimate_exposure_effect(fit)
    units = fit.neighbours[fit.neighbours["opened"] <= fit.as_of].reset_index(drop=True)
    pull = exposure_by_pair(fit, units)
    z = norm.ppf(0.5 + level / 2)
    at = (units["latitude"], units["longitude"])
    n = len(units)
    ids = units["unique_id"].to_numpy()
    pairs = pd.DataFrame(
        {
            "unique_id": np.repeat(ids, n),
            "neighbour_id": np.tile(ids, n),
            "km": great_circle_km(*at, *at).ravel(),
            "loss": 1 - np.exp(effect * pull).ravel(),
            "low": 1 - np.exp((effect + z * se) * pull).ravel(),
            "high": 1 - np.exp((effect - z * se) * pull).ravel(),
            "loss_all": np.repeat(1 - np.exp(effect * pull.sum(axis=1)), n),
        }
    )
    return pairs[pairs["unique_id"] != pairs["neighbour_id"]].reset_index(drop=True)


def estimate_exposures(fit: GrowthFit) -> pd.Series:
    """Exposure of each open unit to all others on ``as_of``, by ``unique_id``: nearness x maturity, added.

    0 for a unit without neighbours or without a place. Times ``estimate_exposure_effect`` it is what sister
    units take of its log counts.
    """
    units = fit.neighbours[fit.neighbours["opened"] <= fit.as_of].reset_index(drop=True)
    return pd.Series(exposure_by_pair(fit, units).sum(axis=1), index=units["unique_id"])


def estimate_taken(
    fit: GrowthFit, recent: Sequence[pd.Timestamp], before: Sequence[pd.Timestamp]
) -> tuple[pd.Series, Array, Array]:
    """What sister units did to the log counts of each open unit between two spans of moments.

    The exposure added, by ``unique_id`` (0 for a unit without neighbours or without a place); its effect on
    log counts (m,), negative where they took orders; the covariance of that, (m, m). The error of how fast
    sister units grow counts with that of the effect: young ones add an exposure that is itself uncertain.
    Raises ``LuckyError`` for a fit without an exposure term.
    """
    if not fit.has_exposure:
        raise LuckyError("exposure", expected="a ramp fitted with exposure_km", got="one without")
    units = fit.neighbours[fit.neighbours["opened"] <= fit.as_of].reset_index(drop=True)
    pick = np.eye(1, len(fit.reml.effects), 1)

    def add(theta: Array) -> Array:
        spans = [
            np.mean([exposure_by_pair(fit, units, at, np.exp(theta[:2])).sum(axis=1) for at in span], axis=0)
            for span in (recent, before)
        ]
        added: Array = spans[0] - spans[1]
        return added

    logs, cov = predict(fit.reml, lambda theta: (np.zeros(len(units)), add(theta)[:, None] * pick))
    return pd.Series(add(fit.reml.theta), index=units["unique_id"]), logs, cov


def exposure_by_pair(
    fit: GrowthFit, units: pd.DataFrame, at: pd.Timestamp | None = None, growth: Array | None = None
) -> Array:
    """Exposure of each unit (row) to each (column) ``at`` a moment, else on ``as_of``: nearness times
    maturity, which is 0 before an opening; ``growth``: b and k of another curve than the fitted one."""
    age = weeks_since(units["opened"], at or fit.as_of)
    b, k = fit.growth if growth is None else growth
    return neighbour_weights(units, units, fit.shape.exposure_km) * maturity(fit.shape.form, age, b, k)
