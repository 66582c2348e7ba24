"""Exposure of a unit to its sister units: how near they are, and how far each has grown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.growth.curves import log_share
from lucky_analytics.methods.places.distance import decay_weights, great_circle_km

__all__ = ["ExposurePath", "maturity", "neighbour_weights", "weeks_since"]

Array = NDArray[Any]


class ExposurePath:
    """Exposure of each fitted row to its neighbours, less that of its unit on ``as_of``."""

    def __init__(
        self,
        form: str,
        scale_km: float | None,
        units: pd.DataFrame,
        neighbours: pd.DataFrame,
        rows: pd.DataFrame,
        as_of: pd.Timestamp,
    ):
        self._form = form
        self._kernel = neighbour_weights(units, neighbours, scale_km)
        self._unit = pd.Index(units["unique_id"]).get_indexer(rows["unique_id"])
        # rows of one day see their neighbours at one age: a day is computed once
        middle = rows["week_start"] + pd.Timedelta(days=3)
        days, self._day = np.unique(middle.to_numpy(), return_inverse=True)
        self._then = weeks_since(neighbours["opened"], days[:, None])
        self._now = weeks_since(neighbours["opened"], as_of)

    @property
    def varies(self) -> bool:
        return bool(np.ptp(self.relative(1.2, 0.5)) > 1e-3)

    def relative(self, b: float, k: float) -> Array:
        then, now = (maturity(self._form, age, b, k) for age in (self._then, self._now))
        return (self._kernel @ (then - now).T)[self._unit, self._day]


def weeks_since(opened: pd.Series, when: Any) -> Array:
    """Weeks from each opening (m,) to ``when``, one moment or (n, 1) of them; negative before the opening."""
    later, earlier = (np.asarray(v, "datetime64[s]").astype(np.int64) for v in (when, opened))
    return (later - earlier) / (7 * 86_400)


def maturity(form: str, age_weeks: Array, b: float, k: float) -> Array:
    """Share of the plateau reached; 0 before the opening."""
    return np.where(age_weeks >= 0, np.exp(log_share(form, np.maximum(age_weeks, 0), b, k)), 0.0)


def neighbour_weights(units: pd.DataFrame, neighbours: pd.DataFrame, scale_km: float | None) -> Array:
    """exp(-km / scale_km) from each unit to each neighbour, (n, m); 0 to itself, or without a scale."""
    if scale_km is None:
        return np.zeros((len(units), len(neighbours)))
    columns = ("latitude", "longitude")
    km = great_circle_km(*(units[c] for c in columns), *(neighbours[c] for c in columns))
    itself = units["unique_id"].to_numpy()[:, None] == neighbours["unique_id"].to_numpy()
    return np.where(itself, 0.0, decay_weights(km, scale_km))
