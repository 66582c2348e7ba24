"""Site predictions in simulated worlds: intervals cover, and allowing for sisters pays where they count."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites import site_model as scoring
from lucky_analytics.models.sites import site_outlook as outlook
from tests.coverage_rule import count_worlds

N_WORLDS, N_STORES, EFFECT, SE, DOLLARS = count_worlds(200), 9, -0.45, 0.08, 5.0


def settle(seed: int, told: float = 0.0) -> tuple[pd.DataFrame, pd.DataFrame, float, float]:
    """Nine stores and a new site at random on 5 km by 3 km; its true gross and taken, dollars a month.

    ``told``: how much of the log level is that of the people in reach; 0: places say nothing.
    """
    chance = np.random.default_rng(seed)
    n = N_STORES + 1
    frame = pd.DataFrame({"site": [f"Place {i}" for i in range(n)]})
    frame["latitude"], frame["longitude"] = (
        40.72 + chance.uniform(0, 0.045, n),
        -74 + chance.uniform(0, 0.035, n),
    )
    frame["log_jobs"], frame["log_residents"] = chance.normal(10, 0.6, (2, n))
    frame["log_stations"], frame["log_demand"] = chance.normal(1, 0.5, n), chance.normal(13, 0.4, n)
    place = frame["latitude"], frame["longitude"]
    near = np.exp(-great_circle_km(*place, *place)) - np.eye(n)
    alone = np.log(2600) + told * (frame["log_demand"] - 13)
    alone = alone + chance.normal(0, 0.15 if told else 0.35, n)
    # The stores stand before the site opens; the site feels them all.
    frame["exposure"] = near[:, :N_STORES].sum(axis=1)
    frame["orders_week"] = np.exp(alone + EFFECT * frame["exposure"])
    sold = frame["orders_week"].to_numpy() * DOLLARS * WEEKS_A_MONTH
    frame["dollars_month"] = sold
    taken = float(((1 - np.exp(EFFECT * near[N_STORES, :N_STORES])) * sold[:N_STORES]).sum())
    return frame.iloc[:N_STORES], frame.iloc[N_STORES:].reset_index(drop=True), float(sold[N_STORES]), taken


@functools.cache
def worlds(told: float = 0.0) -> pd.DataFrame:
    rows = []
    for seed in range(N_WORLDS):
        stores, site, gross, taken = settle(seed, told)
        effect = EFFECT + SE * np.random.default_rng(10_000 + seed).normal()
        model = scoring.fit_site_model(stores, scoring.Sister(effect, SE, 1.0), DOLLARS)
        found = scoring.predict_sites(model, site, stores).iloc[0]
        rows.append(
            {
                "is_ranked": model.is_ranked,
                "gross": found["gross_low"] <= gross <= found["gross_high"],
                "taken": found["taken_low"] <= taken <= found["taken_high"],
                "net": found["net_low"] <= gross - taken <= found["net_high"],
                "error": abs(np.log(found["gross"] / gross)),
                "plain_error": abs(np.log(stores["orders_week"]).mean() - np.log(site["orders_week"][0])),
                "kept_error": model.errors["error"].abs().mean(),
            }
        )
    return pd.DataFrame(rows)


@pytest.mark.full
@pytest.mark.parametrize("told", [0.0, 1.0])
def test_gross_taken_and_net_are_covered_as_often_as_stated(told):
    """Over 200 worlds of each kind gross was covered in 90.5 and 91.5 % (83 % before the choice of a way
    was part of what is left out, and by jackknife+)."""
    taken = binomtest(int(worlds(told)["taken"].sum()), N_WORLDS).proportion_ci(0.99)
    assert taken.low <= 0.9 <= taken.high
    gross = binomtest(int(worlds(told)["gross"].sum()), N_WORLDS).proportion_ci(0.99)
    assert gross.high >= 0.9 and worlds(told)["net"].mean() >= 0.88


@pytest.mark.full
def test_places_that_say_nothing_are_ranked_as_rarely_as_stated_and_those_that_tell_mostly():
    fooled = binomtest(int(worlds()["is_ranked"].sum()), N_WORLDS).proportion_ci(0.99)
    assert fooled.low <= 0.05 <= fooled.high, worlds()["is_ranked"].mean()
    assert worlds(1.0)["is_ranked"].mean() > 0.8


@pytest.mark.full
def test_allowing_for_sister_stores_beats_the_plain_mean_and_its_error_is_stated():
    means = worlds()[["error", "plain_error", "kept_error"]].mean()
    assert means["error"] < 0.95 * means["plain_error"]
    # The site feels one store more than each store did, and the way was chosen by these errors.
    assert abs(means["kept_error"] / means["error"] - 1) < 0.2


def test_chances_of_the_first_three_add_up_to_three_and_follow_the_net():
    stores, _, _, _ = settle(1, told=1.0)
    sites = pd.concat([settle(seed, told=1.0)[1] for seed in range(30, 36)], ignore_index=True)
    sites["site"] = [f"Site {i}" for i in range(6)]
    model = scoring.fit_site_model(stores, scoring.Sister(EFFECT, SE, 1.0), DOLLARS)
    predicted = scoring.predict_sites(model, sites, stores)
    scored = outlook.score_sites(model, predicted, predicted)
    assert abs(scored["p_top3"].sum() - 3) < 1e-9
    assert scored["p_top3"].iloc[0] > scored["p_top3"].iloc[-1]
    assert (scored["rank_low"] <= scored["rank"]).all() and (scored["rank"] <= scored["rank_high"]).all()
