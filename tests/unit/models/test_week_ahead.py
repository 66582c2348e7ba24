"""The one forecast of next week: what comes out of the half-hours, and better than what is not corrected."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.forecasts.rolling_origin import measure_miss
from lucky_analytics.models.order_demand import Demand, foretell
from lucky_analytics.models.week_ahead import foretell_days

LAST = dt.date(2026, 1, 25)
ORIGINS = [LAST - dt.timedelta(days=7 * ago) for ago in range(12, -1, -1)]


def make_demand(bias: dict[str, float], seed: int = 0, noise: float = 0.03) -> Demand:
    """Two hours a day of stores whose forecasts are off by a share that stays."""
    chance = np.random.default_rng(seed)
    dates = pd.date_range(ORIGINS[0] - dt.timedelta(days=34), LAST + dt.timedelta(days=7))
    hours, orders = [], []
    for store, share in bias.items():
        for made in pd.date_range(ORIGINS[0] - dt.timedelta(weeks=4), LAST, freq="7D"):
            for date in pd.date_range(made + pd.Timedelta(days=1), periods=7):
                hours += [(store, made, date, hour, 30.0 * share) for hour in (9, 15)]
        came = chance.poisson(15.0 * np.exp(chance.normal(0, noise, (len(dates), 4))))
        for date, halves in zip(dates, came, strict=True):
            if date.date() <= LAST:
                orders += [(store, date, slot, n) for slot, n in zip((18, 19, 30, 31), halves, strict=True)]
    return Demand(
        pd.DataFrame(hours, columns=["store_id", "made", "date", "hour", "predicted"]),
        pd.DataFrame(orders, columns=["store_id", "date", "slot", "y"]),
    )


def test_a_day_is_the_sum_of_its_half_hours_and_what_came_is_counted():
    demand = make_demand({"a": 1.2, "b": 0.9})
    days = foretell_days(demand, ORIGINS, LAST)
    halves = foretell(demand, LAST).groupby("store_id")["mean"].sum()
    ahead = days[days["made"] == pd.Timestamp(LAST)]
    assert ahead.groupby("store_id")["expected"].sum().to_dict() == pytest.approx(halves.to_dict())
    assert ahead["came"].isna().all() and days["came"].notna().sum() == 2 * 7 * 12
    one = days[(days["store_id"] == "b") & (days["made"] == pd.Timestamp(ORIGINS[3]))].iloc[2]
    came = demand.orders[(demand.orders["store_id"] == "b") & (demand.orders["date"] == one["date"])]
    assert one["came"] == came["y"].sum()
    assert days["n_past"].max() == 4 and days["n_past"].min() == 4


def test_nothing_after_a_day_is_used_for_the_week_foretold_on_it():
    demand = make_demand({"a": 1.2})
    early = ORIGINS[6]
    cut = Demand(demand.hours[demand.hours["made"] <= pd.Timestamp(early)],
                 demand.orders[demand.orders["date"] <= pd.Timestamp(early)])  # fmt: skip
    whole, then = foretell_days(demand, [early], LAST), foretell_days(cut, [early], early)
    pd.testing.assert_frame_equal(whole.drop(columns="came"), then.drop(columns="came"))
    assert then["came"].isna().all() and whole["came"].notna().all()


@pytest.mark.parametrize("bias", [0.85, 1.0, 1.15])
def test_what_is_expected_is_nearer_than_a_forecast_that_is_off_and_no_worse_than_one_that_is_not(bias):
    days = foretell_days(make_demand({"a": bias, "b": bias}, seed=3), ORIGINS, LAST)
    weeks = days.dropna().groupby("made")[["predicted", "expected", "came"]].sum()
    place = (weeks.index - weeks.index.min()).days.to_numpy(float)
    as_said, corrected = (
        measure_miss(place, 7, weeks[name], weeks["came"]).sd for name in ("predicted", "expected")
    )
    assert corrected < (as_said / 2 if bias != 1 else 0.03)


def test_a_week_that_was_not_foretold_whole_is_left_out():
    demand = make_demand({"a": 1.0, "b": 1.0})
    hole = (demand.hours["store_id"] == "a") & (
        demand.hours["date"] == pd.Timestamp(LAST) + pd.Timedelta(days=3)
    )
    days = foretell_days(Demand(demand.hours[~hole], demand.orders), ORIGINS, LAST)
    assert set(days[days["made"] == pd.Timestamp(LAST)]["store_id"]) == {"b"}
    none = foretell_days(Demand(demand.hours.head(0), demand.orders), ORIGINS, LAST)
    assert none.empty and "expected" in none
