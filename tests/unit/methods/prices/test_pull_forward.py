from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.pull_forward import estimate_pull_forward
from lucky_analytics.methods.prices.two_stage import fit_two_stage

DEPTHS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])


def world(seed, n=100_000, pulled=0.15):
    """People who differ in taste, so that those who buy now also buy later, coupon or not."""
    rng = np.random.default_rng(seed)
    depth, week = rng.choice(DEPTHS, n), rng.integers(0, 3, n)
    taste = rng.gamma(0.7, 1 / 0.7, n) * (1 + 0.5 * week)
    added = (1 - depth) ** -1.6 - 1
    y = rng.poisson(0.05 * taste * (1 + added))
    f = rng.poisson(taste * np.maximum(0.2 - 0.05 * pulled * added, 0))
    return pd.DataFrame({"week": week, "z": np.log(1 - depth).round(9), "y": y, "f": f})


def cells(rows):
    rows = rows.assign(n=1, y2=rows["y"] ** 2, f2=rows["f"] ** 2, yf=rows["y"] * rows["f"])
    return rows.groupby(["week", "z"], as_index=False).sum()


def test_cells_give_two_stage_least_squares_of_the_rows():
    rows = world(1, n=5_000)
    dummies = pd.get_dummies(rows["week"], prefix="w", drop_first=True, dtype=float)
    fit = fit_two_stage(rows.join(dummies), "f", "y", ["z"], list(dummies))
    got = estimate_pull_forward(cells(rows), "z", ["week"])
    assert got["value"] == pytest.approx(-fit.estimate("y")[0])
    # the row version corrects for four estimated coefficients
    assert got["se"] == pytest.approx(fit.estimate("y")[1] * np.sqrt((5_000 - 4) / 5_000), rel=1e-6)


def test_the_planted_share_is_covered():
    hits = []
    for seed in range(40):
        got = estimate_pull_forward(cells(world(seed, 30_000)), "z", ["week"])
        hits.append(got["low"] <= 0.15 <= got["high"])
    # 99 % interval of a binomial with n = 40, p = .9
    assert 31 <= sum(hits) <= 40


def test_nothing_is_found_where_nothing_is_pulled_forward():
    got = estimate_pull_forward(cells(world(3, 300_000, pulled=0.0)), "z", ["week"])
    assert got["low"] < 0 < got["high"]
    wide = estimate_pull_forward(cells(world(3, 300_000, pulled=0.0)), "z", ["week"], level=0.99)
    assert wide["low"] < got["low"]


def test_one_depth_says_nothing():
    with pytest.raises(LuckyError, match="depths that change sales, got no change"):
        estimate_pull_forward(cells(world(4, 1_000)).assign(z=0.0), "z", ["week"])
