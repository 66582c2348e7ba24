from __future__ import annotations

import json
import re

import pandas as pd
import pytest
import vl_convert

from lucky_analytics.figures.operations import ramp_charts as ramp
from lucky_analytics.figures.operations import sisters
from lucky_analytics.figures.theme import ACCENT, BETTER, CONTEXT, WORSE, apply_theme

PANELS = pd.DataFrame(
    [
        (label, place, age, kind, 1000.0 + 100 * age, 900.0, 1500.0)
        for place, label in enumerate(["Fulton", "Café <b>"])
        for kind in ("week", "path", "ahead", "censored")
        for age in (0.0, 1.0)
    ],
    columns=["label", "position", "age_weeks", "kind", "y", "low", "high"],
)
CURVE = pd.DataFrame({"age_weeks": [0, 4.0], "share": [0.3, 0.9], "low": [0.2, 0.8], "high": [0.4, 1.0]})
TIMES = pd.DataFrame({"share": [0.5, 0.9], "weeks": [1, 4.4], "low": [0.8, 3.9], "high": [1.2, 5.0]})
PLATEAUS = pd.DataFrame(
    {
        "store_name": ["B", "A"],
        "dollars": [5e4, 3e4],
        "dollars_low": [4e4, 2e4],
        "dollars_high": [6e4, 4e4],
        "is_reached": [True, False],
    }
)
FORECAST = pd.DataFrame(
    {
        "week": [1, 2, 3],
        "dollars": [1e3, 2e3, 3e3],
        "dollars_low": [500.0, 1e3, 2e3],
        "dollars_high": [2e3, 3e3, 4e3],
    }
)
LOSSES = pd.DataFrame(
    {
        "store_name": ["A", "B"],
        "neighbour_name": ["B", "A"],
        "loss": [0.3, 0.01],
        "low": [0.2, 0.0],
        "high": [0.4, 0.02],
        "km": [0.4, 0.4],
    }
)
CAUSES = pd.DataFrame(
    {"cause": ["sister stores", "all"], "log_change": [-0.5, -0.4], "low": [-0.7, None], "high": [-0.3, None]}
)

CHARTS = {
    "panels": lambda: ramp.plot_store_panels(PANELS),
    "share": lambda: ramp.plot_share(CURVE, TIMES, 4.0),
    "plateaus": lambda: ramp.plot_plateaus(PLATEAUS, 35_000),
    "next": lambda: ramp.plot_next_store(FORECAST, 3),
    "losses": lambda: sisters.plot_losses(LOSSES),
    "fall": lambda: sisters.plot_fall(CAUSES),
}


@pytest.mark.parametrize("name", CHARTS)
def test_chart_draws(name):
    spec = CHARTS[name]().to_dict()
    if spec.get("width") == "container":
        spec["width"] = 600
    assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(spec))


@pytest.mark.parametrize("name", CHARTS)
def test_the_page_sets_text_and_background(name):
    config = CHARTS[name]().to_dict()["config"]
    named = re.findall(r'"(\w*[cC]olor|fill|background)"', json.dumps(config))
    assert named == []


def test_panels_keep_the_order_of_their_positions_and_share_scales():
    spec = CHARTS["panels"]().to_dict()
    assert spec["facet"]["sort"] == ["Fulton", "Café <b>"]
    assert "resolve" not in spec


def test_bars_start_at_zero_and_hollow_points_mark_what_is_not_reached():
    spec = json.dumps(CHARTS["plateaus"]().to_dict())
    assert '"zero": true' in spec and "datum.is_reached" in spec


def test_next_store_is_cut_at_the_weeks_asked_for():
    data = ramp.plot_next_store(FORECAST, 2).to_dict()["datasets"]
    assert max(row["week"] for rows in data.values() for row in rows) == 2


def contrast(colour, ground):
    def luminance(hexadecimal):
        parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [ACCENT, CONTEXT, BETTER, WORSE])
@pytest.mark.parametrize("ground", ["#ffffff", "#15151a"])
def test_marks_hold_on_white_and_on_black(colour, ground):
    assert contrast(colour, ground) >= 3


def test_theme_leaves_the_chart_it_was_given():
    chart = ramp.alt.Chart(FORECAST).mark_point()
    apply_theme(chart)
    assert "config" not in chart.to_dict() or "axisX" not in chart.to_dict()["config"]


def test_of_many_stores_the_matrix_has_those_that_lose_most_and_whom_they_lose_to():
    names = [f"S{number:03}" for number in range(80)]
    pairs = [(a, b) for a in names for b in names if a != b]
    losses = pd.DataFrame(pairs, columns=["store_name", "neighbour_name"])
    losses["loss"] = [
        0.001 if int(a[1:]) // 2 != int(b[1:]) // 2 else 0.1 + int(a[1:]) / 200 for a, b in pairs
    ]
    drawn = sisters.plot_losses(losses.assign(low=0.0, high=0.6, km=1.0)).to_dict()
    rows = next(iter(drawn["datasets"].values()))
    assert {row["store_name"] for row in rows} == set(names[-30:])
    assert len(rows) == 30 and min(row["loss"] for row in rows) > 0.3
