"""Distances on the globe, and how they weigh."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["decay_weights", "great_circle_km"]

EARTH_RADIUS_KM = 6371.0088


def great_circle_km(
    latitude: ArrayLike, longitude: ArrayLike, to_latitude: ArrayLike, to_longitude: ArrayLike
) -> NDArray[np.float64]:
    """Kilometres from each of n points to each of m, (n, m), by the haversine formula on a sphere.

    Degrees in, north and east positive; within 0.5 % of the ellipsoid. NaN where a coordinate is missing.

    >>> great_circle_km([40.7307], [-73.9922], [40.7457], [-73.9905]).round(2).tolist()
    [[1.67]]
    """
    lat, lon, to_lat, to_lon = (
        np.radians(np.atleast_1d(np.asarray(v, float)))
        for v in (latitude, longitude, to_latitude, to_longitude)
    )
    half = np.sin((lat[:, None] - to_lat) / 2) ** 2
    half = half + np.cos(lat)[:, None] * np.cos(to_lat) * np.sin((lon[:, None] - to_lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))


def decay_weights(km: ArrayLike, scale_km: float) -> NDArray[np.float64]:
    """exp(-km / scale_km): 1 next door, 0.37 at ``scale_km``; 0 where the distance is unknown (NaN).

    >>> decay_weights([0.0, 1.0, np.nan], 1.0).round(3).tolist()
    [1.0, 0.368, 0.0]
    """
    return np.nan_to_num(np.exp(-np.asarray(km, float) / scale_km))
