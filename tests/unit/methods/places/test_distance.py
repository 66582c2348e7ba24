from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.places.distance import decay_weights, great_circle_km


def test_a_degree_of_latitude_and_of_longitude():
    assert great_circle_km([40], [-74], [41], [-74])[0, 0] == pytest.approx(111.19, abs=0.01)
    assert great_circle_km([60], [0], [60], [1])[0, 0] == pytest.approx(111.19 / 2, abs=0.01)


def test_shape_symmetry_and_zero():
    lat, lon = np.array([40.73, 40.75, 40.71]), np.array([-73.99, -73.98, -74.01])
    km = great_circle_km(lat, lon, lat, lon)
    assert km.shape == (3, 3)
    np.testing.assert_allclose(km, km.T)
    assert np.diag(km) == pytest.approx(0)


def test_unknown_place_has_no_distance_and_no_weight():
    km = great_circle_km([40.7], [np.nan], [40.7], [-74.0])
    assert np.isnan(km).all() and decay_weights(km, 1.0) == 0


def test_scale_is_where_the_weight_is_one_in_e():
    assert decay_weights([2.0], 2.0)[0] == pytest.approx(np.exp(-1))
    assert decay_weights([1.0], 2.0)[0] > decay_weights([1.0], 1.0)[0]
