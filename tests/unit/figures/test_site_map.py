from __future__ import annotations

import itertools
import json

import pandas as pd
import vl_convert

from lucky_analytics.figures import site_map
from lucky_analytics.reference.manhattan import load_layers

STORES = pd.DataFrame({"store_name": ["A"], "latitude": [40.7307], "longitude": [-73.9922]})
SITES = pd.DataFrame(
    {
        "site": ["Varick"],
        "latitude": [40.7275],
        "longitude": [-74.0054],
        "score": [27.0],
        "label": ["Varick 27"],
    }
)


def drawn(chart):
    spec = chart.to_dict() | {"width": 400}
    return vl_convert.vegalite_to_svg(json.dumps(spec))


def test_map_draws_land_stores_sites_and_a_scale():
    svg = drawn(site_map.plot_map(load_layers().tracts.assign(density=1.0), STORES, SITES))
    for text in ("Varick 27", ">A<", "1 km"):
        assert text in svg


def test_map_is_cut_to_its_points_and_small():
    spec = json.dumps(site_map.plot_map(load_layers().tracts.assign(density=1.0), STORES, SITES).to_dict())
    assert "Inwood" not in spec and "Greenwich Village" in spec
    assert len(spec) < 80_000


def test_land_does_not_fill_the_globe():
    """Rings in the wrong direction would cover everything but the tract: the whole view."""
    chart = site_map.plot_map(load_layers().tracts.assign(density=1.0), STORES, SITES).to_dict()
    ring = chart["layer"][0]["data"]["values"][0]["geometry"]["coordinates"][0]
    ring = ring if isinstance(ring[0][0], float) else ring[0]
    pairs = itertools.pairwise(ring)
    turn = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairs)
    assert turn > 0  # clockwise
