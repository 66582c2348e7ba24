"""Names in the quadrant: on a phone none lies over a point, another name or beyond the frame."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.figures.product import menu_charts


def points(n, seed=1):
    rng = np.random.default_rng(seed)
    popularity, advantage = np.exp(rng.normal(0, 0.8, n)), rng.normal(0, 0.5, n)
    ends = {f"popularity{end}": popularity for end in ("", "_low", "_high")}
    ends |= {f"advantage{end}": advantage for end in ("", "_low", "_high")}
    names = [f"Iced Coconut Cream Latte {place}" for place in range(n)]
    kind = {"category": "Coffee", "menu_class": "star", "probability": 1.0, "margin": rng.random(n)}
    return pd.DataFrame({"product_name": names} | ends | kind)


@pytest.mark.parametrize("n", [1, 8, 75])
def test_names_meet_neither_points_nor_each_other(n):
    rows = points(n)
    across = (rows["popularity"].min() / 1.5, 1.5 * rows["popularity"].max())
    found = menu_charts._find_named(rows, 10, across, (-2.0, 2.0))
    assert 1 <= len(found) <= 10 and found["label"].str.contains("\n").all()
    most = rows["margin"].idxmax()
    assert n > 8 or most in found.index
    wide = np.log(across[1] / across[0])
    x, y = np.log(found["popularity"] / across[0]) / wide * 250, (2.0 - found["advantage"]) / 4 * 440
    assert len(set(zip(x.round(), y.round(), strict=True))) == len(found)
    menu_charts.plot_quadrant(rows).to_dict()


def test_a_long_name_takes_two_lines_and_a_short_one_stays():
    broken = {
        name: menu_charts._in_two_lines(name) for name in ("Latte", "Iced Coconut Latte", "Cappuccinissimo")
    }
    assert list(broken.values()) == ["Latte", "Iced Coconut\nLatte", "Cappuccinissimo"]
