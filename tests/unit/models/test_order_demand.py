"""Half-hours ahead: the correction and the spread of a world that is known, and nothing of later days."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import gamma

from lucky_analytics.models.order_demand import Demand, foretell, score_past, take_rate

MADE = dt.date(2026, 2, 13)


def make_demand(seed=0, n_weeks=9, stores=("a", "b"), too_high=(1.0, 1.25), spread=0.05, hours=range(8, 18)):
    """Hours foretold ``too_high`` times what comes, all orders of the first half-hour twice the second's."""
    rng = np.random.default_rng(seed)
    told, came = [], []
    for ago in range(n_weeks + 1):
        made = pd.Timestamp(MADE) - pd.Timedelta(weeks=ago)
        for store, factor in zip(stores, too_high, strict=True):
            for day in range(1, 8):
                date = made + pd.Timedelta(days=day)
                for hour in hours:
                    told.append((store, made, date, hour, 30.0 * factor))
                    for half, mean in ((0, 20.0), (1, 10.0)):
                        rate = mean * rng.gamma(1 / spread, spread)
                        came.append((store, date, 2 * hour + half, rng.poisson(rate)))
    orders = pd.DataFrame(came, columns=["store_id", "date", "slot", "y"])
    return Demand(
        pd.DataFrame(told, columns=["store_id", "made", "date", "hour", "predicted"]),
        orders[orders["y"] > 0].reset_index(drop=True),
    )


def test_a_bias_is_taken_out_and_the_spread_is_found():
    told = foretell(make_demand(), MADE)
    assert len(told) == 2 * 7 * 20
    own = told.groupby("store_id").agg(factor=("factor", "first"), mean=("mean", "mean"))
    assert own["factor"].tolist() == pytest.approx([1.0, 0.8], rel=0.04)
    assert own["mean"].tolist() == pytest.approx([15.0, 15.0], rel=0.04)
    early = told.groupby(told["slot"] % 2)["mean"].mean()
    assert early[0] / early[1] == pytest.approx(2.0, rel=0.06)
    assert told["spread"].iloc[0] == pytest.approx(0.05, abs=0.02)


def test_nothing_after_the_origin_is_used():
    demand = make_demand()
    later = demand.orders["date"] > pd.Timestamp(MADE)
    other = Demand(demand.hours, demand.orders.assign(y=demand.orders["y"].where(~later, 999)))
    pd.testing.assert_frame_equal(foretell(demand, MADE), foretell(other, MADE))


def test_half_hours_stay_below_what_is_planned_as_often_as_they_should():
    demand = make_demand()
    told = {made: foretell(demand, made) for made in (MADE - dt.timedelta(weeks=ago) for ago in range(1, 5))}
    scores = score_past(demand, told, 0.8)
    assert scores["inside"].sum() / scores["n"].sum() == pytest.approx(
        scores["expected"].sum() / scores["n"].sum(), abs=0.04
    )
    assert scores["off"].sum() < scores["off_raw"].sum()


def test_a_store_without_a_past_has_the_factor_of_all():
    demand = make_demand()
    past = (demand.hours["made"] == pd.Timestamp(MADE)) | (demand.hours["store_id"] == "a")
    told = foretell(Demand(demand.hours[past], demand.orders), MADE).groupby("store_id")["factor"].first()
    assert told["b"] == told["a"]
    none = foretell(
        Demand(demand.hours[demand.hours["made"] == pd.Timestamp(MADE)], demand.orders.head(0)), MADE
    )
    assert set(none["factor"]) == {1.0} and set(none["spread"]) == {0.0}


def test_the_rate_is_a_gamma_quantile():
    assert take_rate([8.0], [0.1], 0.9)[0] == pytest.approx(gamma.ppf(0.9, 10, scale=0.8))
    assert take_rate([8.0, 0.0], [0.0, 0.3], 0.9).tolist() == [8.0, 0.0]
