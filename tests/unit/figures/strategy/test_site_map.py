from __future__ import annotations

import itertools
import json

import pandas as pd
import vl_convert

from lucky_analytics.figures.strategy import site_map
from lucky_analytics.reference.manhattan import load_layers

STORES = pd.DataFrame(
    {"store_name": ["A"], "label": ["A $50K"], "latitude": [40.7307], "longitude": [-73.9922]}
)
SITES = pd.DataFrame(
    {
        "site": ["Varick"],
        "latitude": [40.7275],
        "longitude": [-74.0054],
        "score": [27.0],
        "label": ["Varick 27"],
    }
)


PLACES = pd.DataFrame(
    {
        "name": ["Hudson River", "Under the site", "Free Street"],
        "latitude": [40.7350, SITES["latitude"].item(), 40.7300],
        "longitude": [-74.0130, SITES["longitude"].item(), -74.0000],
        "kind": ["water", "area", "area"],
    }
)


def drawn(chart):
    spec = chart.to_dict() | {"width": 400}
    return vl_convert.vegalite_to_svg(json.dumps(spec))


def test_map_draws_land_stores_sites_and_a_scale():
    svg = drawn(site_map.plot_map(load_layers().tracts.assign(density=1.0), STORES, SITES, PLACES))
    for text in ("Varick 27", "A $50K", "1 km", "Free Street"):
        assert text in svg
    assert "Under the site" not in svg  # a name gives way to what the map is about


def test_map_is_cut_to_its_points_and_small():
    spec = json.dumps(
        site_map.plot_map(load_layers().tracts.assign(density=1.0), STORES, SITES, PLACES).to_dict()
    )
    assert "Inwood" not in spec and "Greenwich Village" in spec
    assert len(spec) < 80_000


def test_land_does_not_fill_the_globe():
    """Rings in the wrong direction would cover everything but the tract: the whole view."""
    chart = site_map.plot_map(load_layers().tracts.assign(density=1.0), STORES, SITES, PLACES).to_dict()
    ring = chart["layer"][0]["data"]["values"][0]["geometry"]["coordinates"][0]
    ring = ring if isinstance(ring[0][0], float) else ring[0]
    pairs = itertools.pairwise(ring)
    turn = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairs)
    assert turn > 0  # clockwise


def test_a_store_without_a_place_is_left_out():
    lost = pd.DataFrame({"store_name": ["B"], "label": ["B $1K"], "latitude": [None], "longitude": [None]})
    tracts = load_layers().tracts.assign(density=1.0)
    svg = drawn(
        site_map.plot_map(
            tracts, pd.concat([STORES, lost.astype({"latitude": float, "longitude": float})]), SITES, PLACES
        )
    )
    assert "A $50K" in svg and "B $1K" not in svg


def test_labels_of_neighbours_stand_apart():
    """A site 270 m from a store: one label above or below, the other beside, on any width."""
    near = pd.DataFrame(
        {
            "store_name": ["33rd & 10th"],
            "label": ["33rd & 10th $39K"],
            "latitude": [40.7540],
            "longitude": [-73.9988],
        }
    )
    site = SITES.assign(site="Hudson Yards", label="Hudson Yards 20", latitude=40.7540, longitude=-74.0020)
    chart = site_map.plot_map(
        load_layers().tracts.assign(density=1.0), pd.concat([STORES, near]), site, PLACES
    ).to_dict()
    sides = {
        row["label"]: row["side"] for rows in chart["datasets"].values() for row in rows if "side" in row
    }
    assert sides["Hudson Yards 20"] != "right" and sides["33rd & 10th $39K"] != "left"
