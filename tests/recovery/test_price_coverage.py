"""Intervals of price elasticities hold what they claim, in worlds with planted responses and nothing else.

Rule: pooled over a family of parameters, the nominal coverage lies inside the 99 % interval of the mean
per-replication coverage (replications as clusters), and the median interval is at most 1.5 times as wide as
that of an oracle who knows how much more each segment responds.
"""

from __future__ import annotations

import functools
import os

import numpy as np
import pytest
from scipy.stats import norm

from lucky_analytics.methods.iv_poisson import fit_iv_poisson
from lucky_analytics.questions import price_elasticity as elasticity
from tests import price_world
from tests.coverage_rule import holds

LEVEL = 0.9
N_WORLDS = int(os.environ.get("LUCKY_REPLICATIONS", "40"))


def truth(cells):
    own = dict(zip(price_world.CATEGORIES, price_world.ELASTICITY, strict=True))
    return cells["category"].map(own) * cells["segment"].map(price_world.SEGMENT_FACTOR)


def oracle_width(drawn):
    """Width of a category's interval when the segments' factors are known, relative to the estimate."""
    widths = []
    for _, own in drawn.groupby("category"):
        scaled = own.assign(x=own["log_price"] * own["segment"].map(price_world.SEGMENT_FACTOR))
        estimate, se = fit_iv_poisson(scaled, ["x"], strata=["segment"]).estimate("x")
        widths.append(2 * norm.ppf(0.5 + LEVEL / 2) * se / abs(estimate))
    return np.median(widths)


@functools.cache
def replications():
    rows = []
    for seed in range(N_WORLDS):
        world = price_world.simulate(3000 + seed, n_customers=5_000, n_weeks=22)
        cells = price_world.cells(world)
        drawn = elasticity.drawn_cells(cells)
        pooled = elasticity.pool_elasticities(drawn, LEVEL)
        true = truth(pooled.cells)
        pulled = elasticity.estimate_pulled(drawn, LEVEL)
        salience = elasticity.estimate_salience(drawn, price_world.not_shown(world), LEVEL)
        naive = elasticity.estimate_naive(cells, LEVEL)
        own = dict(zip(price_world.CATEGORIES, price_world.ELASTICITY, strict=True))
        rows.append(
            (
                ((pooled.cells["low"] <= true) & (true <= pooled.cells["high"])).mean(),
                pulled["low"] <= price_world.PULLED <= pulled["high"],
                salience["low"] <= np.expm1(price_world.SALIENCE) <= salience["high"],
                (naive["estimate"] - naive["category"].map(own) > 0.5).mean(),
                ((pooled.rows["high"] - pooled.rows["low"]) / pooled.rows["estimate"].abs()).median(),
                oracle_width(drawn),
            )
        )
    return np.array(rows, float)


def test_coverage_of_the_elasticities():
    coverage = replications()[:, 0]
    assert holds(coverage, LEVEL), f"{coverage.mean():.3f} where {LEVEL} is claimed"


@pytest.mark.parametrize(("parameter", "column"), [("pulled forward", 1), ("salience", 2)])
def test_coverage_of_one_parameter(parameter, column):
    coverage = replications()[:, column]
    assert holds(coverage, LEVEL), f"{parameter}: {coverage.sum():.0f} of {N_WORLDS} where {LEVEL} is claimed"


def test_intervals_are_not_bought_by_width():
    assert np.median(replications()[:, 4]) <= 1.5 * np.median(replications()[:, 5])


def test_the_naive_estimate_fails():
    # every category in every world is off by more than half a unit, towards "price does not matter"
    assert replications()[:, 3].mean() == 1
