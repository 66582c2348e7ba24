"""A launch's month: by a plain loop, by the posterior on a grid, by the credibility of the customers'
pages."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, t

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.credibility import estimate_means, fit_credibility
from lucky_analytics.methods.forecasts.launch_forecast import (
    FEWEST,
    LeftOut,
    fit_launches,
    foretell_month,
    leave_out,
    widen,
)


def draw(n=30, seed=0, kinds=4, off=0.1):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, kinds, n)
    orders = rng.uniform(1e4, 4e4, n)
    month = rng.poisson(orders * np.exp(-3 + 0.5 * kind + rng.normal(0, 0.5, n))).astype(float)
    counted = np.maximum(rng.poisson(month / 8), 1).astype(float)
    early = counted * 8 * np.exp(rng.normal(0.3, off, n))
    return early, counted, month, orders, kind.astype(str), rng.integers(0, n // 2, n)


def test_what_launches_lose_and_how_they_differ_is_counted_by_a_plain_loop():
    early, counted, month, orders, kind, _ = draw()
    fit = fit_launches(early, counted, month, orders, kind)
    off = [np.log(m / e) for m, e in zip(month, early, strict=True)]
    mean = sum(off) / len(off)
    var = sum((one - mean) ** 2 for one in off) / (len(off) - 1) - sum(1 / c for c in counted) / len(off)
    assert fit.fade == pytest.approx(mean) and fit.start_var == pytest.approx(max(var, 0))


def test_kinds_are_pulled_as_the_credibility_of_customers_pulls_them():
    early, counted, month, orders, kind, _ = draw(n=60)
    fit = fit_launches(early, counted, month, orders, kind)
    rate = np.log(month / orders)
    names = sorted(set(kind))
    n = [int((kind == name).sum()) for name in names]
    means = [rate[kind == name].mean() for name in names]
    square = [
        float(((rate[kind == name] - mean) ** 2).sum()) for name, mean in zip(names, means, strict=True)
    ]
    same = fit_credibility(n, means, square)
    assert [fit.kinds[name] for name in names] == pytest.approx(estimate_means(same, n, means).tolist())
    assert fit.every == pytest.approx(same.mean)


def test_start_and_kind_are_weighed_as_the_posterior_on_a_grid():
    fit = fit_launches(*draw()[:5])
    found = foretell_month(fit, [150.0], [20], [2e4], ["1"])
    grid = np.linspace(0, 12, 200_001)
    like = norm.pdf(grid, fit.kinds["1"] + np.log(2e4), np.sqrt(fit.kind_var["1"]))
    own = norm.pdf(np.log(150.0) + fit.fade, grid, np.sqrt(fit.start_var + 1 / 20))
    weight = like * own / (like * own).sum()
    mean = float(grid @ weight)
    assert found.month[0] == pytest.approx(mean, abs=1e-4)
    assert found.sd[0] == pytest.approx(np.sqrt(weight @ (grid - mean) ** 2), rel=1e-3)


def test_the_fewer_are_counted_the_more_the_kind_speaks():
    fit = fit_launches(*draw()[:5])
    found = foretell_month(fit, [100.0] * 3, [0, 4, 400], [2e4] * 3, ["1"] * 3)
    assert found.weight[0] == 0 < found.weight[1] < found.weight[2] < 1
    assert found.month[0] == found.kind[0] and found.sd[0] > found.sd[1] > found.sd[2]
    other = foretell_month(fit, [100.0], [4], [2e4], ["never seen"])
    assert other.kind[0] == pytest.approx(fit.every + np.log(2e4)) and other.sd[0] > 0


def test_each_is_left_out_with_those_of_its_day_as_a_plain_loop_does():
    early, counted, month, orders, kind, day = draw(n=14)
    found = leave_out(early, counted, month, orders, kind, day)
    for one in range(14):
        rest = [k for k in range(14) if day[k] != day[one]]
        fit = fit_launches(*(each[rest] for each in (early, counted, month, orders, kind)))
        alone = foretell_month(fit, *(each[[one]] for each in (early, counted, orders, kind)))
        assert found.month[one] == pytest.approx(alone.month[0]) and found.sd[one] == pytest.approx(
            alone.sd[0]
        )
    changed = month.copy()
    changed[day == day[0]] *= 50
    same = leave_out(early, counted, changed, orders, kind, day)
    assert same.month[0] == found.month[0]


def test_a_range_is_as_wide_as_past_ones_were_off():
    left = LeftOut(np.zeros(8), np.full(8, 0.5), np.zeros(8), np.ones(8))
    off = np.array([0.1, -0.2, 0.3, -0.4, 0.2, -0.1, 0.0, 0.3])
    rms = np.sqrt(sum((x / 0.5) ** 2 for x in off) / 8)
    assert widen(left, np.exp(off), 0.8) == pytest.approx(t.ppf(0.9, 7) * rms * np.sqrt(9 / 8))
    assert np.isnan(widen(LeftOut(*(each[:4] for each in left)), np.exp(off[:4])))


def test_too_few_and_launches_without_a_unit_are_refused():
    few = [each[: FEWEST - 1] for each in draw()[:5]]
    with pytest.raises(LuckyError, match="with a whole month, got 4"):
        fit_launches(*few)
    early, counted, month, orders, kind, _ = draw(n=8)
    with pytest.raises(LuckyError, match="above 0"):
        fit_launches(early, counted, month * 0, orders, kind)
    assert np.isnan(leave_out(early, counted, month, orders, kind, np.zeros(8)).month).all()
    alike = fit_launches(*([[9.0] * 6] * 4), ["a"] * 6)
    assert np.isfinite(foretell_month(alike, [9.0], [9], [9.0], ["a"]).month).all()
