from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.prices.two_stage import estimate_anderson_rubin, fit_two_stage


def world(seed=1, n=4_000, strength=1.0, elasticity=-2.0):
    rng = np.random.default_rng(seed)
    z, w, shock = rng.normal(size=(3, n))
    price = strength * z + 0.5 * w + shock
    quantity = elasticity * price + 3 * shock + w + rng.normal(size=n)
    return pd.DataFrame({"z": z, "w": w, "price": price, "quantity": quantity})


def test_with_one_instrument_it_is_the_ratio_of_two_regressions():
    frame = world()
    reduced = fit_two_stage(frame, "quantity", "z", exogenous=["w"]).estimate("z")[0]
    first = fit_two_stage(frame, "price", "z", exogenous=["w"]).estimate("z")[0]
    fit = fit_two_stage(frame, "quantity", "price", ["z"], ["w"])
    assert fit.estimate("price")[0] == pytest.approx(reduced / first)
    assert (fit.sargan, fit.sargan_p) == (None, None)


def test_weights_count_rows_more_than_once():
    frame = world(n=40)
    twice = pd.concat([frame, frame.head(10)])
    weighted = frame.assign(n=np.where(np.arange(40) < 10, 2.0, 1.0))
    a = fit_two_stage(twice, "quantity", "price", ["z"]).estimate("price")[0]
    b = fit_two_stage(weighted, "quantity", "price", ["z"], weights="n").estimate("price")[0]
    assert a == pytest.approx(b)


def test_an_instrument_that_acts_on_its_own_is_found():
    frame = world()
    frame["z2"] = frame["z"] + np.random.default_rng(2).normal(size=len(frame))
    assert fit_two_stage(frame, "quantity", "price", ["z", "z2"]).sargan_p > 0.01
    frame["quantity"] += 0.5 * frame["z2"]
    assert fit_two_stage(frame, "quantity", "price", ["z", "z2"]).sargan_p < 1e-6


def test_anderson_rubin_covers_with_weak_and_strong_instruments():
    # 99 % interval of a binomial with n = 200, p = .9
    for strength in (1.0, 0.1):
        intervals = [
            estimate_anderson_rubin(world(k, 300, strength), "quantity", "price", ["z"], ["w"], level=0.9)
            for k in range(200)
        ]
        assert 169 <= sum(low <= -2 <= high for low, high in intervals) <= 190


def test_anderson_rubin_is_unbounded_without_a_first_stage():
    assert estimate_anderson_rubin(world(2, strength=0.0), "quantity", "price", ["z"]) == (-np.inf, np.inf)


def test_anderson_rubin_is_empty_where_two_instruments_contradict():
    frame = world().assign(z2=lambda f: f["z"] ** 2)
    frame["quantity"] += 5 * frame["z2"]
    assert np.isnan(estimate_anderson_rubin(frame, "quantity", "price", ["z", "z2"])).all()


def test_columns_that_determine_nothing_are_refused():
    with pytest.raises(LuckyError, match="rank 2 for 3 coefficients"):
        fit_two_stage(world().assign(same=1.0), "quantity", "price", ["z"], ["same"])
    with pytest.raises(LuckyError, match="no nulls, got nulls in quantity"):
        fit_two_stage(world().assign(z=np.nan), "quantity", "price", ["z"])
