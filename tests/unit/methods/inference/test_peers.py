from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.outliers_influence import OLSInfluence

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.peers import expect_from_peers, rank_units


def draw(seed, n=10, sd=0.3):
    chance = np.random.default_rng(seed)
    age, place = chance.uniform(0, 3, n), chance.uniform(0.5, 2, n)
    y = 4 + 0.3 * age - 0.2 * place + sd * chance.normal(size=n)
    return pd.DataFrame({"age": age, "place": place, "y": y})


def test_each_is_held_against_the_fit_without_it():
    units = draw(1)
    found = expect_from_peers(units, ["age", "place"], 0.9)
    X = sm.add_constant(units[["age", "place"]])
    oracle = OLSInfluence(sm.OLS(units["y"], X).fit())
    t_value = found["away"] / ((found["high"] - found["low"]) / 2) * 1.9431802803927816  # t(6) at 0.95
    assert t_value.tolist() == pytest.approx(oracle.resid_studentized_external.tolist())
    for place in range(len(units)):
        others = units.drop(index=place)
        fit = sm.OLS(others["y"], sm.add_constant(others[["age", "place"]])).fit()
        one = fit.get_prediction([[1.0, *units.loc[place, ["age", "place"]]]]).summary_frame(alpha=0.1)
        got = found.loc[place, ["expected", "low", "high"]]
        assert got.tolist() == pytest.approx(one[["mean", "obs_ci_lower", "obs_ci_upper"]].iloc[0].tolist())


def test_one_more_unit_is_inside_as_often_as_stated():
    inside = [
        found["y"].between(found["low"], found["high"]).mean()
        for found in (expect_from_peers(draw(seed), ["age", "place"], 0.9) for seed in range(80))
    ]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)


def test_an_error_of_its_own_widens_a_units_range():
    plain, own = (expect_from_peers(units, ["age"]) for units in (draw(1), draw(1).assign(se=1.0)))
    widths = [
        (found["high"] - found["low"]) / 2 / 1.8945786050613054 for found in (plain, own)
    ]  # t(7) at 0.95
    assert np.hypot(widths[0], 1.0).tolist() == pytest.approx(widths[1].tolist())
    assert (own["p_value"] > plain["p_value"]).all()


def test_what_cannot_be_compared_is_null():
    assert expect_from_peers(draw(1).head(5), ["age", "place"])["expected"].isna().all()
    same = expect_from_peers(draw(1).assign(place=1.0), ["age", "place"])
    assert same["expected"].tolist() == pytest.approx(
        expect_from_peers(draw(1), ["age"])["expected"].tolist()
    )
    twin = draw(1).assign(place=lambda units: 2 * units["age"])
    assert expect_from_peers(twin, ["age", "place"])["expected"].isna().all()
    units = draw(1)
    units.loc[3, "y"] = np.nan
    found = expect_from_peers(units, ["age", "place"])
    assert found["expected"].isna().tolist() == [place == 3 for place in range(10)]
    assert expect_from_peers(draw(1).head(0), ["age"]).empty
    alone = draw(1).assign(place=[1.0] + [0.0] * 9)  # nobody else is there: nothing leads to expect it
    assert np.isnan(expect_from_peers(alone, ["age", "place"])["expected"].iloc[0])


def test_ranks_are_as_wide_as_the_errors_leave_them():
    wide = rank_units(np.array([3.0, 2.0, 1.0]), np.full(3, 5.0), 30.0)
    assert wide[["rank", "best", "last", "n_sure"]].to_numpy().tolist() == [
        [1, 1, 3, 0],
        [2, 1, 3, 0],
        [3, 1, 3, 0],
    ]
    none = rank_units(np.array([np.nan, 1.0]), np.array([0.1, 0.1]), 30.0)
    assert none["rank"].tolist() == pytest.approx([np.nan, 1.0], nan_ok=True)
    assert rank_units(np.array([np.nan]), np.array([np.nan]), 3.0)["rank"].isna().all()
    with pytest.raises(ParameterError, match="standard errors"):
        rank_units(np.array([1.0]), np.array([-1.0]), 3.0)


def test_true_ranks_are_inside_for_all_units_together():
    chance, truth, held = np.random.default_rng(4), np.linspace(0, 1, 6), 0
    for _ in range(80):
        found = rank_units(truth + 0.2 * chance.normal(size=6), np.full(6, 0.2), 1e6, 0.9)
        ranks = 6 - np.arange(6)
        held += bool(((found["best"] <= ranks) & (ranks <= found["last"])).all())
    assert held >= 68
