"""Intervals of price elasticities hold what they claim, in worlds with planted responses and nothing else.

The truth is the response in the program as it runs (``price_world.true_responses``): what earlier coupons
took away is missing at every depth, which makes it a few percent stronger than the planted one; so it is for
the share pulled forward (``price_world.PULLED_AS_IT_RUNS``).

Rule: pooled over a family of parameters, the nominal coverage lies inside the 99 % interval of the mean
per-replication coverage (replications as clusters), and the median interval is at most 1.5 times as wide as
that of an oracle who knows how much more each segment responds.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from lucky_analytics.methods.prices.iv_poisson import fit_iv_poisson
from lucky_analytics.models import elasticities
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.coupon_withdrawals import estimate_withdrawals
from lucky_analytics.questions.product.price_elasticity import choices
from lucky_analytics.questions.product.price_elasticity import steps as elasticity
from tests import price_world
from tests.coverage_rule import count_worlds, holds

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

LEVEL = 0.9
# Of a unit, in every category: listed, paid on average, cost at that price, fee per dollar.
TERMS = {"list_price": 5.0, "paid_price": 4.0, "unit_cost": 1.5, "fee_rate": 0.01}
N_WORLDS = count_worlds(40)


def oracle_width(drawn):
    """Width of a category's interval when the segments' factors are known, relative to the estimate."""
    widths = []
    for _, own in drawn.groupby("category"):
        scaled = own.assign(x=own["log_price"] * own["segment"].map(price_world.SEGMENT_FACTOR))
        estimate, se = fit_iv_poisson(scaled, ["x"], strata=["segment"]).estimate("x")
        widths.append(2 * norm.ppf(0.5 + LEVEL / 2) * se / abs(estimate))
    return np.median(widths)


def margin(price):
    return price - TERMS["unit_cost"] - TERMS["fee_rate"] * (price - TERMS["paid_price"])


def money(world, cells, true, pooled, pulled):
    """Whether the gain of withdrawing each depth is held, and that of each category's best price.

    ``true``: elasticity of each category and segment, then of each category, in the order of ``pooled``.
    """
    prices = pd.DataFrame({"category": price_world.CATEGORIES, "units_a_month": 1000.0} | TERMS)
    found = estimate_withdrawals(cells, pooled, prices, pulled, world.as_of, 8, LEVEL)
    recent = cells[cells["week_date"] > cells["week_date"].max() - pd.Timedelta(weeks=8)]
    recent = recent.merge(pooled.cells.assign(true=true[0])[["category", "segment", "true"]])
    left = (1 - recent["depth"]) ** -recent["true"]
    later = price_world.PULLED_AS_IT_RUNS * (1 - left) * margin(TERMS["paid_price"])
    each = left * margin(5.0) + later - margin(5.0 * (1 - recent["depth"]))
    gain = (recent["y"] * each).groupby(recent["depth"]).sum() * WEEKS_A_MONTH / 8
    withdrawn = (found["gain_low"] <= gain[found["depth"]].to_numpy()) & (
        gain[found["depth"]].to_numpy() <= found["gain_high"]
    )
    best = choices.estimate_best_prices(pooled, prices, pulled, 0.5, LEVEL).set_index("category")
    best = best.loc[pooled.rows["category"]]
    lasts = 1 - price_world.PULLED_AS_IT_RUNS
    at, now = (1 + lasts * ((price / 5.0) ** true[1] - 1) for price in (best["best"], 4.0))
    value = 1000 * (at / now * margin(best["best"]) - margin(4.0))
    held = (best["gain_low"] - 1e-6 <= value) & (value <= best["gain_high"] + 1e-6)
    return withdrawn.mean(), held.mean()


@functools.cache
def replications():
    rows = []
    for seed in range(N_WORLDS):
        world = price_world.simulate(3000 + seed, n_customers=5_000, n_weeks=22)
        cells = price_world.cells(world)
        drawn = elasticities.drawn_cells(cells)
        pooled = elasticities.pool_elasticities(drawn, LEVEL)
        true = pooled.cells.merge(price_world.true_responses(world), on=["category", "segment"])["truth"]
        units = drawn.groupby(["category", "segment"])["y"].sum().to_numpy()
        place = pooled.cells["category"]
        weights = pd.Series(units).groupby(place).sum()
        of_rows = ((true * units).groupby(place).sum() / weights).to_numpy()
        mean = np.average(true, weights=units)
        pulled = elasticities.estimate_pulled(drawn, LEVEL)
        salience = elasticity.estimate_salience(drawn, price_world.not_shown(world), LEVEL)
        naive = elasticity.estimate_naive(cells, LEVEL)
        own = dict(zip(price_world.CATEGORIES, price_world.ELASTICITY, strict=True))
        rows.append(
            (
                ((pooled.cells["low"] <= true) & (true <= pooled.cells["high"])).mean(),
                pulled.value is not None and pulled.low <= price_world.PULLED_AS_IT_RUNS <= pulled.high,
                salience["low"] <= np.expm1(price_world.SALIENCE) <= salience["high"],
                (naive["estimate"] - naive["category"].map(own) > 0.5).mean(),
                ((pooled.rows["high"] - pooled.rows["low"]) / pooled.rows["estimate"].abs()).median(),
                oracle_width(drawn),
                *money(world, cells, (true, of_rows), pooled, pulled),
                ((pooled.rows["low"] <= of_rows) & (of_rows <= pooled.rows["high"])).mean(),
                pooled.mean["low"].item() <= mean <= pooled.mean["high"].item(),
                *((pooled.rows["estimate"] - of_rows) / pooled.rows["se"]),
                pulled.moments[0] / pulled.moments[1],
                np.mean([pulled.correlations[category] for category in price_world.CATEGORIES]),
            )
        )
    return np.array(rows, float)


@pytest.mark.parametrize(("family", "column"), [("cells", 0), ("categories", 8), ("all of them", 9)])
def test_coverage_of_the_elasticities(family, column):
    coverage = replications()[:, column]
    assert holds(coverage, LEVEL), f"{family}: {coverage.mean():.3f} where {LEVEL} is claimed"


@pytest.mark.parametrize(("parameter", "column"), [("pulled forward", 1), ("salience", 2)])
def test_coverage_of_one_parameter(parameter, column):
    coverage = replications()[:, column]
    assert holds(coverage, LEVEL), f"{parameter}: {coverage.sum():.0f} of {N_WORLDS} where {LEVEL} is claimed"


@pytest.mark.parametrize(("family", "column"), [("depths withdrawn", 6), ("best prices", 7)])
def test_coverage_of_the_money(family, column):
    coverage = replications()[:, column]
    assert holds(coverage, LEVEL), f"{family}: {coverage.mean():.3f} where {LEVEL} is claimed"


def test_share_and_elasticities_err_together_as_they_say():
    errors, share, said = replications()[:, 10:14], replications()[:, 14], replications()[:, 15]
    came = np.mean([np.corrcoef(errors[:, place], share)[0, 1] for place in range(errors.shape[1])])
    assert said.mean() > 0.05  # as if unrelated, the gain of a price would be surer than it is
    assert abs(came - said.mean()) < 3 / np.sqrt(N_WORLDS * errors.shape[1])


def test_intervals_are_not_bought_by_width():
    assert np.median(replications()[:, 4]) <= 1.5 * np.median(replications()[:, 5])


def test_the_share_missing_in_the_program_as_it_runs():
    # By plain sums over decisions of other worlds than those that measured the constant.
    moments = np.array([price_world.missing_moments(seed, 20_000) for seed in range(7000, 7024)])
    later, now = moments.sum(axis=0)
    se = (moments[:, 0] - later / now * moments[:, 1]).std(ddof=1) * np.sqrt(len(moments)) / abs(now)
    assert abs(later / now - price_world.PULLED_AS_IT_RUNS) < 3 * se


def test_the_naive_estimate_fails():
    # every category in every world is off by more than half a unit, towards "price does not matter"
    assert replications()[:, 3].mean() == 1
