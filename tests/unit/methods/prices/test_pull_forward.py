from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

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
    assert got.value == pytest.approx(-fit.estimate("y")[0])
    # Anderson and Rubin: at either end the row version's test of "later + end x now" is just at its quantile
    for end in (got.low, got.high):
        moved = fit_two_stage(
            rows.assign(left=rows["f"] + end * rows["y"]).join(dummies), "left", "z", ["z"], list(dummies)
        )
        estimate, se = moved.estimate("z")
        assert abs(estimate / se) == pytest.approx(norm.ppf(0.95), rel=2e-3)


def test_the_planted_share_is_covered():
    hits = []
    for seed in range(40):
        got = estimate_pull_forward(cells(world(seed, 30_000)), "z", ["week"])
        hits.append(got.low <= 0.15 <= got.high)
    # 99 % interval of a binomial with n = 40, p = .9
    assert 31 <= sum(hits) <= 40


def test_nothing_is_found_where_nothing_is_pulled_forward():
    got = estimate_pull_forward(cells(world(3, 300_000, pulled=0.0)), "z", ["week"])
    assert got.low < 0 < got.high
    wide = estimate_pull_forward(cells(world(3, 300_000, pulled=0.0)), "z", ["week"], level=0.99)
    assert wide.low < got.low


def test_where_the_depth_does_not_move_sales_nothing_can_be_said_and_every_share_is_drawn():
    rng, n = np.random.default_rng(1), 50_000
    depth = rng.choice(DEPTHS, n)
    rows = pd.DataFrame(
        {"week": 0, "z": np.log(1 - depth), "y": rng.poisson(0.05, n), "f": rng.poisson(0.2, n)}
    )
    got = estimate_pull_forward(cells(rows), "z", ["week"])
    assert (got.value, got.low, got.high, got.n) == (None, None, None, n)
    draws = got.draw(20_000)
    assert np.quantile(draws, [0.05, 0.5, 0.95]) == pytest.approx([0.05, 0.5, 0.95], abs=0.02)


def test_draws_spread_as_the_interval_does():
    got = estimate_pull_forward(cells(world(3, 300_000)), "z", ["week"])
    draws = got.draw(20_000)
    assert np.quantile(draws, [0.05, 0.95]) == pytest.approx([got.low, got.high], abs=0.01)
    assert draws.min() >= 0 and draws.max() <= 1
    assert (got.draw(5, seed=1) != got.draw(5, seed=2)).any()


def test_one_depth_is_refused():
    with pytest.raises(LuckyError, match="depths that differ, got one depth"):
        estimate_pull_forward(cells(world(4, 1_000)).assign(z=0.0), "z", ["week"])
