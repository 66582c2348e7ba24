"""Intervals of the store ramp hold what they claim, in worlds with a planted ramp and nothing else.

Rule: pooled over a family of parameters, the nominal coverage lies inside the 99 % interval of the mean
per-replication coverage (replications as clusters), and the median interval is at most 1.5 times as wide as
that of an oracle who knows every variance.
"""

from __future__ import annotations

import functools
import os

import numpy as np
import pytest
from scipy.stats import norm, t

from lucky_analytics.methods.curves import age_at_share
from lucky_analytics.methods.exposure import estimate_exposure_effect
from lucky_analytics.methods.growth import fit_growth
from lucky_analytics.methods.growth_readout import (
    estimate_mean_plateau,
    estimate_parameters,
    estimate_plateaus,
    estimate_time_to_share,
)
from lucky_analytics.methods.reml import numeric_hessian, restricted_log_likelihood
from lucky_analytics.methods.unit_weeks import aggregate_weeks
from lucky_analytics.methods.week_pattern import estimate_week_pattern
from tests.ramp_world import AS_OF, simulate

LEVEL = 0.9
N_WORLDS = int(os.environ.get("LUCKY_REPLICATIONS", "40"))


def fit_world(seed):
    world = simulate(seed)
    pattern = estimate_week_pattern(world.days)
    opened = world.stores.set_index("unique_id")["opened"]
    weeks = aggregate_weeks(world.days, opened, pattern, AS_OF)
    return world, fit_growth(weeks, world.stores, AS_OF, min_weeks=3)


def oracle_width(world, fit):
    """Width of the interval of ln k when all variances are known and there is no season."""
    known = np.log([world.b, world.k, world.noise_sd, world.plateau_sd, 1e-6])

    def loss(growth):
        return -restricted_log_likelihood(fit.reml.build(np.r_[growth, known[2:]]))

    covariance = np.linalg.inv(numeric_hessian(loss, known[:2]))
    return 2 * norm.ppf(0.5 + LEVEL / 2) * np.sqrt(covariance[1, 1])


@functools.cache
def replications():
    rows = []
    for seed in range(N_WORLDS):
        world, fit = fit_world(2000 + seed)
        found = estimate_parameters(fit, LEVEL).set_index("parameter")
        inside = [
            found.low[name] <= getattr(world, name) <= found.high[name] for name in ("b", "k", "noise_sd")
        ]
        inside.append(found.low["exposure"] <= world.effect <= found.high["exposure"])
        for share in (0.5, 0.9):
            _, low, high = estimate_time_to_share(fit, share, LEVEL)
            inside.append(low <= age_at_share("gompertz", share, world.b, world.k) <= high)
        _, low, high = estimate_mean_plateau(fit, LEVEL)
        network = low <= world.plateau <= high
        table = estimate_plateaus(fit, LEVEL).set_index("unique_id")
        true = world.plateaus[table.index]
        held = (table["low"] <= true) & (true <= table["high"])
        fitted = table["role"] == "fitted"
        width = np.log(found.high["k"] / found.low["k"])
        rows.append(
            (
                np.mean(inside),
                network,
                held[fitted].mean(),
                held[~fitted].mean(),
                width,
                oracle_width(world, fit),
            )
        )
    return np.array(rows, float)


def holds(coverage):
    """Whether the nominal level lies in the 99 % interval of the mean coverage of the replications."""
    half = t.ppf(0.995, len(coverage) - 1) * coverage.std(ddof=1) / np.sqrt(len(coverage))
    return abs(coverage.mean() - LEVEL) <= max(half, 1e-9)


@pytest.mark.parametrize(
    ("family", "column"),
    [("growth and exposure", 0), ("mean plateau", 1), ("plateaus", 2), ("plateau of the newest", 3)],
)
def test_coverage(family, column):
    coverage = replications()[:, column]
    assert holds(coverage), f"{family}: {coverage.mean():.3f} where {LEVEL} is claimed"


def test_intervals_are_not_bought_by_width():
    width, oracle = replications()[:, 4], replications()[:, 5]
    assert np.median(width) <= 1.5 * np.median(oracle)


def test_ignoring_a_slow_winter_would_bias_the_exposure():
    # Ten worlds: a lasting 20 % fall in the last weeks must not be read as orders lost to sister stores.
    effects = []
    for seed in range(10):
        world = simulate(seed, winter=0.8)
        weeks = aggregate_weeks(
            world.days,
            world.stores.set_index("unique_id")["opened"],
            estimate_week_pattern(world.days),
            AS_OF,
        )
        effects.append(estimate_exposure_effect(fit_growth(weeks, world.stores, AS_OF, min_weeks=3))[0])
    assert np.mean(effects) == pytest.approx(-0.45, abs=0.05)


def test_the_naive_chain_mean_misses_the_plateau():
    """The mean weekly count of all stores, which mixes ages, is below the mean plateau world after world."""
    below = []
    for seed in range(10):
        world, fit = fit_world(seed)
        naive, plateau = fit.weeks["y_week"].mean(), np.exp(np.log(world.plateaus)).mean()
        below.append(naive / plateau)
    assert np.mean(below) < 0.97 or np.mean(below) > 1.03
