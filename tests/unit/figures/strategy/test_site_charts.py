from __future__ import annotations

import json

import pandas as pd
import pytest
import vl_convert

from lucky_analytics.figures.strategy import site_charts as sites

NET = pd.DataFrame(
    {"site": ["X"], "gross": [5e4], "taken": [6e4], "net": [-1e4], "net_low": [-2e4], "net_high": [1e3]}
)
NEEDS = pd.DataFrame(
    {"site": ["High", "Low"], "needed": [9e4, 4e4], "needed_low": [8e4, 3e4], "needed_high": [1e5, 5e4]}
)
OURS = pd.DataFrame({"store_name": ["A", "B"], "dollars_month": [3e4, 6e4]})
RAMPS = pd.DataFrame(
    [(s, w, w * 1e3, w * 5e2, w * 2e3) for s in ("Ä <b>", "B") for w in (1, 2)],
    columns=["site", "week", "dollars", "dollars_low", "dollars_high"],
)
MATURE = pd.DataFrame({"site": ["Ä <b>", "B"], "dollars": [3e3, 3e3]})
CHARTS = {
    "net": lambda: sites.plot_net(NET),
    "needs": lambda: sites.plot_needs(NEEDS, OURS),
    "ramps": lambda: sites.plot_site_ramps(RAMPS, MATURE),
}


@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws_and_leaves_text_and_background_to_the_page(name):
    spec = CHARTS[name]().to_dict()
    assert not {"background", "color", "fill"} & set(spec["config"])
    if spec.get("width") == "container":
        spec["width"] = 600
    assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(spec))


def test_needs_are_sorted_below_our_stores_and_marked_above_the_best():
    spec = json.dumps(sites.plot_needs(NEEDS, OURS).to_dict())
    assert '["our stores sell", "Low", "High"]' in spec and '"zero": true' in spec
    shown = [row for rows in json.loads(spec)["datasets"].values() for row in rows if "is_above" in row]
    assert {row["site"]: row["is_above"] for row in shown} == {"Low": False, "High": True}


def test_panels_share_scales_and_keep_the_order_of_the_sites():
    spec = sites.plot_site_ramps(RAMPS, MATURE).to_dict()
    assert spec["facet"]["sort"] == ["Ä <b>", "B"] and "resolve" not in spec
