"""On the full demo estate the ramp's intervals hold what was planted there, calibration and all.

Calibration moves what it plants a little: where the estate says what came of a plant (its ``realised`` value,
estimated from the generator's own latent variables), the interval must hold that; else the planted value.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pytest

from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.methods.growth.decline import decompose_decline
from lucky_analytics.methods.growth.growth_readout import estimate_mean_plateau, estimate_parameters
from lucky_analytics.models import ramp

pytestmark = pytest.mark.full

AS_OF, LEVEL = dt.date(2026, 2, 13), 0.95
FLAGSHIP = "8th & Broadway"


@pytest.fixture(scope="module")
def fitted(built):
    db = duckdb.connect(config={"threads": 2})
    for name in ("luckyus_opshop/t_shop_info", "luckyus_sales_order/t_order"):
        db.execute(f"create view {name.split('/')[1]} as from '{built.out / name}.parquet'")
    stores = db.execute("""
        select shop_name as store_name, shop_name as unique_id, location_latitude::double as latitude,
               location_longitude::double as longitude,
               (set_up_time at time zone 'UTC' at time zone time_zone)::date::timestamp as opened
        from t_shop_info where status = 1 and internal = 0 and test_flag = 0 and currency_code = 'USD'
        order by opened, shop_name""").df()
    days = db.execute("""
        select s.shop_name as unique_id, count(*) as y, sum((o.pay_money * 100)::bigint)::bigint as value,
               (o.create_time at time zone 'UTC' at time zone s.time_zone)::date::timestamp as ds
        from t_order o join t_shop_info s on o.shop_id = s.id
        where o.status = 90 and o.currency_code = 'USD' and s.status = 1 and s.internal = 0
        and s.test_flag = 0 and s.currency_code = 'USD' group by all""").df()
    stores = stores[stores["unique_id"].isin(set(days["unique_id"]))].reset_index(drop=True)
    weekly = ramp.aggregate_store_weeks(days, stores, AS_OF)
    fit = ramp.fit_ramp(weekly, stores, AS_OF, exclude=ramp.find_launch_stores(stores))
    return stores, weekly, fit


@pytest.fixture(scope="module")
def fact(truth):
    return lambda mechanism, name: truth[mechanism][name].get("realised", truth[mechanism][name]["planted"])


def test_ten_stores_are_seen(fitted):
    stores, _, fit = fitted
    assert len(stores) == 10 and fit.n_units == 7


@pytest.mark.parametrize(
    ("parameter", "mechanism", "name"),
    [
        ("b", "ramp", "b"),
        ("k", "ramp", "k"),
        ("noise_sd", "ramp", "noise_sd"),
        ("plateau_sd", "ramp", "plateau_sd"),
        ("exposure", "cannibalisation", "weight"),
    ],
)
def test_growth(fitted, fact, parameter, mechanism, name):
    found = estimate_parameters(fitted[2], LEVEL).set_index("parameter").loc[parameter]
    assert found["low"] <= fact(mechanism, name) <= found["high"]


def test_the_mean_plateau(fitted, fact):
    _, low, high = estimate_mean_plateau(fitted[2], LEVEL)
    assert low <= fact("ramp", "plateau_mean") <= high


def test_the_flagships_fall_has_its_planted_causes(fitted):
    _, weekly, fit = fitted
    august, withdrawn = (dt.date(2025, 8, 1), dt.date(2025, 9, 1)), dt.date(2026, 2, 1)
    february = (withdrawn, AS_OF + dt.timedelta(days=1))
    parts = decompose_decline(fit, weekly.weeks, FLAGSHIP, august, february, withdrawn, LEVEL)
    causes = parts.set_index("cause")
    promotion = plants()["promotion"]
    # August to the first half of February: mean age of the weeks that fall into each.
    fade = np.exp(-np.array([224, 49]) / promotion["novelty_fade_days"])
    planted = {
        "fading since opening": promotion["novelty"] * (fade[0] - fade[1]),
        "promotion withdrawn": promotion["withdrawn_step"],
    }
    for cause, value in planted.items():
        assert causes.loc[cause, "low"] <= value <= causes.loc[cause, "high"], cause
    assert abs(causes.loc["unexplained", "log_change"]) < 0.1


def test_the_naive_reading_of_the_flagship_is_wrong(fitted):
    """Taken as one ramp with the others, the flagship's fall would be read as its plateau."""
    stores, weekly, _ = fitted
    naive = ramp.fit_ramp(weekly, stores, AS_OF)
    found = estimate_parameters(naive, LEVEL).set_index("parameter").loc["noise_sd"]
    assert found["low"] > plants()["ramp"]["noise_sd"]
