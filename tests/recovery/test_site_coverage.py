"""Site predictions in simulated worlds: intervals cover, and allowing for sisters pays where they count."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites import site_model as scoring
from lucky_analytics.models.sites import site_outlook as outlook

N_WORLDS, N_STORES, EFFECT, SE, DOLLARS = 120, 9, -0.45, 0.08, 5.0


def settle(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, float, float]:
    """Nine stores and a new site at random on 5 km by 3 km; its true gross and taken, dollars a month."""
    chance = np.random.default_rng(seed)
    n = N_STORES + 1
    frame = pd.DataFrame({"site": [f"Place {i}" for i in range(n)]})
    frame["latitude"], frame["longitude"] = (
        40.72 + chance.uniform(0, 0.045, n),
        -74 + chance.uniform(0, 0.035, n),
    )
    frame["log_jobs"], frame["log_residents"] = chance.normal(10, 0.6, (2, n))
    place = frame["latitude"], frame["longitude"]
    near = np.exp(-great_circle_km(*place, *place)) - np.eye(n)
    alone = np.log(2600) + chance.normal(0, 0.35, n)
    # The stores stand before the site opens; the site feels them all.
    frame["exposure"] = near[:, :N_STORES].sum(axis=1)
    frame["orders_week"] = np.exp(alone + EFFECT * frame["exposure"])
    sold = frame["orders_week"].to_numpy() * DOLLARS * WEEKS_A_MONTH
    taken = float(((1 - np.exp(EFFECT * near[N_STORES, :N_STORES])) * sold[:N_STORES]).sum())
    return frame.iloc[:N_STORES], frame.iloc[N_STORES:].reset_index(drop=True), float(sold[N_STORES]), taken


@functools.cache
def worlds() -> pd.DataFrame:
    rows = []
    for seed in range(N_WORLDS):
        stores, site, gross, taken = settle(seed)
        effect = EFFECT + SE * np.random.default_rng(10_000 + seed).normal()
        model = scoring.fit_site_model(stores, scoring.Sister(effect, SE, 1.0), DOLLARS)
        found = scoring.predict_sites(model, site, stores).iloc[0]
        rows.append(
            {
                "gross": found["gross_low"] <= gross <= found["gross_high"],
                "taken": found["taken_low"] <= taken <= found["taken_high"],
                "net": found["net_low"] <= gross - taken <= found["net_high"],
                "error": abs(np.log(found["gross"] / gross)),
                "plain_error": abs(np.log(stores["orders_week"]).mean() - np.log(site["orders_week"][0])),
                "kept_error": model.errors["error"].abs().mean(),
            }
        )
    return pd.DataFrame(rows)


def test_gross_and_taken_are_covered_as_often_as_stated_and_net_at_least():
    for name in ("gross", "taken"):
        covered = binomtest(int(worlds()[name].sum()), N_WORLDS).proportion_ci(0.99)
        assert covered.low <= 0.9 <= covered.high, (name, worlds()[name].mean())
    assert worlds()["net"].mean() >= 0.9


def test_allowing_for_sister_stores_beats_the_plain_mean_and_its_error_is_stated():
    means = worlds()[["error", "plain_error", "kept_error"]].mean()
    assert means["error"] < 0.95 * means["plain_error"]
    assert abs(means["kept_error"] / means["error"] - 1) < 0.1


def test_chances_of_the_first_three_add_up_to_three_and_follow_the_net():
    stores, _, _, _ = settle(1)
    sites = pd.concat([settle(seed)[1] for seed in range(30, 36)], ignore_index=True)
    sites["site"] = [f"Site {i}" for i in range(6)]
    model = scoring.fit_site_model(stores, scoring.Sister(EFFECT, SE, 1.0), DOLLARS)
    predicted = scoring.predict_sites(model, sites, stores)
    scored = outlook.score_sites(model, predicted, predicted)
    assert abs(scored["p_top3"].sum() - 3) < 1e-9
    assert scored["p_top3"].iloc[0] > scored["p_top3"].iloc[-1]
    assert (scored["rank_low"] <= scored["rank"]).all() and (scored["rank"] <= scored["rank_high"]).all()
