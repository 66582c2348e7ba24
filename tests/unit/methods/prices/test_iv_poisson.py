"""IV-Poisson from sufficient statistics: against rows, against Poisson regression, on simulated worlds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.iv_poisson import (
    estimate_first_stage,
    estimate_robust_interval,
    fit_iv_poisson,
)

DEPTHS = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5])


def world(seed, n=60_000, elasticity=-1.6, moved=1.0, targeted=0.5):
    """Decisions of people who differ: the depth they face is the drawn one, or a targeted one instead."""
    rng = np.random.default_rng(seed)
    week = rng.integers(0, 4, n)
    drawn = rng.choice(DEPTHS, n)
    taste = rng.gamma(0.8, 1 / 0.8, n)
    # lapsing customers are given deeper coupons: price and taste move together
    aimed = np.clip(0.5 - 0.25 * taste + rng.normal(0, 0.05, n), 0, 0.5).round(1)
    faced = np.where(rng.random(n) < targeted, np.maximum(aimed, 0), drawn * moved)
    mean = 0.08 * np.exp(0.1 * week) * taste * (1 - faced) ** elasticity
    return pd.DataFrame(
        {
            "week": week,
            "log_price": np.log(1 - faced).round(9),
            "log_drawn": np.log(1 - drawn).round(9),
            "y": rng.poisson(mean),
        }
    )


def cells(rows, keys):
    rows = rows.assign(y2=rows["y"] ** 2, n=1)
    return rows.groupby(keys, as_index=False)[["n", "y", "y2"]].sum()


def test_cells_say_the_same_as_the_rows_they_count():
    rows = world(1, n=4_000)
    keys = ["week", "log_price", "log_drawn"]
    few, many = (
        fit_iv_poisson(table, ["log_price"], ["log_drawn"], ["week"])
        for table in (cells(rows, keys), rows.assign(n=1, y2=rows["y"] ** 2))
    )
    assert few.estimate("log_price") == pytest.approx(many.estimate("log_price"), rel=1e-9)
    assert few.first_stage_f == pytest.approx(many.first_stage_f, rel=1e-9)
    assert (few.n, few.n_events) == (4_000, rows["y"].sum())


def test_without_instruments_it_agrees_with_poisson_regression():
    rows = world(2, targeted=0.0)
    fit = fit_iv_poisson(cells(rows, ["week", "log_price"]), ["log_price"], strata=["week"])
    design = np.column_stack([rows["log_price"], pd.get_dummies(rows["week"]).to_numpy(float)])
    poisson = sm.GLM(rows["y"], design, family=sm.families.Poisson()).fit(cov_type="HC0")
    estimate, se = fit.estimate("log_price")
    # two consistent estimators of one coefficient with different weights: within a third of an error
    assert estimate == pytest.approx(poisson.params["x1"], abs=se / 3)
    assert se == pytest.approx(poisson.bse["x1"], rel=0.1)
    assert fit.first_stage_f == np.inf


def test_the_naive_estimate_is_wrong_where_the_instrument_is_right():
    rows = world(3, n=300_000)
    table = cells(rows, ["week", "log_price", "log_drawn"])
    naive = fit_iv_poisson(table, ["log_price"], strata=["week"]).estimate("log_price")
    right = fit_iv_poisson(table, ["log_price"], ["log_drawn"], ["week"]).estimate("log_price")
    assert abs(right[0] + 1.6) < 2.6 * right[1]
    assert naive[0] > -0.8


def test_intervals_cover_the_planted_elasticity():
    hits = []
    for seed in range(60):
        table = cells(world(100 + seed, n=20_000), ["week", "log_price", "log_drawn"])
        estimate, se = fit_iv_poisson(table, ["log_price"], ["log_drawn"], ["week"]).estimate("log_price")
        hits.append(abs(estimate + 1.6) < 1.645 * se)
    # 99 % interval of a binomial with n = 60, p = .9
    assert 47 <= sum(hits) <= 59


def test_surplus_instruments_are_tested():
    rows = world(5, n=100_000)
    rows = rows.assign(
        **{f"d{k}": (rows["log_drawn"] < np.log(1 - d) - 1e-9) for k, d in enumerate(DEPTHS[:-1])}
    )
    dummies = [f"d{k}" for k in range(5)]
    table = cells(rows, ["week", "log_price", *dummies])
    fit = fit_iv_poisson(table, ["log_price"], dummies, ["week"])
    assert fit.j_p > 0.01
    assert abs(fit.estimate("log_price")[0] + 1.6) < 2.6 * fit.estimate("log_price")[1]
    # a coupon that is also an advertisement bends the response: one price coefficient cannot fit it
    shown = rows["log_drawn"] < -1e-9
    rng = np.random.default_rng(6)
    rows["y"] += rng.poisson(np.where(shown, 0.05, 0.0))
    assert (
        fit_iv_poisson(cells(rows, ["week", "log_price", *dummies]), ["log_price"], dummies, ["week"]).j_p
        < 0.01
    )


def test_salience_is_separated_from_the_price():
    n = np.full(6, 1e6)
    y = n * 0.05 * (1 - DEPTHS) ** -1.3 * np.where(DEPTHS > 0, np.exp(0.1), 1)
    table = pd.DataFrame({"log_price": np.log(1 - DEPTHS), "shown": DEPTHS > 0, "n": n, "y": y, "y2": y})
    fit = fit_iv_poisson(table, ["log_price", "shown"])
    assert fit.coefficients["estimate"].tolist() == pytest.approx([-1.3, 0.1], abs=1e-9)


def test_the_robust_interval_is_wide_where_the_instrument_is_weak():
    keys = ["week", "log_price", "log_drawn"]
    strong, weak = (cells(world(7, n=40_000, moved=m, targeted=t), keys) for m, t in ((1, 0.5), (0.2, 0.98)))
    fit = fit_iv_poisson(strong, ["log_price"], ["log_drawn"], ["week"])
    low, high = estimate_robust_interval(strong, "log_price", "log_drawn", ["week"])
    estimate, se = fit.estimate("log_price")
    assert (low, high) == pytest.approx((estimate - 1.96 * se, estimate + 1.96 * se), abs=0.25 * se)
    assert fit.first_stage_f > 100 > 10 > estimate_first_stage(weak, ["log_price"], ["log_drawn"], ["week"])
    low, high = estimate_robust_interval(weak, "log_price", "log_drawn", ["week"])
    assert high - low > 5


def test_strata_take_out_levels_that_move_with_the_price():
    price = np.log([1.0, 0.5, 1.0, 0.5])
    n = np.array([100.0, 900.0, 900.0, 100.0])
    y = n * np.array([0.1, 0.1, 0.3, 0.3]) * np.exp(-1.0 * price)
    table = pd.DataFrame({"week": [1, 1, 2, 2], "log_price": price, "n": n, "y": y, "y2": y})
    assert fit_iv_poisson(table, ["log_price"], strata=["week"]).estimate("log_price")[0] == pytest.approx(-1)
    assert fit_iv_poisson(table, ["log_price"]).estimate("log_price")[0] > -0.5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"y": 0.0}, "expected at least one purchase, got none"),
        ({"y2": 0.1}, "expected y2, the sum of squares"),
        ({"y": [5.0, 0.0], "y2": [5.0, 0.0]}, "expected purchases at two prices at least, got 5 units"),
        ({"log_price": 0.0}, "instruments that move all of log_price.*more than one depth"),
    ],
)
def test_what_cannot_be_estimated_is_refused(change, words):
    price = np.log([1.0, 0.5])
    table = pd.DataFrame({"log_price": price, "n": [10, 10], "y": [2.0, 5.0], "y2": [2.0, 5.0]}).assign(
        **change
    )
    with pytest.raises(LuckyError, match=words):
        fit_iv_poisson(table, ["log_price"])


def test_more_regressors_than_instruments_are_refused():
    table = pd.DataFrame({"a": [0.0, 1], "b": [1.0, 0], "n": 10, "y": 2.0, "y2": 2.0})
    with pytest.raises(LuckyError, match="at least 2 instruments, got 1"):
        fit_iv_poisson(table, ["a", "b"], ["a"])
