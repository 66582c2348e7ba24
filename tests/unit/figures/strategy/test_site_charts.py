from __future__ import annotations

import json

import pandas as pd
import pytest
import vl_convert

from lucky_analytics.figures.strategy import site_charts as sites

NET = pd.DataFrame(
    {"site": ["X"], "gross": [5e4], "taken": [6e4], "net": [-1e4], "net_low": [-2e4], "net_high": [1e3]}
)
RENT = pd.DataFrame(
    {
        "site": ["Low", "High"],
        "bearable_rent": [5e3, 2e4],
        "bearable_rent_low": [-1e3, 1e4],
        "bearable_rent_high": [9e3, 3e4],
        "rent": [15e3, 15e3],
        "is_rent_imported": [False, False],
    }
)
RAMPS = pd.DataFrame(
    [(s, w, w * 1e3, w * 5e2, w * 2e3) for s in ("Ä <b>", "B") for w in (1, 2)],
    columns=["site", "week", "dollars", "dollars_low", "dollars_high"],
)
MATURE = pd.DataFrame({"site": ["Ä <b>", "B"], "dollars": [3e3, 3e3]})
CHARTS = {
    "net": lambda: sites.plot_net(NET),
    "rent": lambda: sites.plot_rent(RENT),
    "ramps": lambda: sites.plot_site_ramps(RAMPS, MATURE),
}


@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws_and_leaves_text_and_background_to_the_page(name):
    spec = CHARTS[name]().to_dict()
    assert not {"background", "color", "fill"} & set(spec["config"])
    if spec.get("width") == "container":
        spec["width"] = 600
    assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(spec))


def test_rents_are_sorted_and_called_assumed_unless_a_file_brought_one():
    spec = json.dumps(sites.plot_rent(RENT).to_dict())
    assert '["High", "Low"]' in spec and "assumed rent" in spec and '"zero": true' in spec
    assert "assumed rent" not in json.dumps(sites.plot_rent(RENT.assign(is_rent_imported=True)).to_dict())


def test_panels_share_scales_and_keep_the_order_of_the_sites():
    spec = sites.plot_site_ramps(RAMPS, MATURE).to_dict()
    assert spec["facet"]["sort"] == ["Ä <b>", "B"] and "resolve" not in spec
